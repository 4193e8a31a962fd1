"""How long the engine takes, beside other ways to the same gradients. No time is asserted."""
