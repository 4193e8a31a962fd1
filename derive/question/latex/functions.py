r"""What can be applied, by the name it is written with: one row each.

\tanh, tanh and \operatorname{tanh} are one name; what is not listed goes by its name in the
registry of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError
from derive.expr.nodes import (
    Array,
    Diag,
    Entry,
    Expr,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Sum,
    Symbol,
)
from derive.expr.walk import refs
from derive.ops import ELEMENTWISE, OPS, apply, derivative
from derive.ops.unknown_map import map_name
from derive.ops.whole_numbers import entries, shape_of
from derive.question.latex.laid import Laid, Way
from derive.question.latex.positions import position
from derive.question.latex.spelling import spelled
from derive.question.latex.sums import all_entries
from derive.question.latex.windows import pooled, reshaped
from derive.syntax.latex.style import FUNCTIONS as PRINTED
from derive.syntax.read_latex.tree import Name, Node, Numeral, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["WORDS", "Function", "applied", "function", "unknown_map"]

Arguments = Sequence[Laid]


def _plain(latex: str) -> str:
    r"""Return the word in \operatorname{ReLU}, the name of \tanh."""
    inner = latex.removeprefix(r"\operatorname{").removesuffix("}").replace(r"\,", "")
    return inner.removeprefix("\\") if inner != r"\sigma" else inner


# other names people use
SYNONYMS = {
    "sigm": "sigmoid", "logistic": "sigmoid", "Softmax": "softmax", "SoftMax": "softmax",
    "ReLu": "relu", "relu": "relu", "Tanh": "tanh", "th": "tanh", "tr": "trace", "Tr": "trace",
    "ln": "log", "lg": "log10", "CrossEntropy": "cross_entropy", "XE": "cross_entropy",
    "Sigmoid": "sigmoid", "sgn": "sign", "LSE": "logsumexp", "swish": "silu", "atan": "arctan",
    "vec": "flatten", r"\rho": "spectral_radius",
    "Argmax": "argmax", "BCE": "binary_cross_entropy", "avg": "mean",
}
NAMES: dict[str, str] = {
    **{name: name for name in OPS if name.replace("_", "").isalnum()},
    **{_plain(op.latex): name for name, op in OPS.items() if _plain(op.latex).isalnum()
       and not op.latex.endswith("{diag}")},
    **{_plain(latex): op for op, latex in PRINTED.items() if op in OPS},
    **SYNONYMS,
}
SPECIAL_NAMES = ("shape", r"\#", "diag", "max", "min", "concat", "exp", "maxpool", "avgpool")
WORDS = frozenset(n for n in (*NAMES, *SPECIAL_NAMES, "Diag") if len(n) > 2 or n in ("CE", "ln",
                                                                                   "tr", "SE"))


class Function:
    """A function as it stands: its name, the scripts on it."""

    def __init__(self, name: str, node: Scripted | Name) -> None:
        self.name = name
        own = node if isinstance(node, Scripted) else Scripted(node.span, node)
        self.node, self.subs, self.sup, self.primes = node, own.subs, own.sup, own.primes


def function(node: Node, reader: Reader) -> Function | None:
    """Return the function that a symbol names, where it is none of the model's quantities."""
    base = node.base if isinstance(node, Scripted) else node
    if not isinstance(base, Name) or not isinstance(node, (Scripted, Name)):
        return None
    name = spelled(base)
    for own, written in reader.vocabulary.called.items():
        if name == spelled(written.base) and _begins(node, written):
            return Function(own, _without(node, written))
    if isinstance(node, Scripted) and node.subs and name == r"\sigma" and (
            spelled(node.subs[0]) == "max"):
        return Function("sigma_max", replace(node, subs=node.subs[1:]))
    if isinstance(node, Scripted) and node.subs and name == r"\lambda" and (
            spelled(node.subs[0]) == "max"):    # in size
        return Function("spectral_radius", replace(node, subs=node.subs[1:]))
    if isinstance(node, Scripted) and name == "1" and base.font == "bold" and node.subs and (
            spelled(node.subs[0]) in ("max", "min")):
        return Function(f"first_{spelled(node.subs[0])}", replace(node, subs=node.subs[1:]))
    if name == r"\sigma" and reader.vocabulary.outputs:
        reader.note(rf"\sigma is read as the model's {reader.vocabulary.outputs}")
        return Function(reader.vocabulary.outputs, node)
    known = name if name in (*SPECIAL_NAMES, "Diag") else NAMES.get(name)
    known = ANY if _is_any(name, node, reader) else known
    return Function(known, node) if known else None


