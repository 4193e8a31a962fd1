"""Reading equation text: Python's expression syntax, parsed by `ast`, whitelisted, never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import DeriveError, Place

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "PRIME", "Text", "ranges_in", "read_equation",
           "read_expression"]

MAX_LENGTH = 20_000
MAX_DEPTH = 60

ALLOWED = frozenset((
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.keyword, ast.Name, ast.Constant,
    ast.Subscript, ast.Attribute, ast.List, ast.Tuple, ast.Slice, ast.Compare, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.USub, ast.UAdd,
    ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.NotEq,
))
SAY = {
    ast.Lambda: "a lambda", ast.IfExp: "an if-else", ast.ListComp: "a list comprehension",
    ast.GeneratorExp: "a generator", ast.Dict: "a dictionary", ast.Set: "a set",
    ast.BoolOp: "and/or", ast.Not: "not", ast.NamedExpr: ":=", ast.JoinedStr: "an f-string",
    ast.Mod: "%", ast.FloorDiv: "//", ast.BitXor: "^ (write ** for a power)", ast.Starred: "*args",
    ast.Await: "await", ast.Invert: "~", ast.BitAnd: "&", ast.BitOr: "|",
    ast.RShift: "a shift of bits",
}


# psi' as Python reads it: the mark that stands for a prime is a letter to it
PRIME = "\N{MODIFIER LETTER PRIME}"
PRIMED = re.compile(r"(?<=\w)'+(?=\s*\()")
# i=1..t as Python reads it: two signs of its own, which bind less than + and -
DOTS, SHIFT, RANGED = "..", "<<", re.compile(r"(?<!\.)\.\.(?!\.)")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of equation text and where it stands.

    The primes of ``psi'(z)`` become letters, the dots of ``i=1..t`` signs that Python knows, and ∂
    the letter d.
    """

    text: str
    place: Place

    def __post_init__(self) -> None:
        plain = self.text.replace("∂", "d")     # as long in characters, so that places stay
        primed = PRIMED.sub(lambda found: PRIME * len(found[0]), plain)
        object.__setattr__(self, "text", RANGED.sub(SHIFT, primed))

    def at(self, node: ast.AST) -> Place:
        """Return the file position of a parsed node."""
        line = getattr(node, "lineno", 1)
        offset = max(getattr(node, "col_offset", 0), 0)
        source = self.text.splitlines()[line - 1] if self.text else ""
        column = len(source.encode()[:offset].decode(errors="ignore"))
        first = self.place.column or 1
        return Place(self.place.file, self.place.line + line - 1, first + column)

    def segment(self, node: ast.AST) -> str:
        try:
            found = ast.get_source_segment(self.text, node) or ""
            return found.replace(PRIME, "'").replace(SHIFT, DOTS)
        except IndexError:  # a tuple takes in the bracket that `_parse` puts around the text
            return self.text


