"""The trainer's pages: invite, set, see; a learner takes an invitation up and sees the set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from browsing import opened, problems_of, tab_to
from playwright.sync_api import Browser, expect
from web_serving import PHRASE, Coach, coaching, send

from tonecheck.coach.grade import Grade
from tonecheck.coach.learners import join
from tonecheck.coach.progress import keep
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.session import practice_cases
from tonecheck.coach.store import open_record, recording

CASE, OTHER = [case for case in practice_cases(built_in_cases()) if case.marks][:2]
PAGES = ("/team", "/team/people", "/team/divided", "/team/team.csv", "/team/divided.csv")


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
    made = send(trainer, "/team", "/team/sets", title="Blame <b>", deadline="2099-03-31", case=OTHER.id)
    assert made.status_code == 303
    page = trainer.get("/team").text
    assert "Blame &lt;b&gt;" in page
    learner = coach.stranger()
    fields = {"name": "Ann", "code": code[1], "passphrase": PHRASE, "repeated": PHRASE}
    wrong = send(learner, "/invitation", "/invitation", {**fields, "code": "aaaa-aaaa-aaaa-aaaa"})
    assert (wrong.status_code, "No invitation for" in wrong.text) == (403, True)
    assert send(learner, "/invitation", "/invitation", fields).status_code == 303
    assert "0 of 1 done, by Tuesday 31 March 2099" in learner.get("/").text
    assert "Ann:" not in trainer.get("/team").text
    send(learner, "/sharing", "/sharing", share="yes")
    assert "Ann: nothing was practised since" in trainer.get("/team").text
    send(learner, "/", "/practice/begin")
    exercise = learner.get("/practice").text
    assert f'name="case" value="{OTHER.id}"' in exercise  # what was set comes first
    names = ("token", "case", "exercise", "sheet")
    fields = {name: re.findall(rf'name="{name}" value="([^"]*)"', exercise)[-1] for name in names}
    assert learner.post("/practice", data=fields | {"chosen": "0"}).status_code == 303
    assert "1 of 1 done" in learner.get("/").text
    seen = trainer.get("/team").text
    assert re.search(r'<th scope="col">Ann</th>', seen)
    assert re.search(r'<th scope="row">exercises</th><td>1</td>', seen)
    send(learner, "/sharing", "/sharing", share="no")
    assert "Ann:" not in trainer.get("/team").text
    assert "<li>Ann</li>" in trainer.get("/team/people").text
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
    assert "The last day is a date" in told.text
    typed = {"title": "Kept", "deadline": "2001-01-01", "case": CASE.id, "names": "Learner 1\nLearner 2"}
    past = send(trainer, "/team", "/team/sets", typed)
    assert (past.status_code, "is over" in past.text) == (400, True)
    for kept in (
        'value="Kept"',
        'value="2001-01-01"',
        ">Learner 1\nLearner 2<",
        f'value="{CASE.id}" checked',
    ):
        assert kept in past.text
    unknown = send(trainer, "/team", "/team/sets", {**typed, "deadline": "2099-01-01", "names": "Nobody"})
    assert (unknown.status_code, "No learner “Nobody”" in unknown.text) == (400, True)
    assert 'value="2099-01-01"' in unknown.text
    known = send(trainer, "/team/people", "/team/invite", name="Learner 1")
    assert (known.status_code, 'value="Learner 1"' in known.text) == (400, True)
    assert send(trainer, "/team", "/team/sets/77/remove").status_code == 404


def test_a_stranger_is_sent_to_the_door(coach: Coach) -> None:
    for page in PAGES:
        assert coach.stranger().get(page).headers["location"].startswith("/sign-in")


def test_a_trainer_leads_with_the_keyboard_alone_and_no_page_keeps_anybody_out(
    coach: Coach, browser: Browser
) -> None:
    page = opened(browser, coach, "Zoë")
    problems = []
    for path in ("/team/divided", "/sharing", "/invitation", "/team/people"):
        page.goto(path)
        problems += problems_of(page)
    tab_to(page, "#name")
    page.keyboard.type("Cleo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A code for Cleo")
    problems += problems_of(page)
    page.goto("/team")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table").first).to_be_visible()
    problems += problems_of(page)
    for field, typed in (("#title", "Refusals"), ("#deadline", "03312001")):
        tab_to(page, field)
        page.keyboard.type(typed)
    tab_to(page, "form summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=case]")
    page.keyboard.press("Space")
    tab_to(page, "button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is over")
    assert page.locator("[name=case]:checked").count() == 1
    problems += problems_of(page)
    tab_to(page, "#deadline")
    page.keyboard.type("03312099")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refusals")).to_be_visible()
    made = page.get_by_role("heading", name="Refusals").locator("xpath=following-sibling::form[1]")
    tab_to(page, f"form[action='{made.get_attribute('action')}'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refusals")).to_have_count(0)
    assert problems == []
    page.context.close()
