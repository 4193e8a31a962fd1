"""Formulas as MathML, as Typst and as plain characters: every command, every node, nothing lost."""

from __future__ import annotations

import ast
import importlib.util
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, leave_out
from formulas import printed
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_question_matrix import FILES, LONG, solved
from writer_samples import SAMPLES

from derive.errors import DeriveError
from derive.formats.escape import _SPECIAL, latex_words
from derive.ops import OPS
from derive.syntax import inline_math, write_latex, write_mathml, write_plain, write_typst
from derive.syntax.display import nodes
from derive.syntax.display.nodes import Digits, Fenced, Letter, Name, Node, Scripts, Sign, Words
from derive.syntax.display.products import is_primed
from derive.syntax.display.reader import ACCENTS, COMMANDS, ENVIRONMENTS, FONTS, read
from derive.syntax.display.spacing import gap
from derive.syntax.display.symbols import DELIMITERS, SYMBOLS
from derive.syntax.display.text_mode import spoken
from derive.syntax.write_mathml import mathml
from derive.syntax.write_plain import plain
from derive.syntax.write_typst import SETTINGS, typst

WRITERS = {"mathml": write_mathml._write, "typst": write_typst._write, "plain": write_plain._plain}
CLASSES = [c for c in vars(nodes).values()
           if isinstance(c, type) and issubclass(c, Node) and c is not Node]


def inner(latex: str) -> str:
    """Return the MathML without the element around it."""
    return re.sub(r"^<math [^>]*>|</math>$", "", mathml(latex))


# ---- the tables


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("node", CLASSES, ids=lambda c: c.__name__)
def test_every_node_has_every_writer(name: str, node: type[Node]) -> None:
    assert WRITERS[name].dispatch(node) is not WRITERS[name].dispatch(object)


