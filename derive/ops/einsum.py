"""Sums of products written with letters: ``einsum("ij,jk->ik", A, B)``.

A letter that is missing behind the arrow is summed over. The rule is the notation itself: in the
cotangent of one factor the others stand beside that of the result. What is a product people have a
sign for becomes that product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr import build
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr, Eye, Fill
from derive.expr.shapes import Shape, say
from derive.ops.axes import over
from derive.ops.op import Op
from derive.ops.products import diagonal

__all__ = ["EINSUM", "einsum", "permuted"]

FREE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _read(spec: Any, count: int) -> tuple[tuple[str, ...], str]:
    """Split ``ij,jk->ik``; without an arrow the letters that stand once are kept, in order."""
    if not isinstance(spec, str) or not set(spec) <= set(FREE + ",-> "):
        raise ShapeError("einsum needs its letters first", remedy='write einsum("ij,jk->ik", A, B)')
    left, arrow, right = spec.replace(" ", "").partition("->")
    terms = tuple(left.split(","))
    if not arrow:
        right = "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    if len(terms) != count:
        raise ShapeError(f"`{spec}` is about {len(terms)} arrays, not {count}")
    if len(set(right)) < len(right) or not set(right) <= set(left):
        raise ShapeError(f"`{spec}`: a letter behind the arrow stands there once, and before it")
    return terms, right


def _sizes(terms: Sequence[str], shapes: Sequence[Shape], spec: str) -> dict[str, IntLike]:
    found: dict[str, IntLike] = {}
    for letters, shape in zip(terms, shapes, strict=True):
        if len(letters) != len(shape):
            raise ShapeError(f"`{letters}` in einsum(\"{spec}\") names {len(letters)} axes, "
                             f"not those of {say(shape)}")
        for letter, size in zip(letters, shape, strict=True):
            if found.setdefault(letter, size) != size:
                raise ShapeError(f"the letter {letter} in einsum(\"{spec}\") stands for "
                                 f"{found[letter]} and for {size}")
    return found


def _settle(*xs: Shape, spec: Any = "") -> dict[str, Any]:
    terms, right = _read(spec, len(xs))
    _sizes(terms, xs, spec)
    return {"spec": f"{','.join(terms)}->{right}"}


def _shape(*xs: Shape, spec: str) -> Shape:
    terms, right = _read(spec, len(xs))
    sizes = _sizes(terms, xs, spec)
    return tuple(sizes[c] for c in right)


def _evaluate(*xs: Any, spec: str) -> Any:
    terms, right = _read(spec, len(xs))
    arrays = [np.asarray(x) for x in xs]
    ahead = any(a.ndim > len(t) for a, t in zip(arrays, terms, strict=True))
    each = [("..." if a.ndim > len(t) else "") + t for a, t in zip(arrays, terms, strict=True)]
    return np.einsum(f"{','.join(each)}->{'...' if ahead else ''}{right}", *arrays)


def _entry(S: Any, at: Any, args: Any, spec: str) -> Any:
    terms, right = _read(spec, len(args))
    sizes = {c: n for t, x in zip(terms, args, strict=True)
             for c, n in zip(t, x.shape, strict=True)}
    summed = [c for c in sizes if c not in right]
    known = dict(zip(right, at, strict=True))

    def body(*inner: Any) -> Any:
        place = {**known, **dict(zip(summed, inner, strict=True))}
        return S.prod([x(*(place[c] for c in t)) for t, x in zip(terms, args, strict=True)])
    return over(S, S.Sum, tuple(sizes[c] for c in summed), body)


def einsum(spec: str, *xs: Expr) -> Expr:
    """Return the sum of products, by the sign people have for it where there is one."""
    xs, terms, right = _without_fills(*_in_place(spec, xs))
    plain = PLAIN.get(_renamed(terms, right))
    if plain is not None:
        return plain(*xs)
    params = _settle(*(x.shape for x in xs), spec=f"{','.join(terms)}->{right}")
    return Apply("einsum", xs, tuple(params.items()), _shape(*(x.shape for x in xs), **params))


def _in_place(spec: str, xs: Sequence[Expr]) -> tuple[str, tuple[Expr, ...]]:
    """Give letters to the axes of K where a factor is K with its axes in another order."""
    terms, right = _read_any(spec, len(xs))
    pairs = [_unpermuted(t, x) for t, x in zip(terms, xs, strict=True)]
    return f"{','.join(t for t, _ in pairs)}->{right}", tuple(x for _, x in pairs)


def _unpermuted(letters: str, x: Expr) -> tuple[str, Expr]:
    if not isinstance(x, Apply) or x.op != "permute":
        return letters, x
    axes = dict(x.params)["axes"]
    return "".join(letters[axes.index(k - len(axes))] for k in range(len(axes))), x.args[0]


def permuted(x: Expr, axes: Sequence[int]) -> Expr | None:
    """Return a sum of products with its axes in another order, if x is one; axes count from -1."""
    if not isinstance(x, Apply) or x.op != "einsum":
        return None
    left, _, right = str(dict(x.params)["spec"]).partition("->")
    return einsum(f"{left}->{''.join(right[a] for a in axes)}", *x.args)


def _without_fills(spec: str, xs: Sequence[Expr]) -> tuple[tuple[Expr, ...], list[str], str]:
    """Leave out a factor that is 1 everywhere where its letters stand in other factors too."""
    terms, right = _read_any(spec, len(xs))
    kept = list(zip(terms, xs, strict=True))
    for pair in list(kept):
        letters, x = pair
        others = "".join(t for t, _ in kept if t is not letters)
        if isinstance(x, Fill) and x.value == 1 and set(letters) <= set(others) and len(kept) > 1:
            kept.remove(pair)
    return tuple(x for _, x in kept), [t for t, _ in kept], right


def _read_any(spec: str, count: int) -> tuple[list[str], str]:
    left, _, right = spec.partition("->")
    return left.split(","), right


def _renamed(terms: Sequence[str], right: str) -> str:
    """Name the letters in the order in which they stand: kj,jl->kl becomes ij,jk->ik."""
    table: dict[str, str] = {}
    for c in "".join(terms) + right:
        table.setdefault(c, "ijklmnopqrstuvwxyz"[len(table)] if len(table) < 18 else c)
    put = str.maketrans(table)
    return ",".join(t.translate(put) for t in terms) + "->" + right.translate(put)


def _t(x: Expr) -> Expr:
    return build.transpose(x)


PLAIN: dict[str, Callable[..., Expr]] = {
    "i->i": lambda a: a, "ij->ij": lambda a: a, "->": lambda a: a,
    "ij->ji": _t,
    "i->": lambda a: build.sum_entries(a, (-1,)),
    "ij->": lambda a: build.sum_entries(a, (-2, -1)),
    "ij->i": lambda a: build.sum_entries(a, (-1,)),
    "ij->j": lambda a: build.sum_entries(a, (-2,)),
    "ii->": lambda a: Apply("trace", (a,), (), ()),
    "ii->i": diagonal,
    "i,i->": build.matmul, "i,i->i": build.mul, "i,j->ij": build.outer,
    "i,j->ji": lambda a, b: build.outer(b, a),
    "ij,jk->ik": build.matmul, "ij,j->i": build.matmul,
    "ij,kj->ik": lambda a, b: build.matmul(a, _t(b)),
    "ij,ik->jk": lambda a, b: build.matmul(_t(a), b),
    "ij,jk->ki": lambda a, b: build.matmul(_t(b), _t(a)),
    "ij,ki->jk": lambda a, b: build.matmul(_t(a), _t(b)),
    "ij,ki->kj": lambda a, b: build.matmul(b, a),
    "ij,kj->ki": lambda a, b: build.matmul(b, _t(a)),
    "ij,ik->kj": lambda a, b: build.matmul(_t(b), a),
    "ij,i->j": lambda a, b: build.matmul(_t(a), b),
    "i,ij->j": lambda a, b: build.matmul(_t(b), a),
    "i,ji->j": lambda a, b: build.matmul(b, a),
    "ij,ij->ij": build.mul, ",->": build.mul, ",i->i": build.mul, "i,->i": build.mul,
    ",ij->ij": build.mul, "ij,->ij": build.mul,
    "ij,ij->": lambda a, b: build.sum_entries(build.mul(a, b), (-2, -1)),
}


def _vjp(g: Expr, y: Expr, *xs: Expr, spec: str, which: int) -> Expr:
    """Put g in the place of the factor; letters that it had alone are filled up with ones."""
    terms, right = _read(spec, len(xs))
    own, once = terms[which], _distinct(terms[which], spec)
    factors = [(t, x) for k, (t, x) in enumerate(zip(terms, xs, strict=True)) if k != which]
    factors = [(right, g), *factors] if right else factors
    sizes = _sizes(terms, [x.shape for x in xs], spec)
    for letter, first in zip(once, own, strict=True):
        if letter != first:     # a repeated letter: the entries off the diagonal have no part
            factors.append((first + letter, Eye(sizes[first])))
    there = {c for t, _ in factors for c in t}
    missing = "".join(c for c in once if c not in there)
    if missing:
        factors.append((missing, Fill(Fraction(1), tuple(sizes[c] for c in missing))))
    share = einsum(f"{','.join(t for t, _ in factors)}->{once}", *(x for _, x in factors))
    return share if right else build.mul(g, share)


def _distinct(letters: str, spec: str) -> str:
    """Give repeated letters others: ii becomes ia."""
    spare, found = (c for c in FREE if c not in spec), ""
    for c in letters:
        found += c if c not in found else next(spare)
    return found


EINSUM = Op(
    "einsum", _shape, _evaluate, _entry, (_vjp,), params=("spec",), settle=_settle, exact=True,
    variadic=True, aligned=False,
    sentence="Each product is linear in each of its factors.",
    samples=((((2, 3), (3, 2)), {"spec": "ij,jk->ik"}), (((2, 2),), {"spec": "ii->i"}),
             (((2, 2, 2), (2, 2, 2)), {"spec": "bij,bjk->bik"}),
             (((2,), (2, 3), (3,)), {"spec": "i,ij,j->"}), (((2, 2),), {"spec": "ii->"}),
             (((2, 3), (2,)), {"spec": "ij,k->ik"}), (((2, 1, 2),), {"spec": "ijk->kij"})))
