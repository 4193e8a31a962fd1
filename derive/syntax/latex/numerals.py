r"""Shown digits as LaTeX: -0.762, \tfrac{1}{3}, 5.6\times 10^{-17}."""

from __future__ import annotations

from derive.syntax.precedence import Binds, Piece

__all__ = ["numeral"]


def numeral(digits: str) -> Piece:
    """Write digits as a person typed them or a policy shows them."""
    digits = digits.replace("_", "").strip().lower()
    if digits.startswith("-"):
        return Piece("-" + numeral(digits[1:]).text, Binds.MINUS)
    if digits == "inf":
        return Piece(r"\infty")
    if "/" in digits:
        top, _, bottom = digits.partition("/")
        return Piece(rf"\tfrac{{{top}}}{{{bottom}}}", Binds.FRACTION)
    if "e" in digits:
        return _scientific(*digits.split("e"))
    return Piece(_plain(digits))


def _plain(digits: str) -> str:
    return ("0" + digits if digits.startswith(".") else digits).removesuffix(".")


def _scientific(size: str, exponent: str) -> Piece:
    power = f"10^{{{int(exponent)}}}"
    if size == "1":
        return Piece(power, Binds.POWER)
    return Piece(rf"{_plain(size)}\times {power}", Binds.SCALED)
