"""`tonecheck coach serve`: who gets in, and that nothing that was typed is lost."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Run
from web_serving import PHRASE, Coach, coaching, send, token

from tonecheck.coach.case import Case
from tonecheck.coach.learners import learner_named
from tonecheck.coach.measure import drafts_of
from tonecheck.coach.own_mail import keep_own
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.session import Past
from tonecheck.coach.standing import standings
from tonecheck.coach.store import open_record, recording
from tonecheck.coach.web.tries import FOR_A_NAME, FOR_ALL, WINDOW, Tries
from tonecheck.coach.web.visits import LASTS, Visits

CASES = {case.id: case for case in built_in_cases()}


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """One server for all tests here that do not ask for another."""
    with coaching(tmp_path_factory.mktemp("coach"), "--log") as running:
        yield running


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


def rows(coach: Coach, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(coach.record) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def count(coach: Coach, name: str) -> int:
    told = f"SELECT count(*) FROM attempts JOIN learners ON learner = learners.id WHERE name = '{name}'"
    return int(str(rows(coach, told)[0][0]))


def first_exercise(coach: Coach, name: str) -> tuple[httpx.Client, httpx.Response, Case]:
    """Somebody new in front of their first exercise, which is to leave good words alone."""
    browser = coach.person(name)
    assert send(browser, "/", "/practice/begin").headers["location"] == "/practice"
    page = browser.get("/practice")
    assert field(page, "exercise") == "spot"
    return browser, page, CASES[field(page, "case")]


def sheet(page: httpx.Response, **more: object) -> dict[str, object]:
    names = ("token", "case", "exercise", "sheet")
    return {name: field(page, name) for name in names} | more


def test_pages_send_strangers_to_the_door_and_bring_them_back(coach: Coach) -> None:
    browser = coach.stranger()
    sent = browser.get("/progress")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?then=/progress")
    page = browser.get(sent.headers["location"])
    done = browser.post(
        "/sign-in", data={"token": token(page), "then": "/progress", "name": "zoë", "passphrase": PHRASE}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/progress")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "Your progress" in browser.get("/progress").text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for elsewhere in ("//evil.example", "/\\evil.example", "https://evil.example"):
        other = coach.stranger()
        page = other.get("/sign-in")
        fields = {"token": token(page), "then": elsewhere, "name": "Zoë", "passphrase": PHRASE}
        assert other.post("/sign-in", data=fields).headers["location"] == "/"


def test_a_wrong_passphrase_and_an_unknown_name_are_refused_alike(coach: Coach) -> None:
    coach.person("Wrona")
    told = []
    for name in ("Wrona", "Nobody"):
        done = coach.sign_in(coach.stranger(), name, "something else")
        assert done.status_code == 403
        alert = re.search(r'role="alert">(.*?)<', done.text)
        assert alert is not None
        told.append(alert[1].replace(name, "…"))
    assert told[0] == told[1]


def test_somebody_without_a_passphrase_does_not_come_in_by_their_name(coach: Coach, run: Run) -> None:
    assert run("coach", "--record", coach.record, "join", "Open", stdin="\n").returncode == 0
    assert coach.sign_in(coach.stranger(), "Open", "").status_code == 403


def test_too_many_wrong_tries_have_to_wait_even_with_the_right_passphrase(coach: Coach) -> None:
    coach.person("Tess")
    for _ in range(FOR_A_NAME):
        assert coach.sign_in(coach.stranger(), "Tess", "a wrong guess").status_code == 403
    late = coach.sign_in(coach.stranger(), "  TESS ", PHRASE)
    assert (late.status_code, "Too many wrong tries" in late.text) == (429, True)


def test_tries_are_forgotten_after_a_while_and_counted_for_all_names_together() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    assert [tries.wait("ann") for _ in range(FOR_A_NAME + 1)] == [0] * FOR_A_NAME + [WINDOW]
    assert tries.wait("bob") == 0
    now[0] += WINDOW
    assert tries.wait("ann") == 0
    tries.was_right("ann")
    waits = [tries.wait(f"name {n}") for n in range(FOR_ALL + 1)]
    assert waits == [0] * FOR_ALL + [WINDOW]


def test_a_visit_ends_when_nobody_comes_or_when_it_is_left() -> None:
    now = [0.0]
    visits = Visits(lambda: now[0])
    visit = visits.begin(3)
    now[0] += LASTS
    assert visits.of(visit.id) is visit
    now[0] += LASTS + 1
    assert visits.of(visit.id) is None
    left = visits.begin(3)
    visits.end(left)
    assert visits.of(left.id) is None


def test_a_form_without_the_token_of_the_visit_does_nothing(coach: Coach) -> None:
    browser, page, _case = first_exercise(coach, "Cora")
    for forged in ({"token": ""}, {"token": token(coach.stranger().get("/sign-in"))}):
        assert browser.post("/practice", data=sheet(page) | forged).status_code == 403
    foreign = browser.post("/practice", data=sheet(page), headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert browser.post("/practice", json=sheet(page)).status_code == 415
    assert count(coach, "Cora") == 0
    assert browser.post("/practice", data=sheet(page)).status_code == 303
    assert count(coach, "Cora") == 1


def test_signing_out_ends_the_visit_for_its_old_cookie_too(coach: Coach) -> None:
    browser = coach.person("Lea")
    old = browser.cookies["tonecheck-coach"]
    send(browser, "/", "/sign-out")
    thief = coach.stranger(**{"tonecheck-coach": old})
    assert thief.get("/progress").status_code == 303


def test_the_same_sheet_sent_twice_counts_once(coach: Coach) -> None:
    browser, page, _case = first_exercise(coach, "Dora")
    sent = [browser.post("/practice", data=sheet(page)).headers["location"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert count(coach, "Dora") == 1
    assert "100 of 100" in browser.get(sent[0]).text
    assert coach.person("Nosy").get(sent[0]).status_code == 404


def test_words_may_be_typed_and_a_mistake_keeps_what_was_typed(coach: Coach) -> None:
    browser, page, case = first_exercise(coach, "Tim")
    words = " ".join(case.draft.split()[2:5])
    wrong = browser.post("/practice", data=sheet(page, typed=f"{words} = D\nzebra = X"))
    assert wrong.status_code == 422
    assert "“zebra” is not in the draft" in wrong.text
    assert html.escape(f"{words} = D", quote=False) in html.unescape(wrong.text)
    sent = browser.post("/practice", data=sheet(page, typed=f"{words} = d"))
    feedback = browser.get(sent.headers["location"]).text
    assert f'<mark class="yours">{html.escape(words)}</mark>' in html.unescape(feedback)
    assert "you: defensiveness, but these words are fine" in feedback
    assert browser.post("/practice", data=sheet(page, spot="5-999999", kind="D")).status_code == 303  # twice


@pytest.mark.parametrize("place", ["5-999999", "9-5", "-1-4", "a-b", "3-6-9", ""])
def test_a_mark_outside_the_draft_is_refused(coach: Coach, place: str) -> None:
    browser, page, _case = first_exercise(coach, f"Mark {place}")
    assert browser.post("/practice", data=sheet(page, spot=place, kind="D")).status_code == 422


def test_an_answer_is_held_while_the_record_is_busy_and_then_kept(coach: Coach) -> None:
    browser, page, case = first_exercise(coach, "Bea")
    typed = f"{' '.join(case.draft.split()[2:9])} = D"
    other = sqlite3.connect(coach.record)
    other.execute("BEGIN IMMEDIATE")
    held = browser.post("/practice", data=sheet(page, typed=typed))
    other.rollback()
    other.close()
    assert held.status_code == 503
    assert "This is not kept yet." in held.text
    assert "somebody else is writing" in held.text
    again = {n: html.unescape(v) for n, v in re.findall(r'name="([^"]+)" value="([^"]*)"', held.text)}
    assert again["typed"] == typed
    assert browser.post("/practice", data=again).status_code == 303
    assert count(coach, "Bea") == 1


def test_what_was_sent_after_the_visit_ended_goes_along_through_signing_in(coach: Coach) -> None:
    browser, page, _case = first_exercise(coach, "Ida")
    browser.cookies.clear()
    late = browser.post("/practice", data=sheet(page, typed="held words = D"))
    assert (late.status_code, "Your visit was over" in late.text) == (401, True)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', late.text.partition("<main")[2]))
    inside = browser.post("/sign-in", data=fields | {"name": "Ida", "passphrase": PHRASE})
    assert "You are signed in again." in inside.text
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inside.text.partition("<main")[2]))
    assert fields["typed"] == "held words = D"
    assert browser.post("/practice", data=fields).status_code == 422  # these words are not in the draft
    assert browser.post("/practice", data=fields | {"typed": ""}).status_code == 303


def test_a_form_that_is_too_long_is_refused(coach: Coach) -> None:
    browser, page, _case = first_exercise(coach, "Max")
    assert browser.post("/practice", data=sheet(page, typed="x" * 1_100_000)).status_code == 413
    assert browser.post("/practice", data=sheet(page, typed="a = D\n" * 4)).status_code in {303, 422}


def test_what_ones_own_mail_showed_is_told_to_nobody_else_and_forgotten_on_demand(coach: Coach) -> None:
    record, browser = open_record(coach.record), coach.person("Mail")
    with recording(record) as session:
        learner = learner_named(session, "Mail")
        assert learner is not None
        keep_own(session, learner, {"X.jargon": 7})
    record.dispose()
    assert "X.jargon (in 7)" in browser.get("/progress").text
    assert "X.jargon" not in coach.person("Another").get("/progress").text
    assert send(browser, "/progress", "/progress/forget").status_code == 303
    assert "X.jargon" not in browser.get("/progress").text


def test_the_test_keeps_each_answer_and_ends_with_intervals(coach: Coach) -> None:
    browser = coach.person("Eva")
    assert send(browser, "/test", "/test/begin").headers["location"] == "/test/draft"
    for number in range(1, 13):
        page = browser.get("/test/draft")
        assert f"Draft {number} of 12" in page.text
        case = CASES[field(page, "case")]
        marks = [f"{m.span.start}-{m.span.end}" for m in case.marks]
        kinds = [m.type for m in case.marks]
        fields = {"token": token(page), "case": case.id, "spot": marks, "kind": kinds}
        assert browser.post("/test/draft", data=fields).status_code == 303
        assert browser.post("/test/draft", data=fields).status_code == 303  # twice: nothing happens
    assert browser.get("/test/draft").headers["location"] == "/test"
    result = browser.get("/test").text
    assert re.search(r"words found</th><td>100 %</td><td>\d+ % to 100 %", result)
    assert count(coach, "Eva") == 12
    assert len(drafts_of(built_in_cases(), "A")) == 12


def test_the_first_trainer_needs_the_key_of_the_terminal_and_a_record_goes_on(
    tmp_path: Path, run: Run
) -> None:
    record = str(tmp_path / "own.sqlite3")
    run("coach", "--record", record, "join", "Ann", stdin="\n")
    with coaching(tmp_path, record=record, trainer=False) as fresh:
        browser = fresh.stranger()
        assert "Nobody is set up here yet" in browser.get("/sign-in").text
        fields: dict[str, object] = {"name": "Ann", "passphrase": PHRASE, "repeated": PHRASE}
        assert send(browser, "/set-up", "/set-up", fields, key="guessed").status_code == 403
        assert (
            send(browser, "/set-up", "/set-up", fields | {"repeated": "x"}, key=fresh.key).status_code == 403
        )
        assert send(browser, "/set-up", "/set-up", fields, key=fresh.key).status_code == 303
        assert "Hello Ann" in browser.get("/").text
        late = fresh.stranger()
        assert send(late, "/set-up", "/set-up", fields | {"name": "Bob"}, key=fresh.key).status_code == 403
        assert rows(fresh, "SELECT name, role FROM learners") == [("Ann", "trainer")]


def test_other_machines_are_served_over_https_only(run: Run, tmp_path: Path) -> None:
    done = run("coach", "--record", tmp_path / "c.sqlite3", "serve", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert done.stderr.startswith("tonecheck: 0.0.0.0 can be reached from other machines and needs --cert")


def test_a_standing_gets_surer_with_more_tries() -> None:
    from datetime import UTC, datetime, timedelta

    day = datetime(2026, 3, 2, tzinfo=UTC)
    past = [Past("spot", "x", day + timedelta(days=n), {"fair": n % 2}) for n in range(8)]
    few, many = standings(past[:2])[0], standings(past)[0]
    assert few.share == many.share == 0.5
    assert 0 <= few.low < many.low < 0.5 < many.high < few.high <= 1
    only = standings([Past("spot", "x", day, {"fair": 1.0})])[0]
    assert 0 < only.low < 0.5 < only.high == 1


def test_no_text_and_no_fault_is_in_the_log(coach: Coach) -> None:
    log = coach.errors.read_text("utf8")
    assert "POST /practice 303" in log
    assert "a fault of ours" not in log
    for word in ("zebra", PHRASE, "Tess"):
        assert word not in log
