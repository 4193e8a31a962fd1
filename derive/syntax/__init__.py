"""How mathematics is written and read."""
