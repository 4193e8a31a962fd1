"""What a formula looks like, as a tree: read once from our LaTeX, written as MathML and Typst."""
