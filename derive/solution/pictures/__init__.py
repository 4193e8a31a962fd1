"""Pictures of a model: its quantities and what reads what, before anything has a place."""
