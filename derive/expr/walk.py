"""Going through expressions: parts, rebuilding, replacing, the names an expression depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields
from dataclasses import replace as change
from typing import Any, TypeVar

from derive.expr.integers import Int, IntLike, letters_from, named, names_in, put
from derive.expr.nodes import (
    Apply,
    Array,
    Delta,
    Diag,
    Dimension,
    Dots,
    Entry,
    Expr,
    Eye,
    Fill,
    MatMul,
    MatrixProduct,
    Neg,
    Number,
    Outer,
    Partial,
    Power,
    Product,
    Quotient,
    Range,
    Reduce,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.shapes import Shape

__all__ = [
    "array_of", "at", "bound_apart", "children", "digits", "free_indices", "places",
    "put_range", "rebuild", "refs", "replace", "settings_at", "transform", "walk",
]

Node = TypeVar("Node", bound=Expr)
Env = Mapping[str, IntLike]
Settings = tuple[tuple[str, Any], ...]

# the fields of each node that hold expressions: the one table all walks use
PARTS: dict[type[Expr], tuple[str, ...]] = {
    Array: ("items",), Sum: ("terms",), Neg: ("arg",), Product: ("factors",),
    Quotient: ("top", "bottom"), Power: ("base", "exponent"), MatMul: ("left", "right"),
    Transpose: ("arg",), Outer: ("left", "right"), Diag: ("arg",), Apply: ("args",),
    Reduce: ("body",), MatrixProduct: ("body",), Entry: ("arg",), Dots: ("first", "last"),
}
# the other settings of each node that has parts
KEPT: dict[type[Expr], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind) if f.init and f.name not in parts)
    for kind, parts in PARTS.items()
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts, in order."""
    found: list[Expr] = []
    for name in PARTS.get(type(expr), ()):
        value = getattr(expr, name)
        found.extend(value if isinstance(value, tuple) else (value,))
    return tuple(found)


