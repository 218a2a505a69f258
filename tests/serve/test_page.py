"""The page of `tonecheck serve` in a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from serving import FAULTY, Server, serving

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.report import Finding, Report

PATIENCE = 60_000  # milliseconds; the first review loads the pipeline on a slow machine
expect.set_options(timeout=PATIENCE)
EMOJI = FAULTY.replace("Apparently", "👩‍🔧🙂 Hm, apparently").replace("We apologise", "🚚 We apologise")
MARKED = """() => {
  const words = new Map();
  for (const mark of document.querySelectorAll(".twin mark"))
    words.set(mark.dataset.key, (words.get(mark.dataset.key) ?? "") + mark.innerText);
  return [...words.values()];
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server whose page is tested."""
    with serving(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The page, opened as the terminal tells to; it must log no error."""
    yield from opened(browser, server, width=1200, height=800)


@pytest.fixture
def narrow(browser: Browser, server: Server) -> Iterator[Page]:
    """The page on a small telephone, in the dark."""
    yield from opened(browser, server, width=360, height=640, dark=True)


def opened(
    browser: Browser, server: Server, *, width: int, height: int, dark: bool = False
) -> Iterator[Page]:
    scheme: Any = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page, errors = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}#token={server.token}")
    yield page
    context.close()
    assert [error for error in errors if "ERR_FAILED" not in error] == []


def write(page: Page, text: str, findings: int) -> None:
    """Put a draft in and wait for its findings."""
    page.get_by_label("Your reply").fill(text)
    expect(page.locator("#findings > li")).to_have_count(findings)
    expect(page.locator("body")).not_to_have_class(re.compile("stale"))


def draft(page: Page) -> str:
    """The draft as it stands."""
    return page.get_by_label("Your reply").input_value()


def focused(page: Page) -> str:
    """The words of what has the focus, or its id."""
    return page.evaluate("document.activeElement.id || document.activeElement.innerText")  # type: ignore[no-any-return]


def score(page: Page, fault: str) -> int:
    """A fault's score as shown."""
    return int(page.locator(f".scores .{fault} b").inner_text())


def with_edits(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.edits]


@pytest.mark.parametrize("text", [FAULTY, EMOJI], ids=["plain", "emoji"])
def test_words_are_underlined_where_they_stand(page: Page, checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    write(page, text, len(report.findings))
    assert page.evaluate(MARKED) == [report.words(f.span) for f in report.findings]
    for fault in ("defensiveness", "excuses", "doublespeak"):
        assert score(page, fault) == report.score(fault)
    shape = "e => [getComputedStyle(e).font, e.clientWidth, e.clientHeight, e.scrollHeight <= e.clientHeight]"
    textarea = page.locator("#draft")
    twin = page.locator(".twin:has(+ #draft)")
    assert textarea.evaluate(shape) == twin.evaluate(shape)
    assert textarea.evaluate(shape)[-1]


@pytest.mark.parametrize("text", [FAULTY, EMOJI], ids=["plain", "emoji"])
def test_one_click_makes_exactly_the_edit(page: Page, checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    write(page, text, len(report.findings))
    before = score(page, "doublespeak")
    finding = next(f for f in report.findings if f.rule == "doublespeak/unmet-metric")
    page.get_by_role("button", name="“is not working correctly”").click()
    edited = apply(text, [finding.edits[0]])
    assert draft(page) == edited
    after = checker.check(draft_of(edited))
    expect(page.locator("#findings > li")).to_have_count(len(after.findings))
    expect(page.locator(".scores .doublespeak b")).to_have_text(str(after.score("doublespeak")))
    assert score(page, "doublespeak") < before
    assert page.evaluate(MARKED) == [after.words(f.span) for f in after.findings]
    page.get_by_label("Your reply").press("Control+z")
    assert draft(page) == text


def test_all_safe_edits_come_with_one_click(page: Page, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY))
    write(page, FAULTY, len(report.findings))
    page.get_by_role("button", name="Make the safe edits").click()
    assert draft(page) == report.plain_safe
    expect(page.get_by_role("button", name="Make the safe edits")).to_be_hidden()


def test_an_edit_that_only_the_writer_can_fill_in_leaves_its_gap_selected(
    page: Page, checker: Checker
) -> None:
    write(page, FAULTY, len(checker.check(draft_of(FAULTY)).findings))
    page.get_by_role("button", name="[what went wrong]").click()
    assert focused(page) == "draft"
    page.keyboard.type("the spilt milk")
    assert "We apologise for the spilt milk." in draft(page)


def test_everything_can_be_done_with_the_keyboard_alone(page: Page, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY))
    page.keyboard.press("Tab")
    assert focused(page) == "client"
    page.keyboard.press("Tab")
    assert focused(page) == "draft"
    page.keyboard.insert_text(FAULTY)
    expect(page.locator("#findings > li")).to_have_count(len(report.findings))
    expect(page.get_by_role("status")).to_contain_text(f"{len(report.findings)} findings.")
    page.keyboard.press("F8")
    assert focused(page) == report.findings[0].message
    page.keyboard.press("Shift+F8")
    assert focused(page) == report.findings[-1].message
    page.keyboard.press("F8")
    page.keyboard.press("Tab")
    assert focused(page).startswith("leave it out")
    page.keyboard.press("Enter")
    edit = report.findings[0].edits[0]
    assert draft(page) == apply(FAULTY, [edit])
    expect(page.get_by_role("status")).to_contain_text("“Apparently”: leave it out.")
    untouched = next(f for f in report.findings if f.span.start >= edit.span.end)
    assert focused(page) == untouched.message
    page.keyboard.press("Enter")
    chosen = "document.activeElement.value?.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    assert page.evaluate(chosen) == report.words(untouched.span)
    page.keyboard.press("F8")
    page.keyboard.press("Escape")
    assert focused(page) == "draft"


