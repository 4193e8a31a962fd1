"""Letters in the alphabets that Unicode has for mathematics: 𝐱, 𝔼, 𝓛, 𝛿."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits

from derive.syntax.display.nodes import Font

__all__ = ["styled"]

_CAPITALS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇"
_SMALL = "αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"
# where each alphabet begins: capitals, small letters, digits, Greek capitals, small Greek
_STARTS: dict[Font, tuple[int, int, int, int, int]] = {
    "bold": (0x1D400, 0x1D41A, 0x1D7CE, 0x1D6A8, 0x1D6C2),
    "italic": (0x1D434, 0x1D44E, 0, 0x1D6E2, 0x1D6FC),
    "bold-italic": (0x1D468, 0x1D482, 0x1D7CE, 0x1D71C, 0x1D736),
    "script": (0x1D49C, 0x1D4B6, 0, 0, 0),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8, 0, 0),
    "sans": (0x1D5A0, 0x1D5BA, 0x1D7E2, 0, 0),
    "mono": (0x1D670, 0x1D68A, 0x1D7F6, 0, 0),
}
# letters that Unicode had before it had the alphabets: their places there are empty
_EARLIER: dict[Font, dict[str, str]] = {
    "italic": {"h": "ℎ"},
    "script": {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ",
               "e": "ℯ", "g": "ℊ", "o": "ℴ"},
    "double-struck": {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"},
}


def _alphabet(font: Font) -> dict[int, str]:
    families = (ascii_uppercase, ascii_lowercase, digits, _CAPITALS, _SMALL)
    found = {ord(c): chr(start + k) for letters, start in zip(families, _STARTS[font], strict=True)
             if start for k, c in enumerate(letters)}
    return found | {ord(c): letter for c, letter in _EARLIER.get(font, {}).items()}


_ALPHABETS = {font: _alphabet(font) for font in _STARTS}


def styled(text: str, font: Font) -> str:
    """Return a text in an alphabet; upright letters are the plain ones."""
    return text.translate(_ALPHABETS[font]) if font in _ALPHABETS else text
