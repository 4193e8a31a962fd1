"""Reading the equations of a question together: who is a series, which shapes, who defines what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.errors import DeriveError, Place
from derive.expr.equation import Equation, Family
from derive.expr.integers import names_in
from derive.expr.nodes import Range
from derive.expr.shapes import Shape
from derive.question.beginnings import begun_where_read
from derive.question.consequences import targets
from derive.question.coverage import check_coverage, without_base_cases
from derive.question.functions import Signature
from derive.question.infer import infer
from derive.question.macros import MACROS
from derive.question.macros.cell import cells
from derive.question.macros.clashes import clashes
from derive.question.macros.expand import Expansion, expanded
from derive.question.macros.use import Use
from derive.question.model.declared import Declared
from derive.question.model.equations import checked_fact, equation
from derive.question.model.parsed import Line, Parsed, expression, parse
from derive.question.model.series import as_series, settle_arity
from derive.question.model.shapes import settle_shapes
from derive.question.question import Cell, Fact, Given
from derive.question.scope import Scope
from derive.syntax.read_equation import PRIME, Text, read_expression

__all__ = ["Declared", "Model", "read_model"]


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
    parsed = parse(expansion.texts, scope)
    declared |= _parameters(expansion, parsed, scope, given, declared)
    claims = [expression(line, scope) for line in facts]
    settle_arity(scope, parsed, given, declared)
    given = as_series(scope, given, given_places or {})
    settle_shapes(scope, parsed, given, declared, expansion.uses)
    equations = tuple(e for p in parsed if (e := equation(p, scope)))
    families = {n: Family(n, scope.arity[n], shape) for n, shape in scope.shapes.items()
                if shape is not None and n not in scope.gradients}
    places: dict[int, Text] = {}
    if not scope.errors:
        places = {id(e): p.text for e, p in zip(equations, parsed, strict=True)}
        equations = without_base_cases(equations, given, scope.errors, places)
        equations = begun_where_read(equations, given, declared, scope, places)
        check_coverage(equations, families, given, declared, scope, places)
    held = tuple(f for node, text in claims if (f := checked_fact(node, text, scope)))
    trees = [*(t for p in parsed for t in (p.target, p.rhs)), *(n for n, _ in claims if n)]
    made = cells(expansion, equations, places, scope) if not scope.errors else ()
    return Model(equations, families, given, held, scope, frozenset(_mentioned(trees, indices)),
                 made)


def _without_macros(lines: Sequence[Line], scope: Scope, given: Mapping[str, Given],
                    declared: Mapping[str, Declared]) -> Expansion:
    """Put the equations of cells and layers in the place of their calls."""
    def shape_of(texts: Sequence[Text], argument: Text) -> Shape | None:
        draft = replace(scope, arity={}, shapes={}, errors=[], warnings=[])
        parsed = parse(texts, draft)
        settle_arity(draft, parsed, given, declared)
        settle_shapes(draft, parsed, as_series(draft, given, {}), declared)
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


def _parameters(expansion: Expansion, parsed: Sequence[Parsed], scope: Scope,
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
