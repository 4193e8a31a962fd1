r"""The factors of a product, one by one: derivatives, functions with what they take, values.

\partial L / \partial h, \nabla_W L, \log \hat{y}_t and \tanh(z) are several factors to TeX and one
to people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError
from derive.expr.nodes import Number, Outer
from derive.ops import apply
from derive.question.latex.arguments import taken_at
from derive.question.latex.derivatives import (
    are_differentials,
    derivative_of,
    gradient,
    gradient_at,
    opened,
    slope,
)
from derive.question.latex.fitting import beside, divided, entrywise, loosely, sized
from derive.question.latex.functions import Function, applied, function
from derive.question.latex.indicators import indicator
from derive.question.latex.laid import Laid, Unsized, Value
from derive.question.latex.quantities import quantity
from derive.question.latex.superscripts import is_stretch, raised, with_scripts
from derive.question.latex.unknown_slopes import unknown_slope
from derive.question.latex.windows import correlation
from derive.syntax.read_latex.tree import (
    Big,
    Fenced,
    Fraction,
    Grid,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
)

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["Operands"]


class Operands:
    """Reads the factors of a product from the left to the right."""

    def __init__(self, reader: Reader, node: Product) -> None:
        self.reader, self.node = reader, node
        self.factors, self.signs = node.factors, ("", *node.signs)
        self.at = 0

    def product(self) -> Value:
        found = self.operand()
        while self.at < len(self.factors):
            sign = self.signs[self.at]
            right = self.operand()
            while self._waits(right):   # a row of ones: what follows tells its size
                right = self._joined(right, self.operand(), self.signs[self.at - 1])
            found = self._joined(found, right, sign)
            if sign == "/" and self._beside(self.at) and self._unclear():
                raise self.reader.unreadable("how far the slash reaches is not clear",
                                             self.node.span, r"write \frac, or brackets")
        return found

    def _unclear(self) -> bool:
        """True for a/bc and 1/2n, not for 1/2 x and dL/dh W."""
        below, after = self.factors[self.at - 1], self.factors[self.at]
        tight = below.span[1] == after.span[0]
        symbols = isinstance(below, (Name, Scripted)) or (isinstance(below, Numeral) and tight)
        return symbols and isinstance(after, (Name, Scripted)) and not self._is_function(after)

    def _waits(self, value: Value) -> bool:
        return (isinstance(value, Unsized) and value.lies and value.kind == "vector"
                and self._beside(self.at))

    def _joined(self, left: Value, right: Value, sign: str) -> Value:
        if sign in ("/", "oslash"):
            return divided(left, right)
        if sign == "odot":
            return entrywise(left, right)
        if sign.startswith("star"):
            return _correlated(left, right, correlation(sign.partition(":")[2], self.reader))
        if sign == "otimes":
            return _tensor(left, right, self.reader.vocabulary.forgiving)
        if self.reader.vocabulary.forgiving and _is_nought(left, right):
            return right    # W 0 where the state before the first step is 0
        rows, loose = self.reader.vocabulary.rows, self.reader.vocabulary.loose
        slid = _slid(left, right, self.reader) if sign == "*" else None
        if slid is not None:
            return slid
        if loose:
            last = self.at >= len(self.factors)
            return loosely(left, right, sign, rows, loose == "outer" and last)
        return beside(left, right, sign, rows)

    def operand(self) -> Value:
        """Read the next factor, with all that belongs to it."""
        node = self.factors[self.at]
        for read in (self._derivative, self._in_short, self._gradient, self._operator,
                     self._indicator, self._slope_of_unknown, self._function, self._taken_at):
            found = read(node)
            if found is not None:
                return found
        self.at += 1
        return self.reader.value(node)

    def _derivative(self, node: Node) -> Value | None:
        r"""Read \partial L / \partial h and dL/dh."""
        parts = self.factors[self.at:self.at + 4]
        if len(parts) < 4 or self.signs[self.at + 1:self.at + 4] != ("", "/", ""):
            return None
        if not are_differentials(parts[0], parts[2], self.reader):
            return None
        span = (parts[0].span[0], parts[1].span[1])
        top = Product(span, tuple(parts[:2]), ("",))
        bottom = Product((parts[2].span[0], parts[3].span[1]), tuple(parts[2:]), ("",))
        found = derivative_of(self.reader, top, bottom)
        if found is not None:
            self.at += 4
        return found

    def _in_short(self, node: Node) -> Value | None:
        """Read dW as the gradient by W, where somebody writes it so."""
        if not isinstance(node, Name) or node.stem != "d" or not self._beside(self.at + 1) or (
                "d" not in self.reader.vocabulary.slopes):
            return None
        below = quantity(self.factors[self.at + 1], self.reader)
        if below is None or below.primes:
            return None
        self.at += 2
        return raised(self.reader, slope(self.reader, node, below), below.sup)

    def _gradient(self, node: Node) -> Value | None:
        if self.at + 1 >= len(self.factors):
            return None
        after = self.factors[self.at + 1]
        behind = self.factors[self.at + 2] if self._beside(self.at + 2) else None
        at = taken_at(self.reader, after, behind)
        found = gradient(self.reader, node, after) if at is None else (
            gradient_at(self.reader, node, *at))
        if found is not None:
            self.at += 2 if at is None else 3
        return found

    def _taken_at(self, node: Node) -> Value | None:
        """Read f(w_0), where f has steps."""
        behind = self.factors[self.at + 1] if self._beside(self.at + 1) else None
        found = taken_at(self.reader, node, behind)
        if found is None:
            return None
        self.at += 2
        return found[0].meant(self.reader)

    def _operator(self, node: Node) -> Value | None:
        r"""Read \frac{\partial}{\partial z} (..), and d/dz (..).

        Without brackets it is said of all that stands behind it.
        """
        first, sign = self.at + 1, node
        parts = self.factors[self.at:self.at + 3]
        if len(parts) == 3 and self.signs[self.at + 1:self.at + 3] == ("/", "") and (
                are_differentials(parts[0], parts[1], self.reader)):
            below = Product((parts[1].span[0], parts[2].span[1]), tuple(parts[1:]), ("",))
            first, sign = self.at + 3, Fraction(node.span, node, below)
        rest, signs = self.factors[first:], self.signs[first + 1:]
        if not isinstance(sign, Fraction) or not rest or self.signs[first]:
            return None
        inner = rest[0].base if isinstance(rest[0], Scripted) else rest[0]
        whole = len(rest) > 1 and not any(signs) and not isinstance(inner, Fenced)
        of = Product((rest[0].span[0], rest[-1].span[1]), tuple(rest), tuple(signs)) if (
            whole) else rest[0]
        found = opened(self.reader, sign, of)
        if found is None and whole:
            whole, found = False, opened(self.reader, sign, rest[0])
        if found is not None:
            self.at = len(self.factors) if whole else first + 1
        return found

    def _indicator(self, node: Node) -> Value | None:
        after = self.factors[self.at + 1] if self.at + 1 < len(self.factors) else None
        found = indicator(self.reader, node, after)
        if found is not None:
            self.at += 2
        return found

    def _slope_of_unknown(self, node: Node) -> Value | None:
        r"""Read \nabla l(y), J_A(a): the derivative of an unknown function of one argument."""
        found, taken = unknown_slope(self.reader, self.factors[self.at:self.at + 3])
        self.at += taken
        return found

    def _function(self, node: Node) -> Value | None:
        if quantity(node, self.reader, tolerant=False) is not None:
            return None
        found = function(node, self.reader)
        if found is None or (is_stretch(self.reader, node) and not self._is_bracket(self.at + 1)):
            return None
        self.at += 1
        args, scripts = self._arguments(found)
        try:
            made = applied(found, args, self.reader)
            return made if scripts is None else with_scripts(self.reader, made, scripts)
        except DeriveError as error:
            span = (node.span[0], self.factors[self.at - 1].span[1])
            raise self.reader.unreadable(error.message, span, error.remedy) from None

    def _is_bracket(self, at: int) -> bool:
        after = self.factors[at] if self._beside(at) else None
        return isinstance(after.base if isinstance(after, Scripted) else after, Fenced)

    def _arguments(self, f: Function) -> tuple[list[Laid], Scripted | None]:
        """Return what a function takes: brackets, a matrix, or what stands right behind it.

        Scripts on the brackets are scripts of the result: f(x)^2, softmax(z)_i.
        """
        if self.at >= len(self.factors) or self.signs[self.at] != "":
            raise self.reader.unreadable(f"`{f.name}` stands alone", f.node.span)
        first = self.factors[self.at]
        scripts = first if isinstance(first, Scripted) else None
        first = scripts.base if scripts is not None else first
        read = BRACKETED.get(type(first))
        if read is None or (isinstance(first, Fenced) and first.kind not in ("(", "[", "{")):
            return [self._bare(f)], None
        self.at += 1
        return [self._argument(item) for item in read(first)], scripts

    def _argument(self, node: Node) -> Laid:
        found = self.reader.value(node)
        return sized(found, ()) if isinstance(found, Unsized) else found

    def _bare(self, f: Function) -> Laid:
        r"""Read \log \hat{y}_t and \sin 2x; with more behind it nobody can say where it ends."""
        start = self.at
        while isinstance(self.factors[self.at], Numeral) and self._beside(self.at + 1):
            self.at += 1
        found = self.operand()
        for k in range(self.at - 1, start - 1, -1):
            if isinstance(self.factors[k], Numeral) and k < self.at - 1:
                found = beside(self.reader.value(self.factors[k]), found, "")
        if self._beside(self.at) and not self._is_function(self.factors[self.at]):
            raise self.reader.unreadable(f"where the argument of `{f.name}` ends is not clear",
                                         self.node.span, "put it in brackets")
        return sized(found, ()) if isinstance(found, Unsized) else found

    def _beside(self, at: int) -> bool:
        return at < len(self.factors) and self.signs[at] == ""

    def _is_function(self, node: Node) -> bool:
        return isinstance(node, Big) or (isinstance(node, (Name, Scripted))
                                         and quantity(node, self.reader, tolerant=False) is None
                                         and function(node, self.reader) is not None)


BRACKETED: dict[type[Node], Callable[[Any], Sequence[Node]]] = {
    Fenced: lambda node: node.items, Grid: lambda node: (node,),
}


def _slid(left: Value, right: Value, reader: Reader) -> Laid | None:
    """Read X * K as the convolution of the model, where no product would fit."""
    slides = reader.vocabulary.slides
    if slides is None or isinstance(left, Unsized) or isinstance(right, Unsized) or min(
            len(left.shape), len(right.shape)) < 2 or left.shape == right.shape or (
            left.shape[-1] == right.shape[0]):
        return None
    name, params = slides
    if isinstance(left.shape[-1], int) and isinstance(right.shape[-1], int) and (
            left.shape[-1] < right.shape[-1]):
        left, right = right, left       # K * X
    return Laid(apply(name, left.expr, right.expr, **dict(params)))


def _correlated(left: Value, right: Value, settings: Mapping[str, Any]) -> Value:
    r"""Read the cross-correlation X \star_{s=2} K."""
    if isinstance(left, Unsized) or isinstance(right, Unsized):
        raise DeriveError("the size of what is slid is not known")
    ranks = len(left.shape), len(right.shape)
    if ranks == (2, 2) and left.shape[0] == right.shape[0]:
        raise DeriveError("whether this slides along one axis or two is not clear")
    name = "conv1d" if ranks[0] == 1 else "conv2d"
    return Laid(apply(name, left.expr, right.expr, **settings))


def _is_nought(left: Value, right: Value) -> bool:
    """True for a matrix times a plain 0, which stands for a vector of zeros."""
    return isinstance(left, Laid) and isinstance(right, Laid) and len(left.shape) == 2 and (
        isinstance(right.expr, Number) and right.expr.value == 0)


def _tensor(left: Value, right: Value, forgiving: bool) -> Value:
    if isinstance(left, Unsized) or isinstance(right, Unsized):
        raise DeriveError("the size of a factor is not known")
    if len(left.shape) == len(right.shape) == 1 and forgiving:
        return Laid(Outer(left.expr, right.expr))
    if len(left.shape) == len(right.shape) == 1:
        raise DeriveError("this may be the outer product or Kronecker's",
                          remedy=r"write a b^\top for the outer product")
    return Laid(apply("kron", left.expr, right.expr))