def test_the_focus_stays_on_its_finding_when_a_new_answer_comes(page: Page, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY))
    write(page, FAULTY, len(report.findings))
    with page.expect_response("**/api/review"):
        page.get_by_label("What the client wrote").fill("The pump leaks.")
        page.keyboard.press("F8")
        held = focused(page)
    expect(page.locator("body")).not_to_have_class(re.compile("stale"))
    assert focused(page) == held == report.findings[0].message


def test_an_answer_about_an_older_text_is_dropped(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/review", lambda route: held.append(route))
    box = page.get_by_label("Your reply")
    box.fill("Apparently it leaks.")
    until(page, lambda: len(held) == 1)
    box.fill("We are sorry. Apparently it leaks.")
    with page.expect_response("**/api/review"):
        held[0].continue_()
    until(page, lambda: len(held) == 2)
    assert page.locator("#findings > li").count() == 0
    held[1].continue_()
    expect(page.locator("#findings > li")).to_have_count(1)
    assert page.evaluate(MARKED) == ["Apparently"]


def test_marks_move_with_their_words_while_the_next_answer_is_awaited(page: Page, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY))
    write(page, FAULTY, len(report.findings))
    page.route("**/api/review", lambda route: None)
    box = page.get_by_label("Your reply")
    box.press("Control+Home")
    page.keyboard.insert_text("🙂 Well. ")
    assert page.evaluate(MARKED) == [report.words(f.span) for f in report.findings]
    page.get_by_role("button", name="“is not working correctly”").click()
    finding = next(f for f in report.findings if f.rule == "doublespeak/unmet-metric")
    assert draft(page) == "🙂 Well. " + apply(FAULTY, [finding.edits[0]])
    page.unroute_all()


def test_the_clients_message_shows_what_is_not_answered(page: Page, checker: Checker) -> None:
    question = "Who pays for the spilt milk?"
    write(page, FAULTY, len(checker.check(draft_of(FAULTY)).findings))
    expect(page.locator("#missing")).to_contain_text("Say sorry for what happened")
    page.get_by_label("What the client wrote").fill(f"Part X leaks. {question}")
    expect(page.locator("#unanswered")).to_have_text(question)
    page.get_by_role("link", name="1 not answered").click()
    expect(page.locator("#unanswered")).to_be_in_viewport()


def test_a_click_on_marked_words_brings_up_their_finding(page: Page, checker: Checker) -> None:
    write(page, FAULTY, len(checker.check(draft_of(FAULTY)).findings))
    mark = page.locator(".twin mark", has_text="any inconvenience").first
    box = mark.evaluate("mark => mark.getClientRects()[0].toJSON()")
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    expect(page.locator("#findings > .lit")).to_contain_text("any inconvenience")
    expect(page.locator("#findings > .lit")).to_be_in_viewport()


