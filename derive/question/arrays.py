"""How slices, lists of arrays and functions that are short for others are read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from derive.errors import DeriveError, nearest
from derive.expr.integers import IntLike, is_nonnegative, text
from derive.expr.nodes import Entry, Expr, Transpose
from derive.ops import apply
from derive.ops.slices import part
from derive.question.scope import Scope, is_label, position, subscripts
from derive.question.settings import read_setting
from derive.question.shorthand import SHORTHAND, Shorthand
from derive.syntax.read_equation import Text

__all__ = ["arguments_of", "is_split", "read_shorthand", "settings_of", "sliced", "split_part"]

Read = Callable[[ast.expr], Expr]


def arguments_of(row: Shorthand, node: ast.Call) -> Sequence[ast.expr]:
    """Return the arguments: those in the list, where it takes a list of arrays."""
    if row.count >= 0:
        return node.args[:row.count]
    listed = node.args[0] if node.args else None
    return listed.elts if isinstance(listed, (ast.List, ast.Tuple)) else ()


def settings_of(row: Shorthand, node: ast.Call) -> list[ast.keyword]:
    """Return the settings, those that were typed without their name with it."""
    behind = node.args[max(row.count, 1):]
    return [*(ast.keyword(name, value) for name, value in
              zip(row.settings, behind, strict=False)), *node.keywords]


def read_shorthand(name: str, node: ast.Call, scope: Scope, source: Text, read: Read) -> Expr:
    """Read a function that is short for a formula, and write it out."""
    row = SHORTHAND[name]
    args = [read(arg) for arg in arguments_of(row, node)]
    extra = len(node.args) - max(row.count, 1) - len(row.settings)
    if not args or (row.count > 0 and len(args) != row.count) or extra > 0:
        wanted = ("a list of arrays" if row.count < 0
                  else f"{row.count} argument{'s'[:row.count != 1]}")
        remedy = f"write {name}([a, b])" if row.count < 0 else ""
        raise DeriveError(f"`{name}` takes {wanted}", source.at(node), remedy)
    params = {}
    for keyword in settings_of(row, node):
        if keyword.arg not in row.settings:
            raise DeriveError(f"`{name}` has no setting `{keyword.arg}`",
                              source.at(keyword.value), nearest(keyword.arg or "", row.settings))
        params[str(keyword.arg)] = read_setting(keyword, scope, source)
    return row.build(*args, **params)


def is_split(node: ast.AST, scope: Scope) -> bool:
    """True for ``split(z, 4)``, of which a part is taken."""
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            and node.func.id == "split" and "split" not in scope.arity)


def split_part(node: ast.Subscript, scope: Scope, source: Text, read: Read) -> Expr:
    """Read ``split(z, 4)[1]``."""
    call, places = node.value, subscripts(node)
    assert isinstance(call, ast.Call), "asked before"
    which = places[0]
    if len(places) > 1 or not (isinstance(which, ast.Constant) and isinstance(which.value, int)):
        raise DeriveError("a part of split(..) is taken by its number", source.at(node),
                          "write split(z, 4)[0]")
    row = SHORTHAND["split"]
    settings = {str(k.arg): read_setting(k, scope, source) for k in settings_of(row, call)}
    return row.build(read(call.args[0]), which=which.value, **settings)


def sliced(array: Expr, parts: Sequence[ast.expr], name: str, node: ast.AST, scope: Scope,
           source: Text, read: Read) -> Expr:
    """Read what stands in the brackets behind an array where there is a slice among it."""
    if len(parts) > len(array.shape):
        raise DeriveError(f"`{name}` has {len(array.shape)} axes, {len(parts)} positions are "
                          "given", source.at(node))
    if any(is_label(p, scope) for p in parts if not isinstance(p, ast.Slice)):
        return _columns(array, parts, node, scope, source, read)
    sizes = array.shape
    ends = [_ends(p, n, name, scope, source) for p, n in zip(parts, sizes, strict=False)]
    ends += [(0, n) for n in sizes[len(ends):]]
    kept = tuple(k >= len(parts) or isinstance(parts[k], ast.Slice) for k in range(len(sizes)))
    whole = [(0, n) == e for e, n in zip(ends, sizes, strict=True)]
    if all(whole) and all(kept):
        return array
    first = kept.index(True) if True in kept else len(kept)
    if all(kept[first:]) and all(whole[first:]):
        return Entry(array, tuple(low for low, _ in ends[:first]))
    return part(array, tuple(low for low, _ in ends), tuple(high for _, high in ends), kept)


def _columns(array: Expr, parts: Sequence[ast.expr], node: ast.AST, scope: Scope, source: Text,
             read: Read) -> Expr:
    """Read ``X[:, k]`` for a label k."""
    if len(parts) == len(array.shape) == 2 and isinstance(parts[0], ast.Slice) and not any(
            (parts[0].lower, parts[0].upper, parts[0].step)):
        found = apply("gather", Transpose(array), read(parts[1]))
        return Transpose(found) if len(found.shape) == 2 else found
    raise DeriveError("labels beside slices are not supported", source.at(node),
                      "take the rows first, and give them a name")


def _ends(node: ast.expr, size: IntLike, name: str, scope: Scope, source: Text
          ) -> tuple[IntLike, IntLike]:
    """Return where a slice, or one position, begins and ends."""
    if not isinstance(node, ast.Slice):
        at = position(node, scope, source)
        _inside(at, size, name, node, source)
        return at, at + 1
    if node.step is not None and not (isinstance(node.step, ast.Constant)
                                      and node.step.value == 1):
        raise DeriveError("a slice with steps is not supported", source.at(node.step),
                          "take the entries one by one: [z[0], z[2]]")
    low = 0 if node.lower is None else position(node.lower, scope, source)
    high = size if node.upper is None else position(node.upper, scope, source)
    for end, part_of in ((low, node.lower), (high, node.upper)):
        if isinstance(end, int) and end < 0 and part_of is not None:
            raise DeriveError(f"{end} does not count from the end here", source.at(part_of),
                              f"write {text(size + end)}")
    _within(low, high, size, name, node, source)
    return low, high


def _inside(at: IntLike, size: IntLike, name: str, node: ast.AST, source: Text) -> None:
    if isinstance(at, int) and isinstance(size, int) and not 0 <= at < size:
        raise DeriveError(f"entry {at} of `{name}` is out of range: 0..{size - 1}",
                          source.at(node))


def _within(low: IntLike, high: IntLike, size: IntLike, name: str, node: ast.AST, source: Text
            ) -> None:
    """Refuse an empty slice, one that reaches outside, and one of which that is not known."""
    for less, more, fault in ((low, high, "ends before it begins"),
                              (high, size, f"goes beyond its {text(size)} entries")):
        if not is_nonnegative(more - less):
            known = isinstance(more - less, int)
            words = fault if known else f"may be outside: it is not known that {less} <= {more}"
            raise DeriveError(f"this slice of `{name}` {words}", source.at(node),
                              "" if known else f"declare the size as a sum, as in {less} + m")
    if low == high:
        raise DeriveError(f"this slice of `{name}` is empty", source.at(node))
