"""Reading and checking a question file."""
