r"""What is said of a plain recurrent network where the question's own is another.

An essay on the LSTM compares it with h_t = \tanh(W h_{t-1} + U x_t + b). Where a model answer has
such a network, what a submission says in its names is judged by it; no marks hang on that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.errors import DeriveError
from derive.expr.integers import text as written
from derive.expr.nodes import Expr, Symbol
from derive.marking.submission.claims import Judgement, Side
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.reading.statements import statements
from derive.marking.submission.reading.words import Words
from derive.question.latex.quantities import UNKNOWN
from derive.question.latex.spelling import spelled
from derive.question.read import read
from derive.syntax.names import latex_name
from derive.syntax.read_latex.tree import Additive, Fenced, Name, Node, Product, Scripted

__all__ = ["as_said_elsewhere"]

NAMED = {"tanh": "tanh", r"\sigma": "sigmoid", "sigmoid": "sigmoid", "relu": "relu",
         "ReLU": "relu"}
GOOD = ("right", "follow_through", "notation")
TAKEN = ("right", "follow_through", "notation", "wrong", "repeated", "refer")
SIGNS = frozenset(("", "cdot", "*", "times"))
Judge = Callable[[Marker, str], list[Judgement]]


@dataclass(frozen=True)
class _Network:
    """h_t = f(W h_{t-1} + U x_t + b), by how its names are written; what is "" is not there."""

    state: str
    letter: str
    function: str
    recurrent: str
    weight: str
    entry: str
    bias: str

    @property
    def question(self) -> str:
        """The network as a question file."""
        t, latex = self.letter, {"s": self.state, "W": self.recurrent, "U": self.weight,
                                 "x": self.entry, "b": self.bias, "f": self.function}
        name = _typed({role: text for role, text in latex.items() if text}, t)
        unknown = self.function not in NAMED
        call = NAMED.get(self.function, name["f"])
        terms = [f"{name['W']} @ {name['s']}[{t}-1]"]
        terms += [f"{name['U']} @ {name['x']}[{t}]"] if self.weight else []
        terms += [name["b"]] if self.bias else []
        symbols = [f"'{name['s']}[{t}]': n", f"{name['W']}: n x n"]
        symbols += [f"{name['U']}: n x m", f"'{name['x']}[{t}]': m"] if self.weight else []
        symbols += [f"{name['b']}: n"] if self.bias else []
        symbols += [f"{name['f']}: function"] if unknown else []
        notation = [f"{own}: '{latex[role]}'" for role, own in name.items()
                    if role != "f" or unknown]
        asked = f"- {{find: 'd{name['s']}[{t}]/d{name['s']}[{t}-1]'}}"
        formula = f"{name['s']}[{t}] = {call}({' + '.join(terms)})"
        return "\n".join(("title: Another network", f"index: {{{t}: 1..T}}",
                          *_section("symbols:", symbols), *_section("notation:", notation),
                          *_section("model: |", [formula]), *_section("parts:", [asked]), ""))


def _section(head: str, lines: Sequence[str]) -> Iterator[str]:
    yield head
    yield from (f"  {line}" for line in lines)


PLAIN = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?")


def _typed(latex: dict[str, str], letter: str) -> dict[str, str]:
    """Return names that can be typed: W_hh for W_{hh}; others are named by what they are for."""
    taken = {letter, "T", "n", "m", "d"}
    found: dict[str, str] = {}
    for role, text in latex.items():
        plain = re.sub(r"[{}\\\s]", "", text)
        known = PLAIN.fullmatch(plain) and plain not in taken
        found[role] = plain if known else f"{role}_own"
        taken.add(found[role])
    return found


def as_said_elsewhere(marker: Marker, judgements: Sequence[Judgement], text: str, judged: Judge
                      ) -> list[Judgement]:
    """Return what was thought of a submission, with what it says of the other network."""
    lost = [j for j in judgements if j.verdict == "unread"]
    tells = any(UNKNOWN in j.reason for j in lost)
    network = _network(marker, lost) if tells else None
    other = _marker(marker, network) if network is not None else None
    if other is None:
        return list(judgements)
    known = {j.claim.span: j for j in judged(other, text) if j.verdict in TAKEN}
    beside = [j for j in lost if known.get(j.claim.span, j).verdict in GOOD]
    return [_taken(known.get(j.claim.span), j) if j in lost or _is_of_other(
        j, known.get(j.claim.span), beside, text) else j for j in judgements]


def _is_of_other(judgement: Judgement, there: Judgement | None, beside: Sequence[Judgement],
                 text: str) -> bool:
    """True for what is wrong of the question's network, and right of the one told of before it.

    Of that one something right is said in the same paragraph, in names that are its own.
    """
    if judgement.verdict not in ("wrong", "repeated") or there is None or (
            there.verdict not in GOOD):
        return False
    (start, end), label = judgement.claim.span, judgement.claim.label
    first, last = text.rfind("\n\n", 0, start), text.find("\n\n", end)
    here = [j for j in beside if j.claim.label == label]
    return any(j.claim.span[0] < start for j in here) and any(
        first < j.claim.span[0] and (last < 0 or j.claim.span[1] <= last) for j in here)


def _marker(marker: Marker, network: _Network) -> Marker | None:
    """Return what judges by a network; the same one serves all submissions."""
    key = network.question
    if key not in marker.others:
        if len(marker.others) >= MOST_OTHERS:
            marker.others.clear()
        try:
            marker.others[key] = Marker(read(key, "network"))
        except DeriveError:
            marker.others[key] = None
    return marker.others[key]


MOST_OTHERS = 20    # networks of one question that are kept


def _taken(found: Judgement | None, unread: Judgement) -> Judgement:
    if found is None:
        return unread
    return replace(found, claim=replace(found.claim, subject=None, label=unread.claim.label))


def _network(marker: Marker, lost: Sequence[Judgement]) -> _Network | None:
    """Return the network that a submission tells of, or the one of a model answer."""
    words = marker.words()
    answers = list(_in_answers(marker, words))
    if not answers:
        return None
    own = (_recurrence(words, j.claim.subject, j.claim.node, j.claim.source) for j in lost)
    return next((network for network in own if network is not None), answers[0])


def _in_answers(marker: Marker, words: Words) -> Iterator[_Network]:
    yield from (network for text in _prose(marker) for network in _told(words, text))


def _prose(marker: Marker) -> Iterator[str]:
    for part in marker.question.parts:
        yield from (text for task in part.tasks if (text := getattr(task, "text", None)))


def _told(words: Words, text: str) -> Iterator[_Network]:
    for statement in statements(text, words):
        first, *rest = statement.sides
        for side in rest[:1] if first is not None else ():
            found = _of(words, first, side)
            if found is not None:
                yield found


def _of(words: Words, first: Side | None, side: Side | None) -> _Network | None:
    if first is None or side is None:
        return None
    return _recurrence(words, first.expr, side.node, side.source)


def _recurrence(words: Words, subject: Expr | None, node: Node | None, source: str
                ) -> _Network | None:
    """Return the network whose state a formula makes; its first weight is no name of the model."""
    if not isinstance(subject, Symbol) or len(subject.index) != 1 or not isinstance(
            node, Product) or len(node.factors) != 2 or node.signs != ("",):
        return None
    f, brackets = node.factors
    if not isinstance(f, (Name, Scripted)) or not isinstance(brackets, Fenced) or (
            len(brackets.items) != 1):
        return None
    inner = brackets.items[0]
    terms = [t for _, t in inner.terms] if isinstance(inner, Additive) else [inner]
    found: dict[str, str] = {}
    for term in terms:
        part = _part(words, term, subject, source)
        if not part or found.keys() & part.keys():
            return None
        found |= part
    if "recurrent" not in found:
        return None
    state = latex_name(subject.name, words.solver.question.notation)
    return _Network(state, written(subject.index[0]), spelled(f), found["recurrent"],
                    found.get("weight", ""), found.get("entry", ""), found.get("bias", ""))


def _part(words: Words, term: Node, state: Symbol, source: str) -> dict[str, str]:
    """Return what a term is: the weight of the state before, that of the input, a bias."""
    if isinstance(term, (Name, Scripted)):
        return {"bias": _latex(term, source)}
    if not isinstance(term, Product) or len(term.factors) != 2 or not set(term.signs) <= SIGNS:
        return {}
    weight, vector = term.factors
    if not isinstance(weight, (Name, Scripted)) or not isinstance(vector, Scripted):
        return {}
    before = replace(state, index=(state.index[0] - 1,))
    if words.read(vector, source) == before:
        unknown = words.read(weight, source) is None
        return {"recurrent": _latex(weight, source)} if unknown else {}
    if list(map(spelled, vector.subs)) != [written(state.index[0])]:
        return {}
    return {"weight": _latex(weight, source), "entry": _latex(vector.base, source)}


def _latex(node: Node, source: str) -> str:
    return source[slice(*node.span)].strip()
