"""A review as the language server protocol tells it: diagnostics, hovers, actions, lenses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lsprotocol import types

from tonecheck.config import Config
from tonecheck.mail.edit import apply
from tonecheck.render.wording import MOVE_NAMES, offer
from tonecheck.report import Edit, Finding, Report, Severity, Span
from tonecheck.serve.checking import check
from tonecheck.serve.letter import Letter
from tonecheck.serve.positions import Lines

__all__ = ["Review", "actions", "diagnostics", "hover", "lenses", "plain_diagnostic", "review_of"]

SEVERITIES = {
    Severity.MILD: types.DiagnosticSeverity.Information,
    Severity.CLEAR: types.DiagnosticSeverity.Warning,
    Severity.STRONG: types.DiagnosticSeverity.Warning,
}
ENCODED = (
    "The text of this mail is encoded or HTML, so no words are marked; `tonecheck check` shows the report."
)
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Review:
    """The report on a letter, with what it takes to point at its words in the editor.

    `sources` tells for each rule where its advice comes from.
    """

    letter: Letter
    report: Report
    lines: Lines
    sources: Mapping[str, str]

    def range(self, span: Span) -> types.Range:
        """Where the draft's words stand in the editor."""
        return self.lines.range(self.letter.origins.span(span) if self.letter.origins else Span(0, 0))

    def at(self, span: Span) -> Iterator[Finding]:
        """The findings that a stretch of the file touches."""
        if (origins := self.letter.origins) is None:
            return
        for finding in self.report.findings:
            words = origins.span(finding.span)
            if span.start <= words.end and words.start <= span.end:
                yield finding


def review_of(letter: Letter, config: Config, encoding: str) -> Review:
    """The review of a letter, its positions counted in `encoding`."""
    from tonecheck.rulebook import rules_of  # brings in what a check needs anyway

    sources = {rule.id: rule.source for rule in rules_of(config)}
    return Review(letter, check(letter.draft, config), Lines.of(letter.file, encoding), sources)


def plain_diagnostic(message: str) -> types.Diagnostic:
    """A word about the whole file, at its first line."""
    start = types.Position(0, 0)
    return types.Diagnostic(
        types.Range(start, start), message, types.DiagnosticSeverity.Information, source="tonecheck"
    )


def diagnostics(review: Review) -> list[types.Diagnostic]:
    """One for each finding."""
    if review.letter.origins is None:
        return [plain_diagnostic(ENCODED)] if review.report.findings else []
    return [_diagnostic(review, finding) for finding in review.report.findings]


def _diagnostic(review: Review, finding: Finding) -> types.Diagnostic:
    severity = SEVERITIES[finding.severity]
    message = f"{finding.message} ({finding.fault})"
    return types.Diagnostic(review.range(finding.span), message, severity, finding.rule, source="tonecheck")


def hover(review: Review, position: types.Position, *, markdown: bool) -> types.Hover | None:
    """Why the words at a position are marked, the narrowest mark first; None where none are."""
    place = review.lines.offset(position)
    found = sorted(review.at(Span(place, place)), key=lambda finding: len(finding.span))
    if not found:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    rule = "\n\n---\n\n" if markdown else "\n\n"
    value = rule.join(_reason(review, finding, markdown) for finding in found)
    return types.Hover(types.MarkupContent(kind, value), review.range(found[0].span))


def _reason(review: Review, finding: Finding, markdown: bool) -> str:
    source = review.sources.get(finding.rule)
    rows = [
        finding.message,
        finding.why,
        f"{finding.fault}, {finding.severity.word} · {finding.rule}" + (f" · {source}" if source else ""),
    ]
    return "\n\n".join(MARKDOWN.sub(r"\\\1", row) if markdown else row for row in rows)


def actions(review: Review, params: types.CodeActionParams, version: int | None) -> list[types.CodeAction]:
    """The edits of the findings in a range, and the safe ones together; with `version`, only for that one."""
    span = Span(*map(review.lines.offset, (params.range.start, params.range.end)))
    report, made = review.report, []

    def add(title: str, kind: types.CodeActionKind, text: str, **more: object) -> None:
        change = review.letter.reworded(text)
        if change is None:
            return
        edit = _workspace_edit(review, params.text_document.uri, change, version)
        made.append(types.CodeAction(title, kind, edit=edit, **more))  # type: ignore[arg-type]

    if _wanted(types.CodeActionKind.QuickFix, params):
        for finding in review.at(span):
            for place, edit in enumerate(finding.edits):
                text, preferred = apply(report.text, [edit]), edit.safe and not place
                diagnosed = [_diagnostic(review, finding)]
                title = _title(report, finding, edit)
                add(title, types.CodeActionKind.QuickFix, text, diagnostics=diagnosed, is_preferred=preferred)
    if _wanted(types.CodeActionKind.SourceFixAll, params) and report.plain_safe != report.text:
        add("tonecheck: make the safe edits", types.CodeActionKind.SourceFixAll, report.plain_safe)
    return made


def _wanted(kind: types.CodeActionKind, params: types.CodeActionParams) -> bool:
    only = params.context.only
    return only is None or any(kind.value == k or kind.value.startswith(f"{k}.") for k in map(_value, only))


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _title(report: Report, finding: Finding, edit: Edit) -> str:
    words = " ".join(report.words(finding.span).split())
    short = words if len(words) <= LONGEST_TITLE else f"{words[:LONGEST_TITLE].rsplit(' ', 1)[0]}…"
    offered, note = offer(report.text, finding, edit)
    return f"“{short}” → {offered}" + (f" ({note})" if note else "")


def _workspace_edit(review: Review, uri: str, change: Edit, version: int | None) -> types.WorkspaceEdit:
    edit = types.TextEdit(review.lines.range(change.span), change.text)
    if version is None:
        return types.WorkspaceEdit(changes={uri: [edit]})
    document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [edit])])


def lenses(review: Review) -> list[types.CodeLens]:
    """Above the first words: the scores, and what the client will miss."""
    report, origins = review.report, review.letter.origins
    if not report.scores or not report.sentences or origins is None:
        return []
    where = review.range(report.sentences[0])
    rows = [" · ".join(f"{score.fault} {score.value}" for score in report.scores)]
    if report.missing:
        rows.append("missing: " + "; ".join(MOVE_NAMES[kind] for kind in report.missing))
    return [types.CodeLens(where, types.Command(row, "")) for row in rows]