def read_expression(text: Text) -> ast.expr:
    """Parse one expression; every construct that is not mathematics is refused by name."""
    tree = _parse(text)
    words = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    words |= {id(word) for node in ast.walk(tree) if isinstance(node, ast.Call)
              for word in _own_words(node)}
    ranges = {id(part) for node in ast.walk(tree) for part in ranges_in(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift):
            _allow_range(node, text, id(node) in ranges)
        elif not (isinstance(node, ast.LShift) or (id(node) in words and _is_word(node))):
            _allow(node, text)
    return tree


def ranges_in(node: ast.AST) -> list[ast.BinOp]:
    """Return the ranges among the settings of a call: sum(e, i=1..t)."""
    return [kw.value for kw in node.keywords if isinstance(kw.value, ast.BinOp)
            and isinstance(kw.value.op, ast.LShift)] if isinstance(node, ast.Call) else []


def _allow_range(node: ast.BinOp, text: Text, is_setting: bool) -> None:
    if not is_setting:
        raise DeriveError("a range stands in a sum, a mean or a product only", text.at(node),
                          "write sum(e, t=1..T)")


# d2f[k]/dx[k]2 has no place for the 2
SECOND = re.compile(r"\bd2\w+(?:\[[^]]*\])?\s*/\s*d\w+\[[^]]*\]\s*\d")

# a setting may be a word: padding="same", name="enc1", keep="1-z"
WORD = re.compile(r"""=\s*(["'])[\w-]+\1""")


# and einsum has its letters first
LETTERS = re.compile(r"""\beinsum\s*\(\s*(["'])[A-Za-z,> -]*\1""")


# other functions have a word behind a comma: norm(A, "fro")
LATER = re.compile(r""",\s*(["'])\w+\1(?=\s*[),])""")

# which argument of a function may be a word
WORDS = {"einsum": 0, "norm": 1}


def _own_words(node: ast.Call) -> list[ast.expr]:
    at = WORDS.get(node.func.id) if isinstance(node.func, ast.Name) else None
    return [] if at is None else node.args[at:at + 1]


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def read_equation(text: Text) -> tuple[ast.expr, ast.expr]:
    """Split ``target = expression`` and parse both sides."""
    position = _equals_sign(text)
    left = text.text[:position]
    right = " " * (position + 1) + text.text[position + 1:]
    if not left.strip() or not right.strip():
        raise DeriveError("an equation needs something on both sides of =", text.place)
    right = "".join(c if c in "\n" or i > position else " " for i, c in enumerate(right))
    target = read_expression(Text(left.rstrip(), text.place))
    return target, read_expression(Text(right, text.place))


def _equals_sign(text: Text) -> int:
    depth = 0
    source = text.text
    found = []
    for i, c in enumerate(source):
        depth += (c in "([{") - (c in ")]}")
        lone = c == "=" and source[i + 1:i + 2] != "=" and source[max(i - 1, 0)] not in "=!<>"
        if lone and depth == 0:
            found.append(i)
    if len(found) != 1:
        what = "an equation reads `name = expression`" if not found else "more than one ="
        raise DeriveError(what, text.place)
    return found[0]


def _parse(text: Text) -> ast.expr:
    _limits(text)
    # leading blanks would be an indentation error; inside brackets they are not
    source = "(" + text.text + "\n)"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on "1(x)" and the like
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        place = _syntax_place(text, error)
        remedy = "write d(df[k]/dx[k])/dx[k] for a second derivative"
        raise DeriveError(f"cannot read this: {error.msg}", place,
                          remedy if SECOND.search(source) else "") from None
    except (RecursionError, MemoryError, ValueError):
        raise DeriveError("nested too deeply or not text", text.place) from None
    _shift_first_line(tree)
    return tree


def _shift_first_line(tree: ast.expr) -> None:
    # take back the bracket that was put in front of the first line
    for node in ast.walk(tree):
        if not isinstance(node, (ast.expr, ast.keyword, ast.arg)):
            continue  # operators and contexts have no place
        if node.lineno == 1:
            node.col_offset -= 1
        if node.end_lineno == 1 and node.end_col_offset is not None:
            node.end_col_offset -= 1


def _syntax_place(text: Text, error: SyntaxError) -> Place:
    lines = text.text.count("\n") + 1
    line = min(error.lineno or 1, lines)
    column = (error.offset or 1) - (1 if line == 1 else 0)
    last = len(text.text.splitlines()[line - 1]) if text.text else 0
    column = min(max(column, 1), last + 1)
    return Place(text.place.file, text.place.line + line - 1, (text.place.column or 1) + column - 1)


def _limits(text: Text) -> None:
    if not text.text.strip():
        raise DeriveError("nothing here to read", text.place)
    if len(text.text) > MAX_LENGTH:
        raise DeriveError(f"longer than {MAX_LENGTH} characters", text.place)
    if _depth(text.text) > MAX_DEPTH:
        raise DeriveError(f"brackets nested deeper than {MAX_DEPTH}", text.place)
    if any(run > MAX_DEPTH for run in _sign_runs(text.text)):
        raise DeriveError("too many signs in a row", text.place)
    plain = LATER.sub(",", LETTERS.sub("(", WORD.sub("=", text.text)))
    odd = next((c for c in plain if c in "\0'\"`\\;{}"), None)
    if odd is not None:
        raise DeriveError(f"{odd!r} has no place in an equation", text.place)


def _depth(text: str) -> int:
    depth = most = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        most = max(most, depth)
    return most


def _sign_runs(text: str) -> Iterator[int]:
    run = 0
    for c in text:
        run = run + 1 if c in "+-*~" else (run if c.isspace() else 0)
        yield run


def _allow(node: ast.AST, text: Text) -> None:
    if type(node) in ALLOWED:
        if isinstance(node, ast.Attribute) and node.attr != "T":
            raise DeriveError(f"`.{node.attr}`: only .T (the transpose) follows a dot",
                              text.at(node))
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float, bool):
            raise DeriveError(f"{node.value!r} is not a number", text.at(node))
        return
    what = SAY.get(type(node), type(node).__name__)
    place = text.at(node) if hasattr(node, "lineno") else text.place
    raise DeriveError(f"{what} has no place in an equation", place)
