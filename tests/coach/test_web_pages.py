"""The coach in a real browser: every exercise once, with the mouse and with the keyboard."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from browsing import fits, opened, serious
from playwright.sync_api import Browser, Page, expect
from web_serving import PHRASE, Coach, coaching

from tonecheck.coach.learners import join
from tonecheck.coach.store import open_record, recording

ANSWER = (
    "Sorry that this happened. We broke it, and Piet brings a new one on Friday at nine. Ring me: 555 0100."
)


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """One server for all pages."""
    with coaching(tmp_path_factory.mktemp("pages")) as running:
        record = open_record(running.record)
        with recording(record) as session:
            for name in ("Ann", "Bob", "Cy", "Dee", "Fay"):
                join(session, name, PHRASE)
        record.dispose()
        yield running


def answers(coach: Coach, name: str) -> list[tuple[str, str]]:
    with sqlite3.connect(coach.record) as database:
        told = "SELECT exercise, answer FROM attempts JOIN learners ON learner = learners.id WHERE name = ? ORDER BY attempts.id"
        found = database.execute(told, [name]).fetchall()
    database.close()
    return found


def words(page: Page) -> list[dict[str, int]]:
    """Where each word of the draft stands, in the draft."""
    told = "all => all.map(word => ({start: +word.dataset.start, end: +word.dataset.end}))"
    return page.locator("#draft span").evaluate_all(told)  # type: ignore[no-any-return]


def begin(page: Page) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/")
    with page.expect_navigation():
        page.get_by_role("button", name="Begin five minutes").click()


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_words_are_marked_with_the_mouse(browser: Browser, coach: Coach) -> None:
    page = opened(browser, coach, "Ann")
    begin(page)
    place = words(page)
    span = page.locator("#draft span")
    first, last = span.nth(3).bounding_box(), span.nth(5).bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 3, first["y"] + 8)
    page.mouse.down()
    page.mouse.move(last["x"] + 3, last["y"] + 8, steps=4)
    page.mouse.up()
    assert page.locator("#draft .chosen").count() == 3
    page.get_by_role("button", name="excuses", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("excuses. 1 marked.")
    drawn = " ".join(span.nth(n).inner_text() for n in (3, 4, 5))
    assert page.locator("#marks q").all_inner_texts() == [drawn]
    page.get_by_label("Which kind").select_option("E.system")
    span.nth(9).click()
    page.get_by_role("button", name="doublespeak", exact=True).click()
    page.get_by_role("button", name="Take away").nth(1).click()
    page.get_by_role("button", name="Done").click()
    assert re.fullmatch(r"\d+ of 100", heading(page))
    assert answers(coach, "Ann") == [("spot", f'[[{place[3]["start"]}, {place[5]["end"]}, "E.system"]]')]
    page.context.close()


def test_words_are_marked_with_the_keyboard_alone(browser: Browser, coach: Coach) -> None:
    page = opened(browser, coach, "Bob")
    while page.evaluate("document.activeElement.innerText") != "Begin five minutes":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#draft.live")
    place = words(page)
    while page.evaluate("document.activeElement.role") != "option":
        page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "d"):
        page.keyboard.press(key)
    for key in ("ArrowRight", "ArrowRight", "x", "Backspace", "ArrowDown", "ArrowUp", "Home", "End", "x"):
        page.keyboard.press(key)
    expect(page.locator("#marks li")).to_have_count(2)
    while page.evaluate("document.activeElement.innerText") != "Done":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
    first = f'[{place[2]["start"]}, {place[4]["end"]}, "D"]'
    last = f'[{place[-1]["start"]}, {place[-1]["end"]}, "X"]'
    assert answers(coach, "Bob") == [("spot", f"[{first}, {last}]")]
    page.context.close()


@pytest.mark.parametrize(("name", "width", "scheme"), [("Cy", 1280, "light"), ("Dee", 360, "dark")])
def test_every_exercise_works_fits_and_keeps_nobody_out(
    browser: Browser, coach: Coach, name: str, width: int, scheme: str
) -> None:
    page = opened(browser, coach, name, width, scheme)
    problems = serious(page)
    done = []
    for _ in range(2):  # a session asks for one text at most
        begin(page)
        while page.locator("form [name=exercise]").count():
            exercise = page.locator("[name=exercise]").input_value()
            if exercise not in done:
                problems += serious(page)
                assert fits(page), exercise
            done.append(exercise)
            with page.expect_navigation():
                do(page, exercise)
            problems += serious(page) if len(set(done)) == len(done) else []
            assert fits(page), exercise
            expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
            if len(done) in {3, 6}:
                break
            with page.expect_navigation():
                page.get_by_role("link", name="Go on").click()
    assert {"spot", "missing", "rewrite", "better", "answer"} == set(done)
    assert [exercise for exercise, _ in answers(coach, name)] == done
    for path in ("/progress", "/test", "/practice"):
        page.goto(coach.url + path)
        problems += serious(page)
        assert fits(page), path
    assert problems == []
    page.context.close()


def do(page: Page, exercise: str) -> None:
    """Do an exercise, well or not."""
    if exercise == "missing":
        page.get_by_label("an apology").check()
    elif exercise == "better":
        page.get_by_role("button", name="The first is better").click()
        return
    elif exercise == "answer":
        expect(page.get_by_role("timer")).to_contain_text("left.")
    if exercise in {"rewrite", "answer"}:
        page.locator("#text").fill(ANSWER)
    page.get_by_role("button", name="Done").click()


def test_without_javascript_words_are_typed(browser: Browser, coach: Coach) -> None:
    page = opened(browser, coach, "Fay", script=False)
    page.get_by_role("button", name="Begin five minutes").click()
    said = page.locator("#draft").inner_text().split()[4]
    page.get_by_label("The words, one stretch a line").fill(f"{said} = E")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
    assert answers(coach, "Fay")[0][1].endswith(', "E"]]')
    page.context.close()
