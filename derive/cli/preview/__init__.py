"""A sheet in the browser, made anew whenever its question is saved (``derive watch``)."""
