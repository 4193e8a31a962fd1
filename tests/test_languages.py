"""Every sentence can be said in every language, and nothing of English is left on a page."""

from __future__ import annotations

import ast
import importlib
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT

import derive
from derive.cli import main
from derive.document.markscheme import for_markers
from derive.document.sections import sections
from derive.errors import DeriveError
from derive.expr.nodes import Expr, Number
from derive.formats.sentences import spoken
from derive.languages import ENGLISH, LANGUAGES, TABLES, known, phrasebook, remark
from derive.languages.phrasebook import HOLE, Phrasebook, holes
from derive.solution.rules import RULES
from derive.solution.words import Sentence, Verbatim

OTHERS = sorted(set(LANGUAGES) - {ENGLISH})
TEMPLATES = sorted((ROOT / "templates").rglob("*.jinja"))
GERMAN = ["deutsch", "deutsch_softmax"]
# what a German text never holds
FUNCTION_WORDS = re.compile(
    r"\b(the|and|of|is|are|with|for|by|that|this|its|from|where|each|every|marks?|given|lines?|"
    r"checked|find|solution|about|words?|rows?|columns?|steps?|to|right|wrong|prove)\b", re.I)
# what a format writes around its words
NO_WORDS = {
    "markdown": r"<!--.*?-->|<br>|\\\w+",
    "latex": r"\A.*?\\begin\{document\}|%[^\n]*|\\(?:begin|end)\{\w+\*?\}|\\\w+",
    "exam": r"\A.*\n\\begin\{document\}|%[^\n]*|\\(?:begin|end)\{\w+\*?\}|\\\w+",
    "html": r"<style>.*?</style>|<pre.*?</pre>|<[^>]*>|\\\w+",
}


def rows(language: str) -> dict[str, str]:
    book = phrasebook(language)
    return {**book.sentences, **book.words, **importlib.import_module(TABLES[language]).REMARKS}


def sentences(block: Any) -> Iterator[Sentence]:
    """Yield all sentences of a block, those inside others too."""
    if isinstance(block, Sentence):
        yield block
        block = [Sentence(part) if isinstance(part, str) else part for part in block.parts
                 if not isinstance(part, Verbatim)]
    if isinstance(block, (tuple, list)):
        for part in block:
            yield from sentences(part)
    elif is_dataclass(block) and not isinstance(block, (Expr, Sentence)):
        for field in fields(block):
            yield from sentences(getattr(block, field.name))


def unknown(solved: Any, language: str) -> list[str]:
    """Return the sentences of a sheet and of its marking scheme that cannot be said in a language.
    """
    said = [s.text for version in (solved, for_markers(solved))
            for section in sections(version, "full", ()) for s in sentences(section.blocks)]
    return [text for text in dict.fromkeys(said) if phrasebook(language).say(text) is None]


