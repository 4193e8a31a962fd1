r"""The templates: \VAR{..} and \BLOCK{..}, nothing undefined, a user's before the built-in ones.

The macros of ``blocks.*`` are looked up one by one: a user's file of that name may hold a single
macro and leave the others as they are.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
)

from derive.errors import DeriveError, Place, nearest
from derive.formats.templates_location import templates_folder
from derive.languages import ENGLISH, phrasebook

__all__ = ["macros", "readable_failures", "render"]

BUILT_IN = "builtin"
_MACRO = r"^.*\{{\s*macro\s+{}\b"


class Missing(StrictUndefined):
    """A name that is not there: a field of a block is told with the nearest one."""

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if isinstance(holder, Mapping):
            meant = nearest(str(name), holder) or f"the fields are {', '.join(holder)}"
            return f"there is no field {name!r} ({meant})"
        return str(super()._undefined_message)


@cache
def environment(folder: str, user: Path | None, language: str) -> Environment:
    """Return the templates of one format; the built-in ones are also there as ``builtin/NAME``.

    ``say("{} words", 12)`` is in the language of the sheet, whose code is ``language``.
    """
    own = templates_folder() / folder
    _require_something(user, folder, own)
    places = [user / folder, user] if user else []
    found = FileSystemLoader([*places, own])
    built_in = PrefixLoader({BUILT_IN: FileSystemLoader(own)})
    templates = Environment(
        loader=ChoiceLoader([found, built_in]), undefined=Missing, autoescape=False,
        block_start_string=r"\BLOCK{", block_end_string="}", trim_blocks=True, lstrip_blocks=True,
        variable_start_string=r"\VAR{", variable_end_string="}", keep_trailing_newline=True,
        comment_start_string=r"\#{", comment_end_string="}", auto_reload=False,
    )
    words = phrasebook(language)
    templates.globals |= {
        "language": language, "say": lambda text, *parts: words.word(text).format(*parts)}
    templates.filters["rewritten"] = _rewritten
    return templates


def _rewritten(text: str, pattern: str, by: str) -> str:
    """Replace a regular expression: a notation of a course's own."""
    return re.sub(pattern, by, text)


def _require_something(user: Path | None, folder: str, own: Path) -> None:
    """Refuse a folder of the user's that replaces nothing: most likely a slip in a name."""
    names = sorted(path.name for path in own.iterdir())
    if user and not any((place / name).is_file() for place in (user / folder, user)
                        for name in names):
        raise DeriveError(f"{user} holds no template of this format",
                          remedy=f"a template there is called {' or '.join(names)}")


def macros(folder: str, user: Path | None, name: str, language: str = ENGLISH) -> Mapping[str, Any]:
    """Return the macros of a template by name, the user's before the built-in ones."""
    templates = environment(folder, user, language)
    files = (f"{BUILT_IN}/{name}", name) if user else (name,)
    found: dict[str, Any] = {}
    with readable_failures(folder, user):
        for file in files:
            template = templates.get_template(file)
            _refuse_slips(template, found)
            found.update(vars(template.module))
    return found


def _refuse_slips(template: Template, known: Mapping[str, Any]) -> None:
    """Refuse a macro of the user's that nothing calls and that is named nearly as a block is."""
    if not known or not template.filename:
        return
    source = Path(template.filename).read_text(encoding="utf-8")
    for name in vars(template.module).keys() - known.keys():
        meant = nearest(name, known)
        found = re.search(_MACRO.format(re.escape(name)), source, re.MULTILINE)
        if meant and found and len(re.findall(rf"\b{re.escape(name)}\(", source)) == 1:
            place = Place(template.filename, source.count("\n", 0, found.start()) + 1)
            raise DeriveError(f"in the template: no block `{name}`", place, meant)


def render(folder: str, user: Path | None, name: str, context: Mapping[str, Any],
           language: str = ENGLISH) -> str:
    with readable_failures(folder, user):
        return environment(folder, user, language).get_template(name).render(context)


@contextmanager
def readable_failures(folder: str, user: Path | None) -> Iterator[None]:
    """Turn whatever goes wrong in a template into one `DeriveError` with its file and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        place = Place(error.filename or error.name or "", error.lineno)
        raise DeriveError(f"in the template: {error.message}", place) from error
    except re.error as error:
        told = f"in the template: {error.msg} in {error.pattern!r}"
        raise DeriveError(told, _place(error)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise DeriveError(f"in the template: {_say(error)}", _place(error)) from error
    except OSError as error:
        raise DeriveError(f"{error.filename}: {error.strerror}") from error


def _say(error: Exception) -> str:
    return str(error) or type(error).__name__


def _place(error: Exception) -> Place | None:
    """Return the innermost line of a template in a traceback (Jinja2 rewrites most of them)."""
    found: Place | None = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found = Place(template.filename or template.name or "",
                          template.get_corresponding_lineno(line))
        elif "__jinja_exception__" in frame.f_globals:
            found = Place(frame.f_code.co_filename, line)
    return found
