"""The expression tree: what mathematics is made of here.

Nodes are frozen, know their shape from the moment they are made, and keep the author's order; a
node whose parts do not fit cannot be built (`ShapeError`). Nothing is simplified by these
constructors; the few identities a derivation may use (1 x, 0 + x) are in `derive.expr.build`.
Vectors are 1-D and print as columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

from derive.errors import ShapeError
from derive.expr.integers import IntLike, text
from derive.expr.shapes import Shape, broadcast, matmul, say

__all__ = [
    "Apply", "Array", "Constant", "Delta", "Diag", "Dimension", "Dots", "Entry", "Expr", "Eye",
    "Fill", "Literal", "MatMul", "MatrixProduct", "Neg", "Number", "Outer", "Partial", "Power",
    "Product", "Quotient", "Range", "Reduce", "Ref", "Sum", "Symbol", "Transpose",
]

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Make a node class: a frozen dataclass that is small and compares by its parts."""
    return dataclass(frozen=True, slots=True, repr=False)(cls)


@node
class Expr:
    """Any piece of mathematics; `shape` is ``()`` for a scalar, ``(n,)`` for a column, ..."""

    shape: Shape = field(init=False, compare=False)

    def _set(self, shape: Shape) -> None:
        object.__setattr__(self, "shape", shape)

    def __repr__(self) -> str:
        from derive.syntax.write_text import write  # the only upward look, for debugging

        return f"<{type(self).__name__} {write(self)}>"


@node
class Number(Expr):
    """An exact number, with the digits its author typed (0.1 stays 0.1)."""

    value: Fraction
    typed: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        self._set(())


@node
class Constant(Expr):
    """A named number: ``pi``, ``inf``."""

    name: str

    def __post_init__(self) -> None:
        self._set(())


@node
class Dimension(Expr):
    """A size or an index used as a number: T in 1/T."""

    value: IntLike

    def __post_init__(self) -> None:
        self._set(())


@node
class Ref(Expr):
    """Something with a name and places in index ranges: a quantity, or a derivative of one."""

    if TYPE_CHECKING:  # at run time these would stand in the way of the fields of `Symbol`
        @property
        def family(self) -> str:
            """The name that all its members share."""

        @property
        def index(self) -> tuple[IntLike, ...]:
            """Its positions, one for each index of the family."""


@node
class Symbol(Ref):
    """A quantity of the model: ``W``, ``h[t-1]``; `index` holds its positions."""

    name: str
    index: tuple[IntLike, ...]
    of: Shape = field(compare=False)

    def __post_init__(self) -> None:
        self._set(self.of)

    @property
    def family(self) -> str:
        """The name that all its members share."""
        return self.name


@node
class Partial(Ref):
    """The derivative of `top` by `bottom`, standing as one symbol.

    For a scalar `top` the shape is that of `bottom`; for an array it is ``top.shape +
    bottom.shape`` (the Jacobian, row by row). `component` marks the derivative of one entry of an
    array `top`. `held` lists what is kept fixed. A `direct` one is a factor of a chain rule: what
    the equation of `top` alone does when `bottom` moves; it prints like any other.
    """

    top: Symbol
    bottom: Symbol
    held: tuple[Symbol, ...] = ()
    component: tuple[IntLike, ...] = ()
    direct: bool = False

    def __post_init__(self) -> None:
        top = () if self.component else self.top.shape
        self._set(top + self.bottom.shape)

    @property
    def index(self) -> tuple[IntLike, ...]:
        return self.bottom.index

    @property
    def family(self) -> str:
        return _family(self.top, self.bottom.name, self.held, self.component)


@lru_cache(maxsize=4096)
def _family(top: Symbol, bottom: str, held: tuple[Symbol, ...], component: tuple[IntLike, ...]
            ) -> str:
    """Name all derivatives of one quantity by another; asked for at every mention of one."""
    from derive.syntax.write_text import write

    kept = "".join(f"|{write(h)}" for h in held)
    entry = f"[{', '.join(map(text, component))}]" if component else ""
    return f"d{write(top)}{entry}/d{bottom}{kept}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Expr):
    """Numbers put in: `values` is a NumPy array (float64, or Fractions as objects).

    `say` turns one value into the digits shown; `exact` tells whether the digits shown are the
    whole truth (then a line may say =).
    """

    values: Any
    exact: bool
    say: Callable[[Any], str]
    _floats: Any = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self._set(tuple(self.values.shape))
        object.__setattr__(self, "_floats", None)

    @property
    def floats(self) -> Any:
        """Return the values as float64; fractions are turned into them once."""
        if self._floats is None:
            object.__setattr__(self, "_floats", self.values.astype(float, copy=False))
        return self._floats


@node
class Array(Expr):
    """A vector or matrix built from parts of one shape, along a new first axis."""

    items: tuple[Expr, ...]

    def __post_init__(self) -> None:
        shapes = {item.shape for item in self.items}
        if not self.items:
            raise ShapeError("an empty array has no shape")
        if len(shapes) > 1:
            listed = " and ".join(sorted(say(s) for s in shapes))
            raise ShapeError(f"the parts of an array differ in shape: {listed}")
        self._set((len(self.items), *self.items[0].shape))


