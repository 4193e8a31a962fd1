"""HTML pages: whole by themselves, well formed, readable in a browser of any width and colour."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from string import ascii_letters
from xml.etree import ElementTree

import pytest
from browser import Browser, browser
from conftest import ROOT, find_tool, leave_out
from glyphs import characters, missing
from handmade import handmade
from hypothesis import given
from hypothesis import strategies as st
from test_formats import _wide_steps

import derive
from derive import formats
from derive.formats.html.fonts import PAGE
from derive.formats.html.mathematics import LEANS, displayed
from derive.formats.html.page import write
from derive.formats.html.pieces import GOES_ON, INFIX, entries, pieces, statements
from derive.solution.step import PartSolution
from derive.syntax.display.alphabets import styled
from derive.syntax.display.symbols import DELIMITERS, SYMBOLS

SETS = [entry.name for entry in derive.catalogue() if entry.questions]
MATHML = "math"
LOWER = r"\begin{bmatrix} -0.123 & -0.123 & 1 \\ 2 & 1 & 0 \end{bmatrix}"
MATRIX = r"\begin{bmatrix} 1 & 0 \\ 2 & 1 \end{bmatrix}"
WIDE = r"\begin{bmatrix} " + " & ".join(["-0.123"] * 8) + r" \end{bmatrix}"


@cache
def page(name: str) -> str:
    """A built-in set as a page; "wide" is every width of matrix and every length of sum."""
    if name != "wide":
        return str(derive.load(name).solve().render("html"))
    steps = [step for n in range(1, 9) for step in _wide_steps(n)]
    part = PartSolution("1", "", "", None, (), tuple(
        replace(step, id=f"q.1.{n}") for n, step in enumerate(steps)))
    return write(replace(handmade(), parts=(part,)))


def tree(text: str) -> ElementTree.Element:
    """The page as XML, which it is too."""
    return ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


PAGES = pytest.mark.parametrize("name", [*SETS, "wide"])


# ---- the file


@PAGES
def test_page_is_well_formed(name: str) -> None:
    root = tree(page(name))
    assert root.get("lang") == "en"
    assert root.findtext("head/title")
    found = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(found) == len(set(found)) > 1
    links = [node.get("href", "") for node in root.iter("a")]
    assert {link.removeprefix("#") for link in links} <= set(found)
    assert len(list(root.iter("h1"))) == 1


@PAGES
def test_page_needs_nothing_else(name: str) -> None:
    text = page(name)
    assert "<script" not in text
    assert "<link" not in text
    assert "@import" not in text
    sources = re.findall(r"(?:src=|url\()\"?([^\")]{0,40})", text)
    assert sources
    assert all(source.startswith("data:font/woff2;base64,") for source in sources)
    assert set(re.findall(r"https?://[^\"\s<]*", re.sub(r"base64,[^\"]*", "", text))) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}


@PAGES
def test_headings_go_down_one_by_one(name: str) -> None:
    levels = [int(node.tag[1]) for node in tree(page(name)).iter() if re.fullmatch(
        r"h\d", node.tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("name", SETS)
def test_every_display_offers_its_latex(name: str) -> None:
    root = tree(page(name))
    shown = [node for node in root.iter("div") if node.get("class") == "display"]
    sources = [node.findtext("details/pre/code") or "" for node in shown]
    assert shown
    assert all(re.fullmatch(r"\\begin\{(aligned|gathered)\}\n.*\\end\{\1\}", latex, re.DOTALL)
               for latex in sources)
    markdown = str(derive.load(name).solve().render("markdown"))
    aligned = markdown.count(r"\boxed{")
    assert sum(latex.count(r"\boxed{") for latex in sources) == aligned
    boxes = [node for node in root.iter("div") if "boxed" in node.get("class", "").split()]
    assert len(boxes) == aligned


def test_formulas_in_text_carry_their_latex() -> None:
    part = replace(handmade().parts[0], ask="Is $a < \\frac{1}{2}$?")
    root = tree(write(replace(handmade(), parts=(part,))))
    found = [node.text for head in root.iter("h2") for node in head.iter("annotation")]
    assert found == [r"a < \frac{1}{2}"]


HOSTILE = '</title></style><script>alert(1)</script>&amp; "x" \'y\' <img src=x onerror=alert(1)>'


def test_an_authors_words_stay_words() -> None:
    solved = handmade()
    part = replace(solved.parts[0], label="<b>1</b>", ask=HOSTILE, note=HOSTILE)
    text = write(replace(solved, title=HOSTILE, name=HOSTILE, parts=(part,)))
    root = tree(text)
    assert root.findtext("head/title") == HOSTILE
    assert not [node for node in root.iter() if node.tag in ("script", "img", "b")]
    assert "".join(root.find("body/main/div/h1").itertext()).startswith(HOSTILE)  # type: ignore


def test_a_formula_and_its_full_stop_stay_together() -> None:
    long = r"\frac{a}{b} \tanh(a, b, c, d, e, f, g, h, i, j, k)"
    part = replace(handmade().parts[0], ask=f"$x$. Of $x$, that ${long}$. So ${long}$")
    text = write(replace(handmade(), parts=(part,)))
    whole = [node for head in tree(text).iter("h2") for node in head.iter("span")
             if node.get("class") == "whole"]
    assert ["".join(node.itertext())[-2:] for node in whole] == ["x.", "x,", ")."]


def test_prose_keeps_its_form() -> None:
    text = """
