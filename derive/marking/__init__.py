"""Judging what other people (and programs) say a quantity is."""