def test_there_is_another_language() -> None:
    assert OTHERS
    assert set(TABLES) == set(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_rule_is_translated(rule: str, language: str) -> None:
    said = RULES[rule].title, RULES[rule].why
    for text in (text.replace("()", where) for text in said for where in ("", " ({})")):
        found = phrasebook(language).say(text)
        assert found is not None, text
        assert sorted(found.order) == list(range(text.count("{}")))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", sorted(e.name for e in derive.catalogue() if e.kind == "question"))
def test_built_in_question_is_translated(name: str, language: str) -> None:
    question = derive.load(name)
    assert isinstance(question, derive.Question)
    assert unknown(question.solve().at("full"), language) == []


def composed() -> Iterator[tuple[str, str]]:
    """Yield every sentence that stands whole in the source, with where it stands."""
    for path in sorted(Path(derive.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence"
                    and node.args and isinstance(node.args[0], ast.Constant)):
                yield str(node.args[0].value), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("language", OTHERS)
def test_sentence_of_the_source_is_translated(language: str) -> None:
    """A sentence may stand in no test's question; it is found where it is written."""
    found = list(composed())
    assert len(found) > 40
    assert [(text, where) for text, where in found if phrasebook(language).say(text) is None] == []


def test_a_sentence_without_translation_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "derive"):
        for _ in range(2):
            assert spoken(Sentence("Nobody says this."), "de") == Sentence("Nobody says this.")
    assert [record.getMessage() for record in caplog.records] == [
        "not translated to de, so it stays English: Nobody says this."]


@pytest.mark.parametrize("language", OTHERS)
def test_labels_of_an_author_stay_as_they_are(language: str) -> None:
    said = spoken(Sentence("Follow-through from {}.", (Verbatim("the first, (b)"),)), language)
    assert said.parts == ("the first, (b)",)
    assert said.text != "Follow-through from {}."


@pytest.mark.parametrize("language", OTHERS)
def test_translation_has_the_places_of_its_phrase(language: str) -> None:
    for phrase, translation in rows(language).items():
        ours, theirs = holes(phrase), holes(translation)
        numbered = [int(hole[1]) for hole in theirs if hole[1].isdigit()]
        if numbered:
            assert sorted(numbered) == list(range(1, len(ours) + 1)), phrase
            assert len(numbered) == len(theirs), phrase
        else:
            assert ours == theirs, phrase


@pytest.mark.parametrize("language", OTHERS)
def test_no_phrase_is_in_two_tables(language: str) -> None:
    package = importlib.import_module(TABLES[language])
    tables = [getattr(package, name) for name in vars(package)
              if name.isupper() and name not in ("SENTENCES", "WORDS", "REMARKS")]
    twice = [phrase for phrase, count in Counter(p for table in tables for p in table).items()
             if count > 1]
    assert len(tables) > 1
    assert twice == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_words_of_a_template_are_translated(path: Any, language: str) -> None:
    calls = re.findall(r"say\(([^}]*)\)", path.read_text(encoding="utf-8"))
    words = {w.replace("{{", "{") for call in calls for w in re.findall(r'"([^"]+)"', call)}
    words -= {" for"}       # behind and, where
    assert words <= phrasebook(language).words.keys() | {"~", " "}


@pytest.mark.parametrize("name", GERMAN)
@pytest.mark.parametrize("format_name", sorted(NO_WORDS))
def test_nothing_english_is_left_on_a_german_page(name: str, format_name: str) -> None:
    question = derive.load(ROOT / "tests" / "questions" / f"{name}.yaml")
    page = question.solve().render(format_name, detail="full")
    text = re.sub(NO_WORDS[format_name], " ", page, flags=re.DOTALL)
    assert FUNCTION_WORDS.findall(text) == []
    assert len(re.findall(r"Ableitung", text)) > 3


@pytest.mark.parametrize("version", ["student", "markscheme"])
@pytest.mark.parametrize("format_name", ["markdown", "latex", "html"])
def test_nothing_english_is_left_on_a_german_version(format_name: str, version: str) -> None:
    question = derive.load(ROOT / "tests" / "questions" / "deutsch.yaml")
    page = question.solve().render(format_name, **{version: True})
    text = re.sub(NO_WORDS[format_name], " ", page, flags=re.DOTALL)
    assert FUNCTION_WORDS.findall(text) == []
    assert ("Bewertungsschema" in text) == (version == "markscheme")


@pytest.mark.parametrize("format_name", ["latex", "markdown", "html", "typst"])
def test_language_changes_words_alone(format_name: str) -> None:
    solution = derive.load(ROOT / "tests" / "questions" / "deutsch.yaml").solve()
    ours, theirs = (solution.render(format_name, language=code) for code in ("de", "en"))
    numbers = [re.findall(r"\d+\.\d+", page) for page in (ours, theirs)]
    assert numbers[0] == numbers[1]
    assert ours == solution.render(format_name) != theirs
    assert "Die Ableitung nach" in ours
    assert "The derivative with respect to" in theirs


def test_set_is_in_one_language() -> None:
    text = "language: de\nquestions: [softmax_cross_entropy, sigmoid_squared_error]"
    page = derive.QuestionSet.from_text(text).solve().render("markdown")
    assert "| Aufgabe | Teile | Punkte |" in page
    assert page.count("## Gegeben") == 2
    assert "The derivative" not in page


def test_phrases_follow_each_other_and_parts_change_places() -> None:
    book = Phrasebook({"{} enters {*} for every {}": "{3}: {2} liest {1}", "Here {}": "Hier {}",
                       "and": "und"}, {})
    found = book.say("{} enters {}, {} and {} for every {}. Here {}; {}.")
    assert found is not None
    assert found.text == "{}: {}, {} und {} liest {}. Hier {}; {}."
    assert found.order == (4, 1, 2, 3, 0, 5, 6)
    assert book.say("Here {} or {}") is None


def test_unknown_sentence_stays_as_it_is() -> None:
    parts = (Number(1),)
    assert spoken(Sentence("Nobody knows {} here.", parts), "de") == Sentence(
        "Nobody knows {} here.", parts)


def test_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(DeriveError, match=r"no language 'fr'.*en, English, and de, Deutsch"):
        known("fr")
    with pytest.raises(DeriveError, match=r"2:11: no language 'deu'"):
        derive.Question.from_text("title: x\nlanguage: deu\nsymbols: {a: scalar}\n"
                                  "parts: [{find: d(a*a)/da}]")


def test_command_line_names_the_languages() -> None:
    done = CliRunner().invoke(main, ["render", "q3", "--language", "fr", "-o", "-"])
    assert done.exit_code == 2
    assert done.output.splitlines() == [
        "no language 'fr' (there are en, English, and de, Deutsch)"]


def test_holes_are_found() -> None:
    assert holes("{} and {*}, {#} of {@}: {code} {name} {things} {2}") == [
        "{}", "{*}", "{#}", "{@}", "{code}", "{name}", "{things}", "{2}"]
    assert HOLE.findall("no holes") == []


MARKING = ROOT / "derive/marking"
REASONS = ["slips", "mutations", "fitting", "rounding", *sorted(
    f"submission/{room}/{path.stem}" for room in ("judging", "mistakes")
    for path in (MARKING / "submission" / room).glob("[!_]*.py"))]
FILLINGS = ("x[1]", "3", "first", "sum", "mean", "large", "row", "")
MOST_HOLES = 3
# parts of a reason that stand in the source apart from each other, and names
PIECES = re.compile(r"is written over|what ~ is about|^; worked out from $|^~~~ as found before$|"
                    "^(sign of an entry|shapes do not fit|transpose of a factor|order of factors)$")
NO_REASON = ("Slip", "Mutation", "Misstep", "DeriveError", "compile")


def reasons(path: Path) -> Iterator[Any]:
    """Yield the strings of a module with several words, but for documentation and names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)) and (
                ast.get_docstring(node) is not None):
            apart.append(node.body[0])
        called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(
            node, ast.Call) else ""
        named = called in NO_REASON
        if named or isinstance(node, (ast.Assert, ast.Raise)):
            apart.append(node)
        if isinstance(node, ast.JoinedStr):
            apart += node.values
    left_out = {id(inner) for node in apart for inner in ast.walk(node)}
    strings = (node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.Constant)))
    yield from (node for node in strings if id(node) not in left_out
                and filled(node, ("~",) * 9).count(" ") > 2)


def filled(node: Any, filling: tuple[str, ...]) -> str:
    """Return a string of the source with words in its holes."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    words = iter(filling)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else next(words)
                   for part in node.values)


def test_reasons_of_marks_are_found() -> None:
    assert len([node for name in REASONS for node in reasons(MARKING / f"{name}.py")]) > 50


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", REASONS)
def test_reason_of_a_mark_is_translated(name: str, language: str) -> None:
    for node in reasons(MARKING / f"{name}.py"):
        count = sum(not isinstance(p, ast.Constant) for p in getattr(node, "values", ()))
        words = FILLINGS if count <= MOST_HOLES else ("x[1]", "wrong")
        said = (filled(node, some) for some in product(words, repeat=count))
        plain = filled(node, ("~",) * count)
        is_said = PIECES.search(plain) or any(remark(s, language) != s for s in said)
        assert is_said, f"a row in derive/languages/*/remarks.py is missing: {plain}"
