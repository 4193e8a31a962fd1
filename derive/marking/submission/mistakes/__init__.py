"""Workings done again: with own values put in, or with a mistake all through them."""
