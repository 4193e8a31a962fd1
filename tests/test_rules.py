"""The catalogue of rules and the steps that use it agree, both ways."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from derive.api import load
from derive.solution.rules import RULES, say, say_lists, title
from derive.solution.step import deep

CATALOGUE = ROOT / "derive" / "solution" / "rules.py"
SOURCES = sorted(p for p in CATALOGUE.parent.rglob("*.py") if p != CATALOGUE)
QUESTIONS = sorted((ROOT / "tests" / "questions").glob("*.yaml"))
PLACES = {"say": 0, "say_lists": 0, "title": 0, "Step": 1}  # where each takes the rule's name


def trees() -> Iterator[ast.Module]:
    return (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES)


def words(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def asked_for(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (function, rule) for every call that names a rule."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = PLACES.get(node.func.id, len(node.args))
            for argument in node.args[place:place + 1]:
                results = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [
                    argument]
                yield from ((node.func.id, name) for part in results for name in words(part))


USES = sorted({use for tree in trees() for use in asked_for(tree)})


@pytest.mark.parametrize(("function", "rule"), USES)
def test_rule_that_is_named_exists_and_has_the_words(function: str, rule: str) -> None:
    assert rule in RULES
    if function in ("say", "say_lists"):
        assert RULES[rule].why
    if function == "title":
        assert RULES[rule].title


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rule_is_used(rule: str) -> None:
    assert any(rule in words(tree) for tree in trees())


@pytest.mark.parametrize("rule", sorted(r.name for r in RULES.values() if r.title))
def test_title_is_used(rule: str) -> None:
    assert ("title", rule) in USES


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_step_is_under_a_rule_of_the_catalogue(path: Path) -> None:
    solution = load(path).solve()
    assert {s.rule for part in solution.solved.parts for s in deep(part.steps)} <= RULES.keys()


def test_sentence_has_a_place_for_every_part() -> None:
    assert say("readers", 1, 2).text.count("{}") == 2
    many = say_lists("readers many", [1], [2, 3, 4])
    assert many.text == "{} enters {}, {}, {}, and every way counts (chain rule)."
    assert many.parts == (1, 2, 3, 4)
    assert title("chain", 1).text.count("{}") == 1
