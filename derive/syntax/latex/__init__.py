"""LaTeX, one family of nodes per file; `derive.syntax.write_latex` is the way in."""