@node
class Fill(Expr):
    """An array with one exact number in every entry: ones, zeros."""

    value: Fraction
    of: Shape

    def __post_init__(self) -> None:
        self._set(self.of)


@node
class Eye(Expr):
    """The identity matrix."""

    size: IntLike

    def __post_init__(self) -> None:
        self._set((self.size, self.size))


@node
class Sum(Expr):
    """Terms in the author's order; a subtracted term stands as `Neg`."""

    terms: tuple[Expr, ...]

    def __post_init__(self) -> None:
        self._set(broadcast(*(t.shape for t in self.terms)))


@node
class Neg(Expr):
    arg: Expr

    def __post_init__(self) -> None:
        self._set(self.arg.shape)


@node
class Product(Expr):
    """The entry-by-entry product (scaling included), factors in the author's order."""

    factors: tuple[Expr, ...]

    def __post_init__(self) -> None:
        self._set(broadcast(*(f.shape for f in self.factors)))


@node
class Quotient(Expr):
    """The entry-by-entry quotient."""

    top: Expr
    bottom: Expr

    def __post_init__(self) -> None:
        self._set(broadcast(self.top.shape, self.bottom.shape))


@node
class Power(Expr):
    """The entry-by-entry power."""

    base: Expr
    exponent: Expr

    def __post_init__(self) -> None:
        self._set(broadcast(self.base.shape, self.exponent.shape))


@node
class MatMul(Expr):
    """``left @ right``: matrix product, matrix times column, row times matrix, dot product."""

    left: Expr
    right: Expr

    def __post_init__(self) -> None:
        self._set(matmul(self.left.shape, self.right.shape))


@node
class Transpose(Expr):
    """The transpose of a matrix; of a vector, the same numbers written as a row."""

    arg: Expr

    def __post_init__(self) -> None:
        self._set(self.arg.shape[::-1])


@node
class Outer(Expr):
    """The outer product a b^T of two vectors."""

    left: Expr
    right: Expr

    def __post_init__(self) -> None:
        if len(self.left.shape) != 1 or len(self.right.shape) != 1:
            raise ShapeError(
                f"outer needs two vectors, not {say(self.left.shape)} and {say(self.right.shape)}")
        self._set(self.left.shape + self.right.shape)


@node
class Diag(Expr):
    """The diagonal matrix of a vector."""

    arg: Expr

    def __post_init__(self) -> None:
        if len(self.arg.shape) != 1:
            raise ShapeError(f"diag needs a vector, not {say(self.arg.shape)}")
        self._set(self.arg.shape * 2)


@node
class Apply(Expr):
    """A registered operation applied to arguments; `params` are its settings (axis, ...)."""

    op: str
    args: tuple[Expr, ...]
    params: tuple[tuple[str, Any], ...]
    of: Shape = field(compare=False)

    def __post_init__(self) -> None:
        self._set(self.of)


@dataclass(frozen=True, slots=True)
class Range:
    """Where an index runs, both ends included; several bounds mean the tightest one."""

    los: tuple[IntLike, ...]
    his: tuple[IntLike, ...]

    @property
    def lo(self) -> IntLike:
        return self.los[0]

    @property
    def hi(self) -> IntLike:
        return self.his[0]


@node
class Reduce(Expr):
    """``sum``, ``mean`` or ``prod`` over an index: `index` runs through `range` in `body`."""

    kind: str
    index: str
    range: Range
    body: Expr

    def __post_init__(self) -> None:
        self._set(self.body.shape)


@node
class MatrixProduct(Expr):
    """Square matrices multiplied in the order of an index: M_1 M_2 ... M_n.

    Where it is `falling`, the last one stands first: M_n ... M_2 M_1. Over an empty range it is
    the identity.
    """

    index: str
    range: Range
    body: Expr
    falling: bool = False

    def __post_init__(self) -> None:
        if len(self.body.shape) != 2 or self.body.shape[0] != self.body.shape[1]:
            raise ShapeError(f"an ordered product has square factors, not {say(self.body.shape)}")
        self._set(self.body.shape)


@node
class Dots(Expr):
    """A long sum with its middle left out: a_0 + a_1 + ... + a_50; `whole` is what it stands for.

    Only `first` and `last` are printed and worked out in steps; the value is that of `whole`.
    """

    first: tuple[Expr, ...]
    last: tuple[Expr, ...]
    whole: Reduce

    def __post_init__(self) -> None:
        self._set(self.whole.shape)


@node
class Entry(Expr):
    """One entry of an array, at positions that may be symbols (index notation)."""

    arg: Expr
    at: tuple[IntLike, ...]

    def __post_init__(self) -> None:
        if len(self.at) > len(self.arg.shape):
            raise ShapeError(f"{len(self.at)} positions in {say(self.arg.shape)}")
        self._set(self.arg.shape[len(self.at):])


@node
class Delta(Expr):
    """Kronecker's delta: 1 where both positions are equal, else 0."""

    i: IntLike
    j: IntLike

    def __post_init__(self) -> None:
        self._set(())
