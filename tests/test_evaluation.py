"""`tonecheck eval`: numbers that mean what they say, a page with plots, wrong labels refused."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st

from tonecheck.cli.evaluate import evaluate as command
from tonecheck.evaluation import Judged, confusion, reliability, report_on
from tonecheck.evaluation.page import render_page
from tonecheck.report import FAULTS, TYPES, Finding, Report, Score, Severity, Span

BAD = (
    "As I already explained, you failed to read the manual. We regret any inconvenience this may have caused, and "
    "appropriate measures will be taken in due course."
)
GOOD = "We sent you the wrong pump. That was my mistake and I'm sorry. Marek brings the right one on Friday before noon."
ROWS = [
    {"reply": BAD, "client": "The pump leaks!", "D": 3, "E": 0, "X": 3, "m": "",
     "f": [["D.blame", 3, "you failed to read the manual"], ["X.vague", 2, "appropriate measures will be taken"]]},
    {"reply": GOOD, "client": None, "D": 0, "E": 0, "X": 0, "f": [], "m": "LAOFW"},
]  # fmt: skip

finding = st.builds(
    lambda kind, start: Finding("x", kind, Span(start, start + 9), "", "", Severity.CLEAR, 0.9),
    st.sampled_from(TYPES),
    st.integers(0, 90),
)
replies = st.lists(
    st.builds(
        lambda values, ratings, found, marked: Judged(
            Report("a" * 100, (Span(0, 50), Span(50, 100)), tuple(found), scores=values),
            dict(zip(FAULTS, ratings, strict=True)),
            tuple((f.type, f.span) for f in marked),
            frozenset(),
        ),
        st.tuples(*[st.builds(Score, st.just(fault), st.integers(0, 100)) for fault in FAULTS]),
        st.tuples(*[st.integers(0, 4)] * 3),
        st.lists(finding, max_size=4),
        st.lists(finding, max_size=4),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf8")
    return path


@given(replies)
def test_every_judged_reply_stands_in_one_step_of_each_fault(some: list[Judged]) -> None:
    steps = reliability(some)
    for fault in FAULTS:
        own = [step for step in steps if step.fault == fault]
        assert sum(step.replies for step in own) == len(some)
        assert [step.about for step in own] == sorted({25 * round(r.report.score(fault) / 25) for r in some})
    for step in steps:
        assert abs(step.score - step.about) <= 12.5
        assert 0 <= step.low <= step.high <= 100
        assert step.low - 1e-9 <= step.readers <= step.high + 1e-9 or step.replies > 1


@given(replies)
def test_scores_that_are_the_ratings_lie_on_the_line(some: list[Judged]) -> None:
    honest = [
        Judged(
            Report("a", scores=tuple(Score(f, 25 * r.ratings[f]) for f in FAULTS)), r.ratings, (), frozenset()
        )
        for r in some
    ]
    for step in reliability(honest):
        assert step.score == step.readers == step.low == step.high == step.about


def test_replies_that_were_not_judged_are_left_out() -> None:
    unjudged = Judged(Report("a", not_judged="language"), dict.fromkeys(FAULTS, 2), (), frozenset())
    assert reliability([unjudged]) == []


@given(replies)
def test_confusion_counts_every_mark_and_every_false_alarm_once(some: list[Judged]) -> None:
    types = confusion(some)
    marked = sum(len(reply.marked) for reply in some)
    assert sum(n for (kind, _), n in types.items() if kind) == marked
    for (kind, found), _ in types.items():
        assert not kind or not found or kind[0] == found[0]
    assert ("", "") not in types


class _Page(HTMLParser):
    """Tags that stay open, and what would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "path", "use", "rect"}:
            self.open.append(tag)
        self.fetched += [
            f"{tag} {value}"
            for name, value in attrs
            if name in {"src", "href", "xlink:href"} and not (value or "").startswith("#")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def test_the_page_is_whole_and_fetches_nothing(run: Run, labelled: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    done = run("eval", labelled, "--html", target)
    assert done.returncode == 0, done.stderr
    assert "defensiveness, about" in done.stdout
    page = target.read_text("utf8")
    parsed = _Page()
    parsed.feed(page)
    assert parsed.open == []
    assert parsed.fetched == []
    assert "<script" not in page
    assert not re.search(r"@import|url\((?!#)|https?://", page)
    assert page.count('<svg role="img"') == 2
    assert "prefers-color-scheme: dark" in page
    assert "#0102" not in page
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


@settings(max_examples=4)
@given(replies)
def test_a_page_can_be_drawn_of_any_replies(some: list[Judged]) -> None:
    page = render_page(report_on(some[:3]), "<labelled> & more.jsonl")
    assert "&lt;labelled&gt; &amp; more.jsonl" in page
    assert page == render_page(report_on(some[:3]), "<labelled> & more.jsonl")


def test_json_holds_reliability_and_false_alarms(run: Run, labelled: Path) -> None:
    table = json.loads(run("eval", labelled, "--format", "json", "--rules-only").stdout)
    assert {step["fault"] for step in table["reliability"]} == set(FAULTS)
    assert {"marked": "D.blame", "found": "D.blame", "count": 1} in table["types"]
    assert any(row["marked"] is None for row in table["types"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"D": 7}, "D is 7"),
        ({"m": "TQ"}, "m is 'TQ'"),
        ({"f": "D.blame"}, "f is no list"),
        ({"f": [["D.blame"]]}, "is no finding"),
        ({"f": [["D.rude", 1, "you"]]}, "no type of the guideline"),
        ({"f": [["D.blame", 1, "not there"]]}, "is not in the reply"),
        ({"reply": 3}, "are texts"),
    ],
)
def test_a_wrong_label_is_refused_with_its_line(
    run: Run, labelled: Path, change: dict[str, object], said: str
) -> None:
    labelled.write_text(json.dumps(ROWS[1]) + "\n" + json.dumps({**ROWS[0], **change}) + "\n", "utf8")
    done = run("eval", labelled)
    assert done.returncode == 2
    assert done.stderr.startswith(f"tonecheck: {labelled}:2: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_measured(
    run: Run, labelled: Path, tmp_path: Path
) -> None:
    for target in (tmp_path / "none" / "page.html", tmp_path):
        done = run("eval", labelled, "--html", target)
        assert done.returncode == 2
        assert str(target) in done.stderr
        assert done.stdout == ""


def test_without_matplotlib_the_page_says_how_to_get_it(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import util

    from tonecheck.errors import InputError

    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'tonecheck\[plots\]'"):
        command.main([str(labelled), "--html", str(tmp_path / "page.html")], standalone_mode=False)
