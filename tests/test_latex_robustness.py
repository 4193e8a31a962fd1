r"""Whatever is thrown at the LaTeX reader, it reads it or says where it cannot; nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_read_latex import SAID, VOCABULARY

from derive.errors import Unreadable
from derive.question.latex import Reading, read_relations
from derive.syntax.read_latex import LONGEST_DOCUMENT, chains, pieces
from derive.syntax.read_latex.commands import COMMANDS, MATRICES

ENVIRONMENTS = [rf"\{end}{{{name}}}" for name in MATRICES for end in ("begin", "end")]
CHARACTERS = "abehLstuWxyzT0123456789.,:;!?|<>=+-*/()[]{}_^&'$%~# \n\0ψ"
TOKENS = [*sorted(COMMANDS), *ENVIRONMENTS, *CHARACTERS, "10^{-5}", "x_{t}", "h_{t-1}", "e^{",
          r"\left(", r"\right)", "W_{hh}", "1e999"]
SOUP = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
SIGNS = ["$", "$$", r"\[", r"\]", r"\(", r"\)", "```", "\n\n", "a = b", "text ",
         r"\begin{align}", r"\end{align}", r"\$", "% no"]
KNOWN = st.sampled_from([latex for latex, _ in SAID])


def outcome(text: str) -> tuple[Reading, ...] | Unreadable:
    try:
        return read_relations(text, VOCABULARY)
    except Unreadable as error:
        return error


def reads_or_says_where(text: str) -> None:
    found = outcome(text)
    if isinstance(found, Unreadable):
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
        return
    for reading in found:
        assert len(reading.sides) == len(reading.spans) == len(reading.relations) + 1
        for side, (first, last) in zip(reading.sides, reading.spans, strict=True):
            assert 0 <= first <= last <= len(text)
            assert not isinstance(side, Unreadable) or side.message


@settings(max_examples=300, deadline=None)
@given(SOUP)
def test_any_tokens(text: str) -> None:
    reads_or_says_where(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    reads_or_says_where(text)


@settings(max_examples=300, deadline=None)
@given(KNOWN, st.integers(0, 60), st.integers(0, 4), st.lists(st.sampled_from(TOKENS), max_size=2))
def test_formulas_with_a_slip_of_the_pen(latex: str, at: int, gone: int, put: list[str]) -> None:
    reads_or_says_where(latex[:at] + "".join(put) + latex[at + gone:])


@settings(max_examples=100, deadline=None)
@given(KNOWN, KNOWN)
def test_formulas_in_formulas(one: str, other: str) -> None:
    reads_or_says_where(rf"\frac{{{one}}}{{{other}}} + \sum_{{t=1}}^{{3}} \left({one}\right)^\top")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=20))
def test_documents_are_cut_where_they_stand(parts: list[str]) -> None:
    text = "".join(parts)
    found = pieces(text)
    for piece in found:
        assert text[slice(*piece.span)] == piece.text
    assert [p.span for p in found] == sorted(p.span for p in found)


HOSTILE = [
    "{" * 10_000, "(" * 10_000, r"\left(" * 5_000, r"\frac" * 5_000, r"\sqrt{" * 3_000, "|" * 9_999,
    r"\sum_{t=1}^{3} " * 2_000, "x^" * 5_000, "x_{" * 4_000, r"\hat" * 5_000, "-" * 9_999,
    "9" * 10_000, "9^{9^{9^{9^{9}}}}", "x" * 10_000_000, r"\def\a{\a\a}\a", r"\input{/etc/passwd}",
    r"\newcommand{\a}{\a}", r"\begin{array}" * 3_000, r"\text{" * 4_000, r"\loop\iftrue\repeat",
    "1e400", r"\begin{bmatrix}" + "1 & " * 7_000, r"\csname end\endcsname", r"\write18{ls}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_hostile_text_is_refused_with_one_message(text: str) -> None:
    found = outcome(text)
    if not isinstance(found, Unreadable):
        found = next(s for r in found for s in r.sides if isinstance(s, Unreadable))
    assert "\n" not in str(found)
    assert len(str(found)) < 300


def test_work_is_linear_in_the_length() -> None:
    """Steps are counted, not seconds: every token is taken at most a few times."""
    for count in (100, 1_000):
        text = " + ".join(["W h_t"] * count)
        (found,) = chains(text)
        assert found.span == (0, len(text))


def test_a_document_too_long_is_refused() -> None:
    with pytest.raises(Unreadable, match="is not read"):
        pieces("a" * (LONGEST_DOCUMENT + 1))


def test_a_document_is_prose_and_formulas() -> None:
    text = "So $h_1 = 2$ and\n$$\nL = 3\n$$\ncosts \\$5. A lost $ sign.\n\n\\[ a \\] `x`"
    assert [(p.kind, p.text.strip()) for p in pieces(text)] == [
        ("prose", "So"), ("inline", "h_1 = 2"), ("prose", "and"), ("display", "L = 3"),
        ("prose", "costs \\$5. A lost $ sign."), ("display", "a"), ("prose", "`x`")]


def test_of_a_latex_file_only_the_document_is_looked_at() -> None:
    formula = "\\begin{align*} a &= 1 \\end{align*}"
    text = f"\\newcommand{{\\x}}{{$}}\n\\begin{{document}}\n{formula}\n\\end{{document}}"
    (found,) = pieces(text)
    assert (found.kind, found.text.strip()) == ("display", "a &= 1")
