"""From bytes to text: the limits that hold before anything in a question file is understood."""

from __future__ import annotations

import os
import re
from pathlib import Path

from derive.errors import DeriveError, Place

__all__ = ["MOST_BYTES", "checked_text", "decoded", "plain_lines", "read_bytes", "read_text"]

MOST_BYTES = 1 << 20  # a question with two 256 x 256 matrices is about half of it

# YAML's own list of printable characters, without the line breaks that only YAML knows
ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
                 "\U00010000-\U0010ffff]")


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a question file; at most one byte beyond the limit is ever read."""
    file = os.fspath(path)
    data = read_bytes(path, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise _too_large(file)
    return decoded(data, file)


def read_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """Read a file that somebody else has made; one byte beyond *most* tells that it is longer."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DeriveError(f"cannot be read: {reason}", Place(os.fspath(path))) from None


def plain_lines(text: str) -> str:
    """Return a text with plain line ends and without the mark that some editors put first."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def checked_text(text: str, file: str) -> str:
    """Return *text* with plain line ends, or say which character has no place in it."""
    if len(text) > MOST_BYTES:
        raise _too_large(file)
    text = plain_lines(text)
    odd = ODD.search(text)
    if odd:
        what = f"the character {odd.group()!a} has no place in a question file"
        raise DeriveError(what, _place(text, odd.start(), file), "remove it")
    return text


def decoded(data: bytes, file: str) -> str:
    """Return the text of UTF-8 bytes, or say where they are not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[:error.start].decode("utf-8")
        raise DeriveError(f"this file is not UTF-8 text: byte 0x{data[error.start]:02x}",
                          _place(good, len(good), file), "save it as UTF-8") from None


def _place(text: str, offset: int, file: str) -> Place:
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(file, text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _too_large(file: str) -> DeriveError:
    return DeriveError(f"larger than {MOST_BYTES >> 20} MiB: this is not a question file",
                       Place(file))
