"""From statements to judgements: what is claimed, whether it is right or follows, and why not."""