title: Words
parts:
  - label: "1"
    ask: Say it.
    answer: |
      **Bold** & *slanted* `a < b`, $x < y$.

      1. one
      2. two

      - a
      - b

      > said

      | left | right |
      |------|------:|
      | `x`  | $x^2$ |

      $$\\frac{a}{b}$$

      ```
      x <- 1
      ```
"""
    root = tree(str(derive.Question.from_text(text).solve().render("html")))
    tags = {node.tag for node in root.iter()}
    assert {"strong", "em", "code", "ol", "ul", "blockquote", "table", "pre", MATHML} <= tags
    assert [len(node) for node in root.iter("ol")] == [2]
    assert "x <- 1" in [code.text for code in root.iter("code")]


# ---- pieces


@pytest.mark.parametrize(("latex", "expected"), [
    ("a + b - c", ["a", "{} + b", "{} - c"]), ("-a + b", ["-a", "{} + b"]),
    (r"{} \cdot W + b", [r"{} \cdot W", "{} + b"]), ("2 + (-3)", ["2", "{} + (-3)"]),
    (r"\left(a + b\right) - c", [r"\left(a + b\right)", "{} - c"]),
    (r"\left\{a + b\right\} - c", [r"\left\{a + b\right\}", "{} - c"]),
    (r"a \odot (1 - h_{t}^{2})", ["a", r"{} \odot (1 - h_{t}^{2})"]),
    (r"\lVert a + b \rVert", [r"\lVert a + b \rVert"]), (r"\{a + b\}", [r"\{a + b\}"]),
    (r"\frac{a + b}{c}", [r"\frac{a + b}{c}"]), ("a = -b + c", ["a = -b", "{} + c"]),
    (f"{MATRIX} {MATRIX}", [f"{MATRIX} {MATRIX}"]),
    (r"W^{\top} \operatorname{diag}(a_{t}) " * 4,
     [r"W^{\top} \operatorname{diag}(a_{t})",
      *[r"{} \cdot W^{\top} \operatorname{diag}(a_{t})"] * 3]),
    (rf"{WIDE}^\top {MATRIX} + x", [rf"{WIDE}^\top", rf"{{}} \cdot {MATRIX}", "{} + x"]),
    # what a telephone has no room for: a product with dots that wide pages do not show, and
    # brackets of one height that are open at the end of a line
    (r"W_{hh}^{\top} \operatorname{diag}(1 - aaaaaaaaaaaa) W \frac{a}{b}",
     [r"W_{hh}^{\top} \operatorname{diag}(1 - aaaaaaaaaaaa)", GOES_ON + r"W \frac{a}{b}"]),
    (rf"\tanh\left({LOWER} + {LOWER}\right)^\top",
     [rf"\tanh\left({LOWER}\right.", rf"\left. {{}} + {LOWER}\right)^\top"]),
    (rf"\log(\tanh({'a' * 20} - {'b' * 20}))",
     [rf"\log(\tanh({'a' * 20}", rf"{{}} - {'b' * 20}))"]),
    (rf"f({'a' * 20}, -{'b' * 20})", [rf"f({'a' * 20},", rf"-{'b' * 20})"]),
    (rf"\tanh\left({LOWER} + {'b' * 20}\right)", [rf"\tanh\left({LOWER} + {'b' * 20}\right)"]),
    (rf"\underbrace{{{'a' * 27}}}_{{q}} \underbrace{{V}}_{{s}}",
     [rf"\underbrace{{{'a' * 27}}}_{{q}}", GOES_ON + r"\underbrace{V}_{s}"]),
])
def test_where_a_formula_may_break(latex: str, expected: list[str]) -> None:
    assert pieces(latex) == expected


def test_where_text_may_break_in_a_formula() -> None:
    assert entries(r"c = 0, 1,\ m = 2") == ["c = 0, 1,", "m = 2"]
    assert statements(r"a = f(b = c) \approx d") == ["a", "{} = f(b = c)", r"{} \approx d"]


def test_line_may_close_a_bracket_of_the_one_before() -> None:
    inner = r"\left(a + b\right)"
    assert pieces(rf"{{}} + 3) - f{inner} - c") == ["{} + 3)", rf"{{}} - f{inner}", "{} - c"]
    assert pieces("-(1 + 2") == ["-(1 + 2"]


LETTERS = st.sampled_from(["a", "W", r"\frac{a + b}{c}", "x_{t-1}", r"\tanh(a - b)", MATRIX, WIDE])


@given(st.lists(st.tuples(st.sampled_from([" + ", " - ", r" \odot ", " "]), LETTERS), min_size=1))
def test_pieces_lose_nothing(terms: list[tuple[str, str]]) -> None:
    latex = "".join(sign + letter for sign, letter in terms).strip()
    added = re.compile(rf"{re.escape(GOES_ON)}|{re.escape(INFIX)}(\\cdot )?|\\left\. |\\right\.")
    joined = "".join(added.sub("", piece) for piece in pieces(latex))
    assert joined.replace(" ", "") == latex.replace(" ", "")
    assert all(piece.count("{") == piece.count("}") for piece in pieces(latex))


# ---- fonts


# they draw nothing: "times" and "of" for who listens
INVISIBLE = set("\u2061\u2062\u2063\n")
FOREIGN = set("中")      # of a title in the handmade sheet: the system's font has it


def test_font_has_every_sign_we_know() -> None:
    known = {c for node in SYMBOLS.values() for c in getattr(node, "text", "")}
    known |= {c for text in DELIMITERS.values() for c in text}
    known |= {c for font in ("bold", "italic", "bold-italic", "script", "double-struck", "sans",
                             "mono") for c in styled("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                                     "qrstuvwxyz0123456789αβγδεϵθϑφϕπρσω∂∇", font)}
    assert known - characters("math.woff2") <= INVISIBLE


@PAGES
def test_font_has_every_character_of_a_page(name: str) -> None:
    root = tree(page(name))
    math = {c for node in root.iter(MATHML) for c in "".join(node.itertext())}
    assert math - characters("math.woff2") <= INVISIBLE
    for named in root.findall(".//svg:title", {"svg": "http://www.w3.org/2000/svg"}):
        named.text = ""     # heard, not seen
    words = set("".join(root.find("body").itertext())) - math       # type: ignore[union-attr]
    assert words - FOREIGN - set("\n□⊠") <= characters("text-regular.woff2")


def test_brackets_sums_and_roots_grow() -> None:
    characters("math.woff2")
    from fontTools.ttLib import TTFont

    with TTFont(PAGE[0].path) as font:
        names, table = font.getBestCmap(), font["MATH"].table
        growing = set(table.MathVariants.VertGlyphCoverage.glyphs)
        assert {names[ord(c)] for c in "()[]{}|‖⌊⌋⌈⌉⟨⟩√∑∏∫"} <= growing
        assert {names[ord(c)] for c in "⏟⏞→"} <= set(
            table.MathVariants.HorizGlyphCoverage.glyphs)
        assert table.MathConstants.AxisHeight.Value > 0


def test_letters_leave_the_room_that_the_font_asks_for() -> None:
    """TeX's italic correction, which browsers leave out: the class is within 0.04 em of it."""
    from fontTools.ttLib import TTFont

    lean = {"leans": 0.07, "leans more": 0.12, "leans most": 0.21}
    letters = [*ascii_letters, *"ΓΠτνζξ"]
    with TTFont(PAGE[0].path) as font:
        names = font.getBestCmap()
        table = font["MATH"].table.MathGlyphInfo.MathItalicsCorrectionInfo
        known = {glyph: record.Value / font["head"].unitsPerEm for glyph, record in zip(
            table.Coverage.glyphs, table.ItalicsCorrection, strict=True)}
        for letter in letters:
            asked = known.get(names[ord(styled(letter, "italic"))], 0.0)
            given_room = lean[LEANS[letter]] if letter in LEANS else 0.0
            assert abs(given_room - asked) < (0.04 if letter in LEANS else 0.05), letter
    assert displayed("W V").count('class="leans m') == 2
    assert "leans" not in displayed(r"\mathrm{W} x")


