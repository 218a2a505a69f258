"""A trainer's pages for the team's own cases: what is to review, clearing one of people, marking one."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response

from tonecheck.coach import reviewing
from tonecheck.coach.case import Mark
from tonecheck.coach.proposal import Proposal, proposal_for
from tonecheck.coach.removing import Cut, suspects
from tonecheck.coach.tables import TeamCase
from tonecheck.coach.team_cases import as_case, listed, marks_of
from tonecheck.coach.web.ask import TRAINER, Ask, Section, page
from tonecheck.coach.web.grading import answer_in, marks_sent
from tonecheck.coach.web.letters import words_of
from tonecheck.errors import InputError
from tonecheck.report import MOVES, TYPES, Severity, Span
from tonecheck.serve.checking import my_turn

__all__ = ["SECTION"]

SHOWN = 100  # cases of each group on one page
Piece = tuple[str, str]  # words, and the class they are shown with


def _list(ask: Ask) -> Response:
    with ask.recording() as session:
        groups = [
            (name, told, *listed(session, ask.who, state, SHOWN))
            for name, told, state in (
                ("To review", "Nobody sees these but you.", reviewing.TO_REVIEW),
                ("To be marked", "Nobody can be known from these any more.", reviewing.CLEARED),
                ("Marked", "These are practised.", reviewing.MARKED),
            )
        ]
    return ask.show("cases.html.j2", groups=groups)


def _case(ask: Ask) -> TeamCase:
    """The case of this page. Raises HTTPException where there is none for this trainer."""
    try:
        with ask.recording() as session:
            return reviewing.the_case(session, ask.who, ask.path["number"])
    except reviewing.CaseError:
        raise HTTPException(404, "There is no such case for you.") from None


def _one(ask: Ask) -> Response:
    case = _case(ask)
    return _review_page(ask, case) if case.state == reviewing.TO_REVIEW else _marking_page(ask, case)


def _review_page(ask: Ask, case: TeamCase, status: int = 200, problem: str = "") -> Response:
    texts = [
        (title, _pieces(getattr(case, f"{of}_as_sent"), reviewing.cuts_of(case, of)))
        for title, of in (("The client wrote", "client"), ("The reply", "reply"))
    ]
    left = suspects(f"{case.client}\n{case.reply}")
    return ask.show("case-review.html.j2", status, case=case, texts=texts, left=left, problem=problem)


def _pieces(sent: str, cuts: Sequence[Cut]) -> tuple[list[Piece], list[Piece]]:
    """The text as it was sent and as it is now, with what was removed set apart in both."""
    before, after, at = list[Piece](), list[Piece](), 0
    for cut in cuts:
        same = (sent[at : cut.span.start], "")
        before += [same, (sent[cut.span.start : cut.span.end], "removed")]
        after += [same, (cut.stand_in, "stand-in")]
        at = cut.span.end
    return [*before, (sent[at:], "")], [*after, (sent[at:], "")]


def _change(ask: Ask) -> Response:
    """Remove or put back words, clear the case, or throw it away."""
    case, step, words = _case(ask), ask.text("do"), ask.text("words").strip()
    version = _version(ask)
    proposed: Proposal = ((), frozenset(), frozenset())
    if step == "clear":
        proposed = my_turn(_proposal, case.client, case.reply, ask)
    try:
        with ask.recording() as session:
            if step == "remove":
                reviewing.remove(session, ask.who, case.id, version, words)
            elif step == "keep":
                reviewing.put_back(session, ask.who, case.id, version, words)
            elif step == "clear":
                reviewing.clear(session, ask.who, case.id, version, proposed)
            elif step == "reject":
                reviewing.reject(session, ask.who, case.id, version)
    except reviewing.CaseError as error:
        now = _case(ask)
        shown = _review_page if now.state == reviewing.TO_REVIEW else _marking_page
        return shown(ask, now, 409, str(error))
    return ask.go("/cases" if step == "reject" else f"/cases/{case.id}")


def _proposal(client: str, reply: str, ask: Ask) -> Proposal:
    from tonecheck.checker import checker_for

    return proposal_for(client, reply, checker_for(ask.desk.config))


def _version(ask: Ask) -> int:
    said = ask.text("version")
    return int(said) if said.isdecimal() else 0


def _marking_page(ask: Ask, case: TeamCase, status: int = 200, problem: str = "") -> Response:
    """The marks as they are kept; after a mistake those of the form, so that nothing is typed twice."""
    known = as_case(case)
    marks = [(f"{m.span.start}-{m.span.end}", m.type, known.words(m.span)) for m in known.marks]
    missing, good = case.missing, case.good
    sent = bool(problem) and "marking" in ask.form
    if sent:
        marks = marks_sent(ask, case.reply)
        missing, good = ask.texts("move"), ask.texts("good")
    return ask.show(
        "case-mark.html.j2",
        status,
        case=known,
        row=case,
        words=words_of(case.reply),
        marks=marks,
        missing=missing,
        good="\n".join(good),
        theirs=known.marks if sent and status == 409 else (),
        problem=problem,
    )


def _mark(ask: Ask) -> Response:
    case = _case(ask)
    try:
        marks = _marks(ask, case)
    except InputError as error:
        return _marking_page(ask, case, 422, str(error))
    missing = [move for move in MOVES if move in ask.texts("move")]
    try:
        with ask.recording() as session:
            reviewing.mark(session, ask.who, case.id, _version(ask), marks, missing, ask.texts("good"))
    except reviewing.CaseError as error:
        return _marking_page(ask, _case(ask), 409, str(error))
    return ask.go("/cases")


def _marks(ask: Ask, case: TeamCase) -> list[Mark]:
    """The marks of the form; those that were there keep their reason, new ones take the one that was typed."""
    known = {(mark.span, mark.type): mark for mark in marks_of(case)}
    marks = []
    for start, end, kind in answer_in(ask, "spot", as_case(case)):
        if kind not in TYPES:
            raise InputError("Say for each mark which kind of fault it is, not only D, E or X.")
        span = Span(start, end)
        why = ask.text("why").strip()
        if (span, kind) not in known and not why:
            raise InputError("Say below why the words that you marked put the client off; learners read it.")
        marks.append(known.get((span, kind)) or Mark(span, kind, Severity.CLEAR, why))
    return marks


SECTION = Section(
    "Cases",
    "/cases",
    TRAINER,
    (
        page("/cases", _list, TRAINER),
        page("/cases/{number:int}", _one, TRAINER),
        page("/cases/{number:int}/review", _change, TRAINER, "POST"),
        page("/cases/{number:int}/mark", _mark, TRAINER, "POST"),
    ),
)
