"""The graph of a model's equations: one vertex for each quantity, never one for an entry.

A series stands once, at the index of its equation; h[t-1] beside h[t] is a vertex of its own, made
in another step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.calculus.system import System
from derive.expr.equation import Equation
from derive.expr.integers import named
from derive.expr.nodes import Expr, Ref, Symbol
from derive.expr.positions import match
from derive.question.question import Gradient, Question
from derive.solution.pictures.flow import lit, on_a_way
from derive.solution.pictures.network import Link, Network, Role, Vertex
from derive.solution.pictures.readings import general_readings
from derive.solution.shapes import by
from derive.syntax.write_text import write

__all__ = ["quantity_graph"]


def quantity_graph(question: Question, system: System, top: Symbol | None = None,
                   bottom: Symbol | None = None) -> Network:
    """Return the graph of the equations; the ways from *bottom* to *top* stand out."""
    drawing = _Drawing(system, dict(question.gradients.items()))
    for equation in system.equations:
        drawing.add(equation)
    network = Network(tuple(drawing.vertices.values()), tuple(drawing.links.values()))
    if top is None or bottom is None:
        return network
    ends = [[v for v in drawing.vertices if drawing.families[v] == end.name]
            for end in (bottom, top)]
    return lit(network, on_a_way(drawing.flowing, *ends), [*ends[0], *ends[1]])


@dataclass
class _Drawing:
    """The graph as far as it has come; `flowing` are the links through which derivatives come."""

    system: System
    gradients: dict[str, Gradient]
    vertices: dict[str, Vertex] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    flowing: list[tuple[str, str]] = field(default_factory=list)

    def add(self, equation: Equation) -> None:
        """Add what an equation defines, and a link from each quantity that it reads."""
        end = self.vertex(equation.target, "defined")
        for ref, flows in general_readings(equation.rhs):
            start = self.vertex(ref, self._role(ref))
            if self._leads(end, start):     # it would go round: that member is another one
                start = self.vertex(ref, "elsewhere", apart=True)
            self.link(start, end, ref, flows)

    def vertex(self, ref: Ref, role: Role, apart: bool = False) -> str:
        shown = ref if apart else self._general(ref)
        name = write(shown) + "'" * apart
        if name not in self.vertices:
            if role == "defined" and shown != ref:
                role = "elsewhere"
            self.vertices[name] = Vertex(name, shown, role)
            self.families[name] = ref.family
            self._sources(shown, name)
        return name

    def link(self, start: str, end: str, ref: Ref, flows: bool, dashed: bool = False) -> None:
        key = (start, end)
        self.links.setdefault(key, Link(start, end, by(ref.shape) if ref.shape else None,
                                        dashed=dashed))
        if flows:
            self.flowing.append(key)

    def _general(self, ref: Ref) -> Expr:
        """Return the member that stands for a series: v[k] inside a sum is v[t] elsewhere."""
        pattern = self._pattern(ref)
        if pattern is None:
            return ref
        env = match(pattern, ref)
        letters = [env[n] for n in env] if env is not None else []
        bare = env is not None and all(_is_bare(value) for value in letters)
        return pattern if bare and len(set(map(str, letters))) == len(letters) else ref

    def _pattern(self, ref: Ref) -> Ref | None:
        family = self.system.families.get(ref.family)
        if family is None or not isinstance(ref, Symbol):
            return None
        general = [e.target for e in self.system.by_target.get(ref.family, ())
                   if len(e.domain) == len(family.indices)]
        return next(iter(general), None) or Symbol(
            ref.name, tuple(map(named, family.indices)), ref.shape)

    def _role(self, ref: Ref) -> Role:
        if ref.family not in self.system.by_target and ref.family not in self.gradients:
            return "given"
        made = any(e.target == self._general(ref)
                   for e in self.system.by_target.get(ref.family, ()))
        return "defined" if made or ref.family in self.gradients else "elsewhere"

    def _sources(self, shown: Expr, name: str) -> None:
        """Lead to a derivative from what it is the derivative of, to a member from its series."""
        if isinstance(shown, Ref) and shown.family in self.gradients:
            gradient = self.gradients[shown.family]
            for part in (gradient.top, gradient.bottom):
                self.link(self.vertex(part, self._role(part)), name, part, False, dashed=True)
        elif isinstance(shown, Symbol) and shown.name in self.system.by_target:
            pattern = self._pattern(shown)
            if pattern is not None and pattern != shown and _is_fixed(shown) and all(
                    e.target != shown for e in self.system.by_target[shown.name]):
                self.link(self.vertex(pattern, "defined"), name, pattern, True, dashed=True)

    def _leads(self, start: str, end: str) -> bool:
        """True where links lead from one vertex to another."""
        found, todo = {start}, [start]
        while todo:
            here = todo.pop()
            new = {b for a, b in self.links if a == here} - found
            found |= new
            todo += new
        return end in found


def _is_bare(value: object) -> bool:
    return str(value).isidentifier()


def _is_fixed(symbol: Symbol) -> bool:
    return all(isinstance(place, int) for place in symbol.index)
