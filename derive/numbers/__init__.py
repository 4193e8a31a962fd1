"""Numbers for a system, exact or in floating point, and the rounding policy."""
