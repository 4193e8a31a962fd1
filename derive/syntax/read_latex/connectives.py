"""Words that join formulas, English and German: they are never the name of anything."""

from __future__ import annotations

__all__ = ["CONDITIONS", "PROSE", "REASONS"]

# what follows says for which members something holds
CONDITIONS = frozenset((
    "for", "if", "when", "where", "at", "with", "and", "as",
    "für", "falls", "wenn", "bei", "mit", "und", "wobei", "sofern"))
# what follows says why
REASONS = frozenset((
    "since", "because", "with", "using", "wegen", "weil", "denn", "mit"))
PROSE = CONDITIONS | REASONS | {
    "or", "so", "then", "let", "thus", "hence", "otherwise", "else", "all", "we", "know",
    "given", "that", "by", "of", "is", "the", "elementwise", "componentwise", "entrywise",
    "pointwise", "oder", "also", "somit", "sonst", "alle", "dann", "ist"}
