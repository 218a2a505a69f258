"""Mailboxes as the standard library writes them, and rows as a scan does."""

from __future__ import annotations

import json
import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

OWN = ("--own-domain", "acme.example")
COMPLAINT = "My pump number {} leaks again and the floor is wet. Who pays for the electrician?"
REPLY = "Apparently pump number {} is not working. Our supplier let us down, so there is nothing we can do for you."


def complaint(number: int) -> EmailMessage:
    """What client number so-and-so wrote, at 9 in the morning."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@client.example>", "help@acme.example", "Pump"
    mail["Date"] = f"Mon, {1 + number % 28:02} Jun 2026 09:00:00 +0000"
    mail["Message-ID"] = f"<c{number}@client.example>"
    mail.set_content(COMPLAINT.format(number))
    return mail


def reply(number: int, to: str = "ann@client.example", text: str = REPLY) -> EmailMessage:
    """The reply to it, two hours later, which quotes nothing."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Jo <jo@acme.example>", to, "Re: Pump"
    mail["Date"] = f"Mon, {1 + number % 28:02} Jun 2026 11:00:00 +0000"
    mail["Message-ID"] = f"<r{number}@acme.example>"
    mail["References"] = f"<c{number}@client.example>"
    mail.set_content(text.format(number))
    return mail


def mbox(path: Path, mails: list[EmailMessage]) -> Path:
    """An mbox of these mails."""
    box = mailbox.mbox(path)
    for mail in mails:
        box.add(mail)
    box.close()
    return path


def maildir(path: Path, mails: list[EmailMessage]) -> Path:
    """A Maildir of these mails."""
    box = mailbox.Maildir(path)
    for mail in mails:
        box.add(mail)
    box.close()
    return path


def rows(text: str) -> list[dict[str, Any]]:
    """The rows in a scan's output."""
    return [json.loads(line) for line in text.splitlines()]


def names(path: Path) -> list[str]:
    """The ids of a scan's rows, in order of their names."""
    return sorted(str(row["id"]) for row in rows(path.read_text("utf8")))


def cut(data: bytes, at: int) -> Iterator[bytes]:
    """The bytes up to a place, and those behind it."""
    yield data[:at]
    yield data[at:]
