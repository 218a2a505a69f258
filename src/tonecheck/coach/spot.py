"""Spot it: mark the words that the client will take amiss, and name the fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tonecheck.coach.case import Case, Mark
from tonecheck.coach.grade import FAIR, Grade, Remark, source_of
from tonecheck.report import FAULT_LETTERS, Severity, Span

__all__ = ["Guess", "Hit", "grade_spots", "hits", "place_of", "verdict_on"]

TOUCHED = 0.6  # the right place, but too much or too little of it
NEAR = 0.4  # the right sentence, and other words of it
FAULT_ONLY, OTHER_FAULT = 0.8, 0.5
FALSE_ALARM = Severity.CLEAR  # what a mark on good words weighs
SPARE = Severity.MILD  # and one more mark in a sentence that has all its marks
END = re.compile(r"[.!?]+[”\")]*\s|\n\s*")


@dataclass(frozen=True, slots=True, order=True)
class Guess:
    """Words that a learner marks, and what they call it: a type, or only the letter of a fault."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark, the guess that came nearest, and how much of it was right, 0 to 1."""

    mark: Mark
    guess: Guess | None
    credit: float


def hits(
    case: Case, guesses: Sequence[Guess]
) -> tuple[tuple[Hit, ...], tuple[Guess, ...], tuple[Guess, ...]]:
    """Each mark with its best guess, a guess for one mark only; false alarms; and guesses left over.

    A false alarm touches no sentence with a mark: where a fault begins and ends is a matter of taste.
    """
    pairs = sorted(
        (
            (_credit(case, mark, guess), number, guess)
            for number, mark in enumerate(case.marks)
            for guess in guesses
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    best: dict[int, tuple[Guess, float]] = {}
    taken: set[Guess] = set()
    for credit, number, guess in pairs:
        if credit and number not in best and guess not in taken:
            best[number] = guess, credit
            taken.add(guess)
    found = tuple(Hit(mark, *best.get(number, (None, 0.0))) for number, mark in enumerate(case.marks))
    faulty = [_sentence(case.draft, mark.span) for mark in case.marks]
    alarms = {guess for guess in guesses if not any(span.overlaps(guess.span) for span in faulty)}
    return found, tuple(sorted(alarms)), tuple(sorted(set(guesses) - alarms - taken))


def _credit(case: Case, mark: Mark, guess: Guess) -> float:
    place = _place(case, mark, guess)
    if guess.kind == mark.type:
        return place
    return place * (FAULT_ONLY if guess.kind[:1] == mark.type[0] else OTHER_FAULT)


def _place(case: Case, mark: Mark, guess: Guess) -> float:
    """How well the words are met: 1 if half of either is shared."""
    shared = min(mark.span.end, guess.span.end) - max(mark.span.start, guess.span.start)
    if shared > 0:
        return 1.0 if 2 * shared >= max(len(mark.span), len(guess.span)) else TOUCHED
    return NEAR if _sentence(case.draft, mark.span).overlaps(guess.span) else 0.0


def _sentence(text: str, span: Span) -> Span:
    """The sentence around the words, or the sentences."""
    before = [match.end() for match in END.finditer(text, 0, span.start)]
    after = END.search(text, max(span.start, span.end - 1))
    return Span(before[-1] if before else 0, after.end() if after else len(text))


def grade_spots(case: Case, guesses: Sequence[Guess]) -> Grade:
    """The share of what there is to mark, weighed by severity; marks on good words count against it.

    On a clean draft any mark is a false alarm and the score 0: a false alarm costs more than a miss.
    """
    found, alarms, spare = hits(case, guesses)
    right = sum(hit.mark.severity * hit.credit for hit in found)
    whole = sum(hit.mark.severity for hit in found) + FALSE_ALARM * len(alarms) + SPARE * len(spare)
    score = right / whole if whole else 1.0
    skills: dict[str, float] = {}
    for hit in found:
        skills[hit.mark.type] = min(hit.credit, skills.get(hit.mark.type, 1.0))
    if alarms or case.is_clean:
        skills[FAIR] = 0.0 if alarms else 1.0
    remarks = (
        *(_on_hit(case, hit) for hit in found),
        *(_on_alarm(case, guess) for guess in alarms),
        *(
            Remark("wrong", "one mark too many in this sentence", words=case.words(guess.span))
            for guess in spare
        ),
    )
    if not remarks:
        remarks = tuple(_on_fine(case)) or (Remark("right", "Nothing here is to be marked."),)
    return Grade(score, remarks, skills)


def verdict_on(hit: Hit) -> str:
    """Right, partly or missed."""
    return "missed" if hit.guess is None else "right" if hit.credit >= FAULT_ONLY else "partly"


def _on_hit(case: Case, hit: Hit) -> Remark:
    mark, guess = hit.mark, hit.guess
    name = f"{FAULT_LETTERS[mark.type[0]]}, {mark.type}"
    text = name
    if guess is not None and guess.kind[:1] != mark.type[0]:
        text = f"{name}, not {FAULT_LETTERS.get(guess.kind[:1], guess.kind)}"
    elif guess is not None and guess.kind[1:] and guess.kind != mark.type:
        text = f"{name} rather than {guess.kind}"
    if guess is not None and _place(case, mark, guess) < 1:
        text = f"{text}; these words carry it"
    return Remark(verdict_on(hit), text, mark.why, case.words(mark.span), source_of(mark.type))


def _on_alarm(case: Case, guess: Guess) -> Remark:
    why = next((fine.why for fine in case.fine if fine.span.overlaps(guess.span)), "")
    return Remark("wrong", "these words are fine", why, case.words(guess.span))


def _on_fine(case: Case) -> Iterator[Remark]:
    for fine in case.fine:
        yield Remark("right", "rightly left alone", fine.why, case.words(fine.span))


def place_of(text: str, words: str) -> Span | None:
    """Where the words stand in the text, whatever their case and spaces; None where they do not.

    `first … last` is all from the first words to the next place of the last ones.
    """
    pieces = [piece for piece in re.split(r"\s*(?:…|\.\.\.)\s*", words.strip(" \"“”'")) if piece]
    if not pieces:
        return None
    pattern = r".*?".join(r"\s+".join(map(re.escape, _straight(piece).split())) for piece in pieces)
    found = re.search(pattern, _straight(text), re.IGNORECASE | re.DOTALL)
    return Span(*found.span()) if found else None


def _straight(text: str) -> str:
    """The text with plain quotation marks, each as long as before."""
    return text.translate(str.maketrans("’‘“”", "''\"\""))
