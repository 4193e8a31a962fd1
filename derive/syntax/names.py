r"""How names print in LaTeX: ``W_hh`` is W_{hh}, ``hbar`` is \bar{h}, ``lambda_`` is \lambda.

A question may give its own notation for a name (or for the part of it before the first
underscore); that always wins. Indices go into the one subscript a symbol has: h_{1,t}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from derive.expr.integers import Int, IntLike, WholePart, shown_terms
from derive.syntax.open_names import filled, has_marks
from derive.syntax.precedence import Binds, Piece

__all__ = ["accented", "has_superscript", "latex_integer", "latex_name", "latex_symbol",
           "with_index"]

_LOWER = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "varepsilon", "vartheta", "varphi", "varrho", "varsigma", "ell",
]
_UPPER = [
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
]
# capitals that look Latin have no command of their own in TeX
_LATIN_CAPITALS = {"Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I",
                   "Kappa": "K", "Mu": "M", "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T",
                   "Chi": "X"}
HOLE = "_{}"    # where a notation wants its positions: g_{o_{}} for g_{o_t}
_LETTERS = "αβγδεζηθικλμνξπρστυφχψω"  # as `_LOWER` begins
GREEK: dict[str, str] = {
    **{name: "\\" + name for name in _LOWER + _UPPER},
    **{name: rf"\mathrm{{{letter}}}" for name, letter in _LATIN_CAPITALS.items()},
    **dict(zip(_LETTERS, ("\\" + name for name in _LOWER), strict=False)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", ("\\" + name for name in _UPPER), strict=True)),
    "eps": r"\epsilon", "lamda": r"\lambda", "omicron": "o", "nabla": r"\nabla",
}
ACCENTS: dict[str, str] = {
    "bar": r"\bar{%s}", "hat": r"\hat{%s}", "tilde": r"\tilde{%s}", "vec": r"\vec{%s}",
    "dot": r"\dot{%s}", "prime": "%s'", "star": "%s^{*}",
}
# Wx, Whh, bo: the usual names of weights, which courses print with a subscript
_WEIGHT = re.compile(r"([WUVb])([hxyofigczrqkv]{1,2})")
_VOWEL = re.compile(r"[aeiouy]")


def latex_name(name: str, notation: Mapping[str, str] | None = None) -> str:
    """Return the LaTeX of a name without indices."""
    if not notation:
        return _by_rule(name)
    if name in notation:
        return notation[name]
    head, _, rest = name.partition("_")
    return with_index(notation[head], _subscripts(rest)) if head in notation else _by_rule(name)


@cache
def _by_rule(name: str) -> str:
    head, _, rest = name.strip("_").partition("_")
    letters, digits = _split_digits(head)
    weight = _WEIGHT.fullmatch(letters)
    if weight and not digits:
        letters, digits = weight.groups()
    return with_index(_letters(letters), [*([digits] if digits else []), *_subscripts(rest)])


def _split_digits(head: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\D+)(\d+)", head)
    return (found[1], found[2]) if found else (head, "")


def _letters(word: str) -> str:
    if len(word) == 1 or word in GREEK:
        return GREEK.get(word, word)
    for suffix, accent in ACCENTS.items():
        stem = word.removesuffix(suffix)
        if stem != word and (len(stem) == 1 or stem in GREEK):
            return accent % GREEK.get(stem, stem)
    return rf"\mathrm{{{word}}}"


def _subscripts(rest: str) -> list[str]:
    return [_subscript(part) for part in rest.split("_") if part]


def _subscript(part: str) -> str:
    r"""Write ``hh`` and ``in`` slanted, words of three letters and more upright."""
    word = len(part) > 2 and part.isalpha() and _VOWEL.search(part)
    return GREEK.get(part) or (rf"\mathrm{{{part}}}" if word else part)


def with_index(latex: str, positions: Iterable[str]) -> str:
    """Add positions to a symbol: where ``_{}`` stands, or into the subscript it may have already.
    """
    positions = list(positions)
    if positions and has_marks(latex):
        return filled(latex, positions)
    listed = ",".join(positions)
    if HOLE in latex:
        return latex.replace(HOLE, f"_{{{listed}}}" if listed else "")
    if not listed:
        return latex
    found = re.fullmatch(r"(.*)_(?:\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(\w))", latex, re.DOTALL)
    if found and _depth(found[1]) == 0:
        return f"{found[1]}_{{{found[2] or found[3]},{listed}}}"
    return f"{latex}_{{{listed}}}"


def accented(accent: str, latex: str) -> str:
    r"""Put an accent on a symbol and not on its subscript: \tilde{h}_{t-1}."""
    found = re.fullmatch(r"(.*?)(_(?:\{.*\}|\w))", latex, re.DOTALL)
    stem, under = (found[1], found[2]) if found and _depth(found[1]) == 0 else (latex, "")
    return rf"{accent}{{{stem}}}{under}"


def _depth(latex: str) -> int:
    return latex.count("{") - latex.count("}")


def has_superscript(latex: str) -> bool:
    """True where a symbol carries ^ or ' outside all braces (TeX allows only one)."""
    outside = latex
    while "{" in outside:
        smaller = re.sub(r"\{[^{}]*\}", "", outside)
        if smaller == outside:
            break
        outside = smaller
    return "^" in outside or "'" in outside


def latex_integer(value: IntLike, notation: Mapping[str, str] | None = None) -> Piece:
    """Write a size or a position: t-1, 2n, T-t."""
    if isinstance(value, int):
        return Piece(str(value), Binds.MINUS if value < 0 else Binds.ATOM)
    text = "".join(_term(m, c, first=not i, notation=notation)
                   for i, (m, c) in enumerate(shown_terms(value)))
    return Piece(text, _integer_binds(value))


def _integer_binds(value: Int) -> Binds:
    (monomial, c), *more = value.terms
    if more:
        return Binds.SUM
    if c < 0:
        return Binds.MINUS
    if len(monomial) == 1 and c == 1:
        return Binds.ATOM
    return Binds.POWER if c == 1 and len(set(monomial)) == 1 else Binds.SCALED


def _term(monomial: tuple[str, ...], c: int, first: bool, notation: Mapping[str, str] | None
          ) -> str:
    sign = "-" if c < 0 else ("" if first else "+")
    size = "" if abs(c) == 1 and monomial else str(abs(c))
    powers = {name: monomial.count(name) for name in monomial}
    names = [_size_name(n, notation) + (f"^{{{k}}}" if k > 1 else "") for n, k in powers.items()]
    return sign + size + " ".join(names)


def _size_name(name: str, notation: Mapping[str, str] | None) -> str:
    r"""Write the name of a size; one that varies with an index is called ``n[l]``.

    A whole part is \left\lfloor \frac{n - k}{2} \right\rfloor.
    """
    if isinstance(name, WholePart):
        top, bottom = (latex_integer(v, notation).text for v in (name.top, name.bottom))
        return rf"\left\lfloor \frac{{{top}}}{{{bottom}}} \right\rfloor"
    head, bracket, index = name.partition("[")
    latex = latex_name(head, notation)
    return with_index(latex, [index.rstrip("]").replace("*", "")]) if bracket else latex


def latex_symbol(name: str, index: Iterable[IntLike], notation: Mapping[str, str] | None = None
                 ) -> Piece:
    r"""Write a symbol at its positions: h_{t-1}, \hat{y}_{t}, W_{hh,t}."""
    text = with_index(latex_name(name, notation), [latex_integer(i, notation).text for i in index])
    return Piece(text, Binds.POWER if has_superscript(text) else Binds.ATOM)
