r"""What people type in a formula without LaTeX, and the LaTeX that says the same.

``sum_t``, ``sqrt(..)``, ``yhat``, ``h1`` and ``h[1]``, ``x**2``, ``A @ B``, ``[[1, 2], [3, 4]]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from derive.marking.submission.reading.entries_typed import entry_run_together, step_beside
from derive.marking.submission.reading.own_syntax import CALL
from derive.question.latex import Vocabulary
from derive.question.latex.functions import WORDS
from derive.syntax.inline_math import GREEK
from derive.syntax.read_latex.tree import Span

__all__ = ["Typed", "TypedWords"]

_TOKEN = re.compile(r"""
    (?P<command>  \\[A-Za-z]+ | \\.)
  | (?P<hat>      d?[A-Za-z]\^(?=_\w|\s*(?:[=)\],;≈]|$)|\s+[-+*/]\s))
  | (?P<star>     (?<=[A-Za-z])\*(?=\s*(?:[=)\],;≈]|$)|\s+[-+]\s))
  | (?P<over>     (?:[Ss]um|Σ)\s+over\s+(?:all\s+)?[a-z](?:\s+of)?(?![A-Za-z]))
  | (?P<word>     [A-Za-z]+\d+(?:hat|bar|tilde)(?![A-Za-z]) | [A-Za-z]+\d*)
  | (?P<fraction> \d+/(?:\d+(?![\d./])|[A-Za-z](?![\w(\[.'])))
  | (?P<number>   (?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<space>    \s+)
  | (?P<sub>      _(?:[a-z]=-?\d+|[A-Za-z0-9]+(?:(?:,[i-n]{1,3}(?![\w(\[.^]))+|,\d{1,2}(?=\s*=)
                                                |[+-]\d+(?![\w.]))?))
  | (?P<sup>      (?:\^|\*\*)-?(?:[A-Za-z]|\d+(?:\.\d+)?)(?![\w]))
  | (?P<bracket>  (?:_|\^|\*\*)?[(\[]|[)\]])
  | (?P<transpose> \.T(?!\w))
  | (?P<dot>      (?<=[\w\])])\.(?=[A-Za-z](?![A-Za-z(])))
  | (?P<sign>     :=|==|~=|~|<-(?=\s)|<=|>=|!=|=>|->|\*\*|\|\||[Σ½¼@])
  | (?P<other>    .)
""", re.VERBOSE | re.DOTALL)
_POSITION = re.compile(r"\[\s*[\w+-]{1,4}\s*(?:,\s*[\w+-]{1,4}\s*){0,2}\]")
SIGNS = {":=": "=", "==": "=", "~=": r"\approx ", "~": r"\approx ", "<=": r"\le ", ">=": r"\ge ",
         "!=": r"\ne ", "=>": r"\Rightarrow ", "->": r"\to ", "<-": r"\gets ",
         "@": r"\cdot ", "**": "^",
         "Σ": r"\sum ", "||": r"\| ", "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}"}
NAMED = {**{name.lstrip("\\"): f"{name} " for name in GREEK},
         "partial": r"\partial ", "nabla": r"\nabla ", "grad": r"\nabla ",
         "sum": r"\sum ", "Sum": r"\sum ",
         "prod": r"\prod ", "sqrt": r"\sqrt ", "inf": r"\infty ", "dot": r"\cdot ",
         "times": r"\times ", "odot": r"\odot "}
INDEX = re.compile(r",\s*([a-z])\s*$")     # at the end of sum(l[t], t)
SETTING = re.compile(r"(?:axis|keepdims)\s*=")     # inside the brackets of a function
NUMBERED = re.compile(r"([A-Za-z]+)(\d+)(hat|bar|tilde)")
MOST_LETTERS = 3
_NAME = r"[A-Za-z]{2,8}"
NAMED_BELOW = re.compile(rf"/d({_NAME})(?![A-Za-z])")
NAMED_BEFORE = re.compile(rf"^[ \t]*({_NAME})(?:_\w)?[ \t]*=", re.MULTILINE)
BIG = ("sum", "prod")     # with a script they are signs; sum(..) is a function
ACCENTS = ("hat", "bar", "tilde", "dot")
# they say for which members something holds, and are read as such
CONDITIONS = ("for", "if", "when", "where", "with", "and")
PROSE = frozenset((
    "so", "as", "at", "in", "is", "it", "of", "on", "or", "to", "by", "we", "an", "be", "do",
    "if", "no", "up", "us", "my", "me", "he", "a", "the", "and", "for", "are", "can", "get",
    "has", "had", "its", "let", "now", "not", "our", "per", "put", "see", "set", "use", "was",
    "why", "yes", "yet", "you", "also", "both", "each", "from", "give", "have", "here", "hence",
    "into", "like", "just", "know", "last", "left", "next", "only", "over", "same", "show",
    "side", "size", "step", "take", "than", "that", "then", "they", "this", "thus", "used",
    "using", "want", "what", "when", "will", "with", "we"))


@dataclass
class Typed:
    """LaTeX as it grows; `stands` says where each of its characters comes from."""

    text: str = ""
    stands: list[Span] = field(default_factory=list)

    def add(self, latex: str, at: Span) -> None:
        self.text += latex
        self.stands += [at] * len(latex)


class TypedWords:
    """Tells names from words of prose, and writes names as LaTeX."""

    def __init__(self, vocabulary: Vocabulary, own: frozenset[str] = frozenset()) -> None:
        self.vocabulary, self.own = vocabulary, own     # own: names that the submission gives

    def names_of(self, text: str) -> frozenset[str]:
        """Return the runs of letters that a text uses as names: net_1 = .., dL/dnet, net = ..

        One that only stands before a sign of equality may be a word, and is not taken.
        """
        likely = {*NAMED_BELOW.findall(text)} | {
            name for name in NAMED_BEFORE.findall(text)
            if len(re.findall(rf"(?<![A-Za-z]){name}(?![A-Za-z])", text)) > 1}
        return frozenset(name for name in likely
                         if name.casefold() not in PROSE and self.name(name) is None)

    @cached_property
    def _letters(self) -> frozenset[str]:
        """Single letters that are names, or what carries the scripts of one."""
        known = self.vocabulary
        names = (*known.families, *known.indices, *known.sizes, *known.functions)
        own = (base for base in known.patterns if len(base) == 1)
        single = (n[0] for n in names if len(n.strip("_").partition("_")[0]) == 1)
        return frozenset(("e", *own, *single))

    def prose(self, line: str) -> Iterator[Span]:
        """Yield where words stand that are no part of a formula."""
        for found in _TOKEN.finditer(line):
            word = found.lastgroup == "word" and found[0] not in CONDITIONS and (
                not CALL.match(line, found.start()) and (
                    not SETTING.match(line, found.start())))
            if (word and self.named(line, found) is None) or found[0] in "#$%":
                yield found.span()

    def named(self, line: str, found: re.Match[str]) -> str | None:
        """Return a run of letters as LaTeX; beside a slash do is a differential."""
        beside = line[:found.start()].endswith("/") or line[found.end():].startswith("/d")
        return (beside and self._differential(found[0], beside)) or self.name(found[0])

    def name(self, word: str) -> str | None:
        """Return a run of letters as LaTeX; None for prose."""
        known = self.vocabulary.words
        if word in known or word in WORDS or len(word) == 1:
            return word
        if word.casefold() in PROSE:
            return None
        if word in self.own:
            return rf"\mathrm{{{word}}}"
        entry = entry_run_together(word, self.vocabulary)
        if entry is not None or word in NAMED:
            return entry or NAMED[word]
        if word[0] == "D" and word[1:] in self.vocabulary.functions:
            return rf"\mathrm{{D}} {word[1:]}"     # the Jacobian of A
        dressed = NUMBERED.fullmatch(word)      # y1hat is yhat1
        if dressed is not None:
            return self.name(f"{dressed[1]}{dressed[3]}{dressed[2]}")
        letters = word.rstrip("0123456789")
        if letters != word:
            inner = self.name(letters)
            return None if inner is None else f"{inner.strip()}_{{{word[len(letters):]}}}"
        return self._run_together(word) or self._dressed(word) or self._differential(word) or (
            word if len(word) <= self._longest(word) and all(
                c in self._letters for c in word) else None)

    def _run_together(self, word: str) -> str | None:
        """Return W_hh of Whh, and h_t of ht, where these letters are no factors."""
        known, (head, last) = self.vocabulary, (word[:-1], word[-1])
        if head in known.families and last in known.families[head].indices:
            return f"{head}_{{{last}}}"
        if all(letter in known.families for letter in word):
            return None
        whole = [n for n in known.families if "_" in n.strip("_") and n.replace("_", "") == word]
        return whole[0] if len(whole) == 1 else None

    def _longest(self, word: str) -> int:
        """Return how many letters side by side are factors: Wx and ab, and no longer words."""
        return MOST_LETTERS - word.islower()

    def _dressed(self, word: str) -> str | None:
        for accent in ACCENTS:
            inner = self.name(word.removesuffix(accent)) if word.endswith(accent) else None
            if inner is not None and word != accent and len(inner) == 1:
                return rf"\{accent}{{{inner}}}"
        return None

    def _differential(self, word: str, beside: bool = False) -> str | None:
        known = word in self.vocabulary.words or (word in NAMED and not beside)
        inner = self.name(word[1:]) if word[0] == "d" and len(word) > 1 and not known else None
        return None if inner is None else f"d {inner}"

    def as_latex(self, source: str) -> Typed | None:
        """Return a formula as LaTeX."""
        return _Writer(source, self).all()


class _Writer:
    """Writes the tokens of one formula."""

    def __init__(self, source: str, words: TypedWords) -> None:
        self.source, self.words, self.out = source, words, Typed()
        self.tokens = list(_TOKEN.finditer(source))
        self.at = 0
        self.closing: list[str] = []

    def all(self) -> Typed | None:
        while self.at < len(self.tokens):
            found = self.tokens[self.at]
            self.at += 1
            write = WRITERS.get(found.lastgroup or "")
            if write is None:
                self.out.add(found[0], found.span())
            else:
                write(self, found)
        return self.out

    def word(self, found: re.Match[str]) -> None:
        if found[0] in CONDITIONS:
            self.out.add(rf"\text{{{found[0]} }}", found.span())
            return
        if found[0] in BIG and (self._before_sub() or self._before_name(found)):
            self.out.add(NAMED[found[0]], found.span())
            return
        if self._over_index(found):
            return
        longer = self._long_name(found)
        latex = longer or self.words.named(self.source, found) or found[0]
        if not longer:
            end = found.end()
            latex, more = step_beside(latex, self.source[:found.start()], self.source[end:],
                                      self.words.vocabulary.indices)
            self.at += sum(end <= t.start() < end + more for t in self.tokens)
        self.out.add(latex, (found.start(), self.tokens[self.at - 1].end()))

    def _over_index(self, found: re.Match[str]) -> bool:
        """Write ``sum(l[t], t)`` as a sum over t, up to its bracket; False for other words."""
        end = _closed(self.source, found.end()) if found[0] in BIG else 0
        index = INDEX.search(self.source, found.end() + 1, end) if end else None
        if index is None or index.end() != end or self.source[found.end()] != "(":
            return False
        self.tokens = [t for t in self.tokens if not index.start() <= t.start() < end]
        self.out.add(rf"({NAMED[found[0]].strip()}_{{{index[1]}}} ", found.span())
        self.at += 1
        self._open("(", "))", self.tokens[self.at - 1])
        return True

    def _before_sub(self) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0].startswith("_")

    def _before_name(self, found: re.Match[str]) -> bool:
        """True for sum dL/dY, which is no function with its argument in brackets."""
        return re.match(r" +[A-Za-z(]", self.source[found.end():]) is not None

    def _long_name(self, found: re.Match[str]) -> str:
        r"""Return W_hh where that is a name, \hat{y} for y_hat; nothing else."""
        after = self.tokens[self.at] if self.at < len(self.tokens) else None
        if after is None or after.lastgroup != "sub":
            return ""
        whole, accent = found[0] + after[0], after[0][1:]
        if accent in ACCENTS:
            self.at += 1
            return self.words.name(found[0] + accent) or (
                rf"\{accent}{{{self.words.name(found[0])}}}")
        if whole in self.words.vocabulary.words:
            self.at += 1
            return whole
        return ""

    def hat(self, found: re.Match[str]) -> None:
        differential = "d " if len(found[0]) > 2 else ""
        self.out.add(rf"{differential}\hat{{{found[0][-2]}}}", found.span())

    def star(self, found: re.Match[str]) -> None:
        self.out.add("^{*}", found.span())

    def over(self, found: re.Match[str]) -> None:
        letter = found[0].removesuffix("of").rstrip()[-1]
        self.out.add(rf"\sum_{{{letter}}} ", found.span())

    def fraction(self, found: re.Match[str]) -> None:
        top, bottom = found[0].split("/")
        self.out.add(rf"\frac{{{top}}}{{{bottom}}}", found.span())

    def sub(self, found: re.Match[str]) -> None:
        inner = found[0][1:]
        letter, sign, rest = _parted(inner)
        if sign and letter not in self.words.vocabulary.indices:     # p_k-1 is one less than p_k
            self.out.add(f"_{{{letter}}}{sign}{rest}", found.span())
        else:
            self.out.add(f"_{{{inner}}}", found.span())

    def sup(self, found: re.Match[str]) -> None:
        self.out.add(f"^{{{found[0].lstrip('^*')}}}", found.span())

    def bracket(self, found: re.Match[str]) -> None:
        sign = found[0]
        if sign in ")]":
            closing = self.closing.pop() if self.closing else sign
            self.out.add(closing, found.span())
        elif sign == "[" and self._is_position(found):
            more = self.tokens[self.at - 2].lastgroup == "sub" and self.out.text.endswith("}")
            if more:    # W_h[0, 1] is one entry of W_h
                self.out.text, _ = self.out.text[:-1], self.out.stands.pop()
            self._open("," if more else "_{", "}", found)
        elif sign == "[" and self._grid(found):
            return
        elif len(sign) > 1:
            self._open("_{" if sign[0] == "_" else "^{", "}", found)
        else:
            self._open(sign, ")" if sign == "(" else "]", found)

    def _open(self, latex: str, closing: str, found: re.Match[str]) -> None:
        self.closing.append(closing)
        self.out.add(latex, found.span())

    def _is_position(self, found: re.Match[str]) -> bool:
        """True for the bracket of h[t-1]: it follows a name, and holds a position or two."""
        before = self.tokens[self.at - 2] if self.at > 1 else None
        if before is None or before.lastgroup not in ("word", "sub", "bracket") or (
                before[0] in WORDS):
            return False
        inside = _POSITION.match(self.source, found.start())
        return inside is not None and (before.lastgroup != "bracket" or before[0] == "]")

    def _grid(self, found: re.Match[str]) -> bool:
        """Write [[1, 2], [3, 4]], [1 2; 3 4] and [1 2 3] as a matrix; False for other brackets."""
        first, end = found.start(), _closed(self.source, found.start())
        rows = _rows(self.source, first + 1, end) if end else []
        if not rows:
            return False
        self.out.add(r"\begin{bmatrix}", found.span())
        for place, row in enumerate(rows):
            self.out.add(r"\\" if place else "", (row[0][0], row[0][0]))
            for column, (a, b) in enumerate(row):
                self.out.add("&" if column else "", (a, a))
                inner = _Writer(self.source[a:b], self.words).all()
                if inner is not None:
                    self.out.text += inner.text
                    self.out.stands += [(a + x, a + y) for x, y in inner.stands]
        self.out.add(r"\end{bmatrix}", (end, end + 1))
        while self.at < len(self.tokens) and self.tokens[self.at].start() <= end:
            self.at += 1
        return True

    def transpose(self, found: re.Match[str]) -> None:
        self.out.add(r"^{\top}", found.span())

    def dot(self, found: re.Match[str]) -> None:
        self.out.add(r"\cdot ", found.span())

    def sign(self, found: re.Match[str]) -> None:
        self.out.add(SIGNS[found[0]], found.span())


WRITERS: dict[str, Callable[[_Writer, re.Match[str]], None]] = {
    "word": _Writer.word, "hat": _Writer.hat, "star": _Writer.star, "over": _Writer.over,
    "fraction": _Writer.fraction, "sub": _Writer.sub, "sup": _Writer.sup,
    "bracket": _Writer.bracket, "transpose": _Writer.transpose, "dot": _Writer.dot,
    "sign": _Writer.sign}


def _parted(inner: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([A-Za-z0-9]+?)([+-])(\d+)", inner)
    return (found[1], found[2], found[3]) if found else (inner, "", "")


def _closed(source: str, first: int) -> int:
    """Return where the bracket closes that opens at a place; 0 where it does not."""
    depth = 0
    for at in range(first, len(source)):
        depth += (source[at] in "([") - (source[at] in ")]")
        if not depth:
            return at
    return 0


def _rows(source: str, first: int, end: int) -> list[list[Span]]:
    """Return where the entries of a matrix stand; nothing where this is none."""
    inner = source[first:end]
    if inner.lstrip().startswith("["):
        spans = []
        at = first
        while (at := source.find("[", at, end)) >= 0 and (stop := _closed(source, at)):
            spans.append((at + 1, stop))
            at = stop
    elif ";" in inner or "\n" in inner.strip():
        spans = _split(source, (first, end), r"[;\n]")
    elif re.fullmatch(r"\s*[-+.\deE]+(?:\s+[-+.\deE]+)+\s*", inner):
        return [[entry] for entry in _split(source, (first, end), r"\s+")]
    else:
        return []
    rows = [_split(source, span, "," if "," in source[span[0]:span[1]] else r"\s+")
            for span in spans]
    rows = [row for row in rows if row]
    return rows if rows and len({len(row) for row in rows}) == 1 else []


def _split(source: str, span: Span, sign: str) -> list[Span]:
    """Return what stands between signs, blanks left out."""
    found, at = [], span[0]
    for cut in [*re.finditer(sign, source[span[0]:span[1]]), None]:
        stop = span[0] + cut.start() if cut else span[1]
        piece = source[at:stop]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            found.append((at + lead, at + lead + len(piece.strip())))
        at = span[0] + cut.end() if cut else stop
    return found
