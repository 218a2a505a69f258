"""`tonecheck coach review`: the team's own mails, cleared of people and marked, without a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.showing import show, show_mail
from tonecheck.cli.reading import style
from tonecheck.errors import RecordError, TonecheckError

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner, TeamCase

__all__ = ["change", "list_cases", "show_team_case"]

SHOWN = 200  # cases of each state
HINT = """# Change what is wrong: the words of a mark are copied from the draft, letter by letter; a mark that is
# none goes, with its three lines. A draft with marks needs a good answer. Save and close: then the
# case is practised. Close an empty file to leave all as it was.
"""


def list_cases(record: Record, trainer: Learner) -> None:
    """A line for each case: what is to do first."""
    from tonecheck.coach.reviewing import CLEARED, MARKED, TO_REVIEW
    from tonecheck.coach.store import recording
    from tonecheck.coach.team_cases import listed

    for state, told in (
        (TO_REVIEW, "To review; nobody sees these but you"),
        (CLEARED, "Cleared, to be marked"),
        (MARKED, "Marked, and practised"),
    ):
        with recording(record) as session:
            count, found = listed(session, trainer, state, SHOWN)
        if found:
            show(f"{told}: {count:,}", bold=True)
            for number, client in found:
                click.echo(f"{number:>6}  {' '.join(client.split())[:60]}")
        if count > len(found):
            show("The others move up as you go on.", dim=True)
    click.echo("tonecheck coach review NUMBER shows one.")


def show_team_case(record: Record, trainer: Learner, number: int) -> TeamCase:
    """Both texts with what was taken out, and what may still be a name."""
    from tonecheck.coach.removing import suspects
    from tonecheck.coach.reviewing import TO_REVIEW, the_case
    from tonecheck.coach.store import recording
    from tonecheck.coach.team_cases import marks_of

    with recording(record) as session:
        case = the_case(session, trainer, number)
    show(f"Case {case.id}: {case.state}, {case.trade}", bold=True)
    if case.state == TO_REVIEW:
        for text, title in (("client", "The client wrote"), ("reply", "The reply")):
            show_mail(title, _with_cuts(case, text))
        left = suspects(f"{case.client}\n{case.reply}")
        click.echo()
        show(f"Names perhaps: {', '.join(left) or 'none'}.", fg="yellow" if left else "green")
        show("Look for yourself: --remove WORDS, --keep WORDS, then --clear, or --reject.", dim=True)
        return case
    show_mail("The client wrote", case.client)
    show_mail("The reply", case.reply)
    for mark in marks_of(case):
        show(f"“{case.reply[mark.span.start : mark.span.end]}”: {mark.type}. {mark.why}", indent="  ")
    show(f"Missing: {', '.join(case.missing) or 'nothing'}.")
    for answer in case.good:
        show_mail("A good answer", answer)
    show("--edit changes marks, missing moves and the good answer; --reject throws it away.", dim=True)
    return case


def _with_cuts(case: TeamCase, text: str) -> str:
    """The text as it was sent, each cut as {what was there → what stands there now}."""
    from tonecheck.coach.reviewing import cuts_of

    sent, at, pieces = getattr(case, f"{text}_as_sent"), 0, []
    for cut in cuts_of(case, text):
        old = sent[cut.span.start : cut.span.end]
        pieces += [sent[at : cut.span.start], style(f"{{{old} → {cut.stand_in}}}", fg="yellow")]
        at = cut.span.end
    return "".join((*pieces, sent[at:]))


def change(
    record: Record,
    trainer: Learner,
    number: int,
    *,
    removed: Sequence[str],
    kept: Sequence[str],
    cleared: bool,
    edited: bool,
    rejected: bool,
) -> None:
    """Do what the options say, in their natural order; each step is kept by itself."""
    from tonecheck.coach import reviewing
    from tonecheck.coach.store import recording

    with recording(record) as session:
        case = reviewing.the_case(session, trainer, number)
    for words in removed:
        with recording(record) as session:
            case = reviewing.remove(session, trainer, number, case.version, words)
    for words in kept:
        with recording(record) as session:
            case = reviewing.put_back(session, trainer, number, case.version, words)
    if rejected:
        with recording(record) as session:
            reviewing.reject(session, trainer, number, case.version)
        click.echo(f"Case {number} is rejected; its texts are gone.")
        return
    if cleared:
        case = _clear(record, trainer, case)
        click.echo(f"Case {number} is cleared; the mails as they were sent are gone from the record.")
    if edited:
        _edit(record, trainer, case)
        click.echo(f"Case {number} is marked, and practised from now on.")
    elif not cleared:
        show_team_case(record, trainer, number)


def _clear(record: Record, trainer: Learner, case: TeamCase) -> TeamCase:
    from tonecheck.checker import checker_for
    from tonecheck.coach.proposal import proposal_for
    from tonecheck.coach.reviewing import clear
    from tonecheck.coach.store import recording

    proposed = proposal_for(case.client, case.reply, checker_for())
    with recording(record) as session:
        return clear(session, trainer, case.id, case.version, proposed)


def _edit(record: Record, trainer: Learner, case: TeamCase) -> None:
    """Mark a case in the editor; a mistake opens the file again, and a file that is not kept stays on disk."""
    from tonecheck.coach.reviewing import TO_REVIEW, mark
    from tonecheck.coach.store import recording
    from tonecheck.coach.team_cases import as_case

    if case.state == TO_REVIEW:
        raise RecordError(f"case {case.id} is to review; --clear comes first, or beside --edit")
    folder = Path(tempfile.mkdtemp(prefix="tonecheck-"))
    path = folder / f"team-{case.id}.toml"
    path.write_text(HINT + as_toml(as_case(case)), "utf8")
    edited = _edited(path, case)
    try:
        with recording(record) as session:
            mark(session, trainer, case.id, case.version, edited.marks, edited.missing, edited.good)
    except RecordError as error:
        raise RecordError(f"{error}; what you wrote is in {path}") from None
    path.unlink()
    folder.rmdir()


def _edited(path: Path, case: TeamCase) -> Case:
    from tonecheck.coach.reading import read_case

    while True:
        click.edit(filename=str(path))
        if not path.read_text("utf8").strip():
            raise RecordError(f"the file was left empty; case {case.id} is as it was")
        try:
            edited = read_case(path)
            if (edited.client, edited.draft) != (case.client, case.reply):
                raise TonecheckError(f"{path}: client and draft were changed; leave the two as they were")
            return edited
        except TonecheckError as error:
            show(str(error), fg="yellow")
            if not click.confirm("Open it again?", default=True):
                raise RecordError(f"not saved; what you wrote is in {path}") from None


def as_toml(case: Case) -> str:
    """A case as a file that `read_case` reads."""
    import tomlkit

    table = tomlkit.document()
    for key, value in (
        ("trade", case.trade),
        ("kind", case.kind),
        ("client", case.client),
        ("draft", case.draft),
    ):
        table.add(key, _text(value))
    table.add("there", tomlkit.item(sorted(case.there)))
    table.add("missing", tomlkit.item(sorted(case.missing)))
    good = tomlkit.array()
    good.extend(_text(answer) for answer in case.good or ("",) * bool(case.marks))
    table.add("good", good.multiline(True))
    if case.marks:
        marks = tomlkit.aot()
        for mark in case.marks:
            words, row = case.words(mark.span), tomlkit.table()
            row.add("words", _text(words))
            if case.draft.count(words) > 1:
                row.add("which", case.draft.count(words, 0, mark.span.start) + 1)
            for key, value in (("type", mark.type), ("severity", mark.severity.word), ("why", mark.why)):
                row.add(key, value)
            marks.append(row)
        table.add("mark", marks)
    return tomlkit.dumps(table)


def _text(value: str) -> object:
    import tomlkit

    return tomlkit.string(value, multiline="\n" in value)
