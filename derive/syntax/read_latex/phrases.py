r"""Tokens that belong together: \text{..}, \begin{..}, \left(, words set in one font."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from derive.errors import Unreadable
from derive.syntax.read_latex.commands import ALIGNED, CLOSING, FENCES
from derive.syntax.read_latex.connectives import PROSE
from derive.syntax.read_latex.tokens import Token, tokens

__all__ = ["phrases"]

_INNER = re.compile(r"^\s*\\math[a-z]+\{((?:\w|\\,)+)\}\s*$")

_CHANGE = re.compile(r"\s*\{\s*\\mathrm\s*\{\s*d\s*\}")     # {\mathrm{d}
UPRIGHT = frozenset((r"\mathrm", r"\mathsf", r"\mathtt", r"\mathit", r"\mathbf", r"\boldsymbol"))


def phrases(text: str, words: Collection[str] = ()) -> list[Token]:
    """Return the tokens that a reader of formulas wants: no blanks, words and brackets whole."""
    joiner = _Joiner(text, tokens(text, words))
    return _parted(_without_remarks(list(_with_dots(_unboxed(joiner.all())))))


def _unboxed(found: list[Token]) -> list[Token]:
    r"""Return tokens without boxes around whole formulas, \boxed{J = B W}; a comma parts the rest.
    """
    gone: set[int] = set()
    ends: set[int] = set()
    opened: list[int] = []      # where the brackets opened that are open
    states: set[int] = set()    # those in which a relation stands
    for place, token in enumerate(found):
        deeper = DEEPER.get(token.kind, 0) * (token.text not in ALIGNED)
        if deeper > 0:
            opened.append(place)
        elif deeper < 0 and opened:
            first = opened.pop()
            if first in states and first and found[first - 1].text in BOXES:
                gone |= {first - 1, first}
                ends.add(place)
        elif token.kind == "relation":
            states |= set(opened[-1:])
    return [Token("comma", ",", token.span) if place in ends else token
            for place, token in enumerate(found) if place not in gone and not (
                place in ends and _goes_on(found[place + 1:place + 2]))]


def _goes_on(after: Sequence[Token]) -> bool:
    """True where a formula goes on behind its box, or ends there."""
    return not after or after[0].kind in ("relation", "comma", "line", "end", "ungroup")


BOXES = frozenset((r"\boxed", r"\fbox"))


def _with_dots(found: list[Token]) -> Iterator[Token]:
    """Yield tokens with three stops beside an operator as dots; 0.333... is a number."""
    at = 0
    while at < len(found):
        end = at + len(STOPS)
        stops = [t.text for t in found[at:end]] == STOPS
        before, after = found[at - 1] if at else None, found[end] if end < len(found) else None
        if _is_long_decimal(before) and (stops or found[at].kind == "dots"):
            at = end if stops else at + 1
        elif stops and any(t is not None and t.kind in BESIDE_DOTS for t in (before, after)):
            yield Token("dots", r"\ldots", (found[at].span[0], found[end - 1].span[1]))
            at = end
        else:
            yield found[at]
            at += 1


STOPS = [".", ".", "."]
BESIDE_DOTS = frozenset(("operator", "comma"))


def _is_long_decimal(token: Token | None) -> bool:
    return token is not None and token.kind == "number" and "." in token.text


def _without_remarks(found: list[Token]) -> list[Token]:
    r"""Return tokens in which brackets around nothing but words are words: (\text{entry-wise})."""
    out: list[Token] = []
    for token in found:
        out.append(token)
        if token.kind == "close" and [t.kind for t in out[-3:-1]] == ["open", "prose"]:
            said = out[-2]
            out[-3:] = [replace(said, span=(out[-3].span[0], token.span[1]))]
    return out


GAPS = frozenset((r"\quad", r"\enspace"))     # wide enough to part formulas
ENDS = frozenset(("line", "break", "comma", "column", "stop", "prose", "colon", "gap"))
DEEPER = {"group": 1, "open": 1, "begin": 1, "ungroup": -1, "close": -1, "end": -1}
JOINS = frozenset(("relation", "operator", "sub", "sup", "prime"))


def _parted(found: list[Token]) -> list[Token]:
    r"""Return tokens in which a gap parts two formulas: a = 1 \quad b = 2; others are nothing."""
    gaps = [k for k, token in enumerate(found) if token.kind == "gap"]
    if not gaps:
        return found
    ends = [-1, *_ends(found), len(found)]
    parting = {k for before, k, after in zip(ends, ends[1:], ends[2:], strict=False) if k in gaps
               and _states(found[before + 1:k]) and _states(found[k + 1:after])
               and found[k + 1].kind not in JOINS and found[k - 1].kind not in JOINS}
    return [replace(t, kind="break") if k in parting else t for k, t in enumerate(found)
            if t.kind != "gap" or k in parting]


def _ends(found: list[Token]) -> list[int]:
    """Return where a formula may end, outside of all brackets."""
    depth, ends = 0, []
    for place, token in enumerate(found):
        depth += DEEPER.get(token.kind, 0) * (token.text not in ALIGNED)
        if not depth and token.kind in ENDS:
            ends.append(place)
    return ends


def _states(part: list[Token]) -> bool:
    return any(token.kind == "relation" for token in part)


def _is_empty(before: list[Token]) -> bool:
    """True behind the brace of an empty group that no command and no script takes."""
    return before[-1:] != [] and before[-1].kind == "group" and (
        len(before) == 1 or before[-2].kind in ("column", "line", "relation", "operator",
                                                   "gap"))


class _Joiner:
    def __init__(self, text: str, found: list[Token]) -> None:
        self.text, self.tokens, self.at = text, found, 0

    def all(self) -> list[Token]:
        out: list[Token] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            join = JOINED.get(token.kind)
            made = join(self, token) if join else token
            if made.kind == "unknown":
                raise Unreadable(f"{made.text} is not known here", self.text, made.span)
            if made.kind == "ungroup" and _is_empty(out):
                out.pop()   # {} in front of a sign of a new line
            elif made.text in GAPS:
                out.append(replace(made, kind="gap"))
            elif made.kind != "space":
                out.append(made)
        return out

    def _blanks(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "space":
            self.at += 1

    def _next(self, after: Token, what: str) -> Token:
        self._blanks()
        if self.at >= len(self.tokens):
            raise Unreadable(f"{after.text} ends in the middle", self.text, after.span,
                             f"{what} is missing")
        self.at += 1
        return self.tokens[self.at - 1]

    def _group(self, after: Token) -> tuple[str, int]:
        """Return the source between two braces, and where the second ends."""
        first = self._next(after, "{")
        depth, start = 1, first.span[1]
        if first.kind != "group":
            return self.text[first.span[0]:first.span[1]], first.span[1]
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            depth += (token.kind == "group") - (token.kind == "ungroup")
            if not depth:
                return self.text[start:token.span[0]], token.span[1]
        raise Unreadable("a brace is never closed", self.text, first.span)

    def words(self, token: Token) -> Token:
        r"""Join \text{softmax} to a word; several words are prose."""
        if token.text == r"\mathop" and _CHANGE.match(self.text, token.span[1]):
            return self._differential(token)
        source, end = self._group(token)
        source = _INNER.sub(r"\1", source)     # \mathop{\mathrm{softmax}}
        plain = " ".join(source.replace(r"\,", "").replace("~", " ").replace("$", "").split())
        span = (token.span[0], end)
        named = plain.replace(" ", "").replace("_", "").isalnum() and plain[0].isalpha()
        several = " " in plain and not token.text.startswith(r"\operatorname")
        operator = token.text.startswith((r"\operatorname", r"\mathop"))
        if named and not several and (operator or plain.lower() not in PROSE):
            return Token("word", plain.replace(" ", "_"), span)
        if plain[:1].isdigit() and plain.replace(".", "", 1).isdigit():
            return Token("number", plain, span)
        return Token("prose", plain, span)

    def _differential(self, token: Token) -> Token:
        r"""Leave \mathop{\mathrm{d}z} as the d z that it is, in its braces."""
        opening = next(k for k in range(self.at, len(self.tokens))
                       if self.tokens[k].kind == "group")
        closing = next(k for k in range(opening, len(self.tokens))
                       if self.tokens[k].kind == "ungroup")
        sign = next(t for t in self.tokens[opening + 1:closing] if t.text == "d")
        self.tokens[opening + 1:closing + 1] = [sign]
        return Token("space", " ", token.span)

    def skipped(self, token: Token) -> Token:
        r"""Leave out \label{..} and \tag*{..}."""
        self._blanks()
        star = self.at < len(self.tokens) and self.tokens[self.at].text == "*"
        self.at += star
        self._blanks()
        end = token.span[1]
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "group":
            end = self._group(token)[1]
        return Token("space", " ", (token.span[0], end))

    def between(self, token: Token) -> Token:
        r"""Join \intertext{..}, which stands between lines."""
        source, end = self._group(token)
        return Token("prose", source, (token.span[0], end))

    def font(self, token: Token) -> Token:
        r"""Join \mathrm{softmax}: several letters in one upright font are one word."""
        start = self.at
        if token.text in UPRIGHT and self.at < len(self.tokens):
            self._blanks()
            if self.at < len(self.tokens) and self.tokens[self.at].kind == "group":
                source, end = self._group(token)
                if source.isalpha() and source.isascii() and len(source) > 1:
                    return Token("word", source, (token.span[0], end))
        self.at = start
        return token

    def environment(self, token: Token) -> Token:
        name, end = self._group(token)
        return Token(token.kind, name.strip(), (token.span[0], end))

    def left(self, token: Token) -> Token:
        sign = self._next(token, "a bracket")
        span = (token.span[0], sign.span[1])
        if sign.text == ".":
            return Token("open", ".", span)
        if sign.text not in FENCES:
            raise Unreadable(rf"\left{sign.text} is no bracket", self.text, span)
        return Token("open", FENCES[sign.text][0], span)

    def right(self, token: Token) -> Token:
        sign = self._next(token, "a bracket")
        span = (token.span[0], sign.span[1])
        if sign.text not in (*CLOSING, *FENCES, "."):
            raise Unreadable(rf"\right{sign.text} is no bracket", self.text, span)
        return Token("close", sign.text, span)

    def middle(self, token: Token) -> Token:
        return Token("unread", "|", (token.span[0], self._next(token, "a bracket").span[1]))

    def opening(self, token: Token) -> Token:
        kind, ends = FENCES[token.text]
        return Token("bar" if token.text in ends else "open", kind, token.span)


JOINED: dict[str, Callable[[_Joiner, Token], Token]] = {
    "words": _Joiner.words, "skipped": _Joiner.skipped, "between": _Joiner.between,
    "font": _Joiner.font, "begin": _Joiner.environment, "end": _Joiner.environment,
    "left": _Joiner.left, "right": _Joiner.right,
    "middle": _Joiner.middle, "open": _Joiner.opening,
}
