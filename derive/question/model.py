"""Reading the equations of a question together: who is a series, which shapes, who defines what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any

from derive.errors import DeriveError, Place, nearest
from derive.expr.equation import Equation, Family
from derive.expr.integers import IntLike, coefficient, names_in
from derive.expr.nodes import Range, Symbol
from derive.expr.shapes import Shape, say
from derive.question.arrays import is_split
from derive.question.beginnings import begun_where_read
from derive.question.consequences import targets
from derive.question.coverage import check_coverage, without_base_cases
from derive.question.elaborate import elaborate
from derive.question.functions import Signature
from derive.question.infer import infer
from derive.question.macros import MACROS
from derive.question.macros.cell import cells
from derive.question.macros.clashes import clashes
from derive.question.macros.expand import Expansion, expanded
from derive.question.macros.sizes import found_shapes
from derive.question.macros.use import Use
from derive.question.question import Cell, Fact, Given
from derive.question.scope import Scope, position, series_uses, subscripts
from derive.syntax.read_equation import PRIME, Text, read_equation, read_expression

__all__ = ["Declared", "Model", "fact", "read_model"]

Line = tuple[str, Place]
Declared = tuple[tuple[str, ...], Shape | None]    # None: to be worked out


@dataclass(frozen=True, slots=True)
class Model:
    """The model of a question, or what is wrong with it (then the scope has errors).

    `used` are the names that its equations and facts mention.
    """

    equations: tuple[Equation, ...]
    families: Mapping[str, Family]
    given: Mapping[str, Given]
    facts: tuple[Fact, ...]
    scope: Scope
    used: frozenset[str]
    cells: tuple[Cell, ...] = ()

    @property
    def errors(self) -> list[DeriveError]:
        return self.scope.errors

    def with_expressions(self) -> Model:
        """Return the model with the quantities that have no name but what was typed."""
        made = {name: Family(name, tuple(n for n, _ in e.domain), e.target.shape)
                for name, e in self.scope.expressions.items()}
        return replace(self, families={**self.families, **made})

    def functions(self, asked: Set[str] = frozenset()) -> tuple[str, ...]:
        """Return the unknown functions that are used."""
        used = {name.rstrip(PRIME) for name in self.used | asked}
        return tuple(name for name in self.scope.functions if name in used)

    def warnings(self, asked: Set[str] = frozenset()) -> tuple[str, ...]:
        """Return what is allowed but may be a slip; *asked* are the names that parts mention."""
        return (*self.scope.warnings, *_unused(self.given, self.used | asked),
                *(f"`{name}` is declared, but nothing uses it" for name in self.scope.functions
                  if name not in self.functions(asked)))


@dataclass(frozen=True, slots=True)
class _Parsed:
    target: ast.expr
    rhs: ast.expr
    text: Text

    @property
    def name(self) -> str:
        node = self.target.value if isinstance(self.target, ast.Subscript) else self.target
        return node.id if isinstance(node, ast.Name) else ""


def read_model(
    lines: Sequence[Line],
    facts: Sequence[Line],
    *,
    indices: Mapping[str, Range],
    sizes: Sequence[str] = (),
    given: Mapping[str, Given] | None = None,
    declared: Mapping[str, Declared] | None = None,
    log: str = "e",
    kinks: Mapping[str, Fraction] | None = None,
    numbers: Mapping[str, int] | None = None,
    functions: Mapping[str, Signature] | None = None,
    given_places: Mapping[str, Place] | None = None,
) -> Model:
    """Read equations and facts, against what is given and declared.

    indices:   every declared index with its range.
    sizes:     names of sizes and lengths that stayed symbols.
    given:     arrays by member; a plain array of a series stands under ``()`` with the index as
               its first axes, counted from the start of the index.
    kinks:     the derivative chosen at the kink of a function (``{"relu": 1}``).
    functions: what is known of each function that is only declared.
    numbers:   lengths that have a value (``given: {T: 3}``), usable as positions.
    declared:  ``symbols``: the index names and the shape of a quantity without numbers.
    """
    given, declared = dict(given or {}), dict(declared or {})
    scope = Scope(indices, frozenset(sizes), {}, {}, log, kinks or {}, numbers or {},
                  functions or {})
    expansion = _without_macros(lines, scope, given, declared)
    parsed = _parse(expansion.texts, scope)
    declared |= _parameters(expansion, parsed, scope, given, declared)
    claims = [_expression(line, scope) for line in facts]
    _settle_arity(scope, parsed, given, declared)
    given = _as_series(scope, given, given_places or {})
    _settle_shapes(scope, parsed, given, declared, expansion.uses)
    equations = tuple(e for p in parsed if (e := _equation(p, scope)))
    families = {n: Family(n, scope.arity[n], shape) for n, shape in scope.shapes.items()
                if shape is not None and n not in scope.gradients}
    places: dict[int, Text] = {}
    if not scope.errors:
        places = {id(e): p.text for e, p in zip(equations, parsed, strict=True)}
        equations = without_base_cases(equations, given, scope.errors, places)
        equations = begun_where_read(equations, given, declared, scope, places)
        check_coverage(equations, families, given, declared, scope, places)
    held = tuple(f for node, text in claims if (f := _fact(node, text, scope)))
    trees = [*(t for p in parsed for t in (p.target, p.rhs)), *(n for n, _ in claims if n)]
    made = cells(expansion, equations, places, scope) if not scope.errors else ()
    return Model(equations, families, given, held, scope, frozenset(_mentioned(trees, indices)),
                 made)


def _without_macros(lines: Sequence[Line], scope: Scope, given: Mapping[str, Given],
                    declared: Mapping[str, Declared]) -> Expansion:
    """Put the equations of cells and layers in the place of their calls."""
    def shape_of(texts: Sequence[Text], argument: Text) -> Shape | None:
        draft = replace(scope, arity={}, shapes={}, errors=[], warnings=[])
        parsed = _parse(texts, draft)
        _settle_arity(draft, parsed, given, declared)
        _settle_shapes(draft, parsed, _as_series(draft, given, {}), declared)
        return infer(read_expression(argument), draft)

    texts = [Text(*line) for line in lines]
    known = frozenset({*scope.sizes, *scope.functions, *scope.indices, *scope.numbers})
    quantities = frozenset({*given, *declared, *(n for line in lines for n in targets(line))})
    found = expanded(texts, MACROS, frozenset(scope.indices), known, quantities, shape_of)
    taken = {**dict.fromkeys(scope.indices, "an index"), **dict.fromkeys(scope.sizes, "a size"),
             **dict.fromkeys(scope.functions, "a function"), **dict.fromkeys(given, "given"),
             **dict.fromkeys(declared, "declared")}
    scope.errors += [*found.errors, *clashes(found, taken)]
    return found


def _parameters(expansion: Expansion, parsed: Sequence[_Parsed], scope: Scope,
                given: Mapping[str, Given], declared: Mapping[str, Declared]
                ) -> dict[str, Declared]:
    """Return the parameters of macros that nothing declares: symbols, in a question of symbols.

    There the states of a cell may begin anywhere too.
    """
    known = {*given, *declared, *(p.name for p in parsed)}
    missing: dict[Use, list[str]] = {}
    for use in expansion.uses:
        missing[use] = [n for n in use.parameters if n.isidentifier() and n not in known]
        known.update(missing[use])
    states = [name for use in expansion.uses for name in use.states
              if name not in given and name not in declared]
    if not declared.keys() - given.keys():
        scope.errors += [_without_value(use, names) for use, names in missing.items() if names]
        states = []
    return {name: ((), None) for names in (*missing.values(), states) for name in names}


def _without_value(use: Use, names: Sequence[str]) -> DeriveError:
    listed = " and ".join(filter(None, [", ".join(f"`{n}`" for n in names[:-1]), f"`{names[-1]}`"]))
    own = use.parameters[names[0]]
    biases = "bias" in use.macro.options and all(use.parameters[n][0] in "bc" for n in names)
    return DeriveError(f"`{use.macro.name}` needs {listed}", use.place,
                       f"give {'them' if names[1:] else 'it'} under `given`, or another name as "
                       f"in {own}=..." + ", or write bias=False" * biases)


def _mentioned(trees: Sequence[ast.AST], indices: Mapping[str, Range]) -> Iterator[str]:
    yield from (n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name))
    yield from (n for r in indices.values() for b in (*r.los, *r.his) for n in names_in(b))


def _unused(given: Mapping[str, Given], used: Set[str]) -> Iterator[str]:
    """Warn of numbers that nothing reads: often a name typed in two ways."""
    for name in given:
        if name not in used and f"d{name}" not in used and not _is_length(given[name]):
            yield f"`{name}` is given, but nothing uses it"


def _is_length(item: Given) -> bool:
    """Lengths are used by ranges and shapes, which are read elsewhere."""
    value = item.members.get(())
    return value is not None and not value.shape and float(value[()]).is_integer()


def _parse(texts: Sequence[Text], scope: Scope) -> list[_Parsed]:
    found = []
    for text in texts:
        try:
            found += [_target_checked(item, scope) for item in _unpacked(
                _Parsed(*read_equation(text), text), scope)]
        except DeriveError as error:
            scope.errors.append(error)
    return found


def _unpacked(parsed: _Parsed, scope: Scope) -> Iterator[_Parsed]:
    """Read ``i, f = split(z, 2)`` as one equation for each name."""
    if not isinstance(parsed.target, ast.Tuple) or not is_split(parsed.rhs, scope):
        yield parsed
        return
    for number, target in enumerate(parsed.target.elts):
        which = ast.copy_location(ast.Constant(number), parsed.rhs)
        taken = ast.Subscript(parsed.rhs, which, ast.Load())
        yield _Parsed(target, ast.copy_location(taken, parsed.rhs), parsed.text)


def _target_checked(parsed: _Parsed, scope: Scope) -> _Parsed:
    name, node = parsed.name, parsed.target
    if not name:
        raise _no_name(parsed)
    for kind, names in (("an index or a size", {*scope.indices, *scope.sizes}),
                        ("a function", {*scope.functions})):
        if name in names:
            raise DeriveError(f"`{name}` is {kind}, it cannot be defined", parsed.text.at(node))
    return parsed


def _no_name(parsed: _Parsed) -> DeriveError:
    """Refuse ``w[k], m[k] = lion(..)``, where nothing of that name has several results."""
    call, several = parsed.rhs, isinstance(parsed.target, ast.Tuple)
    if several and isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        return DeriveError(f"`{call.func.id}` is no cell, layer or optimiser with several results",
                           parsed.text.at(call), nearest(call.func.id, MACROS)
                           or "write its equations, one a line")
    return DeriveError("the left side of an equation is a name, as in h[t]",
                       parsed.text.at(parsed.target))


def _expression(line: Line, scope: Scope) -> tuple[ast.expr | None, Text]:
    text = Text(*line)
    try:
        return read_expression(text), text
    except DeriveError as error:
        scope.errors.append(error)
        return None, text


def _settle_arity(scope: Scope, parsed: Sequence[_Parsed], given: Mapping[str, Given],
                  declared: Mapping[str, Declared]) -> None:
    """Decide for every name how many index positions it takes, and how they are called."""
    scope.arity.update({n: ("",) * len(next(iter(item.members))) for n, item in given.items()})
    scope.arity.update({name: indices for name, (indices, _) in declared.items()})
    scope.arity.update({p.name: () for p in parsed if p.name not in scope.arity})
    for name, slots in _uses(scope, parsed):
        scope.arity[name] = _merged(scope.arity[name], slots)
    for name, slots in scope.arity.items():
        spare = iter(n for n in scope.indices if n not in slots)
        scope.arity[name] = tuple(s or next(spare, f"i{k}") for k, s in enumerate(slots))


def _uses(scope: Scope, parsed: Sequence[_Parsed]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what each use of a name as a series tells about its positions.

    A target in brackets is a series even where every position is fixed.
    """
    for tree in (t for p in parsed for t in (p.target, p.rhs)):
        for name, slots in series_uses(tree, scope.indices):
            if name in scope.arity and any(slots):
                yield name, slots
    for item in parsed:
        if isinstance(item.target, ast.Subscript):
            yield item.name, ("",) * len(subscripts(item.target))


