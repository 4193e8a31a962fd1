r"""Answers in words: what Markdown holds is written in each format, and nothing more."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_pages import compiled, look

import derive
from derive.errors import QuestionError
from derive.formats.latex import writing as latex_writing
from derive.formats.markdown import writing as markdown_writing
from derive.formats.plain import plain
from derive.formats.prose import phrase, prose
from derive.question.prose import word_count
from derive.solution.step import SolvedQuestion

NOBODY = SolvedQuestion("q", "", (), (), (), (), {}, {}, ())
WRITINGS = {"latex": latex_writing(NOBODY), "markdown": markdown_writing(NOBODY)}


def written(text: str, name: str) -> str:
    return prose(text, WRITINGS[name])


NUMBERED = r"""\begin{enumerate}\closeitems\setcounter{enumi}{2}
\item{} a
\item{} b
\end{enumerate}"""
NESTED = r"""\begin{itemize}\closeitems
\item{} a

\begin{enumerate}\closeitems
\item{} b
\end{enumerate}
\end{itemize}"""
PIECES = {
    "bold": ("a **b** c", r"a \textbf{b} c", "a **b** c"),
    "italics": ("_a_ *b*", r"\emph{a} \emph{b}", "*a* *b*"),
    "code": ("`a_b -- 'c'`", r"\texttt{a\_b -{}-{} \textquotesingle{}c\textquotesingle{}}",
             "`a_b -- 'c'`"),
    "math": ("$a_1$ and ∂", r"$a_1$ and \ensuremath{\partial}", "$`a_1`$ and ∂"),
    "math keeps its signs": (r"$a*b*c_d \{x\}$", r"$a*b*c_d \{x\}$", r"$`a*b*c_d \{x\}`$"),
    "display": ("a\n$$\nx\n+ y\n$$\nb", "a\n\\[\nx + y\n\\]\nb", "a\n\n```math\nx + y\n```\n\nb"),
    "display in a line": ("a $$x$$ b", "a \n\\[\nx\n\\]\n b", "a \n\n```math\nx\n```\n\n b"),
    "lines join": ("a\nb", "a b", "a b"),
    "paragraphs": ("a\n\nb", "a\n\nb", "a\n\nb"),
    "line break": ("a\\\nb", "a\\leavevmode\\newline\nb", "a\\\nb"),
    "list": ("- a\n- b\n", "\\begin{itemize}\\closeitems\n\\item{} a\n\\item{} b\n\\end{itemize}",
             "- a\n- b"),
    "list of paragraphs": ("- a\n\n  c\n- b\n",
                           "\\begin{itemize}\n\\item{} a\n\nc\n\\item{} b\n\\end{itemize}",
                           "- a\n\n  c\n\n- b"),
    "numbers": ("3. a\n4. b", NUMBERED, "3. a\n4. b"),
    "nested": ("- a\n  1. b", NESTED, "- a\n\n  1. b"),
    "quote": ("> a", "\\begin{quote}\na\n\\end{quote}", "> a"),
    "heading": ("# a", r"\textbf{a}", "**a**"),
    "money": ("$5 and $6", r"\$5 and \$6", r"\$5 and \$6"),
    "escaped": (r"\$x\$ \*a\*", r"\$x\$ *a*", r"\$x\$ \*a\*"),
    "html": ("<b>a &amp; <!-- x -->",
             r"\textless{}b\textgreater{}a \&amp; \textless{}!-- x --\textgreater{}",
             r"\<b\>a \&amp; \<!-- x --\>"),
    "link": ("[a](http://b) ![c](d)", "[a](http://b) ![c](d)", r"\[a\](http://b) !\[c\](d)"),
    "tex": (r"\input{x} 50% #1 ^5", r"\textbackslash{}input\{x\} 50\% \#1 \textasciicircum{}5",
            r"\\input\{x\} 50% \#1 ^5"),
    "tex between dollars": (r"$\input{x}$", r"\$\textbackslash{}input\{x\}\$", r"\$\\input\{x\}\$"),
    "a list that is none": (r"1\. a", "1. a", r"1\. a"),
}


@pytest.mark.parametrize(("text", "latex", "markdown"), PIECES.values(), ids=PIECES)
def test_piece_is_written(text: str, latex: str, markdown: str) -> None:
    assert written(text, "latex") == latex
    assert written(text, "markdown") == markdown


def test_table_is_written_with_its_columns() -> None:
    text = "| a | b |\n|:--|--:|\n| [1] | $|x|$ |\n"
    assert r"\begin{tabular}{lr}" in written(text.replace("$|x|$", "c"), "latex")
    assert "{}[1] & c" in written(text.replace("$|x|$", "c"), "latex")
    assert written("| a |\n|---|\n| `b\\|c` |", "markdown") == "| a |\n| --- |\n| `b\\|c` |"


def test_wide_table_has_columns_of_paragraphs() -> None:
    text = f"| a | b |\n|---|---|\n| {'word ' * 30} | x |\n"
    assert "p{" in written(text, "latex")


def test_listing_keeps_its_lines() -> None:
    text = "```py\na  b\n\n`x`\n```"
    assert written(text, "markdown") == "```\na  b\n\n`x`\n```"
    assert r"\texttt{a~~b}" in written(text, "latex")
    assert written("````\n```\n````", "markdown") == "````\n```\n````"


def test_phrase_has_no_blocks() -> None:
    assert phrase("- a\n**b**", WRITINGS["markdown"]) == r"\- a **b**"


DANGEROUS = {"html_block", "html_inline", "link_open", "image"}


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="$\\{}[]()<>|*_`#-+1. \nab/:&%~^\"'!é中\u202e\x07", max_size=60))
def test_whatever_is_typed_becomes_no_html_and_no_link(text: str) -> None:
    """What is written is read by a Markdown that knows them all."""
    sheet = written(text, "markdown")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(sheet)
    assert "\u202e" not in sheet
    assert not DANGEROUS & {t.type for token in tokens for t in (token, *(token.children or ()))}
    assert "\x07" not in written(text, "latex")


EVIL = r"""
\
\
Words \input{/etc/passwd} and \end{document}, $\write18{x}$, ${\catcode`\%=1}$ and $$\input{x}$$.

- [optional] \\[3cm] & # % ~ ^ _ {
- \item ]
- $x$[y]

| [a] | b\\ |
|---|:-:|
| \hline | & |
| [x]{y} | |

    \relax

```
\end{verbatim} {} \ ~ `'" -- <<
```

> \par $a_b$ **[**] ***
""" + "中 \u202e ü ﬁ 🙂 “quoted” – —"


def test_hostile_prose_compiles_and_prints(tmp_path: Path, require_tool: Callable[[str], str]
                                           ) -> None:
    sheet = derive.Question.from_text("parts: [{answer: x}]").solve().render("latex")
    text = sheet.replace("\nx\n", f"\n{written(EVIL, 'latex')}\n")
    assert text != sheet
    look(compiled(text, tmp_path, require_tool))
    shown = subprocess.run([require_tool("pdftotext"), "sheet.pdf", "-"], cwd=tmp_path,
                           capture_output=True, text=True, check=True).stdout
    assert r"\input{/etc/passwd}" in shown
    assert "[optional]" in shown


@pytest.mark.parametrize(("text", "count"), [
    ("one two", 2), ("- a **b**\n- c", 3), ("so $a + b = c$ holds", 3), ("$$\nx\n$$", 1),
    ("a — b", 2), ("it's well-known", 2), ("", 0)])
def test_words_are_counted_as_an_editor_does(text: str, count: int) -> None:
    assert word_count(text) == count


# ---- the keys

def read(parts: str) -> derive.Question:
    return derive.Question.from_text(f"parts:\n{parts}")


WRONG = {
    "points": ("- {marks: 3, answer: x, points: [{marks: 1, text: a}, {marks: 1, text: b}]}",
               "2:33: the points of part 1 add up to 2 marks, the part has 3"),
    "points without marks of the part": ("- {answer: x, points: [{marks: 1/2, text: a}]}",
                                         "the part has none (add marks: 1/2)"),
    "point says nothing": ("- {points: [{marks: 1}]}", "2:13: a marking point says nothing"),
    "points are a list": ("- {points: x}", "2:12: `points` is a list"),
    "no option is right": ("- {choose: [{option: a}, {option: b}]}",
                           "2:12: none of the options is right (mark the right ones with"),
    "option twice": ("- {choose: [{option: a, right: true}, {option: a}]}", "stands here twice"),
    "option says nothing": ("- {choose: [{right: true}]}", "2:13: an option says nothing"),
    "option is text": ("- {choose: [a]}", "2:13: an option is a mapping"),
    "right": ("- {choose: [{option: a, right: perhaps}]}", "2:32: `perhaps` is not a choice"),
    "key": ("- {choose: [{option: a, reason: x}]}", "unknown key `reason` in an option"),
    "empty": ("- {answer: ''}", "2:12: `answer` holds nothing"),
    "list": ("- {answer: [a]}", "2:12: a list stands where a text belongs"),
    "words": ("- {answer: a, words: many}", "`many` is not a number from 1 to 10000"),
    "words alone": ("- {words: 100}", "part 1 asks for nothing"),
    "mathematics": ("- answer: |\n    so\n    we $\\foo{x}$", "4:8: `\\foo` is not known"),
    "mathematics that is broken": ("- answer: 'so $x^$'", "`$x^$` cannot be read as mathematics"),
    "figure": ("- {figure: x}", "2:12: `figure` is a mapping"),
    "figure without rows": ("- {figure: {arrows: [a -> b]}}", "this figure has no rows"),
    "box": ("- {figure: {rows: [a 1b]}}", "2:20: `1b` is not the name of a box"),
    "box twice": ("- {figure: {rows: [a b, a]}}", "2:25: the box `a` stands twice"),
    "arrow": ("- {figure: {rows: [alpha], arrows: [alpha -> alpa]}}",
              "2:37: no box is called `alpa` (did you mean 'alpha'?)"),
    "no arrow": ("- {figure: {rows: [a], arrows: [a]}}", "`a` is not an arrow (write a -> b)"),
    "label": ("- {figure: {rows: [a], labels: {b: x}}}", "2:33: no box is called `b`"),
    "a model is missing": ("- {answer: x}\n- {find: y}", "`model` is missing"),
}


@pytest.mark.parametrize(("parts", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(parts: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read(parts)
    assert message in str(caught.value)


def test_code_is_no_mathematics() -> None:
    assert read("- answer: '`$\\foo$` is code'").solve().render("markdown")


def test_an_answer_that_is_too_long_is_a_warning() -> None:
    assert read("- {words: 3, answer: one two three}").warnings == ()
    assert read("- {words: 3, answer: one two three four five}").warnings == (
        "question:2:22: the model answer has 5 words, where 3 are asked for",)


def test_exhibits_stand_in_the_order_of_the_keys() -> None:
    question = read("- {points: [a], choose: [{option: b, right: yes}], answer: c}")
    found = json.loads(question.solve().render("json"))
    kinds = [exhibit["kind"] for step in found["parts"][0]["steps"] for exhibit in step["exhibits"]]
    assert kinds == ["points", "choices", "prose"]


def test_words_alone_have_nothing_to_compute() -> None:
    solution = read("- {answer: x, words: 9}").solve()
    assert (solution.checks, solution.summary) == ((), "nothing to compute")
    sheet = solution.render("markdown")
    assert "(about 9 words)" in sheet
    assert "*(1 word)*" in sheet
    assert "digits" not in sheet


def test_figure_is_drawn_in_characters() -> None:
    sheet = read("""- figure:
    rows: [". y", "a h b", "c . d"]
    labels: {y: '$\\bar{y}_{12}$'}
    arrows: [a -> h -> y, b -> h, a -> c, c -> d, d -> y]
""").solve().render("markdown")
    drawing = sheet.split("```")[1].strip("\n").split("\n")
    assert [line.rstrip() for line in drawing] == [
        "         [ȳ₁₂]",
        "           ↑",
        " [a] ───→ [h] ←─── [b]",
        "  ↓",
        " [c] ────────────→ [d]",
        "and d → ȳ₁₂"]


@pytest.mark.parametrize(("text", "shown"), [
    (r"$\hat{y}_1$", "ŷ₁"), (r"$h_{t-1}$", "hₜ₋₁"), (r"$W_{hh}^\top x$", "W_hhᵀ x"),
    ("$\\alpha$ and **b**", "α and b"), (r"$x^2 \in \mathbb{R}$", "x² ∈ ℝ"), ("`</s>`", "</s>"),
    (r"$\write18$ x", r"$\write18$ x")])
def test_mathematics_in_plain_characters(text: str, shown: str) -> None:
    assert plain(text) == shown