def _is_any(name: str, node: Node, reader: Reader) -> bool:
    r"""True for the f of f'(z), which is the function of a layer; for \sigma where no other is."""
    if not isinstance(node, Scripted) or node.primes != 1 or node.subs:
        return False
    ops = {a.op for a in reader.vocabulary.layers}
    return bool(ops) and (name in LETTERS or (name == r"\sigma" and len(ops) == 1 and not any(
        "sig" in op or op in ("softplus", "silu") for op in ops)))


def _slope_of_a_layer(f: Function, args: Arguments, reader: Reader) -> Laid:
    """Return the slope of what a layer applies; where there are several, of that to this."""
    layers = reader.vocabulary.layers
    inner = refs(args[0].expr) if len(args) == 1 else ()
    names = {r.name for r in inner if isinstance(r, Symbol)}
    fitting = [a for a in layers if names & {r.family for r in refs(a.args[0])}]
    found = {(a.op, a.params) for a in (fitting or layers)}
    if len(found) != 1 or len(args) != 1:
        raise DeriveError(f"`{spelled(f.node)}` is nothing the model knows")
    op, params = found.pop()
    return Laid(derivative(op, args[0].expr, **dict(params)), args[0].way)


ANY = "function of a layer"
LETTERS = ("f", "g", r"\phi", r"\varphi", r"\psi", r"\rho", "act")


def _begins(node: Scripted | Name, written: Scripted) -> bool:
    """True where the scripts of a function's own name are the first ones."""
    subs = node.subs if isinstance(node, Scripted) else ()
    return list(map(spelled, subs[:len(written.subs)])) == list(map(spelled, written.subs))


def _without(node: Scripted | Name, written: Scripted) -> Scripted | Name:
    if not isinstance(node, Scripted):
        return node
    return replace(node, subs=node.subs[len(written.subs):])


def applied(f: Function, args: Arguments, reader: Reader) -> Laid:
    """Apply a function; its primes are derivatives, a superscript is a power of the result."""
    found = _called(f, args, reader)
    if f.sup is None:
        return found
    if isinstance(f.sup, Numeral):
        exponent = Number(Fraction(f.sup.digits), f.sup.digits)
        return Laid(Power(found.expr, exponent), found.way)
    raise DeriveError(f"the superscript of `{f.name}` is not read")


def _called(f: Function, args: Arguments, reader: Reader) -> Laid:
    own = reader.vocabulary.functions.get(f.name)
    if own is not None:
        return _unknown(f, args, reader)
    if f.name == ANY:
        return _slope_of_a_layer(f, args, reader)
    special = SPECIAL.get(f.name)
    if special is not None:
        return special(f, args, reader)
    name = _with_base(f, reader)
    if reader.vocabulary.forgiving and len(args) > 1 and name in ELEMENTWISE and all(
            _is_number(a.expr) for a in args):
        args = (Laid(Array(tuple(a.expr for a in args)), Way.EITHER),)
    if reader.vocabulary.forgiving and len(args) > 1 and name in ELEMENTWISE and (
            len({a.shape for a in args}) == 1):
        reader.note(f"a comma stands in `{f.name}`: perhaps for a plus")
        args = (Laid(Sum(tuple(a.expr for a in args)), args[0].way),)
    if f.primes:
        return _slope(name, f, args, reader.vocabulary.loose == "entries")
    if name in ("argmax", "argmin") and len(args) == 1 and (
            whole := _over_entries(f, args[0], reader)) is not None:
        return Laid(apply(name, whole))
    params = _settings(name, f, args, reader)
    made = apply(name, *(a.expr for a in args), **params)
    keeps = len(args) == 1 and made.shape == args[0].shape
    return Laid(made, args[0].way if keeps else Way.STANDS)


