"""From the tree of a formula to an expression of the model: one method table, by kind of node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError, Unreadable
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Array, Constant, Delta, Dimension, Expr, Number, Range, Symbol
from derive.expr.shapes import say
from derive.ops import apply
from derive.question.latex.cases import by_cases
from derive.question.latex.dots import Known, filled_product, filled_terms
from derive.question.latex.fitting import (
    CONSTANTS,
    added,
    divided,
    entrywise,
    negated,
    sized,
    transposed,
    unit_vector,
)
from derive.question.latex.laid import Laid, Unsized, Value, Way
from derive.question.latex.positions import position
from derive.question.latex.quantities import entry, flat, numbered, quantity, unknown
from derive.question.latex.spelling import spelled
from derive.question.latex.vocabulary import Vocabulary
from derive.question.latex.wide_sums import with_wide_sums
from derive.syntax.read_latex.tree import (
    Additive,
    At,
    Big,
    Cases,
    Chain,
    Fenced,
    Grid,
    Name,
    Node,
    Numeral,
    Product,
    Root,
    Scripted,
    Signed,
    Span,
)
from derive.syntax.read_latex.tree import (
    Fraction as Quotient,
)

__all__ = ["Reader"]


@dataclass
class Reader:
    """Reads the nodes of one text; what it took on trust stands in `notes`.

    bound: letters that a sum has bound, by their spelling, with the name they have in the tree;
    ranges: where these run, as far as that is written.
    """

    text: str
    vocabulary: Vocabulary
    bound: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, Range] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes.append(message)

    def source(self, span: Span) -> str:
        return self.text[span[0]:span[1]].strip()

    def unreadable(self, message: str, span: Span, remedy: str = "") -> Unreadable:
        return Unreadable(message, self.text, span, remedy)

    def within(self, letters: dict[str, str], ranges: dict[str, Range]) -> Reader:
        """Return a reader inside a sum over these letters; notes are shared."""
        return replace(self, bound={**self.bound, **letters}, ranges={**self.ranges, **ranges})

    # values

    def value(self, node: Node) -> Value:
        """Return what a node means; every fault is an `Unreadable` with the span of its node."""
        read = READ.get(type(node))
        if read is None:
            raise self.unreadable("this cannot be read", node.span)
        try:
            return read(self, node)
        except Unreadable:
            raise
        except DeriveError as error:
            raise self.unreadable(error.message, node.span, error.remedy) from None

    def laid(self, node: Node) -> Laid:
        """Return what a node means where its size must be known."""
        found = self.value(node)
        if isinstance(found, Unsized):
            raise self.unreadable("how large this is is not known", node.span)
        return found

    def scalar(self, node: Node) -> Expr:
        found = self.value(node)
        if isinstance(found, Unsized):
            return sized(found, ()).expr
        return found.expr

    def symbol(self, node: Node) -> Symbol:
        """Return the quantity that a node is, all of it."""
        found = quantity(node, self)
        if found is None or found.sup is not None or found.rest or found.primes:
            raise unknown(node, self)
        return found.symbol


def _numeral(reader: Reader, node: Numeral) -> Value:
    return Laid(Number(Fraction(node.digits), node.digits))


NUMBERS = {r"\pi": "pi", r"\infty": "inf"}


def symbol_value(reader: Reader, node: Node) -> Value | None:
    """Return a quantity, a position, or a constant; None for what is none of them."""
    spelling = spelled(node)
    if spelling in reader.bound:
        return Laid(Dimension(named(reader.bound[spelling])))
    if isinstance(node, Name) and (node.font, node.stem) == ("bold", "I") and not node.accents:
        return CONSTANTS["I"]       # beside a quantity that is called I
    for tolerant in (False, True):
        found = quantity(node, reader, tolerant)
        if found is not None and found.sup is None and not found.primes:
            return entry(found.meant(reader), found.rest, reader)
        known = _constant(node, spelling) or _integer(reader, node, spelling)
        if known is not None:
            return known
    return None


def _constant(node: Node, spelling: str) -> Value | None:
    if not isinstance(node, Name):
        return None
    if spelled(replace(node, font="")) in CONSTANTS and (node.font or spelling == "I"):
        return CONSTANTS[node.stem]
    if spelling in NUMBERS:
        return Laid(Constant(NUMBERS[spelling]))
    return Laid(apply("exp", Number(Fraction(1), "1"))) if spelling == "e" else None


def _integer(reader: Reader, node: Node, spelling: str) -> Value | None:
    """Return a size or an index used as a number."""
    if spelling not in reader.vocabulary.integers and isinstance(node, Name):
        return None
    at = position(node, reader)
    return None if at is None else Laid(_whole(at) if isinstance(at, int) else Dimension(at))


def _whole(value: int) -> Expr:
    return Number(Fraction(value), str(value))


def _name(reader: Reader, node: Name) -> Value:
    if node.stem == "…":
        raise reader.unreadable("what the dots leave out is not known", node.span)
    found = symbol_value(reader, node)
    if found is None:
        raise unknown(node, reader)
    return found


def _sum(reader: Reader, node: Additive) -> Value:
    wide = with_wide_sums(reader, node) if reader.vocabulary.forgiving else node
    if not isinstance(wide, Additive):
        return reader.value(wide)
    terms = filled_terms(reader, wide, wide.terms)
    return added([(sign, reader.value(term)) for sign, term in terms])


def _signed(reader: Reader, node: Signed) -> Value:
    return negated(reader.value(node.arg))


def _product(reader: Reader, node: Product) -> Value:
    from derive.question.latex.operands import Operands

    filled = filled_product(reader, node)
    if len(filled.factors) == 1:
        return reader.value(filled.factors[0])
    return Operands(reader, filled).product()


def _known(reader: Reader, node: Known) -> Value:
    return node.value


def _fraction(reader: Reader, node: Quotient) -> Value:
    from derive.question.latex.derivatives import derivative_of

    found = derivative_of(reader, node.top, node.bottom)
    if found is not None:
        return found
    return divided(reader.value(node.top), reader.value(node.bottom))


def _root(reader: Reader, node: Root) -> Value:
    if node.degree is not None and spelled(node.degree) != "2":
        raise reader.unreadable("only square roots are read", node.span)
    arg = reader.laid(node.arg)
    return Laid(apply("sqrt", arg.expr), arg.way)


def _grid(reader: Reader, node: Grid) -> Value:
    """Read a matrix; one column is a vector that stands, one row a vector that lies."""
    laid = [[sized(reader.value(cell), ()) for cell in row] for row in node.rows]
    rows = [[cell.expr for cell in row] for row in laid]
    if any(cell.shape for row in rows for cell in row):
        return _stacked(laid) or _blocks(rows)
    if len(rows[0]) == 1:
        return Laid(Array(tuple(row[0] for row in rows)))
    if len(rows) == 1:
        return Laid(Array(tuple(rows[0])), Way.LIES)
    return Laid(Array(tuple(Array(tuple(row)) for row in rows)))


def _stacked(rows: Sequence[Sequence[Laid]]) -> Value | None:
    """Read rows under each other as a matrix; None where they are no rows of one length."""
    lying = [cell.expr for row in rows for cell in row if cell.kind == "R"]
    if len(lying) < len(rows) or any(len(row) > 1 for row in rows) or (
            len({row.shape for row in lying}) > 1):
        return None
    return Laid(Array(tuple(lying)))


def _blocks(rows: Sequence[Sequence[Expr]]) -> Value:
    """Read vectors under each other, or rows side by side, as one."""
    cells = [cell for row in rows for cell in row]
    if any(len(cell.shape) != 1 for cell in cells) or min(len(rows), len(rows[0])) > 1:
        raise DeriveError("a matrix of matrices is not read")
    return Laid(apply("concatenate", *cells), Way.EITHER)


def _fenced(reader: Reader, node: Fenced) -> Value:
    read = FENCED.get(node.kind)
    if read is None:
        raise reader.unreadable(f"brackets {node.kind} are not read", node.span)
    return read(reader, node)


def _bracketed(reader: Reader, node: Fenced) -> Value:
    """Read a value in brackets, or the entries of a vector between commas."""
    if len(node.items) == 1:
        return reader.value(node.items[0])
    entries = tuple(reader.scalar(item) for item in node.items)
    if any(e.shape for e in entries):
        return _blocks([entries])
    return Laid(Array(entries), Way.EITHER)


def _bars(reader: Reader, node: Fenced) -> Value:
    arg = reader.laid(node.items[0])
    if len(arg.shape) == 2:
        return Laid(apply("det", arg.expr))
    return Laid(apply("abs", arg.expr), arg.way)


def _norm(reader: Reader, node: Fenced) -> Value:
    return norm(reader, node, "")


def norm(reader: Reader, node: Fenced, which: str) -> Value:
    r"""Read \|x\|, \|x\|_2, \|x\|_1, \|X\|_F; of a matrix without a sign there are two."""
    arg = reader.laid(node.items[0])
    if reader.vocabulary.forgiving and len(arg.shape) == 2 and not which:
        reader.note("the norm of a matrix is read as its largest singular value")
        which = "2"
    read = NORMS.get((which, min(len(arg.shape), 2)))
    if read is None:
        raise DeriveError(f"the norm {which or 'without a sign'} of {say(arg.shape)} is not read",
                          remedy="write _F or _2 under it")
    return Laid(read(arg.expr))


def _length(x: Expr) -> Expr:
    return apply("norm", x)


def _frobenius(x: Expr) -> Expr:
    return apply("frobenius" if len(x.shape) == 2 else "norm", x)


def _taxicab(x: Expr) -> Expr:
    sizes = apply("abs", x)
    axes = tuple(range(-len(x.shape), 0))
    return apply("sum", sizes, axis=axes, keepdims=False) if axes else sizes


NORMS: dict[tuple[str, int], Callable[[Expr], Expr]] = {
    **{(w, r): _length for w in ("", "2") for r in (0, 1)}, ("2", 2): _length,
    **{("F", r): _frobenius for r in (1, 2)}, **{("1", r): _taxicab for r in (0, 1)},
}


def _inner(reader: Reader, node: Fenced) -> Value:
    """Read the inner product of two arrays of one shape."""
    if len(node.items) != 2:
        raise reader.unreadable("an inner product has two factors", node.span)
    left, right = (reader.laid(item) for item in node.items)
    both = entrywise(left, Laid(right.expr, left.way))
    axes = tuple(range(-len(both.shape), 0))
    return Laid(apply("sum", both.expr, axis=axes, keepdims=False) if axes else both.expr)


def _floor(reader: Reader, node: Fenced) -> Value:
    return Laid(apply("floor", reader.laid(node.items[0]).expr))


FENCED: dict[str, Callable[[Reader, Fenced], Value]] = {
    **dict.fromkeys("([{", _bracketed), "|": _bars, "||": _norm, "floor": _floor, "<": _inner,
}


def _big(reader: Reader, node: Big) -> Value:
    from derive.question.latex.sums import reduction

    return reduction(reader, node)


def _scripted(reader: Reader, node: Scripted) -> Value:
    from derive.question.latex.superscripts import scripted_value

    return scripted_value(reader, node)


def _at(reader: Reader, node: At) -> Value:
    from derive.question.latex.derivatives import held

    return held(reader, node)


def _relation(reader: Reader, node: Chain) -> Value:
    from derive.question.latex.indicators import equal

    same = equal(reader, node)
    if same is not None:
        return same
    last = node.sides[-1]
    if reader.vocabulary.forgiving and last is not None and set(node.relations) == {"="}:
        reader.note("an equation stands where its last side would do")
        return reader.value(last)
    raise reader.unreadable("a relation cannot stand here", node.span)


def unit(reader: Reader, node: Scripted) -> Value | None:
    r"""Read \mathbf{e}_k, whose size is not known yet."""
    base = node.base
    if not (isinstance(base, Name) and base.stem == "e" and not base.accents
            and len(node.subs) == 1):
        return None
    if base.font != "bold" and not (reader.vocabulary.forgiving
                                    and "e" not in reader.vocabulary.patterns):
        return None     # a plain e is a unit vector where nothing else is called so
    at = position(node.subs[0], reader)
    found = unit_vector(reader.scalar(node.subs[0]) if at is None else (
        numbered(at, reader) if base.font != "bold" else at))
    return transposed(found, reader.vocabulary.rows) if _is_transpose(node.sup) else found


def _is_transpose(node: Node | None) -> bool:
    return node is not None and spelled(node) in (r"\top", "T")


def delta(reader: Reader, node: Scripted) -> Value | None:
    r"""Read \delta_{ij}, Kronecker's."""
    if spelled(node.base) != r"\delta" or node.sup is not None:
        return None
    at = [position(sub, reader) for sub in flat(node.subs)]
    if len(at) != 2 or at[0] is None or at[1] is None:
        return None
    if reader.vocabulary.forgiving and any(_is_moved(place) for place in at):
        return None     # \delta_{t+1,k} is what a student calls something at a step
    return Laid(Delta(at[0], at[1]))


def _is_moved(place: IntLike | None) -> bool:
    """True for t + 1, which is no plain letter or number."""
    letters = [] if place is None else [*names_in(place)]
    return bool(letters) and place != named(letters[0])


READ: dict[type[Node], Callable[[Reader, Any], Value]] = {
    Numeral: _numeral, Name: _name, Additive: _sum, Signed: _signed, Product: _product,
    Quotient: _fraction, Root: _root, Grid: _grid, Fenced: _fenced, Big: _big,
    Cases: by_cases, Scripted: _scripted, At: _at, Chain: _relation, Known: _known,
}
