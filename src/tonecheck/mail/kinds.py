"""What each line of a mail is, from the surest mark to the least sure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from tonecheck.mail.lines import Line, marked
from tonecheck.mail.machine import mark_code, mark_disclaimers, mark_fences
from tonecheck.mail.quotes import mark_attributions, mark_history, mark_quotes
from tonecheck.mail.signature import mark_greeting, mark_signatures
from tonecheck.report import Skipped

__all__ = ["kinds_of"]

RULE = re.compile(r"[ \t]*([-_=*~—–])(?:[ \t]?\1)+[ \t]*$|[ \t]*[—–][ \t]*$")
SUBJECT = re.compile(r"(?:Subject|Re|Betreff)[ ]?:[ \t]*\S", re.IGNORECASE)


def kinds_of(lines: Sequence[Line], given: Sequence[Skipped] = (), *, flowed: bool = False) -> list[Line]:
    """The lines with their kinds; "" are the author's, "blank" have no words.

    `given` are stretches that the markup sets apart. `flowed` is RFC 3676: `>` quotes only at the
    very start of a line there.
    """
    kinds = list(lines)
    _mark_given(kinds, given)
    mark_fences(kinds)
    mark_quotes(kinds, flowed=flowed)
    mark_attributions(kinds)
    mark_history(kinds)
    mark_code(kinds)
    _mark_subject(kinds)
    mark_disclaimers(kinds)
    mark_signatures(kinds)
    _mark_rules(kinds)
    mark_greeting(kinds)
    return [line if line.kind or line.text.strip() else replace(line, kind="blank") for line in kinds]


def _mark_given(lines: list[Line], given: Sequence[Skipped]) -> None:
    """Paint the lines that lie wholly inside a stretch; the outermost stretch wins."""
    starts = [line.span.start for line in lines]
    painted_to = 0
    depths = Counter[int]()
    for stretch in sorted(given, key=lambda s: (s.span.start, -s.span.end)):
        first = bisect_left(starts, stretch.span.start)
        stop = bisect_left(starts, stretch.span.end)
        if stop > first and lines[stop - 1].span.end > stretch.span.end:
            stop -= 1
        if stretch.kind == "quote" and first < stop:
            depths.update({first: 1, stop: -1})
        if stretch.span.end > painted_to:
            painted_to = stretch.span.end
            marked(lines, stretch.kind, first, stop)
    for i, depth in enumerate(accumulate(depths[i] for i in range(len(lines)))):
        if depth:
            lines[i] = replace(lines[i], depth=depth)


def _mark_subject(lines: list[Line]) -> None:
    """A subject line above the letter, as templates have it."""
    first = next((i for i, line in enumerate(lines) if line.text.strip()), None)
    if first is not None and SUBJECT.match(lines[first].text):
        marked(lines, "subject", first, first + 1)


def _mark_rules(lines: list[Line]) -> None:
    """Ruled lines; only now, since `--` and `---` may have opened a signature or a quote."""
    for i, line in enumerate(lines):
        if not line.kind and len(line.text) < 200 and RULE.match(line.text):
            lines[i] = replace(line, kind="blank")