def _is_number(expr: Expr) -> bool:
    """True for a number as it is."""
    return isinstance(expr.arg if isinstance(expr, Neg) else expr, Number)


def _slope(name: str, f: Function, args: Arguments, entries: bool) -> Laid:
    r"""Read \tanh'(z): the derivative of a function that acts entry by entry.

    That of a softmax is its Jacobian, or the diagonal where entry by entry is what is meant.
    """
    if f.primes == 1 and name == "softmax" and len(args) == 1 and len(args[0].shape) == 1:
        p = apply(name, args[0].expr)
        if entries:
            return Laid(Product((p, Sum((Number(Fraction(1), "1"), Neg(p))))))
        return Laid(Sum((Diag(p), Neg(Outer(p, p)))), slope=True)
    if f.primes > 1 or name not in ELEMENTWISE or len(args) != 1:
        raise DeriveError(f"`{name}` with a prime is not read")
    return Laid(derivative(name, args[0].expr), args[0].way)


def _with_base(f: Function, reader: Reader) -> str:
    r"""Tell \log_{10} and \log_2 from \log, whose base is the sheet's, and from \ln."""
    if f.name != "log":
        return f.name
    base = spelled(f.subs[0]) if f.subs else reader.vocabulary.log
    if spelled(f.node.base if isinstance(f.node, Scripted) else f.node) == "ln":
        base = "e"
    name = "log" if base == "e" else f"log{base}"
    if name not in OPS:
        raise DeriveError(f"a logarithm to the base {base} is not read")
    return name


def _settings(name: str, f: Function, args: Arguments, reader: Reader) -> dict[str, Any]:
    """Read what stands under a function: an axis in words, a number."""
    op = OPS[name]
    params: dict[str, Any] = {}
    said = [] if name.startswith("log") else [spelled(node) for node in f.subs]
    numbers = [p for p in op.params if p not in ("axis", "keepdims", "kink")]
    if "axis" in op.params and name in ("sum", "mean", "prod") and args:
        params["axis"] = tuple(range(-len(args[0].shape), 0))
    for word in said:
        if word in AXES and "axis" in op.params:
            params["axis"] = (AXES[word],)
        elif numbers and word.replace(".", "", 1).replace("/", "", 1).isdigit():
            params[numbers.pop(0)] = Fraction(word)
        else:
            raise DeriveError(f"`{word}` under `{name}` is not read")
    return params


AXES = {"rows": -1, "columns": -2, "Zeilen": -1, "Spalten": -2}


def _unknown(f: Function, args: Arguments, reader: Reader) -> Laid:
    return unknown_map(f.name, args, reader, (0,) * f.primes)


def unknown_map(name: str, args: Arguments, reader: Reader, slots: Sequence[int]) -> Laid:
    """Return psi(z) or l(o, y), differentiated by the arguments that *slots* number."""
    signature = reader.vocabulary.functions[name]
    signature.fit([a.shape for a in args])
    if signature.gives is None:
        return Laid(apply("unknown function", args[0].expr, called=name, order=len(slots)),
                    args[0].way)
    made = apply(map_name(len(args)), *(a.expr for a in args), called=name,
                 gives=signature.gives, ranks=tuple(map(len, signature.takes)),
                 slots=tuple((slot, False) for slot in slots))
    return Laid(made)


def _only(f: Function, args: Arguments) -> Laid:
    if len(args) != 1:
        raise DeriveError(f"`{f.name}` takes one argument")
    return args[0]


