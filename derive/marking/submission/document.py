"""Reading the file somebody handed in: its size is limited before anything is understood."""

from __future__ import annotations

from pathlib import Path

from derive.errors import DeriveError, Place
from derive.syntax.read_latex.documents import LONGEST_DOCUMENT

__all__ = ["read_submission"]


def read_submission(path: Path) -> str:
    """Return a submission's text; what is no text, or too long, is refused."""
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * LONGEST_DOCUMENT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DeriveError(f"cannot be read: {reason}", Place(str(path))) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(data) <= 4 * LONGEST_DOCUMENT:
            raise DeriveError(f"this is not UTF-8 text: byte 0x{data[error.start]:02x}",
                              Place(str(path)), "save it as UTF-8") from None
        text = ""
    if not 0 < len(text) <= LONGEST_DOCUMENT and data:
        raise DeriveError(f"longer than {LONGEST_DOCUMENT} characters: nobody writes this by hand",
                          Place(str(path)))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
