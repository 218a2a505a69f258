"""One line a finding, as editors and CI logs read them: `file:line:column: …`."""

from __future__ import annotations

from collections.abc import Iterator

from tonecheck.render.wording import Lines, summary
from tonecheck.report import Report

__all__ = ["render_lines"]


def render_lines(report: Report) -> str:
    """`source:line:column: severity: message [rule]`, one a finding."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    lines = Lines.of(report.text)
    if report.not_judged:
        yield f"{report.source}:1:1: note: {summary(report)}"
    for finding in report.findings:
        line, column = lines.place(finding.span.start)
        yield (
            f"{report.source}:{line}:{column}: {finding.severity.word}: {finding.message} [{finding.rule}]"
        )
    for finding in report.unsure:
        line, column = lines.place(finding.span.start)
        told = f"less sure ({finding.confidence:.2f}): {finding.message} [{finding.rule}]"
        yield f"{report.source}:{line}:{column}: {told}"