def _diag(f: Function, args: Arguments, reader: Reader) -> Laid:
    r"""Read \diag(v), its entries written out, and one for all of them: diag(p_n (1 - p_n))."""
    if len(args) > 1 and not any(a.shape for a in args):
        return Laid(Diag(Array(tuple(a.expr for a in args))))
    arg = _only(f, args)
    if not arg.shape:
        listed = all_entries(arg.expr, frozenset(reader.bound.values()))
        arg = arg if listed is None else Laid(listed)
    if len(arg.shape) == 2:
        return Laid(apply("diagonal", arg.expr), Way.EITHER)
    return Laid(Diag(arg.expr))


def _extreme(name: str, entrywise: str) -> Callable[[Function, Arguments, Reader], Laid]:
    r"""Read \max(0, z) as a rectifier, \max(a, b) entry by entry, \max z as the largest entry."""
    def read(f: Function, args: Arguments, reader: Reader) -> Laid:
        if len(args) == 2:
            zero = [k for k, a in enumerate(args)
                    if isinstance(a.expr, Number) and a.expr.value == 0]
            if zero and name == "max":
                other = args[1 - zero[0]]
                return Laid(apply("relu", other.expr), other.way)
            if entrywise in OPS:
                return Laid(apply(entrywise, args[0].expr, args[1].expr), args[0].way)
        if len(args) > 1 and name == "max":
            return Laid(apply("largest", Array(tuple(a.expr for a in args))))
        return _extreme_of(name, f, _only(f, args), reader)
    return read


def _over_entries(f: Function, arg: Laid, reader: Reader) -> Expr | None:
    r"""Return z of \max_k z_k; None where no letter below runs through the entries."""
    letter = position(f.subs[0], reader) if len(f.subs) == 1 else None
    picked = letter is not None and isinstance(arg.expr, Entry) and arg.expr.at == (letter,)
    return arg.expr.arg if picked and isinstance(arg.expr, Entry) else None


def _extreme_of(name: str, f: Function, arg: Laid, reader: Reader) -> Laid:
    r"""Read \max z, \max_{\text{rows}} Z, and \max_k z_k: that of all entries."""
    whole = _over_entries(f, arg, reader)
    if whole is not None:
        return Laid(apply(name, whole))
    if isinstance(arg.expr, Array) and not f.subs:
        return Laid(apply(name if name in OPS else "largest", arg.expr))
    return Laid(apply(name, arg.expr, **_settings(name, f, (arg,), reader)))


def _exp(f: Function, args: Arguments, reader: Reader) -> Laid:
    arg = _only(f, args)
    return Laid(apply("exp", arg.expr), arg.way)


def _concat(f: Function, args: Arguments, reader: Reader) -> Laid:
    return Laid(apply("concatenate", *(a.expr for a in args)))


def _losses(f: Function, args: Arguments, reader: Reader) -> Laid:
    """Read CE(y, p) with the logarithm of the sheet."""
    log = reader.vocabulary.log
    if len(args) != 2:
        raise DeriveError(f"`{f.name}` takes two arguments")
    if log == "e":
        return Laid(apply("cross_entropy", *(a.expr for a in args)))
    target, p = (a.expr for a in args)
    return Laid(Neg(apply("sum", Product((target, apply(f"log{log}", p))), axis=(-1,),
                          keepdims=False)))


def _working(build: Callable[[Expr], Expr]) -> Callable[[Function, Arguments, Reader], Laid]:
    def read(f: Function, args: Arguments, reader: Reader) -> Laid:
        return Laid(build(_only(f, args).expr))
    return read


SPECIAL: dict[str, Callable[[Function, Arguments, Reader], Laid]] = {
    "diag": _diag, "Diag": _diag, "max": _extreme("max", "maximum"),
    "min": _extreme("min", "minimum"), "exp": _exp, "concat": _concat,
    "maxpool": pooled("max"), "avgpool": pooled("avg"), "reshape": reshaped,
    "cross_entropy": _losses, "shape": _working(shape_of), r"\#": _working(entries),
}
