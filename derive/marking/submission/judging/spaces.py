r"""Where something lies: J \in \mathbb{R}^{q \times n}, h_t \in \mathbb{R}^d, f_t \in (0, 1)^n.

A derivative may be laid out either way, but as it is written elsewhere; a letter that is no size
of the question is the size that it is said to be first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.expr.integers import IntLike, named, names_in, put
from derive.expr.nodes import Apply, Expr, Partial
from derive.expr.shapes import Shape, say
from derive.expr.walk import refs
from derive.marking.submission.claims import Side
from derive.marking.submission.judging.inequalities import holds
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.reading.words import Words
from derive.question.latex.positions import position
from derive.question.latex.quantities import READ_AS
from derive.question.latex.reader import Reader
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted

__all__ = ["IN", "Spaces"]

IN = "in"
REALS = "R"
SIZED = ("dim", "size")      # dim(J) = q x n
OPEN, CLOSED = ("<", "<"), ("<=", "<=")
INTERVALS = {"(": OPEN, "[": CLOSED}


@dataclass
class Spaces:
    """Judges what shape something is said to have, and between which numbers it lies.

    sizes: what letters of the student's own are.
    """

    marker: Marker
    words: Words
    memory: Memory
    sizes: dict[str, IntLike] = field(default_factory=dict)

    def fault(self, left: Side | None, right: Side) -> str | None:
        """Return what is wrong, "" where nothing is; None for what cannot be judged."""
        node = right.node
        subject = self.memory.subject if left is None else left.expr
        if subject is None or node is None:
            return None
        subject = self.words.meant(subject)
        base, sup = (node.base, node.sup) if isinstance(node, Scripted) else (node, None)
        if isinstance(base, Name) and base.stem == REALS and base.font:
            found = self.of_shape(subject, () if sup is None else self._sizes(sup, right.source))
            other = left is not None and any(READ_AS in note for note in left.notes)
            return None if found and other else found   # W_i need not be the w that is known
        return self._between(left, base, right)

    def of_shape(self, subject: Expr, said: Shape | None) -> str | None:
        """Say how the shape of something differs from what is said."""
        if said is None:
            return None
        for shape in self._shapes(subject):
            sizes = self._fit(shape, said)
            if sizes is not None:
                self.sizes |= sizes
                return ""
        return f"it is {say(subject.shape)}, not {say(said)}"

    def of_what(self, first: Side | None) -> Expr | None:
        r"""Return what a shape is said of: J in \text{shape}(J) and \dim(J)."""
        if first is None or first.node is None:
            return None
        if isinstance(first.expr, Apply) and first.expr.op == "shape of":
            return first.expr.args[0]
        node = first.node
        sign, *rest = node.factors if isinstance(node, Product) else (node,)
        named = isinstance(sign, Name) and sign.stem in SIZED and len(rest) == 1
        return self.words.read(rest[0], first.source) if named else None

    def tuple_said(self, right: Side) -> Shape | None:
        """Return the shape that (q, n) or q x n says."""
        return None if right.node is None else self._sizes(right.node, right.source)

    def _shapes(self, subject: Expr) -> list[Shape]:
        """Return the shapes that something may have: a derivative lies as it was written."""
        shape = subject.shape
        if len(shape) != 2 or not any(isinstance(ref, Partial) for ref in refs(subject)):
            return [shape]
        written = {e.shape for e in self.memory.formulas.get(subject, ())}
        ways: list[Shape] = [shape, shape[::-1]]
        return [way for way in ways if way in written] or ways

    def _fit(self, shape: Shape, said: Shape) -> Mapping[str, IntLike] | None:
        """Return what letters mean where a shape is what is said; None where it is not.

        A vector is a matrix with one column or row; a number has no axis, or axes of 1.
        """
        ways: list[Shape] = [shape]
        if len(shape) < 2:
            ways = [shape, (*shape, 1), (1, *shape), (1,) * (2 - len(shape))]
        for way in ways:
            found = self._alike(way, said) if len(way) == len(said) else None
            if found is not None:
                return found
        return None

    def _alike(self, shape: Shape, said: Shape) -> Mapping[str, IntLike] | None:
        own: dict[str, IntLike] = dict(self.sizes)
        for size, letter in zip(shape, said, strict=True):
            unknown = [n for n in names_in(letter) if n not in self._known and n not in own]
            if len(unknown) == 1 and letter == named(unknown[0]):
                own[unknown[0]] = size
            if put(letter, own) != size:
                return None
        return own

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(self.marker.question.sizes) | frozenset(self.marker.question.indices)

    def _sizes(self, node: Node, source: str) -> Shape | None:
        r"""Return q and n of q \times n, of q, n and of (q, n)."""
        while isinstance(node, Fenced) and len(node.items) == 1 and node.kind in "([{":
            node = node.items[0]
        items = (node.items if isinstance(node, Fenced) else node.factors if isinstance(
            node, Product) and set(node.signs) <= {"times", "cdot", "*"} else (node,))
        reader = Reader(source, self.words.vocabulary)
        found = [position(item, reader) for item in items]
        known = [size for size in found if size is not None]
        return tuple(known) if len(known) == len(found) else None

    def _between(self, left: Side | None, node: Node, right: Side) -> str | None:
        """Judge an interval, by both of its ends."""
        relations = INTERVALS.get(node.kind) if isinstance(node, Fenced) else None
        if left is None or left.expr is None or relations is None or not isinstance(
                node, Fenced) or len(node.items) != 2:
            return None
        ends = [self.words.read(item, right.source) for item in node.items]
        low, high = (None if e is None else Side(right.text, right.span, e) for e in ends)
        if low is None or high is None:
            return None
        found = [holds(self.marker, self.words, low, relations[0], left),
                 holds(self.marker, self.words, left, relations[1], high)]
        return "" if all(found) else None