def test_a_draft_is_shown_as_text_and_never_as_markup(page: Page) -> None:
    box = page.get_by_label("Your reply")
    box.fill(
        'Apparently <img src=x onerror="document.title=1"> & <b>it</b> leaks, prior to </textarea><script>.'
    )
    expect(page.locator("#findings > li")).not_to_have_count(0)
    assert page.locator("main img, main script, .twin b").count() == 0
    assert page.title() == "tonecheck"


def test_a_server_that_is_gone_is_said_and_the_text_stays(page: Page) -> None:
    page.route("**/api/review", lambda route: route.abort())
    page.get_by_label("Your reply").fill(FAULTY)
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    assert draft(page) == FAULTY
    page.unroute_all()
    page.get_by_label("Your reply").press("End")
    page.keyboard.type(" ")
    expect(page.get_by_role("alert")).to_be_hidden(timeout=PATIENCE)


def test_without_the_token_the_page_says_how_to_get_in(browser: Browser, server: Server) -> None:
    with browser.new_page() as page:
        page.goto(server.url)
        expect(page.get_by_role("alert")).to_contain_text("holds the token")
        page.get_by_label("Your reply").fill("Apparently it leaks.")
        page.goto(f"{server.url}#token={server.token}")
        expect(page.locator("#findings > li")).to_have_count(1)
        expect(page.get_by_role("alert")).to_be_hidden()
        assert page.url == server.url


def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in {"serious", "critical"}]


def test_axe_finds_nothing_serious_on_a_wide_page(page: Page, checker: Checker) -> None:
    assert serious(page) == []
    write(page, FAULTY, len(checker.check(draft_of(FAULTY)).findings))
    page.locator("#findings summary").first.click()
    assert serious(page) == []
    page.goto(page.url + "api")
    assert serious(page) == []


def test_a_narrow_page_fits_and_docks_the_finding_at_the_caret(narrow: Page, checker: Checker) -> None:
    write(narrow, FAULTY, len(checker.check(draft_of(FAULTY)).findings))
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(narrow) == []
    narrow.locator("#draft").evaluate(
        "(box, at) => { box.focus(); box.setSelectionRange(at, at); }", FAULTY.index("performance")
    )
    docked = narrow.locator("#findings > .docked")
    expect(docked).to_be_in_viewport()
    expect(narrow.locator(".twin .lit").first).to_be_in_viewport()
    assert serious(narrow) == []
    docked.get_by_role("button", name="“is not working correctly”").click()
    assert "Part X is not working correctly in" in draft(narrow)


def until(page: Page, is_so: Any) -> None:
    """Wait until it is so; Playwright's own events run meanwhile."""
    for _ in range(PATIENCE // 50):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def test_code_points_and_utf_16_units_agree_with_python(page: Page) -> None:
    dice = random.Random(8663)
    texts = ["".join(dice.choices("aé🙂👩‍🔧\n\u2028", k=dice.randrange(20))) for _ in range(200)]
    mapped = page.evaluate(
        """async (texts) => {
          const { unitsOf } = await import("/page/text.js");
          return texts.map((text) => {
            const unit = unitsOf(text);
            return [...text, ""].map((_, i) => unit(i));
          });
        }""",
        texts,
    )
    for text, units in zip(texts, mapped, strict=True):
        assert units == [len(text[:i].encode("utf-16-le")) // 2 for i in range(len(text) + 1)]


def test_a_change_found_between_two_texts_makes_the_one_of_the_other(page: Page) -> None:
    dice = random.Random(6)
    pairs = [["".join(dice.choices("ab🙂", k=dice.randrange(8))) for _ in range(2)] for _ in range(300)]
    made = page.evaluate(
        """async (pairs) => {
          const { difference } = await import("/page/text.js");
          return pairs.map(([before, after]) => {
            const { start, end, text } = difference(before, after);
            return before.slice(0, start) + text + before.slice(end);
          });
        }""",
        pairs,
    )
    assert made == [after for _, after in pairs]
