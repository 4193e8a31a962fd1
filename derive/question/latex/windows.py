r"""What slides: \operatorname{maxpool}_{2 \times 2, s=1}(X), the settings of X \star_{s=2} K."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.ops import apply
from derive.question.latex.laid import Laid
from derive.question.latex.positions import position
from derive.question.latex.sizes import shape_under
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex import chains
from derive.syntax.read_latex.tree import Chain, Fenced, Name, Node, Product, Scripted

if TYPE_CHECKING:
    from derive.question.latex.functions import Function
    from derive.question.latex.reader import Reader

__all__ = ["correlation", "pooled", "reshaped"]

SETTINGS = {"s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
Setting = IntLike | tuple[Any, ...]


def correlation(said: str, reader: Reader) -> dict[str, Setting]:
    r"""Return the settings that stand under a star."""
    if not said:
        return {}
    read = chains(f"k_{{{said}}}")[0].sides[0]
    assert isinstance(read, Scripted), "it has a subscript"
    return dict(_setting(node, "\\star", reader) for node in read.subs)


def _setting(node: Node, under: str, reader: Reader) -> tuple[str, Setting]:
    """Read s=2, and s where the stride is called s."""
    name, value = (node.sides[0], node.sides[1]) if isinstance(node, Chain) and len(
        node.sides) == 2 else (node, node)
    letter = spelled(name)
    if letter not in SETTINGS or value is None or (
            isinstance(value, Name) and letter not in reader.vocabulary.integers):
        raise DeriveError(f"`{spelled(node)}` under {under} is not read")
    return SETTINGS[letter], _value(value, under, reader)


def _value(node: Node, under: str, reader: Reader) -> Setting:
    if isinstance(node, Fenced) and len(node.items) > 1:
        return tuple(_value(item, under, reader) for item in node.items)
    at = position(node, reader)
    if at is None:
        raise DeriveError(f"`{spelled(node)}` under {under} is not read")
    return at


def pooled(kind: str) -> Callable[[Function, Sequence[Laid], Reader], Laid]:
    r"""Read \operatorname{maxpool}_{2 \times 2, s=1}(X)."""
    def read(f: Function, args: Sequence[Laid], reader: Reader) -> Laid:
        if len(args) != 1 or not f.subs or f.sup is not None:
            raise DeriveError(f"`{f.name}` takes one array, and says its window")
        size = tuple(_value(part, f.name, reader) for part in _factors(f.subs[0]))
        said = dict(_setting(node, f.name, reader) for node in f.subs[1:])
        return Laid(apply(f"{kind}_pool{len(size)}d", args[0].expr, size=size, **said))
    return read


def _factors(node: Node) -> Sequence[Node]:
    times = isinstance(node, Product) and set(node.signs) == {"times"}
    return node.factors if times and isinstance(node, Product) else (node,)


def reshaped(f: Function, args: Sequence[Laid], reader: Reader) -> Laid:
    r"""Read \operatorname{reshape}_{2 \times 3}(x)."""
    if len(args) != 1 or not f.subs:
        raise DeriveError("`reshape` takes one array, and says its shape")
    shape = shape_under(reader, f.subs, "matrix")
    return Laid(apply("reshape", args[0].expr, shape=shape))
