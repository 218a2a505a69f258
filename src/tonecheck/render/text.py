"""The report as a terminal shows it: 80 columns, with or without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from itertools import groupby

from wcwidth import wcswidth

from tonecheck.render.wording import (
    MOVE_NAMES,
    MOVE_TIPS,
    Lines,
    offer,
    summary,
    waited,
)
from tonecheck.report import FAULTS, Finding, Report, Severity, Span

__all__ = ["Style", "difference", "plain", "render_text", "underlined"]

Style = Callable[..., str]
BAR = 20
MARGIN = "  "
COLOURS = {Severity.MILD: "cyan", Severity.CLEAR: "yellow", Severity.STRONG: "red"}


def plain(text: str, **_looks: object) -> str:
    """The text without any colour."""
    return text


def render_text(report: Report, *, style: Style = plain, width: int = 80, quiet: bool = False) -> str:
    """The whole report; with `quiet` only the findings and the scores.

    `style(text, fg=…, bold=…, dim=…)` colours a piece of text.
    """
    parts = [style(report.source, bold=True) + "\n"]
    if report.not_judged:
        parts += _paragraph(
            f"Not judged. {summary(report)}", width, MARGIN, "", style, fg="yellow", bold=True
        )
    parts += _findings(report, report.findings, style, width)
    if not report.findings and not report.not_judged:
        parts.append(f"\n{MARGIN}{summary(report)}\n")
    if report.scores:
        parts += _scores(report, style)
    if report.unsure:
        parts.append(f"\n{MARGIN}{style('Less sure, and no part of the scores', bold=True)}\n")
        parts += _findings(report, report.unsure, style, width)
    if not quiet:
        parts += _moves(report, style, width)
        parts += _plainer(report, style)
        parts += _notes(report, style, width)
    return "".join(parts)


def _findings(report: Report, findings: Sequence[Finding], style: Style, width: int) -> Iterator[str]:
    """Each sentence with findings once, its words underlined, the reasons below it."""
    lines = Lines.of(report.text)

    def place(finding: Finding) -> Span:
        inside = (s for s in report.sentences if s.covers(finding.span))
        return next(inside, finding.span)

    for sentence, group in groupby(findings, key=place):
        found = list(group)
        yield "\n" + underlined(report.text, sentence, found, lines.place(sentence.start)[0], style, width)
        for finding in found:
            yield from _reason(report, finding, style, width)


def underlined(
    text: str, sentence: Span, found: list[Finding], line: int, style: Style = plain, width: int = 80
) -> str:
    """The sentence, wrapped, with carets under the words of its findings."""
    gutter = f"{line:>4} "
    rows = []
    for number, row in enumerate(_wrapped(text, sentence, width - len(gutter) - 1)):
        shown, marks = "", ""
        for offset in range(row.start, row.end):
            character = " " if text[offset].isspace() else text[offset]
            cells = max(0, wcswidth(character))
            over = [f.severity for f in found if f.span.start <= offset < f.span.end]
            shown += style(character, fg=COLOURS[max(over)], bold=True) if over else character
            marks += ("^" if over else " ") * cells
        rows.append(style(gutter if number == 0 else " " * len(gutter), dim=True) + shown.rstrip())
        if marks.strip():
            rows.append(" " * len(gutter) + style(marks.rstrip(), fg="bright_black"))
    return "\n".join(rows) + "\n"


def _wrapped(text: str, span: Span, width: int) -> Iterator[Span]:
    """The span cut into rows of at most `width` cells, at spaces where there are any."""
    start, last_space, cells = span.start, -1, 0
    for offset in range(span.start, span.end):
        if text[offset].isspace():
            last_space = offset
        cells += max(0, wcswidth(text[offset]))
        if cells > width:
            stop = last_space + 1 if last_space >= start else offset
            yield Span(start, stop)
            start, cells = stop, max(0, wcswidth(text[stop : offset + 1]))
    yield Span(start, span.end)


def _reason(report: Report, finding: Finding, style: Style, width: int) -> Iterator[str]:
    kind = f"{finding.fault}, {finding.severity.word}"
    if finding in report.unsure:
        kind = f"{finding.fault}, less sure ({finding.confidence:.2f})"
    yield from _paragraph(f"{finding.message}", width, f"{MARGIN * 3}", "- ")
    yield f"{MARGIN * 4}" + style(f"{kind} · {finding.rule}", dim=True) + "\n"
    for edit in finding.edits[:3]:
        wording, note = offer(report.text, finding, edit)
        shown = f"→ {wording}" + (f"  ({note})" if note else "")
        yield from _paragraph(shown, width, f"{MARGIN * 4}", "", style, fg="green")


def _paragraph(
    text: str, width: int, indent: str, mark: str, style: Style = plain, **looks: object
) -> Iterator[str]:
    rows = textwrap.wrap(text, width - len(indent) - len(mark), break_on_hyphens=False)
    for number, row in enumerate(rows):
        lead = mark if number == 0 else " " * len(mark)
        yield f"{indent}{lead}{style(row, **looks)}\n"


def _scores(report: Report, style: Style) -> Iterator[str]:
    yield "\n"
    for fault in FAULTS:
        value = report.score(fault) or 0
        filled = round(value * BAR / 100)
        colour = "green" if value <= 25 else "yellow" if value <= 50 else "red"
        bar = style("█" * filled, fg=colour) + style("░" * (BAR - filled), dim=True)
        yield f"{MARGIN}{fault:<14}{bar} {value:>3}\n"
    sentiment = report.sentiment
    if sentiment is not None:
        words = f"polarity {sentiment.polarity:+.2f}, subjectivity {sentiment.subjectivity:.2f}"
        yield f"{MARGIN}{style(f'sentiment     {words} (not scored)', dim=True)}\n"


def _moves(report: Report, style: Style, width: int) -> Iterator[str]:
    there = list(dict.fromkeys(MOVE_NAMES[move.kind] for move in report.moves))
    if there:
        yield "\n"
        yield from _paragraph(f"There: {'; '.join(there)}.", width, MARGIN, "")
    if report.missing:
        yield f"\n{MARGIN}{style('Missing', bold=True)}\n"
        for kind in report.missing:
            yield from _paragraph(f"{MOVE_NAMES[kind]}: {MOVE_TIPS[kind]}", width, MARGIN * 2, "- ")
    if report.answered:
        yield f"\n{MARGIN}{style('You have answered', bold=True)}\n"
        for asked in report.answered:
            yield from _paragraph(asked, width, MARGIN * 2, "- ", style, dim=True)
    if report.unanswered:
        yield f"\n{MARGIN}{style('You have not answered', bold=True)}\n"
        for question in report.unanswered:
            yield from _paragraph(question, width, MARGIN * 2, "- ")


def _plainer(report: Report, style: Style) -> Iterator[str]:
    if report.plain == report.text:
        return
    yield f"\n{MARGIN}{style('In plainer words', bold=True)}\n"
    yield difference(report.text, report.plain, style, context=0, heads=False, indent=MARGIN * 2)


def difference(
    old: str,
    new: str,
    style: Style = plain,
    *,
    names: tuple[str, str] = ("", ""),
    context: int = 2,
    heads: bool = True,
    indent: str = "",
) -> str:
    """A unified diff of two texts, by lines."""
    rows = unified_diff(old.splitlines(), new.splitlines(), *names, n=context, lineterm="")
    colours = {"+": "green", "-": "red", "@": "cyan"}
    shown = []
    for number, row in enumerate(rows):
        is_head = number < 2 or row.startswith("@@")
        if heads or not is_head:
            looks = {"bold": True} if number < 2 else {"fg": colours[row[0]]} if row[:1] in colours else {}
            shown.append(f"{indent}{style(row, **looks)}\n")
    return "".join(shown)


def _notes(report: Report, style: Style, width: int) -> Iterator[str]:
    lines = Lines.of(report.text)
    loud = [*report.notes]
    if report.waited_hours is not None:
        loud.insert(0, waited(report.waited_hours))
    for note in loud:
        yield "\n"
        yield from _paragraph(note, width, MARGIN, "", style, fg="yellow")
    if report.skipped:
        kinds: dict[str, list[str]] = {}
        for skipped in report.skipped:
            kinds.setdefault(skipped.kind, []).append(lines.range(skipped.span))
        told = "; ".join(f"{kind} ({', '.join(_few(places))})" for kind, places in kinds.items())
        yield "\n"
        yield from _paragraph(f"Not judged: {told}.", width, MARGIN, "", style, dim=True)


def _few(places: list[str]) -> list[str]:
    unique = list(dict.fromkeys(places))
    return unique if len(unique) <= 3 else [*unique[:3], f"and {len(unique) - 3} more"]