# a thin space beside a name, a sign heard as "times": read by hand, one row for each kind of thing
MI, MO, MN = ("<mi>{}</mi>".format, "<mo>{}</mo>".format, "<mn>{}</mn>".format)
THIN = '<mspace width="0.167em"/>'
OF, TIMES = MO("\u2061"), MO("\u2062")
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
READ_BY_HAND: list[tuple[str, str, str, str]] = [
    # LaTeX, MathML, Typst, plain
    ("x", MI("x"), "x", "x"),
    ("2 x", MN("2") + TIMES + MI("x"), "2 x", "2 x"),
    ("-3", '<mo form="prefix">−</mo>' + MN("3"), "−3", "−3"),
    ("a - 0.5", MI("a") + MO("−") + MN("0.5"), "a−0.5", "a − 0.5"),
    ("p = -y", MI("p") + MO("=") + '<mo form="prefix">−</mo>' + MI("y"),
     "p=−y", "p = −y"),
    (r"a \odot b", MI("a") + '<mo lspace="0.222em" rspace="0.222em">⊙</mo>' + MI("b"), "a⊙b",
     "a ⊙ b"),
    ("h_{t-1}", "<msub>" + MI("h") + "<mrow>" + MI("t") + '<mo lspace="0" rspace="0">−</mo>'
     + MN("1") + "</mrow></msub>", "h_(t−1)", "hₜ₋₁"),
    (r"W_{hh}^{\top}", "<msubsup>" + MI("W") + "<mrow>" + MI("h") + MI("h") + "</mrow>"
     + '<mi mathvariant="normal">⊤</mi></msubsup>', "W_(h h)^(⊤)", "W_hhᵀ"),
    (r"\psi'(s)", "<mrow>" + MI("ψ") + '<mo lspace="0" rspace="0">′</mo></mrow>' + OPEN + MI("s")
     + CLOSE, r"ψ'\(s\)", "ψ′(s)"),
    (r"\psi_{B}'", "<msub><mrow>" + MI("ψ") + '<mo lspace="0" rspace="0">′</mo></mrow><mrow>'
     + '<mspace style="margin-left:-0.3em"/>' + MI("B") + "</mrow></msub>", "ψ'_(B)", "ψ_B′"),
    (r"s \, (t)", MI("s") + TIMES + THIN + OPEN + MI("t") + CLOSE, r"s thin\(t\)", "s (t)"),
    (r"a\!b", MI("a") + TIMES + '<mspace style="margin-left:-0.167em"/>' + MI("b"),
     "a#h(-0.1667em)b", "a b"),
    (r"\frac{\partial L}{\partial W}", "<mfrac><mrow>" + MI("∂") + MI("L") + "</mrow><mrow>"
     + MI("∂") + MI("W") + "</mrow></mfrac>", "frac(∂L,∂W)", "∂L/∂W"),
    (r"\tfrac{1}{2}", '<mstyle displaystyle="false" scriptlevel="0"><mfrac>' + MN("1") + MN("2")
     + "</mfrac></mstyle>", "inline(frac(1,2))", "1/2"),
    (r"\tanh(x)", MI("tanh") + OF + OPEN + MI("x") + CLOSE, r'op("tanh")\(x\)', "tanh(x)"),
    (r"2 \tanh x", MN("2") + TIMES + THIN + MI("tanh") + OF + THIN + MI("x"), '2 op("tanh")x',
     "2 tanh x"),
    (r"\max_{k} z", '<munder><mo movablelimits="true" lspace="0" rspace="0">max</mo>' + MI("k")
     + "</munder>" + OF + THIN + MI("z"), 'op("max",limits:#true)_(k)z', "max_k z"),
    (r"\sum_{t=1}^{T} l", '<munderover><mo lspace="0" rspace="0">∑</mo><mrow>' + MI("t")
     + '<mo lspace="0" rspace="0">=</mo>' + MN("1") + "</mrow>" + MI("T") + "</munderover>"
     + THIN + MI("l"), "∑_(t=1)^(T)l", "∑_(t=1)ᵀ l"),
    (r"\begin{bmatrix} 1 & 2 \end{bmatrix}",
     '<mrow><mo form="prefix" stretchy="true" lspace="0" rspace="0">[</mo><mtable><mtr><mtd>'
     + MN("1") + "</mtd><mtd>" + MN("2") + "</mtd></mtr></mtable>"
     '<mo form="postfix" stretchy="true" lspace="0" rspace="0">]</mo></mrow>',
     'display(mat(delim:"[",1,2))', "[1, 2]"),
    (r"\mathbf{1}[x > 0]", MN("𝟏") + '<mo stretchy="false">[</mo>' + MI("x") + "<mo>&gt;</mo>"
     + MN("0") + '<mo stretchy="false">]</mo>', r"𝟏\[x\>0\]", "1[x > 0]"),
    (r"\mathbb{R}^{n \times m}", "<msup>" + MI("ℝ") + "<mrow>" + MI("n")
     + '<mo lspace="0" rspace="0">×</mo>' + MI("m") + "</mrow></msup>", "ℝ^(n×m)", "ℝ^(n×m)"),
    (r"\mathrm{ReLU}", MI("ReLU"), '"ReLU"', "ReLU"),
    (r"\mathrm{e}", '<mi mathvariant="normal">e</mi>', "upright(e)", "e"),
    (r"\boldsymbol{\delta}", MI("𝜹"), "𝜹", "δ"),
    (r"\Gamma", '<mi mathvariant="normal">Γ</mi>', "Γ", "Γ"),
    (r"\hat{y}", '<mover accent="true">' + MI("y") + '<mo stretchy="false">ˆ</mo></mover>',
     "hat(y,size:#0%)", "ŷ"),
    (r"\sqrt{a}", "<msqrt>" + MI("a") + "</msqrt>", "sqrt(a)", "√a"),
    (r"\text{for } t", "<mtext>for\u00a0</mtext>" + MI("t"), '"for\u00a0"t', "for t"),
    (r"\text{c\&d}", "<mtext>c&amp;d</mtext>", '"c&d"', "c&d"),
    (r"\underbrace{W}_{a}", "<munder><munder>" + MI("W") + '<mo stretchy="true">⏟</mo></munder>'
     + MI("a") + "</munder>", "underbrace(W,a)", "W_a"),
    (r"f(a, b/2; c:d)", MI("f") + OPEN + MI("a") + MO(",") + MI("b")
     + '<mo stretchy="false" lspace="0" rspace="0">/</mo>' + MN("2") + MO(";") + MI("c")
     + '<mo lspace="0.278em" rspace="0.278em">:</mo>' + MI("d") + CLOSE,
     r'f\(a\,b class("normal",\/)2\;c\:d\)', "f(a, b/2; c : d)"),
    (r"X \star_{s=2} K", MI("X") + '<msub><mo lspace="0.222em" rspace="0.222em">⋆</mo><mrow>'
     + MI("s") + '<mo lspace="0" rspace="0">=</mo>' + MN("2") + "</mrow></msub>" + MI("K"),
     "X⋆_(s=2)K", "X ⋆_(s=2) K"),
]


