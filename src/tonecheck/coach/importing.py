"""Sent replies with the messages that they answer, out of mailboxes, with people taken out of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tonecheck.coach.people import Person, people_by_given_name, people_in_draft, people_in_head, stand_ins
from tonecheck.coach.removing import Cut, cuts_in
from tonecheck.errors import TonecheckError
from tonecheck.mail.draft import Draft, draft_of, few_words
from tonecheck.mail.files import sized
from tonecheck.mail.message import draft_of_mail
from tonecheck.mail.parts import head_of
from tonecheck.report import Span
from tonecheck.scan.entry import Entry, digest
from tonecheck.scan.run import Input, left, survey

__all__ = ["Exchange", "Tally", "exchange_of", "import_mails"]

BATCH = 50  # as many as are lost where an import is killed, and read again by the next one
LONGEST = 20_000  # characters; nobody practises on more


@dataclass(frozen=True, slots=True)
class Exchange:
    """A client's message and the reply as they were sent, and what is to go from each."""

    key: str
    client: str
    reply: str
    client_cuts: tuple[Cut, ...]
    reply_cuts: tuple[Cut, ...]


@dataclass(slots=True)
class Tally:
    """What became of the mails of an import."""

    read: int = 0
    kept: int = 0
    unfit: int = 0
    errors: int = 0


def import_mails(
    given: Input,
    known: set[bytes],
    keep: Callable[[list[Exchange]], int],
    *,
    region: str | None = None,
    begin: Callable[[int], None] = lambda _: None,
    progress: Callable[[Tally], None] = lambda _: None,
    complain: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Hand every reply that is not `known` to `keep`, batch by batch, which says how many were new.

    `begin` is told how many are to be read. Memory grows by about 100 bytes a mail, for the keys.
    """
    count, threads = survey(given, known)
    begin(count)
    tally, batch = Tally(), list[Exchange]()
    for entry in left(given, frozenset(), threads, known):
        tally.read += 1
        try:
            exchange = exchange_of(entry, region)
        except Exception as error:  # one odd mail must not end the run; its words stay out of the message
            tally.errors += 1
            told = str(error) if isinstance(error, TonecheckError) else f"stopped with {type(error).__name__}"
            complain(f"{entry.place}: {told.removeprefix(f'{entry.place}: ')}")
        else:
            batch += [exchange] if exchange else []
            tally.unfit += exchange is None
        if len(batch) == BATCH:
            tally.kept += keep(batch)
            batch = []
        progress(tally)
    tally.kept += keep(batch) if batch else 0
    return tally


def exchange_of(entry: Entry, region: str | None = None) -> Exchange | None:
    """The exchange in one entry; None where there is no client's message, or too little of a reply.

    Raises TonecheckError for what cannot be read.
    """
    if entry.error is not None:
        raise TonecheckError(entry.error)
    asked, reply, people = _of_mail(entry) if entry.mail is not None else _of_row(entry)
    if reply.not_judged or few_words(reply) or not asked.text.strip():
        return None
    client, answer = _letter(asked), _letter(reply)
    if not client or not max(len(client), len(answer)) < LONGEST:
        return None
    everybody = [*people, *people_in_draft(reply), *people_in_draft(asked)]
    whole = f"{client}\n{answer}"
    names = stand_ins([*everybody, *people_by_given_name(everybody, whole)], whole)
    cuts = (cuts_in(text, names, region) for text in (client, answer))
    key = entry.key if entry.mail is not None else digest(client, answer)
    return Exchange(key.hex(), client, answer, *cuts)


def _of_mail(entry: Entry) -> tuple[Draft, Draft, list[Person]]:
    mail = entry.mail or b""
    people = list(people_in_head(head_of(mail)))
    if entry.client is None:
        reply = draft_of_mail(mail, name=entry.place)
        return draft_of(reply.client or ""), reply, people
    client = zlib.decompress(entry.client)
    people += people_in_head(head_of(client))
    asked = draft_of_mail(client, name="the client's message")
    return asked, draft_of_mail(mail, name=entry.place, client=asked.text), people


def _of_row(entry: Entry) -> tuple[Draft, Draft, list[Person]]:
    row = entry.row or {}
    client, text = (
        sized(str(row.get(name) or "").replace("\0", "\ufffd"), name) for name in ("client", "text")
    )
    reply = draft_of(text, client=client or None, source=entry.place)
    return draft_of(client or reply.client or ""), reply, []


def _letter(draft: Draft) -> str:
    """The greeting and what the author wrote: no quotes, no card below it."""
    greetings = [part.span for part in draft.skipped if part.kind == "greeting"]
    spans: list[Span] = sorted((*draft.blocks, *greetings))
    text, at = "", 0
    for span in spans:
        same_line = text and "\n" not in draft.text[at : span.start]
        text += (" " if same_line else "\n\n") + draft.text[span.start : span.end].strip()
        at = span.end
    return text.strip()
