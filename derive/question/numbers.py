"""Exact numbers from their own text: ``0.1``, ``1/3``, ``-2.5e-3``, ``sqrt(2)/2``, ``zeros(n)``.

The text is parsed by `ast` after every word and number in it has been checked, and then worked out
node by node by `derive.question.arithmetic`; nothing is ever executed. Rational results are
Fractions; `pi` and roots that do not come out even are float64.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from fractions import Fraction

from derive.errors import DeriveError, Place, nearest
from derive.question.arithmetic import CONSTANTS, FUNCTIONS, worked_out
from derive.question.makers import MAKERS, Array, Real
from derive.question.source import Scalar

__all__ = ["number", "value", "words"]

LONGEST = 4000          # characters of one expression
MOST_DIGITS = 300       # float64 ends at 1e308, and nobody types more digits

PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE](?P<exponent>[+-]?\d+))?")
TOKEN = re.compile(r"(?P<word>[^\W\d]\w*)|(?P<number>(?:\d[\w.]*|\.\d[\w.]*)(?:(?<=[eE])[+-]\d+)?)"
                   r"|(?P<sign>[-+*/(),\[\]= ]|\*\*)|(?P<odd>.)", re.DOTALL)
NOT_NUMBERS = {"true", "false", "yes", "no", "on", "off", "null", "none", "~"}


def number(scalar: Scalar) -> Fraction:
    """Read a plain rational number (marks, say); anything else is an error."""
    found = value(scalar, {})
    if not isinstance(found, Fraction):
        raise DeriveError(f"`{scalar.text}` is not an exact number", scalar.place,
                          "write it as 2, 0.5 or 1/3")
    return found


def value(scalar: Scalar, sizes: Mapping[str, int]) -> Real | Array:
    """Read a number or an array from its text; *sizes* are the names that stand for integers."""
    text = scalar.text.strip().replace("−", "-")
    plain = PLAIN.fullmatch(text)
    if plain:
        return _literal(text, plain["exponent"], scalar.place)
    _check_words(text, scalar, sizes)
    try:
        tree = ast.parse(text, mode="eval").body
        found = worked_out(tree, text, scalar.at, {**CONSTANTS, **_exact(sizes)})
    except SyntaxError as error:
        place = scalar.at(min(max((error.offset or 1) - 1, 0), len(text)))
        raise DeriveError(f"`{_short(text)}` is not a number", place, _remedy(text)) from None
    except (RecursionError, MemoryError):
        raise DeriveError("nested too deeply for a number", scalar.place) from None
    if isinstance(found, list):
        raise DeriveError(f"`{_short(text)}` is not a number", scalar.place, _remedy(text))
    whole: Real | Array = found  # arithmetic deals in untyped values
    return whole


def words(text: str) -> set[str]:
    """The names that stand in *text*, functions included."""
    return {m["word"] for m in TOKEN.finditer(text) if m["word"]}


def _exact(sizes: Mapping[str, int]) -> dict[str, Real]:
    return {name: Fraction(size) for name, size in sizes.items()}


def _literal(text: str, exponent: str | None, place: Place) -> Fraction:
    digits = exponent.lstrip("+-0") if exponent else ""
    if len(text) > MOST_DIGITS or len(digits) > 3 or int(digits or 0) > MOST_DIGITS:
        raise DeriveError(f"`{_short(text)}` is too long or too large a number", place,
                          f"up to {MOST_DIGITS} digits are worked with")
    return Fraction(text)


def _check_words(text: str, scalar: Scalar, sizes: Mapping[str, int]) -> None:
    if not text or text.lower() in NOT_NUMBERS:
        said = f"`{text}` is not a number" if text else "a number is missing here"
        raise DeriveError(said, scalar.place, "write 1 or 0" if text else "")
    if len(text) > LONGEST:
        raise DeriveError(f"longer than {LONGEST} characters", scalar.place)
    for token in TOKEN.finditer(text):
        word, odd = token["word"], token["odd"]
        if word and word not in {*CONSTANTS, *FUNCTIONS, *MAKERS, *sizes}:
            raise _not_a_number(word, text, scalar.at(token.start()), sizes)
        if odd:
            raise DeriveError(f"`{_short(text)}` is not a number", scalar.at(token.start()),
                              _remedy(text))
        if token["number"]:
            _check_literal(token["number"], scalar.at(token.start()))


def _check_literal(text: str, place: Place) -> None:
    plain = PLAIN.fullmatch(text)
    if plain is None:
        raise DeriveError(f"`{_short(text)}` is not a number", place)
    _literal(text, plain["exponent"], place)


def _not_a_number(word: str, text: str, place: Place, sizes: Mapping[str, int]) -> DeriveError:
    if word.lower() in ("nan", "inf", "infinity"):
        remedy = "for a mask give 0 and 1, and write where(M, S, -inf) in the model" if (
            word.lower() != "nan") else ""
        return DeriveError(f"`{word}` cannot be given as a number", place, remedy)
    close = nearest(word, [*CONSTANTS, *FUNCTIONS, *MAKERS, *sizes])
    what = "text" if word == text else f"text in `{_short(text)}`"
    return DeriveError(f"`{word}` is {what}, where numbers belong", place, close or _remedy(text))


def _remedy(text: str) -> str:
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return "inside {..} or [..], quote text that holds brackets or commas"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return "write a decimal point, not a comma"
    if text[:1] in ("[", "("):
        return "write a list in square brackets, and without quotes"
    return "numbers are written as 2, -0.5, 1e-3, 1/3 or sqrt(2)/2"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
