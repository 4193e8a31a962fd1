r"""Shapes said in prose: "so $Y$ is $4 \times 4$", "Z: 2 x 2 x 2", "= W_A \quad (p \times n)".

What has the shape stands right before it: a name, or the formula. A shape of which nothing is said
is right where a part asks for it, and says nothing otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.errors import Unreadable
from derive.expr.integers import text
from derive.expr.nodes import Expr, Ref
from derive.expr.shapes import Shape, say
from derive.expr.walk import refs
from derive.marking.submission.claims import Claim, Judgement, Side
from derive.marking.submission.judging.spaces import Spaces
from derive.marking.submission.judging.spoken import UNSAID
from derive.question.keys.shape import Shaped
from derive.question.latex import read_relations

__all__ = ["BareShapes"]

ATOM = r"(?:\d{1,4}|[A-Za-z](?:_(?:\w|\{\w+\}))?'?|\([^()$\n=,]{1,24}\))"
TIMES = r"(?:\s*(?:\\times|×)\s*|(?<=\d)x(?=\d)|\s+x\s+|(?<=\))\s*x\s*)"
SHAPE = re.compile(rf"(?<![\w^_.\\\]]){ATOM}(?:{TIMES}{ATOM})+(?![\w^_]|\s*[=+/*(-])")
OPERATOR = re.compile(r"(?:[=+\-*/^_{<>]|\\(?:cdot|times|mathbb|in|R)|\bin)\s*\(?\s*$")
LINKS = re.compile(
    r"(?:\b(?:is|are|be|has|have|gets|becomes|of|with|as|the|a|an|shape|sizes?|dimensions?|form|"
    r"again|therefore|then|also|thus|now|so|hence|still|ist|hat|sind|wird|die|das|eine?|Größe|Form)"
    r"\b|[:,()\s$]|\\q?quad\b|\\[;,:! ]|\\(?:text|mathrm)\{[\w\s]*\}|[{}])+$")
CONNECTS = re.compile(r"\b(?:is|has|shape|sizes?|dimensions?|ist|hat|wird|becomes|form)\b|:",
                      re.IGNORECASE)
SIZE_OF = re.compile(r"(?:dim|shape|size)\}?\s*(?:\(|of|\s)\s*([^()=\s]+)\)?\s*\$?\s*=[\s$]*\(?$")
NAMED = re.compile(r"\$\s*([^$:=]{1,30}?)\s*:\s*$")      # the a of "$a: p \\times 1$" is a name
ASIDE = re.compile(r"(?:\\q?quad|\\[;,:! ]|[\s,;:($]|\b(?:with|of|is|has|the|shape|size)\b|"
                   r"\\text\{[^}]*\})*")
OUTPUT = re.compile(r"\b(?:output|feature map|result|ausgabe)\b", re.IGNORECASE)
FROM = re.compile(r"\b(?:for|from|of|für|aus)\s+(?:an?|the|eine?r?)\b[^:;.]{0,60}?"
                  r"\b(?:input|image|eingabe|bild)\b[^:;.]{0,20}(?=:|is\b|has\b)", re.IGNORECASE)
INPUT = re.compile(r"[\s$)]*(?:input|image|picture|filter|kernel|window|patch|eingabe|bild)",
                   re.IGNORECASE)
OTHER = re.compile(r"\b(?:input|filters?|kernels?|windows?|pool\w*|patch\w*|strides?|pad\w*|"
                   r"images?|eingabe|fenster)\b", re.IGNORECASE)
FOLLOWS = "it follows from sizes found before"
BEFORE = 100


@dataclass
class BareShapes:
    """The shapes that stand in the prose of one submission."""

    spaces: Spaces
    text: str

    def judged(self, said: Sequence[Judgement]) -> Iterator[Judgement]:
        """Judge the shapes of which nothing was said yet."""
        taken = [j.claim.span for j in said if j.reason != UNSAID]
        for found in SHAPE.finditer(self.text):
            (start, end), before = found.span(), self.text[:found.start()]
            free = SIZE_OF.search(before) or not OPERATOR.search(before)
            sizes = self._read(found[0]) if free and not any(
                a < end and start < b for a, b in taken) else None
            if sizes:
                yield from self._judged((start, end), sizes,
                                        [j for j in said if j.claim.span[1] <= start])

    def _judged(self, span: tuple[int, int], sizes: Shape, said: Sequence[Judgement]
                ) -> Iterator[Judgement]:
        label = said[-1].claim.label if said else ""
        line = self.text.count("\n", 0, span[0]) + 1
        claim = Claim(line, span, self.text[slice(*span)], "", label)
        about = [*self._formula_before(span[0], said)] or [
            e for e in (self.subject_before(span[0]),) if e is not None]
        asked = self._asked(label)
        if any(self._fits(e, sizes) for e in about):
            yield Judgement(replace(claim, of="the shape"), "right", "right: the shape")
        elif about or (len(asked) == 1 and self._is_output(span[0])
                       and not INPUT.match(self.text, span[1])):
            true = about[0].shape if about else asked[0]
            right, follows = say(true), self._follows(sizes, true, said)
            if not about and sizes in asked:
                yield Judgement(claim, "right", "right: the shape")
            elif follows:
                yield Judgement(claim, "follow_through", FOLLOWS)
            elif about and sorted(map(str, true)) == sorted(map(str, sizes)):
                yield Judgement(claim, "refer", f"{right} in another order")
            else:
                yield Judgement(claim, "wrong", f"it is {right}, not {say(sizes)}")
        elif sizes in asked:
            yield Judgement(claim, "right", "right: the shape")

    # what has the shape

    def _formula_before(self, start: int, said: Sequence[Judgement]) -> Iterator[Expr]:
        r"""Yield the formula right before a shape, and what it is: .. = W_A \quad (p \times n)."""
        last = said[-1] if said else None
        if last is not None and ASIDE.fullmatch(self.text[last.claim.span[1]:start]):
            yield from (e for e in (last.claim.expr, last.claim.subject)
                        if e is not None and (e.shape or list(refs(e))))

    def subject_before(self, start: int) -> Expr | None:
        """Return what has the shape that stands at a place: Y of "so Y is", and of "Y:"."""
        before = self.text[max(start - BEFORE, 0):start]
        sized = SIZE_OF.search(before)
        if sized is not None:
            return self._quantity(sized[1].strip("$ "))
        named = NAMED.search(before)
        own = self._quantity(named[1]) if named is not None else self._of_its_row(before)
        if own is not None:
            return own
        linked = LINKS.search(before)
        if linked is None or not CONNECTS.search(linked[0]):
            return None
        rest = before[:linked.start()]
        inside = rest.rpartition("$")[2] if linked[0].startswith("$") else rest
        for chunk in (inside, re.split(r"[\s,;$(]", rest)[-1]):
            found = self._quantity(chunk.strip())
            if found is not None:
                return found
        return None

    def _of_its_row(self, before: str) -> Expr | None:
        """Return what a row of a table names, in "| J | q x n |" and "J & q x n"."""
        first, *cells = re.split(r"(?<!\\)[|&]", before.rpartition("\n")[2])
        named = (self._quantity(cell.strip("$ \t"), Expr) for cell in (*cells[-2::-1], first))
        return next((n for n in named if n is not None), None) if cells else None

    def subject_near(self, span: tuple[int, int]) -> Expr | None:
        """Return what has the shape that is told right behind a sum: ".. = 4, so Y is 4 x 4"."""
        behind = SHAPE.search(self.text, span[1], span[1] + BEFORE)
        if behind is None or "\n\n" in self.text[span[1]:behind.start()]:
            return None
        return self.subject_before(behind.start())

    def uses(self, end: int, size: object) -> bool:
        """True where a shape behind a place has a size, and is that of nothing in the question."""
        behind = SHAPE.search(self.text, end, end + BEFORE)
        sizes = self._read(behind[0]) if behind is not None else None
        families = self.spaces.marker.solver.question.families.values()
        return bool(sizes) and size in (sizes or ()) and all(f.shape != sizes for f in families)

    def _quantity(self, chunk: str, kind: type[Expr] = Ref) -> Expr | None:
        """Return what a name, or a derivative, is; None for words."""
        try:
            found = read_relations(chunk, self.spaces.words.vocabulary) if chunk else []
        except Unreadable:
            return None
        side = found[0].sides[0] if len(found) == 1 and len(found[0].sides) == 1 else None
        return side if isinstance(side, kind) and side.shape and not found[0].lead else None

    # what shape it has

    def _asked(self, label: str) -> list[Shape]:
        """Return the shapes that a part asks for; without a label those of all parts."""
        return [ref.shape for part in self.spaces.marker.question.parts
                if label in ("", part.label) for task in part.tasks
                if isinstance(task, Shaped) for ref in task.subjects]

    def _is_output(self, start: int) -> bool:
        """True where words say that this is the one shape that is asked for."""
        sentence = re.split(r"[.;]\s|\n\s*\n", self.text[max(start - BEFORE, 0):start])[-1]
        sentence = FROM.sub(" ", sentence)      # what stands behind that is the output's
        return OUTPUT.search(sentence) is not None and OTHER.search(sentence) is None

    def _fits(self, about: Expr, sizes: Shape) -> bool:
        return self.spaces.of_shape(about, sizes) == ""

    def _follows(self, sizes: Shape, right: Shape, said: Sequence[Judgement]) -> bool:
        """True where what differs was found before, by a count that was wrong."""
        own = {str(getattr(j.claim.expr, "value", "")) for j in said
               if j.verdict in ("wrong", "repeated", "follow_through")}
        return len(sizes) == len(right) and all(
            size == true or text(size) in own for size, true in zip(sizes, right, strict=True))

    def _read(self, shape: str) -> Shape | None:
        latex = re.sub(TIMES, r" \\times ", shape)
        try:
            node = read_relations(latex, self.spaces.words.vocabulary)[0].nodes[0]
        except (Unreadable, IndexError):
            return None
        return None if node is None else self.spaces.tuple_said(
            Side(latex, (0, len(latex)), None, "", (), node, latex))