def _merged(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    if len(a) > len(b):
        b = b + ("",) * (len(a) - len(b))
    a = a + ("",) * (len(b) - len(a))
    return tuple(x or y for x, y in zip(a, b, strict=True))


def _as_series(scope: Scope, given: Mapping[str, Given], places: Mapping[str, Place]
               ) -> dict[str, Given]:
    """Split an array that is given whole into the members of its series."""
    out = dict(given)
    for name, item in given.items():
        missing = len(scope.arity[name]) - len(next(iter(item.members)))
        if missing <= 0:
            continue
        try:
            if () not in item.members:
                count = len(next(iter(item.members)))
                raise DeriveError(f"`{name}` is given with {count} position{'s'[:count > 1]}, but "
                                  f"used as {name}[{', '.join(scope.arity[name])}]")
            out[name] = Given(name, _split(item.members[()], name, scope))
        except DeriveError as error:
            scope.errors.append(DeriveError(error.message, places.get(name), error.remedy))
            scope.arity[name] = ()
    return out


def _split(array: Any, name: str, scope: Scope) -> dict[tuple[int, ...], Any]:
    indices = scope.arity[name]
    starts = []
    for axis, index in enumerate(indices):
        bounds = scope.indices.get(index)
        if bounds is None or not isinstance(bounds.lo, int):
            raise DeriveError(f"`{name}` is a series: give its members by index, "
                              f"{name}: {{0: ..., 1: ...}}")
        starts.append(bounds.lo)
        if array.ndim <= axis:
            raise DeriveError(f"`{name}[{', '.join(indices)}]` is used as a series, but "
                              f"{say(array.shape)} is given", remedy="give a list, one per index")
        length = bounds.hi - bounds.lo + 1
        if isinstance(length, int) and array.shape[axis] > length:
            scope.warnings.append(f"`{name}` has {array.shape[axis]} values, but `{index}` takes "
                                  f"only {length}")
    cells: list[tuple[int, ...]] = [()]
    for axis in range(len(indices)):
        cells = [(*c, i) for c in cells for i in range(array.shape[axis])]
    return {tuple(s + i for s, i in zip(starts, c, strict=True)): array[(*c, ...)] for c in cells}


def _settle_shapes(scope: Scope, parsed: Sequence[_Parsed], given: Mapping[str, Given],
                   declared: Mapping[str, Declared], uses: Sequence[Use] = ()) -> None:
    scope.shapes.update(dict.fromkeys(scope.arity))
    for name, item in given.items():
        scope.shapes[name] = tuple(next(iter(item.members.values())).shape)
    for name, (_, shape) in declared.items():
        scope.shapes[name] = shape
    while (_one_round(scope, parsed, guess=False) or _of_parameters(scope, uses)
           or _one_round(scope, parsed, guess=True)):
        pass
    _report_circles(scope, [p for p in parsed if scope.shapes.get(p.name) is None])


def _of_parameters(scope: Scope, uses: Sequence[Use]) -> bool:
    """Give parameters of macros the shapes that follow from those of inputs and outputs."""
    def shape_of(text: str) -> Shape | None:
        return infer(read_expression(Text(text, Place())), scope)

    found = {name.partition("[")[0]: shape for use in uses
             for name, shape in found_shapes(use, shape_of)}
    new = {name: shape for name, shape in found.items()
           if name in scope.arity and scope.shapes.get(name) is None}
    scope.shapes.update(new)
    return bool(new)


def _report_circles(scope: Scope, waiting: Sequence[_Parsed]) -> None:
    """Say where equations without a shape wait for each other at one and the same position."""
    names = {p.name for p in waiting}
    reads = {p.name: {n for n in names if n in _plain_reads(p)} for p in waiting}
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        first = next(p for p in waiting if p.name == circle[0])
        scope.errors.append(DeriveError(f"the equations go in a circle: {' -> '.join(circle)}",
                                        first.text.place))


def _plain_reads(parsed: _Parsed) -> set[str]:
    """Return the names that a right side reads at the target's own position, or at none."""
    own = subscripts(parsed.target) if isinstance(parsed.target, ast.Subscript) else ()
    here = [ast.dump(slot) for slot in own]
    shifted = {n.value.id for n in ast.walk(parsed.rhs) if isinstance(n, ast.Subscript)
               and isinstance(n.value, ast.Name) and [*map(ast.dump, subscripts(n))] != here}
    called = {id(n.func) for n in ast.walk(parsed.rhs) if isinstance(n, ast.Call)}
    return {n.id for n in ast.walk(parsed.rhs)
            if isinstance(n, ast.Name) and id(n) not in called} - shifted


def _one_round(scope: Scope, parsed: Sequence[_Parsed], guess: bool) -> bool:
    before = sum(s is not None for s in scope.shapes.values())
    for item in parsed:
        if scope.shapes.get(item.name) is None:
            scope.shapes[item.name] = infer(item.rhs, scope, guess)
            if guess and scope.shapes[item.name] is not None:
                break  # one guess at a time: the rest may follow without
    return sum(s is not None for s in scope.shapes.values()) > before


def _equation(parsed: _Parsed, scope: Scope) -> Equation | None:
    try:
        return _checked_equation(parsed, scope)
    except DeriveError as error:
        scope.errors.append(error)
    except RecursionError:
        scope.errors.append(DeriveError("this equation is nested too deeply", parsed.text.place,
                                        "give its parts names of their own"))
    return None


def _checked_equation(parsed: _Parsed, scope: Scope) -> Equation:
    text, name, node = parsed.text, parsed.name, parsed.target
    slots = subscripts(node) if isinstance(node, ast.Subscript) else ()
    names = [n.id for s in slots for n in ast.walk(s) if isinstance(n, ast.Name)]
    free = tuple(dict.fromkeys(n for n in names if n in scope.indices))
    inner = scope.within(*free)
    at = tuple(_target_position(s, inner, text) for s in slots)
    rhs = elaborate(parsed.rhs, inner, text)
    shape = scope.shapes.get(name)
    if len(slots) != len(scope.arity[name]):
        wanted = ", ".join(scope.arity[name])
        apart = f"; {name}_ would be another quantity that prints alike" if not slots else ""
        raise DeriveError(f"`{name}` is a series: write {name}[{wanted}]{apart}", text.at(node))
    if shape is not None and rhs.shape != shape:
        raise DeriveError(f"`{name}` is {say(shape)}, but the right side is {say(rhs.shape)}",
                          text.at(node))
    domain = tuple((index, scope.indices[index]) for index in free)
    return Equation(Symbol(name, at, rhs.shape), domain, rhs)


def _target_position(node: ast.expr, scope: Scope, text: Text) -> IntLike:
    at = position(node, scope, text)
    used = names_in(at) & set(scope.indices)
    if len(used) > 1 or any(coefficient(at, n) not in (1, -1) for n in used):
        raise DeriveError("a target's position is one index with a shift, as in w[k+1]",
                          text.at(node))
    return at


def _fact(node: ast.expr | None, text: Text, scope: Scope) -> Fact | None:
    if node is None:
        return None
    try:
        return fact(node, text, scope)
    except DeriveError as error:
        scope.errors.append(error)
        return None


RELATIONS = {ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def fact(node: ast.expr, text: Text, scope: Scope) -> Fact:
    """Read an equation or an inequality; every index may stand free in it."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise DeriveError("a fact reads `left == right` or an inequality", text.at(node))
    inner = scope.within(*scope.indices)
    left = elaborate(node.left, inner, text)
    right = elaborate(node.comparators[0], inner, text)
    return Fact(left, RELATIONS[type(node.ops[0])], right, text.text.strip())

