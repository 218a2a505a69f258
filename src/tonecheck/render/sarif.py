"""SARIF 2.1.0, for code hosts and editors that show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tonecheck.render.wording import Lines
from tonecheck.report import Edit, Finding, Report, Severity, Span

__all__ = ["sarif_of"]

LEVELS = {Severity.MILD: "note", Severity.CLEAR: "warning", Severity.STRONG: "error"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_of(reports: Sequence[Report], version: str) -> dict[str, Any]:
    """One run with the results of all reports; `version` is tonecheck's own."""
    rules = {f.rule: f for report in reports for f in (*report.unsure, *report.findings)}
    driver = {
        "name": "tonecheck",
        "version": version,
        "rules": [
            {
                "id": rule,
                "shortDescription": {"text": f"{finding.type} ({finding.fault})"},
                "fullDescription": {"text": finding.why},
                "defaultConfiguration": {"level": LEVELS[finding.severity]},
            }
            for rule, finding in sorted(rules.items())
        ],
    }
    results = [_result(report, finding) for report in reports for finding in report.findings]
    results += [_to_review(report, finding) for report in reports for finding in report.unsure]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(report: Report, finding: Finding) -> dict[str, Any]:
    lines = Lines.of(report.text)
    place = {"artifactLocation": {"uri": _uri(report.source)}, "region": _region(lines, finding.span)}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
        "properties": {"confidence": finding.confidence, "fault": finding.fault},
    }
    if finding.edits:
        result["fixes"] = [_fix(report, lines, edit) for edit in finding.edits]
    return result


def _to_review(report: Report, finding: Finding) -> dict[str, Any]:
    """A finding that is less sure: SARIF asks for the level "none" where a person must look."""
    return {**_result(report, finding), "kind": "review", "level": "none"}


def _fix(report: Report, lines: Lines, edit: Edit) -> dict[str, Any]:
    replacement = {
        "deletedRegion": _region(lines, edit.span),
        "insertedContent": {"text": edit.text},
    }
    change = {"artifactLocation": {"uri": _uri(report.source)}, "replacements": [replacement]}
    kind = "safe" if edit.safe else "the writer must agree"
    return {"description": {"text": f"plainer wording ({kind})"}, "artifactChanges": [change]}


def _region(lines: Lines, span: Span) -> dict[str, int]:
    line, column = lines.place(span.start)
    end_line, end_column = lines.place(span.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": span.start,
        "charLength": len(span),
    }


def _uri(source: str) -> str:
    from urllib.parse import quote

    return quote(source.split(" (")[0])
