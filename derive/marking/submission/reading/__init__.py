"""From the text of a submission to statements: what stands there, and what its names mean."""
