"""What a mail's headers say about it: who wrote it to whom, when, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tonecheck.mail.addresses import RECIPIENT_HEADERS, addresses_in, is_among
from tonecheck.mail.message import sent_date
from tonecheck.mail.parts import head_of
from tonecheck.scan.entry import digest

__all__ = ["Head", "head_in"]

MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
MOST_REFERENCES = 100


@dataclass(frozen=True, slots=True)
class Head:
    """`references` are the Message-IDs of older mails of the thread, the oldest first."""

    key: bytes
    message_id: str | None
    references: tuple[str, ...]
    answers: tuple[str, ...]
    sender: str
    recipients: tuple[str, ...]
    sent: datetime | None

    @property
    def thread(self) -> str | None:
        """The Message-ID of the thread's first mail, as far as this one knows."""
        return next(iter((*self.references, *self.answers)), self.message_id)

    @property
    def older(self) -> Iterator[str]:
        """What it may answer, the likeliest first."""
        yield from dict.fromkeys((*self.answers, *reversed(self.references)))

    def is_from(self, own: Sequence[str]) -> bool:
        """Whether one of the own domains wrote it."""
        return is_among(self.sender, own)

    def is_sent_by(self, own: Sequence[str]) -> bool:
        """Whether one of the own domains wrote it to somebody else; nobody named is somebody else."""
        if not self.is_from(own):
            return False
        return not self.recipients or any(not is_among(name, own) for name in self.recipients)


def head_in(mail: bytes) -> Head:
    """The head of a mail. Raises InputError for headers that are built to hang a reader."""
    head = head_of(mail)
    ids = [
        MESSAGE_ID.findall(str(head.get(n, ""))[:60_000]) for n in ("Message-ID", "References", "In-Reply-To")
    ]
    own_id = ids[0][0] if ids[0] else None
    told = (str(head.get(name, "")) for name in ("From", "Date", "Subject"))
    senders = addresses_in(head, "From") or addresses_in(head, "Sender")
    return Head(
        # A Message-ID alone does not do: some programs give all their mails the same.
        key=digest(own_id, *told) if own_id else digest(mail),
        message_id=own_id,
        references=tuple(ids[1][-MOST_REFERENCES:]),
        answers=tuple(ids[2][:MOST_REFERENCES]),
        sender=senders[0].strip().casefold() if senders else "",
        recipients=tuple(name.strip().casefold() for name in addresses_in(head, *RECIPIENT_HEADERS) if name),
        sent=sent_date(head),
    )
