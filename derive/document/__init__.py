"""Blocks: how a solution becomes a sheet."""
