"""A letter as an editor holds it: its draft, where the draft stands in it, and new wording put back."""

from __future__ import annotations

from dataclasses import dataclass

from tonecheck.errors import InputError
from tonecheck.mail.draft import Draft
from tonecheck.mail.message import draft_of_bytes
from tonecheck.mail.origins import Origins, origins_of
from tonecheck.mail.write import rewritten
from tonecheck.report import Edit, Span
from tonecheck.serve.checking import MAX_TEXT

__all__ = ["Letter", "letter_of"]


@dataclass(frozen=True, slots=True)
class Letter:
    """The text of an open file and the Draft in it; `origins` is None where it cannot be pointed at."""

    file: str
    name: str
    draft: Draft
    origins: Origins | None

    def reworded(self, text: str) -> Edit | None:
        """The one change to the file that makes the draft say `text`; None where a file cannot say it."""
        try:
            new = rewritten(self.file.encode(), self.name, self.draft.text, text).decode()
        except (InputError, UnicodeError):
            return None
        start = _shared(self.file, new)
        tail = _shared(self.file[start:][::-1], new[start:][::-1])
        return _around_breaks(self.file, new, start, tail)


def letter_of(file: str, name: str) -> Letter:
    """The letter in a file's text; the name tells its kind. Raises InputError for what is none."""
    try:
        data = file.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{name}: character {error.start} is half of one (a lone surrogate)") from None
    draft = draft_of_bytes(data, name=name)
    if len(draft.text) > MAX_TEXT:
        raise InputError(f"{name}: more than {MAX_TEXT:,} characters, so it is not checked as you type")
    return Letter(file, name, draft, origins_of(file, name, draft.text))


def _shared(one: str, other: str) -> int:
    """How many characters the two begin with alike."""
    differs = (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differs, min(len(one), len(other)))


def _around_breaks(old: str, new: str, start: int, tail: int) -> Edit:
    """The change from `start` to `tail` characters before the end, never between \\r and \\n."""
    if old[start - 1 : start] == "\r":
        start -= 1
    if tail and old[len(old) - tail] == "\n":
        tail -= 1
    return Edit(Span(start, len(old) - tail), new[start : len(new) - tail], safe=False)
