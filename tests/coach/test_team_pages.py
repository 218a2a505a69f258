"""The trainer's pages: invite, set, see; a learner takes an invitation up and sees the set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from web_serving import PHRASE, Coach, coaching, send

from tonecheck.coach.grade import Grade
from tonecheck.coach.learners import join
from tonecheck.coach.progress import keep
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.session import practice_cases
from tonecheck.coach.store import open_record, recording

CASE = next(case for case in practice_cases(built_in_cases()) if case.marks)
PAGES = ("/team", "/team/divided", "/team/team.csv", "/team/divided.csv")


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """A running coach with five learners who practised a fortnight ago."""
    folder = tmp_path_factory.mktemp("team")
    record, span = open_record(str(folder / "coach.sqlite3")), CASE.marks[0].span
    with recording(record) as session:
        for number in range(5):
            who, at = join(session, f"Learner {number}"), datetime.now(UTC) - timedelta(days=14)
            answer = [[span.start, span.end, "D.blame"]] if number % 2 else []
            grade = Grade(0.5, (), {"D.blame": number / 10})
            keep(session, who, "spot", CASE.id, grade, answer=answer, at=at, seconds=9)
    record.dispose()
    with coaching(folder) as served:
        yield served


def test_a_trainer_invites_and_sets_and_the_learner_joins_and_sees_the_set(coach: Coach) -> None:
    trainer = coach.stranger()
    coach.sign_in(trainer, "Zoë", PHRASE)
    code = re.search(r"<code>([a-z2-9-]{19})</code>", send(trainer, "/team", "/team/invite", name="Ann").text)
    assert code is not None
    made = send(trainer, "/team", "/team/sets", title="Blame <b>", deadline="2099-03-31", case=CASE.id)
    assert made.status_code == 303
    page = trainer.get("/team").text
    assert "Blame &lt;b&gt;" in page
    learner = coach.stranger()
    fields = {"name": "Ann", "code": code[1], "passphrase": PHRASE, "repeated": PHRASE}
    wrong = send(learner, "/invitation", "/invitation", {**fields, "code": "aaaa-aaaa-aaaa-aaaa"})
    assert (wrong.status_code, "no invitation for" in wrong.text) == (403, True)
    assert send(learner, "/invitation", "/invitation", fields).status_code == 303
    assert "0 of 1 done, by Tuesday 31 March 2099" in learner.get("/").text
    assert "Ann:" not in trainer.get("/team").text
    send(learner, "/sharing", "/sharing", share="yes")
    assert "Ann: nothing was practised since" in trainer.get("/team").text
    send(learner, "/sharing", "/sharing", share="no")
    assert "Ann:" not in trainer.get("/team").text
    for page_name in PAGES:
        assert learner.get(page_name).status_code == 403


def test_five_people_are_drawn_listed_and_downloaded_and_nobody_is_named(coach: Coach) -> None:
    trainer = coach.stranger()
    coach.sign_in(trainer, "Zoë", PHRASE)
    page = trainer.get("/team").text
    assert page.count("<svg") == 2
    assert 'style="' not in page
    assert "<style" not in page
    assert re.search(r'<th scope="row">defensiveness</th>.*<td>20</td>.*<td>5</td></tr>', page)
    assert "Learner 1" not in page
    table = trainer.get("/team/team.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert re.search(r"^defensiveness,.*,5,0\.2,", table.text, re.MULTILINE)
    assert "2 of 5" in trainer.get("/team/divided").text
    assert ",2,5,0.4," in trainer.get("/team/divided.csv").text


def test_a_wrong_form_is_told_and_keeps_what_was_typed(coach: Coach) -> None:
    trainer = coach.stranger()
    coach.sign_in(trainer, "Zoë", PHRASE)
    told = send(trainer, "/team", "/team/sets", title="Kept", deadline="soon", case=CASE.id)
    assert (told.status_code, 'value="Kept"' in told.text) == (400, True)
    assert "The deadline is a day" in told.text
    past = send(trainer, "/team", "/team/sets", title="Kept", deadline="2001-01-01", case=CASE.id)
    assert (past.status_code, "is over" in past.text) == (400, True)
    assert send(trainer, "/team", "/team/sets/77/remove").status_code == 404


def test_a_stranger_is_sent_to_the_door(coach: Coach) -> None:
    for page in PAGES:
        assert coach.stranger().get(page).headers["location"].startswith("/sign-in")
