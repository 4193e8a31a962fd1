r"""From tokens to the tree: one table of operators, one of what begins a factor.

What is written one below the other with ``\\`` and ``&`` is read as one chain where a line goes on
with a relation or an operator. Work is linear in the length; depth is limited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn

from derive.errors import Unreadable
from derive.syntax.read_latex.commands import (
    ACCENTS,
    ALIGNED,
    COMMANDS,
    FONTS,
    MATRICES,
    OPERATORS,
    RELATIONS,
    Level,
)
from derive.syntax.read_latex.phrases import phrases
from derive.syntax.read_latex.tokens import Token
from derive.syntax.read_latex.tree import (
    Additive,
    At,
    Big,
    Cases,
    Chain,
    Fenced,
    Fraction,
    Grid,
    Name,
    Node,
    Numeral,
    Product,
    Root,
    Scripted,
    Signed,
    Span,
    Stars,
    Stretch,
)

__all__ = ["MAX_DEPTH", "chains"]

MAX_DEPTH = 60
MOST_SIGNS = 3
SEPARATORS = frozenset(("line", "break", "comma", "column", "stop", "prose", "colon"))
END = Token("end of text", "", (0, 0))


def chains(text: str, words: Collection[str] = ()) -> tuple[Chain, ...]:
    """Read a formula, or several side by side or below each other; *words* are names of letters.

    Whatever cannot be read is an `Unreadable` with its span.
    """
    return _Parser(text, phrases(text, words)).chains()


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.at = text, tokens, 0
        self.depth = self.grids = 0
        self.bars: list[str] = []

    # tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def ahead(self, count: int) -> Token:
        at = self.at + count
        return self.tokens[at] if at < len(self.tokens) else END

    def span_from(self, start: int) -> Span:
        first = self.tokens[min(start, len(self.tokens) - 1)].span[0]
        return first, self.tokens[max(self.at - 1, start)].span[1]

    def refuse(self, message: str, token: Token | None = None, remedy: str = "") -> NoReturn:
        token = token or self.next
        span = token.span if token is not END else (len(self.text), len(self.text))
        raise Unreadable(message, self.text, span, remedy)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"nested deeper than {MAX_DEPTH}")
        yield
        self.depth -= 1

    # chains

    def chains(self) -> tuple[Chain, ...]:
        found: list[Chain] = []
        lead = ""
        while self.next is not END:
            self._marker()
            if self.next is END:
                break
            if self.next.kind in SEPARATORS or self._lines_up():
                token = self.take()
                lead = token.text if token.kind == "prose" else lead
            else:
                found.append(replace(self.chain(), lead=lead))
                lead = ""
        return tuple(found)

    def _lines_up(self) -> bool:
        return self.next.kind in ("begin", "end") and self.next.text in ALIGNED

    def _marker(self) -> None:
        r"""Skip the number or bullet in front: ``3)``, ``\boxed{1)}``, ``\boxed{3.1}``, ``*``."""
        start = self.at
        if self.next.kind == "wrapped" and [self.ahead(k).kind for k in (1, 2, 3)] == [
                "group", "number", "ungroup"] and self.ahead(4).kind in ATOMS:
            self.at += 4
            return
        boxed = self.next.kind == "wrapped" and self.ahead(1).kind == "group"
        self.at += 2 * boxed
        if self.next.kind in ("number", "letter") and self.ahead(1).text == ")":
            self.at += 2 + (boxed and self.ahead(2).kind == "ungroup")
        else:
            self.at = start
        if self.next.kind == "operator" and self.next.text not in "+-":
            self.take()

    def chain(self) -> Chain:
        start = self.at
        sides: list[Node | None] = [None if self.next.kind == "relation" else self.expression()]
        relations: list[str] = []
        while self._goes_on("relation"):
            relation = RELATIONS[self.take().text]
            while self.next.kind == "column":
                self.take()
            if not self._begins() and self.next.text not in ("+", "-"):
                break   # a flourish at the end: = 6 \neq
            relations.append(relation)
            sides.append(self.expression())
        if self.at == start or (sides == [None]):
            self._strange()
        return Chain(self.span_from(start), tuple(sides), tuple(relations))

    def _strange(self) -> NoReturn:
        token = self.next
        if token is END:
            self.refuse("the formula ends in the middle")
        if token.kind == "close":
            self.refuse(f"nothing is open that {token.text} closes")
        self.refuse(f"{token.text} cannot stand here")

    def _goes_on(self, kind: str) -> bool:
        """True where the next token is of this *kind*, perhaps in the next line of an alignment."""
        count = 0
        while not self.grids and self.ahead(count).kind in ("line", "column"):
            count += 1
        if self.ahead(count).kind != kind:
            return False
        self.at += count
        return True

    # operators, from the loosest to the tightest

    def expression(self) -> Node:
        with self.deeper():
            start, terms = self.at, [self._term(first=True)]
            while self._operator(Level.SUM):
                terms.append(self._term(first=False))
            sign, alone = terms[0]
            if len(terms) > 1:
                return Additive(self.span_from(start), tuple(terms))
            return alone if sign == "+" else Signed(self.span_from(start), sign, alone)

    def _term(self, first: bool) -> tuple[str, Node]:
        minus, count = 0, 0
        while self.next.kind == "operator" and self.next.text in ("+", "-"):
            minus += self.take().text == "-"
            count += 1
            if count > MOST_SIGNS:
                self.refuse("too many signs in a row")
        return "-" if minus % 2 else "+", self.product(Level.HADAMARD)

    def _operator(self, level: int) -> bool:
        """True where the next token is an operator of this level."""
        before = self.at
        if self._goes_on("operator") and OPERATORS[self.next.text][0] == level:
            return True
        self.at = before
        return False

    def product(self, level: int) -> Node:
        start = self.at
        factors, signs = [self._tighter(level)], []
        while self._operator(level):
            signs.append(OPERATORS[self.take().text][1] + self._settings())
            factors.append(self._signed(lambda: self._tighter(level)))
        return self._joined(start, factors, signs)

    def _settings(self) -> str:
        r"""Return what stands under an operator: :s=2 for \star_{s=2}."""
        if self.next.kind != "sub":
            return ""
        start = self.take().span[1]
        self._label()
        return ":" + self.text[start:self.tokens[self.at - 1].span[1]].strip("{}")

    def _tighter(self, level: int) -> Node:
        return self.product(Level.TIMES) if level == Level.HADAMARD else self.beside()

    def _signed(self, read: Callable[[], Node]) -> Node:
        """Read a factor that may have a sign of its own: 2 * -3."""
        if self.next.kind == "operator" and self.next.text in ("+", "-"):
            start, sign = self.at, self.take().text
            arg = read()
            return Signed(self.span_from(start), "-", arg) if sign == "-" else arg
        return read()

    def beside(self) -> Node:
        """Read factors standing side by side, and quotients written with a slash."""
        start = self.at
        factors, signs = [self.primary()], []
        while True:
            if self._operator(Level.BESIDE):
                self.take()
                signs.append("/")
                factors.append(self._signed(self.primary))
            elif self._dotted():
                self.take()
                signs.append("cdot")
                factors.append(self.primary())
            elif self._begins():
                signs.append("")
                factors.append(self.primary())
            else:
                return self._joined(start, factors, signs)

    def _dotted(self) -> bool:
        """True for the stop of q.k between brackets, which is a dot between factors."""
        return bool(self.grids) and self.next.kind == "stop" and self.ahead(1).kind in ATOMS

    def _joined(self, start: int, factors: list[Node], signs: list[str]) -> Node:
        if len(factors) == 1:
            return factors[0]
        return Product(self.span_from(start), tuple(factors), tuple(signs))

    # factors

    def _begins(self) -> bool:
        token = self.next
        if token.kind == "begin":
            return token.text not in ALIGNED
        if token.kind == "bar":
            return not (self.bars and self.bars[-1] == token.text)
        return token.kind in ATOMS

    def primary(self) -> Node:
        start = self.at
        with self.deeper():
            found = self.atom()
        while self.next.kind in SCRIPTS or self._at_bar():
            if self.next.kind == "bar":
                self.take()
                self.take()
                found = At(self.span_from(start), found, self._script_items())
                continue
            found = self._script(found, start)
        return found

    def _at_bar(self) -> bool:
        return self.next.kind == "bar" and self.ahead(1).kind == "sub" and self._begins()

    def atom(self) -> Node:
        token = self.next
        read = ATOMS.get(token.kind)
        if read is None:
            self._strange()
        self.take()
        return read(self, token)

    def _script(self, base: Node, start: int) -> Node:
        own = base if isinstance(base, Scripted) else Scripted(base.span, base)
        kind = self.take().kind
        if kind == "prime":
            return replace(own, primes=own.primes + 1, span=self.span_from(start))
        if kind == "sub":
            subs = own.subs + self._script_items()
            return replace(own, subs=subs, span=self.span_from(start))
        sup = self._superscript()
        if isinstance(sup, Name) and sup.stem == r"\prime":
            return replace(own, primes=own.primes + 1, span=self.span_from(start))
        if own.sup is not None:
            own = Scripted(own.span, own)
        return replace(own, sup=sup, span=self.span_from(start))

    def _script_items(self) -> tuple[Node, ...]:
        """Read a subscript: what commas part are several."""
        if self.next.kind != "group":
            return (self.atom(),)
        self.take()
        return self._items("ungroup")

    def _items(self, end: str) -> tuple[Node, ...]:
        """Read expressions or relations between commas, up to a token that closes."""
        with self.deeper():
            grids, self.grids = self.grids, self.grids + 1
            found: list[Node] = []
            while self.next.kind != end:
                if self.next.kind in ("comma", "line"):
                    self.take()
                    continue
                found.append(self._item())
            self.take()
            self.grids = grids
            return tuple(found)

    def _item(self) -> Node:
        start = self.at
        alone = self._lone()
        if alone is not None:
            return alone
        if self.next is END:
            self.refuse("a bracket is never closed")
        found = self.chain()
        first = found.sides[0]
        if len(found.sides) == 1 and first is not None:
            return self._stretch(first, start) if self.next.kind == "colon" else first
        return replace(found, span=self.span_from(start))

    def _stretch(self, first: Node, start: int) -> Node:
        """Read the 0:2 of z_{0:2}."""
        self.take()
        last = self.expression()
        return Stretch(self.span_from(start), first, last)

    def _lone(self) -> Node | None:
        r"""Read a sign standing alone: the : of W_{k,:}, the * of y^{*}."""
        token = self.next
        if self.ahead(1).kind not in ("ungroup", "comma") or token.kind not in (
                "colon", "operator", "relation"):
            return None
        self.take()
        return Stars(token.span, token.text)

    def _superscript(self) -> Node:
        start = self.at
        if self.next.kind == "operator":
            return Stars(self.span_from(start), self.take().text)
        if self.next.kind != "group":
            return self.atom()
        first, second = self.ahead(1), self.ahead(2)
        if first.kind == "operator" and first.text not in "+-" and second.kind != "ungroup":
            self.at += 2
            arg = self._only(self._items("ungroup"), start)
            return Stars(self.span_from(start), first.text, arg)
        self.take()
        return self._only(self._items("ungroup"), start)

    def _only(self, items: tuple[Node, ...], start: int) -> Node:
        if len(items) == 1:
            return items[0]
        if not items:
            raise Unreadable("there is nothing between the braces", self.text,
                             self.span_from(start))
        return Fenced(self.span_from(start), ",", items)

    # one method per kind of token that begins a factor

    def _number(self, token: Token) -> Node:
        return Numeral(token.span, token.text)

    def _letter(self, token: Token) -> Node:
        return Name(token.span, token.text)

    def _word(self, token: Token) -> Node:
        meant = COMMANDS[token.text].means if token.text in COMMANDS else token.text
        return Name(token.span, meant.removeprefix("\\") if token.kind == "word" else meant,
                    font="word" if token.kind == "word" else "")

    def _group(self, token: Token) -> Node:
        return self._only(self._items("ungroup"), self.at - 1)

    def _fenced(self, token: Token) -> Node:
        start = self.at - 1
        if token.text == "{" and self._is_brace_of_cases():
            return self._braced_cases(start)
        items = self._items("close")
        closing = self.tokens[self.at - 1].text
        if token.text == ".":
            return self._held(items, start)
        if closing == "." or not items:
            raise Unreadable("brackets that hold nothing or do not close", self.text,
                             self.span_from(start))
        return Fenced(self.span_from(start), token.text, items)

    def _is_brace_of_cases(self) -> bool:
        r"""True for \left\{ \begin{array}..\end{array} \right., which are cases drawn by hand."""
        depth = 0
        for place in range(self.at, len(self.tokens) - 1):
            kind = self.tokens[place].kind
            depth += (kind == "begin") - (kind == "end")
            if not depth:
                after = self.tokens[place + 1]
                return kind == "end" and self.next.text in MATRICES and (
                    after.kind == "close" and after.text == ".")
        return False

    def _braced_cases(self, start: int) -> Node:
        opening = self.take()
        if opening.text == "array":
            self._label()
        with self.deeper():
            self.grids += 1
            made = self._cases(opening, start)
            self.grids -= 1
        self.take()
        return made

    def _held(self, items: tuple[Node, ...], start: int) -> Node:
        r"""Read \left. a \right|_{h}."""
        arg = self._only(items, start)
        if self.next.kind != "sub":
            return arg
        self.take()
        return At(self.span_from(start), arg, self._script_items())

    def _between_bars(self, token: Token) -> Node:
        start = self.at - 1
        self.bars.append(token.text)
        found = self.expression()
        if self.next.kind != "bar" or self.next.text != token.text:
            self.refuse("a bar is never closed", token)
        self.take()
        self.bars.pop()
        return Fenced(self.span_from(start), token.text, (found,))

    def _fraction(self, token: Token) -> Node:
        start = self.at - 1
        top, bottom = self._argument(token), self._argument(token)
        return Fraction(self.span_from(start), top, bottom)

    def _column(self, token: Token) -> Node:
        r"""Read \binom{1}{2}: who writes it for a vector means a column of two."""
        start = self.at - 1
        top, bottom = self._argument(token), self._argument(token)
        return Grid(self.span_from(start), ((top,), (bottom,)))

    def _argument(self, after: Token) -> Node:
        r"""Read what a command takes: a group, or one token (\frac12)."""
        token = self.next
        if token is END or token.kind not in ATOMS:
            self.refuse(f"{after.text} ends in the middle", after)
        if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            first, last = token.span
            self.tokens[self.at:self.at + 1] = [
                Token("number", token.text[0], (first, first + 1)),
                Token("number", token.text[1:], (first + 1, last))]
        with self.deeper():
            return self.atom()

    def _root(self, token: Token) -> Node:
        start, degree = self.at - 1, None
        if self.next.text == "[":
            self.take()
            degree = self._only(self._items("close"), start)
        arg = self._argument(token)
        return Root(self.span_from(start), arg, degree)

    def _big(self, token: Token) -> Node:
        start = self.at - 1
        lower: tuple[Node, ...] = ()
        upper = None
        while self.next.kind in ("sub", "sup"):
            if self.take().kind == "sub":
                lower = self._script_items()
            else:
                upper = self._superscript()
        with self.deeper():
            body = self._signed(lambda: self.product(Level.HADAMARD))
        return Big(self.span_from(start), COMMANDS[token.text].means, lower, upper, body)

    def _accented(self, token: Token) -> Node:
        start = self.at - 1
        return self._dressed(self._argument(token), ACCENTS[token.text], "", start)

    def _font(self, token: Token) -> Node:
        start = self.at - 1
        return self._dressed(self._argument(token), "", FONTS[token.text], start)

    def _dressed(self, node: Node, accent: str, font: str, start: int) -> Node:
        r"""Put an accent or a font on a symbol; \hat{y_t} is \hat{y}_t."""
        if isinstance(node, Scripted):
            return replace(node, base=self._dressed(node.base, accent, font, start))
        if isinstance(node, Numeral) and font:
            return Name(self.span_from(start), node.digits, (), font)
        if isinstance(node, Name):
            accents = (*node.accents, accent) if accent else node.accents
            return replace(node, accents=accents, font=font or node.font,
                           span=self.span_from(start))
        if not accent:
            return node
        raise Unreadable("an accent over more than one symbol", self.text, self.span_from(start))

    def _wrapped(self, token: Token) -> Node:
        return self._argument(token)

    def _labelled(self, token: Token) -> Node:
        r"""Read \underbrace{..}_{label}: the label is not part of the formula."""
        found = self._argument(token)
        if self.next.kind in ("sub", "sup"):
            self.take()
            self._label()
        return found

    def _label(self) -> None:
        """Skip a group without reading it."""
        depth = 0
        while self.next is not END:
            kind = self.take().kind
            depth += (kind == "group") - (kind == "ungroup")
            if not depth:
                return

    def _matrix(self, token: Token) -> Node:
        start = self.at - 1
        if token.text in CASES:
            with self.deeper():
                self.grids += 1
                made = self._cases(token, start)
                self.grids -= 1
            return made
        if token.text not in MATRICES:
            self.refuse(f"the environment {token.text} is not read", token)
        if token.text == "array":
            self._label()
        with self.deeper():
            self.grids += 1
            rows = self._rows(token)
            self.grids -= 1
        kind = MATRICES[token.text]
        grid = Grid(self.span_from(start), rows)
        return Fenced(grid.span, kind, (grid,)) if kind in ("|", "||") else grid

    def _cases(self, token: Token, start: int) -> Node:
        r"""Read the rows of \begin{cases}: a value, & and its condition, or "otherwise"."""
        rows: list[tuple[Node, Node | None]] = []
        while self.next.kind != "end":
            if self.next is END:
                self.refuse(rf"\begin{{{token.text}}} is never ended", token)
            if self.next.kind in BETWEEN_CASES:
                self.take()
                continue
            value, condition = self.expression(), None
            while self.next.kind in BETWEEN_CASES and self.next.kind != "line":
                self.take()
            if self.next.kind not in ("line", "end"):
                condition = self._item()
            rows.append((value, condition))
        self.take()
        return Cases(self.span_from(start), tuple(rows))

    def _rows(self, token: Token) -> tuple[tuple[Node, ...], ...]:
        rows: list[list[Node]] = [[]]
        while self.next.kind != "end":
            if self.next is END:
                self.refuse(rf"\begin{{{token.text}}} is never ended", token)
            elif self.next.kind == "line":
                self.take()
                rows.append([])
            elif self.next.kind in ("column", "comma"):
                self.take()
            else:
                rows[-1].append(self.expression())
        self.take()
        found = [tuple(row) for row in rows if row]
        if not found or len(set(map(len, found))) > 1:
            self.refuse("the rows of a matrix differ in length", token)
        return tuple(found)


CASES = ("cases", "dcases", "rcases")
BETWEEN_CASES = frozenset(("line", "column", "comma", "prose", "stop", "break", "colon"))
SCRIPTS = frozenset(("sub", "sup", "prime"))
ATOMS: dict[str, Callable[[_Parser, Token], Node]] = {
    "number": _Parser._number, "letter": _Parser._letter, "word": _Parser._word,
    "name": _Parser._word, "dots": _Parser._word, "group": _Parser._group,
    "open": _Parser._fenced, "bar": _Parser._between_bars, "fraction": _Parser._fraction,
    "binomial": _Parser._column,
    "root": _Parser._root, "big": _Parser._big, "accent": _Parser._accented,
    "font": _Parser._font, "wrapped": _Parser._wrapped, "labelled": _Parser._labelled,
    "begin": _Parser._matrix,
}