@pytest.mark.parametrize(("latex", "as_mathml", "as_typst", "as_plain"), READ_BY_HAND,
                         ids=[row[0] for row in READ_BY_HAND])
def test_formula_is_written(latex: str, as_mathml: str, as_typst: str, as_plain: str) -> None:
    assert inner(latex) == as_mathml
    assert typst(latex) == as_typst
    assert plain(latex) == as_plain


def test_math_element_says_how_it_stands_and_what_it_is_in_words() -> None:
    root = ET.fromstring(mathml(r"\frac{a}{b} < c", block=True))
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert root.attrib == {"display": "block", "alttext": "a/b < c"}
    assert "display" not in ET.fromstring(mathml("x")).attrib


@pytest.mark.parametrize(("kinds", "wide", "tight"), [
    (("ord", "ord"), 0, 0), (("ord", "op"), 1 / 6, 1 / 6), (("rel", "ord"), 5 / 18, 0),
    (("ord", "bin"), 2 / 9, 0), (("punct", "ord"), 1 / 6, 0), (("op", "open"), 0, 0)])
def test_space_is_that_of_the_texbook(kinds: tuple[nodes.Kind, nodes.Kind], wide: float,
                                      tight: float) -> None:
    assert gap(*kinds) == pytest.approx(wide)
    assert gap(*kinds, in_script=True) == pytest.approx(tight)


# ---- the vocabulary


def readable(command: str) -> bool:
    return command in {*SYMBOLS, *COMMANDS, *DELIMITERS, r"\\", r"\end", r"\right", r"\limits",
                       r"\nolimits", "&", "'"}


def test_all_that_authors_may_write_can_be_shown() -> None:
    commands = {f"\\{name}" for name in inline_math.GROUPS} | set(inline_math.READERS)
    assert [c for c in sorted(commands) if not readable(c)] == []
    assert set(inline_math.ENVIRONMENTS) == set(ENVIRONMENTS)
    assert set(DELIMITERS) >= inline_math.DELIMITERS
    for character in inline_math.PLAIN - {" "}:
        read(character)
    for typed in inline_math.MATH_CHARACTERS:
        read(typed)


