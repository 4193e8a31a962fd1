"""What shows itself in a notebook: questions, solutions, derivations, steps."""

from __future__ import annotations

import re

import pytest

import derive
from derive.question.keys.choose import Choose
from derive.solution.step import deep

NAMES = [entry.name for entry in derive.catalogue()]
SOLVED = ["q3", "convolutions", "bptt_symbols", "rnn_choice"]


def dollars_are_paired(markdown: str) -> bool:
    """Displays stand on lines of their own; what is left has an even number of dollars a line."""
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return "```math" not in markdown and "$`" not in markdown and all(
        line.replace("\\$", "").count("$") % 2 == 0 for line in rest.split("\n"))


@pytest.mark.parametrize("name", NAMES)
def test_question_shows_what_is_asked(name: str) -> None:
    question = derive.load(name)
    shown = question._repr_markdown_()
    assert dollars_are_paired(shown)
    assert shown.startswith(f"# {question.title}")
    if isinstance(question, derive.Question):
        assert all(part.label in shown for part in question.source.parts)


def test_a_question_shows_its_options_and_not_which_are_right() -> None:
    question = derive.load("rnn_choice")
    assert isinstance(question, derive.Question)
    markdown, page = question._repr_markdown_(), question._repr_html_()
    options = [o for part in question.source.parts for task in part.tasks
               if isinstance(task, Choose) for o in task.options]
    assert markdown.count("- [ ] (") == page.count("□") == len(options) > 5
    assert "[x]" not in markdown
    assert re.search(r"⊠|(?i:\bright\b|\bwrong\b)", page.partition('class="choices"')[2]) is None
    assert not any(option.why and option.why in markdown for option in options)


@pytest.mark.parametrize("name", SOLVED)
def test_solution_is_the_markdown_sheet_between_dollars(name: str) -> None:
    solution = derive.load(name).solve()
    shown = solution._repr_markdown_()
    assert dollars_are_paired(shown)
    assert shown.count("$$") == 2 * solution.render("markdown").count("```math")
    assert solution._repr_latex_().count("aligned") == shown.count("{aligned}")


def test_derivation_is_a_sequence_of_steps_that_show_themselves() -> None:
    solution = derive.load("q3").solve()
    derivation = solution.derivation("dL/dV")
    assert [step.id for step in derivation] == [step.id for step in derivation[:]]
    assert isinstance(derivation, derive.Derivation)
    assert isinstance(derivation[0], derive.Step)
    whole = derivation._repr_markdown_()
    assert dollars_are_paired(whole)
    for step in derivation:
        assert step._repr_markdown_().strip() in whole
        assert "$$" in step._repr_latex_() or not step.lines
        assert solution.steps[step.id] == derivation.step(step.id) == step
    with pytest.raises(KeyError, match=re.escape(derivation[1].id)):
        derivation.step(derivation[1].id + "x")


def test_steps_inside_steps_are_found() -> None:
    solution = derive.load("convolutions").solve()
    inner = [step.id for part in solution.solved.parts for outer in part.steps
             for step in deep(outer.substeps)]
    assert set(inner) <= set(solution.steps)
    for name, step in solution.steps.items():
        assert [s.id for s in step.substeps] == [s.id for s in step.own.substeps], name
