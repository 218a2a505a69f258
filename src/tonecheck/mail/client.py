"""The client's message: the topmost quoted mail, and the head that says when it was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tonecheck.mail.dates import sent_at
from tonecheck.mail.lines import Line
from tonecheck.mail.quotes import head_at

__all__ = ["Quoted", "quoted_mail"]

MARKS = re.compile(r"[ \t]*(?:>[ \t]?)++")
SENT = re.compile(
    r"[ \t>*]*+(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Skickat"
    r"|Sendt|Wysłano)"
    r"[ \u00a0]?\*?:\*?(.+)",
    re.IGNORECASE,
)
# A ticket system writes the date on a line of its own, near the top of the old message.
OWN_LINE = 60
NEAR_TOP = 8


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of the topmost quoted mail, and the lines above them."""

    text: str
    head: tuple[str, ...]

    def sent(self, like: datetime) -> datetime | None:
        """When it was sent, by its own head; in the zone of `like` where it names none."""
        dated = [match[1] for line in self.head if (match := SENT.match(line))]
        moments = (sent_at(words, like) for words in (*dated, " ".join(self.head)))
        return next((moment for moment in moments if moment is not None), None)


def quoted_mail(lines: Sequence[Line]) -> Quoted | None:
    """The mail that the draft answers, or None. Deeper quotes in it are older mail."""
    old = [line for line in lines if line.kind in {"quote", "forward", "attribution"}]
    words: list[str] = []
    head: list[str] = []
    begun = False
    for text, is_head, depth, has_marks in _old_lines(old):
        if is_head and not begun:
            head.append(text.strip())
        elif is_head and not has_marks:
            break
        elif not is_head and depth <= 1:
            words.append(text)
            begun = begun or bool(text.strip())
    top = _ticket_head(words)
    head += map(str.strip, words[:top])
    message = "\n".join(words[top:]).strip()
    return Quoted(message, tuple(head)) if message else None


def _ticket_head(words: Sequence[str]) -> int:
    """How many lines a ticket system wrote above the message: a name, and the date below it."""
    top = [i for i, line in enumerate(words[:NEAR_TOP]) if line.strip()][:2]
    short = all(len(words[i]) <= OWN_LINE for i in top)
    dated = [i for i in top if short and sent_at(words[i], datetime.min) is not None]
    return dated[0] + 1 if dated else 0


def _old_lines(old: Sequence[Line]) -> Iterator[tuple[str, bool, int, bool]]:
    """Each line without its `>`, whether it is a mail's head, how deep it is quoted, and if by `>`."""
    marks = [match[0] if (match := MARKS.match(line.text)) else "" for line in old]
    bare = [replace(line, text=line.text[len(m) :], kind="") for m, line in zip(marks, old, strict=True)]
    i = 0
    while i < len(old):
        count = head_at(bare, i) or (old[i].kind == "attribution")
        for k in range(i, i + max(count, 1)):
            yield bare[k].text, bool(count), marks[k].count(">") + old[k].depth, bool(marks[k])
        i += max(count, 1)