def rebuild(expr: Node, parts: tuple[Expr, ...]) -> Node:
    """Make the node again with other parts (its shape is worked out again)."""
    if all(a is b for a, b in zip(parts, children(expr), strict=True)):
        return expr
    taken = iter(parts)
    new: dict[str, Any] = {}
    for name in PARTS.get(type(expr), ()):
        old = getattr(expr, name)
        new[name] = tuple(next(taken) for _ in old) if isinstance(old, tuple) else next(taken)
    kept = {name: getattr(expr, name) for name in KEPT[type(expr)]}
    return type(expr)(**kept, **new)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield every node, the whole first."""
    yield expr
    for part in children(expr):
        yield from walk(part)


def transform(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """Replace nodes from the top down; *change* returns None where the walk should go on."""
    new = change(expr)
    if new is not None:
        return new
    return rebuild(expr, tuple(transform(part, change) for part in children(expr)))


def replace(expr: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """Replace whole subexpressions by others."""
    return transform(expr, table.get)


def refs(expr: Expr) -> Iterator[Ref]:
    """Yield every mention of a quantity or derivative, in order."""
    return (node for node in walk(expr) if isinstance(node, Ref))


def put_range(bounds: Range, env: Env) -> Range:
    return Range(tuple(put(b, env) for b in bounds.los), tuple(put(b, env) for b in bounds.his))


def at(expr: Node, env: Env) -> Node:
    """Put integers in for index and size names: ``h[t-1]`` at t = 2 is ``h[1]``.

    An index bound by a reduction inside is left alone.
    """
    if not env:
        return expr
    fixed = POSITIONS.get(type(expr))
    if fixed is not None:
        found: Node = fixed(expr, env)  # every row of the table keeps the kind of its node
        return found
    return rebuild(expr, tuple(at(part, env) for part in children(expr)))


def _shape_at(shape: Shape, env: Env) -> Shape:
    return tuple(put(n, env) for n in shape)


def _symbol_at(expr: Symbol, env: Env) -> Symbol:
    sized = _all_numbers(expr.of)
    if sized and _all_numbers(expr.index):
        return expr
    index = tuple([put(i, env) for i in expr.index])
    return Symbol(expr.name, index, expr.of if sized else _shape_at(expr.of, env))


def _all_numbers(values: tuple[IntLike, ...]) -> bool:
    # a loop, not `all`: no function is called more often
    for value in values:  # noqa: SIM110
        if not isinstance(value, int):
            return False
    return True


def _partial_at(expr: Partial, env: Env) -> Partial:
    held = tuple(_symbol_at(h, env) for h in expr.held)
    return Partial(_symbol_at(expr.top, env), _symbol_at(expr.bottom, env), held,
                   tuple(put(c, env) for c in expr.component), expr.direct)


Binder = TypeVar("Binder", Reduce, MatrixProduct)


def _binder_at(expr: Binder, env: Env) -> Binder:
    inner = {n: v for n, v in env.items() if n != expr.index}
    index, body = expr.index, expr.body
    if any(index in names_in(v) for v in inner.values()):
        # the value put in uses the name bound here: give the bound index another letter
        taken = set(inner).union(*(names_in(v) for v in inner.values()), free_indices(body))
        index = next(c for c in "skjiqru" if c not in taken)
        body = at(body, {expr.index: named(index)})
    return change(expr, index=index, range=put_range(expr.range, env), body=at(body, inner))


def bound_apart(expr: Expr, taken: Set[str]) -> Expr:
    """Give bound indices that are called like one of *taken* other letters: sum_s m_s by h_t."""
    def renamed(part: Expr) -> Expr | None:
        if not isinstance(part, (Reduce, MatrixProduct)) or part.index not in taken:
            return None
        body = bound_apart(part.body, taken)
        used = taken | free_indices(body) | {p.index for p in walk(body) if isinstance(
            p, (Reduce, MatrixProduct))}
        index = next(c for c in letters_from("skjiqru") if c not in used)
        return change(part, index=index, body=at(body, {part.index: named(index)}))
    return transform(expr, renamed)


def _apply_at(expr: Apply, env: Env) -> Apply:
    return Apply(expr.op, tuple(at(a, env) for a in expr.args), settings_at(expr.params, env),
                 _shape_at(expr.of, env))


def settings_at(params: Settings, env: Env) -> Settings:
    """Put integers in for the sizes among the settings of an operation."""
    return tuple([(name, _setting_at(value, env)) for name, value in params])


def _setting_at(value: Any, env: Env) -> Any:
    """Put integers in for a size, or for those in a tuple (a padding is a pair for each axis)."""
    if isinstance(value, Int):
        return put(value, env)
    return tuple([_setting_at(v, env) for v in value]) if isinstance(value, tuple) else value


POSITIONS: dict[type[Expr], Callable[[Any, Env], Any]] = {
    Symbol: _symbol_at,
    Partial: _partial_at,
    Reduce: _binder_at,
    MatrixProduct: _binder_at,
    Apply: _apply_at,
    Dimension: lambda e, env: Dimension(put(e.value, env)),
    Fill: lambda e, env: Fill(e.value, _shape_at(e.of, env)),
    Eye: lambda e, env: Eye(put(e.size, env)),
    Delta: lambda e, env: Delta(put(e.i, env), put(e.j, env)),
    Entry: lambda e, env: Entry(at(e.arg, env), tuple(put(i, env) for i in e.at)),
}


def digits(expr: Expr) -> tuple[str, ...]:
    """Return the numbers of an expression as they are typed: 0.5 equals 0.50, but says less."""
    return tuple(part.typed for part in walk(expr) if isinstance(part, Number))


def free_indices(expr: Expr) -> frozenset[str]:
    """Return the index and size names an expression depends on, bound ones left out."""
    if isinstance(expr, (Reduce, MatrixProduct)):
        bounds = [names_in(b) for b in (*expr.range.los, *expr.range.his)]
        return (free_indices(expr.body) - {expr.index}).union(*bounds)
    own: tuple[IntLike, ...] = _own_integers(expr)
    return frozenset().union(*(names_in(i) for i in own), *map(free_indices, children(expr)))


def _own_integers(expr: Expr) -> tuple[IntLike, ...]:
    read = INTEGERS.get(type(expr))
    return read(expr) if read else ()


INTEGERS: dict[type[Expr], Callable[[Any], tuple[IntLike, ...]]] = {
    Symbol: lambda e: e.index,
    Partial: lambda e: (*e.top.index, *e.bottom.index, *e.component),
    Dimension: lambda e: (e.value,),
    Delta: lambda e: (e.i, e.j),
    Entry: lambda e: e.at,
    Apply: lambda e: tuple(n for _, v in e.params if isinstance(v, tuple) for n in v
                           if isinstance(n, Int)),
}


def places(expr: Expr) -> Iterator[tuple[IntLike, IntLike]]:
    """Pair the entry positions of one node with the sizes of the axes they run along."""
    if isinstance(expr, Entry):
        yield from zip(expr.at, expr.arg.shape, strict=False)
    if isinstance(expr, Partial):
        yield from zip(expr.component, expr.top.shape, strict=False)


def array_of(expr: Expr) -> Expr:
    """Return the array of which an expression is an entry or a row; anything else as it is."""
    return expr.arg if isinstance(expr, Entry) else expr
