"""Steps: a derivation as a person reads it."""
