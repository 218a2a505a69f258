"""A draft in plainer words: edits made until none is left, and none that makes it worse.

After the edits no score is higher, and no sentence carries a fault that it did not carry before.
Rewriting what was rewritten changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tonecheck.detect.rewrite import WRITER_SLOT
from tonecheck.mail.draft import Draft
from tonecheck.mail.edit import apply_to_draft, compatible
from tonecheck.report import Edit, Finding, Score, Span

__all__ = ["Reading", "first_edits", "is_worse", "plainer"]

MAX_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check finds in a draft, as far as an edit may not make it worse.

    `rules` are the ids of all rules that find something, and the faults that the judge hears, also
    where another speaks for them.
    """

    text: str
    sentences: tuple[Span, ...]
    findings: tuple[Finding, ...]
    rules: tuple[str, ...]
    scores: tuple[Score, ...]

    def carrying(self, fault: str) -> Counter[str]:
        """The sentences with a finding of the fault, by their words."""
        spans = [f.span for f in self.findings if f.fault == fault]
        return Counter(
            self.text[s.start : s.end] for s in self.sentences if any(s.overlaps(x) for x in spans)
        )


Find = Callable[[Draft], Sequence[Finding]]
Read = Callable[[Draft], Reading]


def plainer(draft: Draft, find: Find, read: Read, *, safe_only: bool) -> Draft:
    """The draft with the first edit of every finding made, until nothing is left to do.

    `find` gives the findings that edits answer, `read` all that a check finds. Where all edits
    together make the draft worse, they are made one after another, without those that make it worse.
    """
    for _ in range(MAX_ROUNDS):
        done = _all_made(draft, find, safe_only)
        if done.text == draft.text or not is_worse(read(draft), read(done)):
            return done
        kept, made = draft, list[Edit]()
        for edit in compatible(first_edits(find(draft), safe_only=safe_only)):
            changed = apply_to_draft(draft, [*made, edit])
            if not is_worse(read(kept), read(changed)):
                kept, made = changed, [*made, edit]
        if not made:
            break
        draft = kept
    return draft


def _all_made(draft: Draft, find: Find, safe_only: bool) -> Draft:
    seen = {draft.text}
    for _ in range(MAX_ROUNDS):
        edits = compatible(first_edits(find(draft), safe_only=safe_only))
        changed = apply_to_draft(draft, edits)
        if changed.text in seen:
            break
        draft = changed
        seen.add(draft.text)
    return draft


def first_edits(found: Iterable[Finding], *, safe_only: bool) -> list[Edit]:
    """Each finding's first edit, if it asks nothing of the writer; with `safe_only`, if it is safe."""
    firsts = (finding.edits[0] for finding in found if finding.edits)
    return [e for e in firsts if not WRITER_SLOT.search(e.text) and (e.safe or not safe_only)]


def is_worse(before: Reading, after: Reading) -> bool:
    """Whether nothing is left, a score rose, a rule speaks that did not, or a sentence carries a new fault."""
    if before.sentences and not after.sentences:
        return True
    old = {score.fault: score.value for score in before.scores}
    if any(score.value > old.get(score.fault, 100) for score in after.scores):
        return True
    if Counter(after.rules) - Counter(before.rules):
        return True
    same = {before.text[s.start : s.end] for s in before.sentences}
    for fault in {finding.fault for finding in after.findings}:
        had, has = before.carrying(fault), after.carrying(fault)
        new, gone = has - had, had - has
        if any(words in same for words in new) or new.total() > gone.total():
            return True
    return False
