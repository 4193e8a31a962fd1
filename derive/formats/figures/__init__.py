"""Plots and diagrams: laid out once (`drawing`), written as TikZ, as SVG, or in characters."""