def test_a_character_of_no_font_of_ours_is_found() -> None:
    assert missing("<main>a中<math><mi>x</mi><mo>\u2a00</mo></math>□<code>文</code></main>") == {
        "中", "\u2a00"}


def test_licence_stands_beside_the_fonts() -> None:
    folder = PAGE[0].path.parent
    assert "GUST Font License" in (folder / "GUST-FONT-LICENSE.txt").read_text(encoding="utf-8")
    said = (folder / "README.md").read_text(encoding="utf-8")
    assert all(word in said for word in ("New Computer Modern", "GUST Font License",
                                         "docs/fonts/subset.py"))
    assert (ROOT / "docs" / "fonts" / "subset.py").exists()
    assert sum(face.path.stat().st_size for face in PAGE) < 250_000


# ---- notebooks


def test_everything_shows_itself_as_html() -> None:
    question, whole = derive.load("q3"), derive.load("set_d")
    solution = question.solve()
    derivation = solution.derivation("dL/dV")
    verdict = question.check("dL/dh[1]", [1, 2, 3])
    for shown in (question, whole, solution, whole.solve(), derivation, derivation[0]):
        root = ElementTree.fromstring(shown._repr_html_())
        assert root.get("class") == "derive within"
        assert root.find(f".//{MATHML}") is not None
    wrong = ElementTree.fromstring(f"<div>{verdict._repr_html_()}</div>")
    assert len(wrong.findall(".//tbody/tr")) == len(verdict.entries)
    assert all(step.id in derivation._repr_html_() for step in derivation)


