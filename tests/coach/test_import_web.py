"""A trainer clears and marks the team's cases in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import opened, problems_of, tab_to
from playwright.sync_api import expect
from web_serving import PHRASE, Coach, coaching, send

from tonecheck.coach import reviewing
from tonecheck.coach.importing import Exchange
from tonecheck.coach.learners import TRAINER, learner_named
from tonecheck.coach.people import stand_ins
from tonecheck.coach.removing import cuts_in
from tonecheck.coach.store import open_record, recording
from tonecheck.coach.team_cases import team_cases

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLIENT = "My pump leaks again and the floor is wet, Kevin saw it. Ann Whitfield"
REPLY = "Dear Mrs Whitfield,\n\nour supplier let us down, so there is nothing we can do for you. You should have told us at once."


@pytest.fixture
def coach(tmp_path: Path) -> Iterator[Coach]:
    """A running coach with one case that Zoë imported."""
    with coaching(tmp_path) as started:
        names = stand_ins([(("Ann",), ("Whitfield",))], CLIENT + REPLY)
        exchange = Exchange("00", CLIENT, REPLY, cuts_in(CLIENT, names), cuts_in(REPLY, names))
        record = open_record(started.record)
        with recording(record) as session:
            trainer = learner_named(session, "Zoë")
            assert trainer is not None
            reviewing.add(session, trainer, [exchange], "pumps")
        record.dispose()
        yield started


def marked(coach: Coach) -> list[tuple[str, frozenset[str], tuple[str, ...]]]:
    record = open_record(coach.record)
    with recording(record) as session:
        found = [(case.draft, case.missing, case.good) for case in team_cases(session)]
    record.dispose()
    return found


def test_only_the_trainer_who_imported_a_case_sees_it_before_it_is_cleared(coach: Coach) -> None:
    zoe, other, learner = coach.stranger(), coach.person("Bo", TRAINER), coach.person("Lee")
    coach.sign_in(zoe, "Zoë", PHRASE)
    page = zoe.get("/cases/1").text
    assert "<del>Whitfield</del>" in page
    assert "<ins>Carter</ins>" in page
    assert "Names perhaps: Kevin." in page
    assert other.get("/cases/1").status_code == 404
    assert "Whitfield" not in other.get("/cases").text
    assert learner.get("/cases").status_code == 403
    assert send(zoe, "/cases/1", "/cases/1/review", do="clear", version="1").status_code == 303
    assert "My pump leaks" in other.get("/cases/1").text
    assert "Whitfield" not in other.get("/cases/1").text


def test_a_second_trainer_is_told_and_what_they_marked_stays_in_the_page(coach: Coach) -> None:
    zoe, other = coach.stranger(), coach.person("Bo", TRAINER)
    coach.sign_in(zoe, "Zoë", PHRASE)
    send(zoe, "/cases/1", "/cases/1/review", do="clear", version="1")
    mine = {
        "version": "2",
        "marking": "1",
        "typed": "You should have told us at once = D.blame",
        "why": "It blames.",
    }
    assert (
        send(other, "/cases/1", "/cases/1/mark", {**mine, "good": "Bo's answer.", "move": "owns"}).status_code
        == 303
    )
    late = send(zoe, "/cases/1", "/cases/1/mark", {**mine, "good": "Zoë's answer.", "move": "when"})
    assert late.status_code == 409
    assert "Bo changed case 1" in late.text
    assert "Zoë&#39;s answer." in late.text
    assert 'value="when" checked' in late.text
    assert [good for _, _, good in marked(coach)] == [("Bo's answer.",)]
    bare = send(
        zoe,
        "/cases/1",
        "/cases/1/mark",
        version="3",
        marking="1",
        typed="You should have told us at once = D",
    )
    assert bare.status_code == 422
    assert "which kind of fault" in bare.text


def test_a_trainer_clears_and_marks_a_case_in_the_browser(coach: Coach, browser: Browser) -> None:
    page = browser.new_page(base_url=coach.url, viewport={"width": 360, "height": 800})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.goto("/sign-in")
    page.get_by_label("name").first.fill("Zoë")
    page.get_by_label("Passphrase").fill(PHRASE)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hello Zoë").wait_for()
    page.goto("/cases")
    page.get_by_role("link", name="1: My pump leaks").click()
    page.get_by_role("heading", name="Review case 1").wait_for()
    page.wait_for_load_state()  # the script listens from here on
    page.evaluate(
        "() => { const text = document.querySelector('.letter').firstChild; const at = text.data.indexOf('Kevin');"
        " document.getSelection().setBaseAndExtent(text, at, text, at + 5); }"
    )
    expect(page.get_by_label("Words to remove")).to_have_value("Kevin")
    page.get_by_role("button", name="Remove these words").click()
    assert page.locator("del", has_text="Kevin").count() == 1
    page.get_by_role("button", name="clear it").click()
    page.get_by_role("heading", name="Mark case 1").wait_for()
    page.wait_for_load_state()
    before = page.locator("#marks li").count()
    assert before >= 1
    page.locator("#marks li button").first.click()
    assert page.locator("#marks li").count() == before - 1
    page.get_by_label("A good answer").fill("We are sorry. A new pump comes on Monday.")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="Marked").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert told == []
    ((draft, _, good),) = marked(coach)
    assert "Carter" in draft
    assert good == ("We are sorry. A new pump comes on Monday.",)
    page.close()


def test_without_javascript_the_proposed_marks_stay_and_can_be_taken_away(
    coach: Coach, browser: Browser
) -> None:
    page = opened(browser, coach, "Zoë", script=False)
    page.goto("/cases/1")
    page.get_by_role("button", name="Clear it").click()
    proposed = page.locator("#marks q").all_inner_texts()
    assert len(proposed) >= 2
    assert page.locator("#marks button:visible").count() == 0  # nothing is offered that does nothing
    page.locator("#marks select").first.select_option("")
    page.get_by_label("The words, one stretch a line").fill("You should have told us at once = D.blame")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say below why")
    page.get_by_label("Why the words").fill("It blames her.")
    page.get_by_label("A good answer").fill("Sorry. A new pump comes on Monday.")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="Marked").wait_for()
    record = open_record(coach.record)
    with recording(record) as session:
        (case,) = team_cases(session)
    record.dispose()
    kept = [case.words(mark.span) for mark in case.marks]
    assert kept == [*proposed[1:], "You should have told us at once"]
    page.context.close()


def test_a_case_is_cleared_and_marked_with_the_keyboard_alone_and_no_page_keeps_anybody_out(
    coach: Coach, browser: Browser
) -> None:
    page = opened(browser, coach, "Zoë")
    problems = problems_of(page)
    tab_to(page, "a[href='/cases']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases")
    problems += problems_of(page)
    tab_to(page, "a[href='/cases/1']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/1")
    problems += problems_of(page)
    for words, told in (("Nobody", "is not in what is left"), ("Kevin", "")):
        tab_to(page, "#words")
        page.keyboard.press("Control+A")
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        if told:
            expect(page.get_by_role("alert")).to_contain_text(told)
            problems += problems_of(page)
    expect(page.locator("del", has_text="Kevin")).to_have_count(1)
    tab_to(page, "[value=clear]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#draft.live")
    problems += problems_of(page)
    before = page.locator("#marks li").count()
    tab_to(page, "[role=option]")
    for key in ("End", "Shift+ArrowLeft", "x"):
        page.keyboard.press(key)
    expect(page.locator("#marks li")).to_have_count(before + 1)
    tab_to(page, "button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("which kind of fault")
    problems += problems_of(page)
    expect(page.locator("#marks li")).to_have_count(before + 1)
    tab_to(page, "#marks li:last-child button")
    page.keyboard.press("Enter")
    tab_to(page, "#good")
    page.keyboard.type("Sorry. A new pump comes on Monday.")
    tab_to(page, "button.main")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Marked").wait_for()
    problems += problems_of(page)
    assert problems == []
    assert len(marked(coach)) == 1
    page.context.close()