READING = {"width"}     # knows what might be measured
SOURCES = [*sorted(path for path in (ROOT / "derive/syntax/latex").glob("*.py")
                   if path.stem not in READING), ROOT / "derive/syntax/names.py",
           *(ROOT / "derive/formats" / f"{name}.py" for name in (
               "given", "labels", "positions", "writing", "fitting"))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_all_that_our_writers_write_can_be_shown(path: Path) -> None:
    used = {c for text in strings(path) for c in re.findall(r"\\[A-Za-z]{2,}\*?", text)}
    assert [c for c in sorted(used) if not readable(c)] == []


def strings(path: Path) -> Iterator[str]:
    """Yield the texts of a module, without what is said about it and its regular expressions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left_out |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Call)
                 and ast.unparse(node.func).startswith("re.") for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (
                id(node) not in left_out):
            yield node.value


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.latex], ids=lambda op: op.name)
def test_printed_name_of_an_operation_can_be_shown(op: object) -> None:
    latex = op.latex  # type: ignore[attr-defined]
    assert plain(latex.format("x", "y") if "{}" in latex or "{0}" in latex else latex)


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_environment_is_closed_and_holds_its_cells(name: str) -> None:
    columns = "a" if name == "gathered" else "a & b"
    body = read(rf"\begin{{{name}}} {columns} \\[2pt] c \\ \end{{{name}}}")
    table = body.body if isinstance(body, Fenced) else body
    assert isinstance(table, nodes.Table)
    assert [len(row) for row in table.rows] == [columns.count("&") + 1, 1]


@pytest.mark.parametrize(("latex", "said"), [
    (r"\foo x", r"\\foo is not known"), ("x_1_2", "two subscripts"),
    (r"\frac{a}", "missing at its end"), (r"\left( x", r"\\right is missing"),
    (r"\text{a \bar}", r"\\bar is not known among words"), ("{a", "a brace is not closed"),
    (r"\begin{array} a \end{array}", "environment array is not known"),
    ("a}", "a brace closes"),
    (r"\hat\mathbf{x}", "mathbf must stand in braces"), (r"x\limits_1", "limits is not known"),
    (r"\text{a $b$}", r"\$ is not known among words"), ("{" * 90 + "}" * 90, "too deeply"),
    (r"\left< a \right>", "< is no bracket"), ("é", "é is not known"),
    (r"\operatorname{\foo}", r"foo is not known"),
    (r"\begin{cases} a \end{matrix}", "cases is not closed")])
def test_what_is_not_known_is_an_error_by_name(latex: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        read(latex)


SIGNS = sorted({*inline_math.PLAIN, *(f"\\{name}" for name, count in inline_math.GROUPS.items()
                                       if count == 0), r"\text{if }", "'"} - {" ", "[", "'"})
FENCES = sorted(inline_math.DELIMITERS)
TABLES = sorted(set(inline_math.ENVIRONMENTS) - {"gathered"})


def grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return mathematics one level deeper."""
    commands = [(name, count) for name, count in inline_math.GROUPS.items() if count]
    row = st.lists(parts, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        row, row.map("{{{}}}".format),
        st.builds(lambda command, groups: f"\\{command[0]}" + "".join(
            f"{{{group}}}" for group in groups[:command[1]]),
            st.sampled_from(commands), st.lists(row, min_size=2, max_size=2)),
        st.builds("{{{}}}_{{{}}}^{{{}}}".format, parts, row, row),
        st.builds(r"\left{} {} \right{}".format, st.sampled_from(FENCES), row,
                  st.sampled_from(FENCES)),
        st.builds(lambda name, a, b: rf"\begin{{{name}}} {a} & {b} \\ {b} \end{{{name}}}",
                  st.sampled_from(TABLES), row, row))


@settings(max_examples=60)
@given(st.recursive(st.sampled_from(SIGNS), grown, max_leaves=8))
def test_whatever_authors_may_write_is_shown(latex: str) -> None:
    passed = inline_math.harmless(latex)
    assume(passed is not None)
    assert passed is not None
    ET.fromstring(mathml(passed))
    assert is_balanced(typst(passed))
    assert compiled([passed])


@pytest.mark.parametrize("character", sorted({*_SPECIAL, *"aé'-,.:!?()[]+=*/", "→", "θ", "¤"}))
def test_words_are_the_characters_that_were_escaped(character: str) -> None:
    text = f"x{character}y"
    shown = plain(rf"\text{{{latex_words(text)}}}")
    # TeX has one apostrophe; a sign of mathematics has its own space
    assert "".join(shown.replace("’", "'").split()) == "".join(text.replace("’", "'").split())


def test_words_with_a_brace_of_their_own() -> None:
    assert spoken(r"a \{b\}") == "a {b}"


# ---- nothing is lost


def leaves(node: Node) -> Iterator[str]:
    """Yield the texts of a tree in the order of its parts."""
    if isinstance(node, (Letter, Digits, Sign, Name, Words)):
        yield node.text
    elif isinstance(node, Scripts) and is_primed(node):     # primes stand beside the base
        yield from (text for part in (node.base, node.above, node.below)
                    for text in (leaves(part) if part is not None else ()))
    elif isinstance(node, Fenced):
        yield from (node.opening, *leaves(node.body), node.closing)
    else:
        yield from (text for part in parts(node) for text in leaves(part))


def parts(node: object) -> Iterator[Node]:
    """Yield the nodes below a node, through tuples."""
    held = node if isinstance(node, tuple) else (
        getattr(node, field.name) for field in fields(node))  # type: ignore[arg-type]
    for value in held:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from parts(value)


def typed(latex: str) -> Counter[str]:
    """Count the letters and digits of LaTeX that are drawn, those of commands left out."""
    drawn = re.sub(r"\\(?:begin|end)\{\w+\}|\\\\\[\w+\]|\\othercharacter|\\ensuremath", "", latex)
    drawn = re.sub(r"\\text[a-z]+\{\}|\\quotedblbase\{\}", "", drawn)
    drawn = re.sub(r"\\[A-Za-z]+\*?", lambda found: name(found[0]), drawn)
    return Counter(c for c in drawn if c.isascii() and c.isalnum())


def name(command: str) -> str:
    node = SYMBOLS.get(command)
    return node.text if isinstance(node, Name) else ""


# what is only heard, and the signs of accents, braces and arrows
UNREAD = re.compile("[\u2061\u2062ˆ^¯˜~\u20d7˙¨⏟⏞→]")


def folded(text: str) -> str:
    """Return a text with the mathematical alphabets as plain letters, blanks and marks gone."""
    bare = unicodedata.normalize("NFKC", UNREAD.sub("", text))
    return "".join(c for c in bare if not c.isspace())


def judge(latex: str) -> None:
    """Check one formula in every writer."""
    tree = read(latex)
    texts = [*leaves(tree)]
    assert Counter(c for text in texts for c in text if c.isascii() and c.isalnum()
                   and text != "mod") == typed(latex)
    root = ET.fromstring(mathml(latex))
    assert folded("".join(root.itertext())) == folded("".join(texts))
    assert plain(latex)
    assert is_balanced(typst(latex))


def is_balanced(source: str) -> bool:
    """Tell whether brackets match once escapes and words are gone."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\\.', "", source)
    while (shorter := re.sub(r"\(\)|\[\]|\{\}", "", re.sub(r"[^()\[\]{}]", "", bare))) != bare:
        bare = shorter
    return not bare


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.text)
def test_every_node_of_an_expression_is_written(sample: object) -> None:
    judge(write_latex.write(sample.expr))  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [p for p in FILES if p.stem not in LONG], ids=lambda p: p.stem)
def test_every_formula_of_a_question_is_written(path: Path) -> None:
    formulas = printed(solved(path, "gradient", "exact").solved)
    for latex in formulas:
        judge(latex)
    assert compiled(formulas)


@cache
def compiler() -> object:
    if importlib.util.find_spec("typst") is None:
        leave_out("typst is not installed")
    import typst as compiler

    return compiler


def compiled(formulas: list[str]) -> bool:
    """Let Typst set formulas, inline and displayed."""
    lines = [f"$ {typst(latex)} $" for latex in formulas]
    page = SETTINGS + "#set page(width: 100cm, height: auto)\n" + "\n\n".join(lines)
    return bool(compiler().compile(page.encode(), format="svg"))  # type: ignore[attr-defined]


def test_samples_compile() -> None:
    assert compiled([row[0] for row in READ_BY_HAND])


def test_every_command_compiles_inside_an_argument() -> None:
    """Brackets that do not match and signs that Typst reads are only signs there."""
    accents = [rf"\{mark}{{x y}}" for mark in ACCENTS]
    fonts = [rf"{font}{{LRx}} {font}{{12}} y" for font in FONTS]
    assert compiled([rf"\frac{{a {c} b}}{{{c}_{{1}}}}" for c in (*SYMBOLS, *accents, *fonts)])
