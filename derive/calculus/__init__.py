"""Systems of equations and their derivatives."""
