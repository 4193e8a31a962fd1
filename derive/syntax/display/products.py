"""What symbols side by side are to each other: factors (W x), a name with its argument, primes."""

from __future__ import annotations

from derive.syntax.display.nodes import (
    Accent,
    Digits,
    Fenced,
    Fraction,
    Letter,
    Name,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Table,
)

__all__ = ["base", "is_factor", "is_name", "is_primed"]

FACTORS = (Accent, Digits, Fenced, Fraction, Root, Table)
# signs that act on what follows them
ACTING = "∂∇"


def base(node: Node) -> Node:
    """Return what scripts stand at."""
    return node.base if isinstance(node, Scripts) else node


def is_name(node: Node) -> bool:
    """True for the name of a function, with scripts or without."""
    return isinstance(base(node), Name)


def is_factor(node: Node) -> bool:
    """True for what is multiplied by what stands beside it; brackets may hold an argument."""
    own = base(node)
    if isinstance(own, Letter):
        return own.text not in ACTING
    return isinstance(own, FACTORS) or (isinstance(own, Row) and bool(own.items))


def is_primed(node: Scripts) -> bool:
    """True where what stands above is primes: f'."""
    return isinstance(node.above, Sign) and set(node.above.text) == {"′"}
