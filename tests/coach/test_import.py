"""A team's own mail becomes cases: the real command over real mailboxes, and two trainers at one case."""

from __future__ import annotations

import json
import mailbox
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import Run
from sqlalchemy.orm import Session

from tonecheck.coach import reviewing
from tonecheck.coach.case import Mark
from tonecheck.coach.importing import Exchange
from tonecheck.coach.learners import LEARNER, TRAINER, join, learner_named
from tonecheck.coach.store import Record, open_record, recording
from tonecheck.coach.tables import Learner, TeamCase
from tonecheck.coach.team_cases import team_cases
from tonecheck.errors import RecordError
from tonecheck.report import Severity, Span

PHRASE = "four plain short words"
OWN = ("--own-domain", "acme.example")


def complaint(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ann Whitfield <ann.w@harbourbakery.example>", "help@acme.example"
    mail["Message-ID"], mail["Subject"] = f"<c{number}@harbourbakery.example>", f"Oven {number}"
    mail["Date"] = "Mon, 01 Jun 2026 09:00:00 +0000"
    mail.set_content(
        f"Hello,\n\nmy oven number {number} went cold again, order 4711-{number}. I paid £250.00 on 05.10.2026. "
        "Call me on 020 7946 0018.\n\nAnn Whitfield\nHarbour Bakery\n"
    )
    return mail


def reply(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Jo Lindqvist <jo@acme.example>", "Ann Whitfield <ann.w@harbourbakery.example>"
    mail["Message-ID"], mail["References"] = f"<r{number}@acme.example>", f"<c{number}@harbourbakery.example>"
    mail["Date"], mail["Subject"] = "Mon, 01 Jun 2026 11:00:00 +0000", f"Re: Oven {number}"
    mail.set_content(
        f"Dear Mrs Whitfield,\n\nApparently oven {number} is not working, Ann. Our supplier let us down, so there is "
        "nothing we can do for you about order 4711. Write to jo@acme.example.\n\nKind regards,\nJo Lindqvist\n"
    )
    return mail


def filled(box: mailbox.Mailbox, mails: list[EmailMessage]) -> None:  # type: ignore[type-arg]
    for mail in mails:
        box.add(mail)
    box.close()


@pytest.fixture
def place(run: Run, tmp_path: Path) -> Path:
    """A record with the trainers Tess and Bo and the learner Lee."""
    path = tmp_path / "coach.sqlite3"
    record = open_record(str(path))
    with recording(record) as session:
        for name, role in (("Tess", TRAINER), ("Bo", TRAINER), ("Lee", LEARNER)):
            join(session, name, PHRASE, role)
    record.dispose()
    return path


def coach(
    run: Run, place: Path, *arguments: str | Path, name: str = "Tess"
) -> subprocess.CompletedProcess[str]:
    return run("coach", "--record", place, "--name", name, *arguments, stdin=f"{PHRASE}\n")


def test_an_mbox_becomes_cases_without_people_and_a_second_import_adds_nothing(
    run: Run, place: Path, tmp_path: Path
) -> None:
    filled(mailbox.mbox(tmp_path / "Sent"), [reply(n) for n in range(3)])
    filled(mailbox.mbox(tmp_path / "Inbox"), [complaint(n) for n in range(3)])
    command = ("import", tmp_path / "Sent", tmp_path / "Inbox", *OWN, "--region", "GB")
    done = coach(run, place, *command)
    assert done.returncode == 0, done.stderr
    assert "3 new to review" in done.stdout
    shown = coach(run, place, "review", "2").stdout
    assert "{Whitfield → " in shown
    again = coach(run, place, *command)
    assert "0 new to review" in again.stdout
    record = open_record(str(place))
    with recording(record) as session:
        cases = reviewing.seen_by(session, learner_named(session, "Tess"))  # type: ignore[arg-type]
        assert len(cases) == 3
        for case in cases:
            text = f"{case.client}\n{case.reply}"
            assert case.reply.startswith("Dear Mrs ")
            for gone in ("Ann", "Whitfield", "Lindqvist", "Harbour", "4711", "7946", "@"):
                assert gone not in text
            assert "£250.00 on 05.10.2026" in text
            assert "\n\nApparently oven " in case.reply
    record.dispose()


def test_a_case_is_cleared_marked_in_the_editor_and_then_practised(
    run: Run, place: Path, tmp_path: Path
) -> None:
    filled(mailbox.Maildir(tmp_path / "Mail"), [reply(0), complaint(0)])
    assert (
        "1 new to review" in coach(run, place, "import", tmp_path / "Mail", *OWN, "--trade", "ovens").stdout
    )
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys; from pathlib import Path; path = Path(sys.argv[1]); text = path.read_text('utf8')\n"
        "path.write_text(text.replace('good = [\\n    \"\",', 'good = [\\n    \"We are sorry, it is our fault.\",'), 'utf8')\n"
    )
    hidden = coach(run, place, "review", "1", name="Bo")
    assert (hidden.returncode, "there is no case 1 for you" in hidden.stderr) == (2, True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDITOR", f"{sys.executable} {editor}")
        done = coach(run, place, "review", "1", "--remove", "supplier", "--clear", "--edit")
    assert done.returncode == 0, done.stderr
    assert "is marked, and practised from now on" in done.stdout
    assert "E.helpless" in coach(run, place, "review", "1", name="Bo").stdout
    given = coach(run, place, "set", "new", "Ovens", "team-1", "--by", "2099-03-31")
    assert "Set 1, Ovens" in given.stdout, given.stderr
    record = open_record(str(place))
    with recording(record) as session:
        (case,) = team_cases(session)
    record.dispose()
    assert (case.id, case.trade, case.good) == ("team-1", "ovens", ("We are sorry, it is our fault.",))
    assert "[removed]" in case.draft
    for gone in (b"Whitfield", b"harbourbakery", b"Lindqvist"):
        assert gone not in place.read_bytes()


def test_json_lines_are_imported_and_a_rejected_case_does_not_come_back(
    run: Run, place: Path, tmp_path: Path
) -> None:
    row = {
        "text": "Dear Ms Okafor, you should have told us at once that the tap leaks, and there is nothing we can do now.",
        "client": "My tap leaks. Ngozi Okafor, 12 Harbour Street",
    }
    (tmp_path / "sent.jsonl").write_text(f"{json.dumps(row)}\n{{nonsense\n", "utf8")
    done = coach(run, place, "import", tmp_path / "sent.jsonl")
    assert "1 new to review" in done.stdout
    assert "sent.jsonl:2: not a JSON object" in done.stderr
    assert "Okafor → Carter" in coach(run, place, "review", "1").stdout
    assert "its texts are gone" in coach(run, place, "review", "1", "--reject").stdout
    assert "0 new to review" in coach(run, place, "import", tmp_path / "sent.jsonl").stdout
    assert b"Okafor" not in place.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("empty", b"", "no reply of your own domains is there"),
        ("odd.bin", b"\0\1\2 nothing that is mail", "neither a mailbox nor a table"),
        ("others", b"From x Mon Jun  1 09:00:00 2026\nFrom: a@b.example\n\nHi\n", "check --own-domain"),
    ],
)
def test_what_holds_no_replies_is_told_in_one_line(
    run: Run, place: Path, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = coach(run, place, "import", tmp_path / name, *OWN)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "there is nothing of this name" in coach(run, place, "import", tmp_path / "none", *OWN).stderr


def test_a_broken_mbox_gives_all_that_can_be_read(run: Run, place: Path, tmp_path: Path) -> None:
    filled(mailbox.mbox(tmp_path / "Sent"), [reply(n) for n in range(3)])
    filled(mailbox.mbox(tmp_path / "Inbox"), [complaint(n) for n in range(3)])
    first, second, third = (tmp_path / "Sent").read_bytes().split(b"From MAILER-DAEMON")[1:]
    head, _, _ = second.partition(b"\n\n")
    odd = b"Content-Transfer-Encoding: base64"
    second = head.replace(b"Content-Transfer-Encoding: 7bit", odd) + b"\n\n\xff\xfe\0 this is no base64 !\n\n"
    cut = third[: len(third) // 2]
    broken = b"rubbish before the first mail\n\n" + b"".join(
        b"From MAILER-DAEMON" + mail for mail in (first, second, b" \n\n\0\0\xff\n\n", cut)
    )
    (tmp_path / "Sent").write_bytes(broken)
    done = coach(run, place, "import", tmp_path / "Sent", tmp_path / "Inbox", *OWN, "--kind", "mbox")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert count(place) >= 1
    assert "Apparently oven 0 is not working" in coach(run, place, "review", "1").stdout


def test_a_learner_may_not_import(run: Run, place: Path, tmp_path: Path) -> None:
    filled(mailbox.mbox(tmp_path / "Sent"), [reply(0)])
    done = coach(run, place, "import", tmp_path / "Sent", *OWN, name="Lee")
    assert (done.returncode, "“Lee” is no trainer" in done.stderr) == (2, True)
    empty = coach(run, tmp_path / "empty.sqlite3", "import", tmp_path / "Sent", *OWN)
    assert empty.stderr.startswith("tonecheck: there is no trainer in this record yet; tonecheck coach join")


def count(place: Path) -> int:
    base = sqlite3.connect(place)
    try:
        return int(base.execute("SELECT count(*) FROM team_cases").fetchone()[0])
    finally:
        base.close()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_killed_or_stopped_goes_on_and_no_mail_comes_twice(
    run: Run, place: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    filled(mailbox.mbox(tmp_path / "Sent"), [reply(n) for n in range(200)])
    filled(mailbox.mbox(tmp_path / "Inbox"), [complaint(n) for n in range(200)])
    command = ["import", str(tmp_path / "Sent"), str(tmp_path / "Inbox"), *OWN]
    whole = [sys.executable, "-m", "tonecheck", "coach", "--record", str(place), "--name", "Tess", *command]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(whole, cwd=tmp_path, **pipes) as started:  # type: ignore[call-overload]
        assert started.stdin is not None
        started.stdin.write(f"{PHRASE}\n".encode())
        started.stdin.flush()
        while started.poll() is None and not count(place):
            time.sleep(0.02)
        started.send_signal(sent)
        told = started.stderr.read().decode()
    if sent == signal.SIGINT:
        assert (started.returncode, "stopped; the same command goes on where it was" in told) == (130, True)
    begun = count(place)
    assert 0 < begun < 200
    assert f"{200 - begun} new to review" in coach(run, place, *command).stdout
    assert count(place) == 200


def test_a_busy_record_is_told_and_the_import_can_be_given_again(
    run: Run, place: Path, tmp_path: Path
) -> None:
    filled(mailbox.mbox(tmp_path / "Sent"), [reply(0)])
    filled(mailbox.mbox(tmp_path / "Inbox"), [complaint(0)])
    other = sqlite3.connect(place)
    other.execute("BEGIN IMMEDIATE")
    command = ("import", tmp_path / "Sent", tmp_path / "Inbox", *OWN)
    busy = coach(run, place, *command)
    assert busy.returncode == 2
    assert "somebody else is writing to it; try again in a moment" in busy.stderr
    other.rollback()
    other.close()
    assert "1 new to review" in coach(run, place, *command).stdout


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = open_record(str(tmp_path / "coach.sqlite3"))
    with recording(opened) as session:
        for name, role in (("Tess", TRAINER), ("Bo", TRAINER)):
            join(session, name, PHRASE, role)
        reviewing.add(
            session,
            _named(session, "Tess"),
            [Exchange("00", "It broke, says Kevin.", "You broke it.", (), ())],
            "taps",
        )
    yield opened
    opened.dispose()


def _named(session: object, name: str) -> Learner:
    found = learner_named(session, name)  # type: ignore[arg-type]
    assert found is not None
    return found


def cleared(record: Record) -> TeamCase:
    with recording(record) as session:
        return reviewing.clear(session, _named(session, "Tess"), 1, 1, ((), (), ("apologises",)))


def test_two_who_mark_one_case_do_not_overwrite_each_other(record: Record) -> None:
    version = cleared(record).version
    blame = Mark(Span(0, 9), "D.blame", Severity.CLEAR, "It blames.")
    with recording(record) as session:
        reviewing.mark(session, _named(session, "Bo"), 1, version, [blame], ["owns"], ["We are sorry."])
    told = "Bo changed case 1 at .* while you had it open; what they wrote is kept"
    with recording(record) as session, pytest.raises(RecordError, match=told):
        reviewing.mark(session, _named(session, "Tess"), 1, version, [], [], [])
    with recording(record) as session:
        (case,) = team_cases(session)
    assert (case.marks, case.missing, case.good) == ((blame,), {"owns"}, ("We are sorry.",))


def test_two_who_save_in_the_same_moment_do_not_overwrite_each_other(record: Record) -> None:
    version = cleared(record).version

    def save_late(slow: Session) -> None:
        tess = _named(slow, "Tess")
        read = reviewing.the_case(slow, tess, 1)  # before the other saves
        with recording(record) as quick:
            reviewing.mark(quick, _named(quick, "Bo"), 1, version, [], ["owns"], [])
        reviewing.mark(slow, tess, read.id, read.version, [], [], [])

    with pytest.raises(RecordError, match="somebody changed case 1"), recording(record) as session:
        save_late(session)
    with recording(record) as session:
        assert [case.missing for case in team_cases(session)] == [{"owns"}]


def test_words_are_removed_and_put_back_everywhere_and_only_before_clearing(record: Record) -> None:
    with recording(record) as session:
        tess = _named(session, "Tess")
        case = reviewing.remove(session, tess, 1, 1, "Kevin")
        assert case.client == "It broke, says Alex."
        with pytest.raises(RecordError, match="“Zoë” is not in what is left"):
            reviewing.remove(session, tess, 1, case.version, "Zoë")
    with recording(record) as session:
        case = reviewing.put_back(session, _named(session, "Tess"), 1, 2, "alex")
        assert (case.client, case.cuts) == ("It broke, says Kevin.", [])
    with recording(record) as session:
        case = reviewing.clear(session, _named(session, "Tess"), 1, case.version, ((), (), ()))
        assert (case.client_as_sent, case.reply_as_sent) == (None, None)
        with pytest.raises(RecordError, match="case 1 is cleared, and no longer to review"):
            reviewing.remove(session, _named(session, "Tess"), 1, case.version, "Kevin")


def test_a_reply_with_marks_needs_a_good_answer(record: Record) -> None:
    version = cleared(record).version
    blame = Mark(Span(0, 9), "D.blame", Severity.CLEAR, "It blames.")
    with recording(record) as session, pytest.raises(RecordError, match="needs a good answer"):
        reviewing.mark(session, _named(session, "Tess"), 1, version, [blame], [], ["  "])