def test_style_in_a_notebook_keeps_to_itself() -> None:
    shown = derive.load("q3").solve().derivation("dL/dV")._repr_html_()
    style = re.sub(r"/\*.*?\*/", "", re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)[0],
                   flags=re.DOTALL)
    for _ in range(2):      # :is(a, b), :not(:has(..))
        style = re.sub(r"\([^()]*\)", "", style)
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@;]+?)\s*\{", style)
    assert len(selectors) > 50
    assert all(one.strip().startswith(".derive") for many in selectors for one in many.split(","))


# ---- in a browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(find_tool("chromium")) as found:
        yield found


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """``opened(name, width)`` shows a page in the browser."""
    def show(name: str, width: int, **how: object) -> Browser:
        path = tmp_path / f"{name}.html"
        path.write_text(page(name), encoding="utf-8")
        chromium.show(path, width, **how)  # type: ignore[arg-type]
        return chromium
    return show


# what sticks out of the page without being in a box of its own that scrolls
STICKING = """[...document.querySelectorAll('main *')].filter(node =>
    node.getBoundingClientRect().right > innerWidth + 0.5 &&
    !node.closest('.scrolls, .shown, .table, .unseen, pre, svg')).map(node => node.outerHTML
    .slice(0, 200))"""


@pytest.mark.parametrize("width", [390, 768, 1280])
@PAGES
def test_nothing_overflows(name: str, width: int, opened: Callable[..., Browser]) -> None:
    shown = opened(name, width)
    assert shown.run("document.documentElement.scrollWidth") <= width
    assert shown.run(STICKING) == []


@PAGES
def test_mathematics_is_in_our_font(name: str, opened: Callable[..., Browser]) -> None:
    """A character that our font lacks would come from another one, or as an empty box."""
    shown = opened(name, 1280)
    shown.ask("DOM.enable")
    shown.ask("CSS.enable")
    root = shown.ask("DOM.getDocument", depth=0)["root"]["nodeId"]
    nodes = shown.ask("DOM.querySelectorAll", nodeId=root,
                      selector="math :is(mi, mo, mn, mtext)")["nodeIds"]
    used = {font["familyName"] for node in nodes for font in
            shown.ask("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]}
    assert used == {"Derive Math"}


def test_matrices_have_brackets_of_their_height(opened: Callable[..., Browser]) -> None:
    shown = opened("set_a", 1280)
    heights = shown.run("""[...document.querySelectorAll('mtable')].map(table =>
        [table.getBoundingClientRect().height,
         table.previousElementSibling?.getBoundingClientRect().height])""")
    tall = [(table, bracket) for table, bracket in heights if bracket]
    assert len(tall) > 20
    assert all(bracket > 0.9 * table for table, bracket in tall)


@pytest.mark.parametrize(("name", "dark"), [
    (name, number % 2 == 1) for number, name in enumerate([*SETS, "wide"])])
def test_axe_finds_nothing_serious(name: str, dark: bool, opened: Callable[..., Browser]) -> None:
    """WCAG 2.1 A and AA: contrast, names, structure; what is inside formulas has no rules."""
    if find_spec("axe_core_python") is None:
        leave_out("the module axe_core_python is not installed")
    import axe_core_python

    shown = opened(name, 390 if dark else 1280, dark=dark)
    script = Path(axe_core_python.__path__[0], "axe.min.js").read_text(encoding="utf-8")
    shown.run(f"{script};0")
    found = json.loads(shown.run(
        "axe.run({exclude: ['math']}, {resultTypes: ['violations'], "
        "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        ".then(result => JSON.stringify(result.violations.map("
        "v => [v.impact, v.id, v.nodes[0].html])))"))
    assert [each for each in found if each[0] in ("serious", "critical")] == []


def test_dark_is_dark_and_paper_is_white(opened: Callable[..., Browser]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    levels = {}
    for dark, media in ((False, "screen"), (True, "screen"), (True, "print")):
        colour = opened("set_d", 1280, dark=dark, media=media).run(ground)
        levels[dark, media] = sum(map(int, re.findall(r"\d+", colour)[:3])) / 3
    assert levels[False, "screen"] == levels[True, "print"] == 255
    assert levels[True, "screen"] < 60


def test_folded_steps_print(opened: Callable[..., Browser]) -> None:
    shown = opened("set_a", 1280)
    height = "document.documentElement.scrollHeight"
    unfolded = shown.run(height)
    shown.run("document.querySelectorAll('.solution, .steps').forEach(d => d.open = false)")
    folded = shown.run(height)
    assert folded < unfolded / 2
    shown.ask("Emulation.setEmulatedMedia", media="print")
    assert shown.run(height) > 2 * folded
    assert shown.paper().startswith(b"%PDF")


def test_extension() -> None:
    assert formats.extension("html") == "html"


def test_a_style_of_ones_own_adds_to_ours(tmp_path: Path) -> None:
    (tmp_path / "sheet.css").write_text(
        '\\BLOCK{include "builtin/sheet.css"}\n.derive { --link: #7a0019; }\n')
    text = write(handmade(), templates=tmp_path)
    assert text.index(".derive .rows") < text.index("--link: #7a0019")
