"""Which pairs of a list of wordy and plain words the rules cover, and why the others are left out.

    plain_words.py LIST.tsv

LIST has the wordy form in its first column. Our answer to each of them stands in
`review/plain_words.tsv`: taken by a rule, or left out with the reason. Exits 1 where a word has no
answer, or where the rule that is named does not hold it.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tonecheck.rule import Rule, built_in_rules

REVIEW = Path(__file__).parents[1] / "review" / "plain_words.tsv"
SMALL = frozenset("a an and as at be by has have if in is it of on or that the this to up with you".split())


def main(source: Path) -> int:
    """Print the coverage; the number of words that lack an answer."""
    words = {
        row[0].strip().lower() for row in csv.reader(source.open(encoding="utf8"), delimiter="\t") if row
    }
    answers = reviewed()
    open_words = sorted(words - answers.keys())
    wrong = [word for word in sorted(words & answers.keys()) if not holds(word, *answers[word])]
    counts = Counter(
        "taken by a rule" if taken == "yes" else why
        for word, (taken, why) in answers.items()
        if word in words
    )
    for what, count in counts.most_common():
        print(f"{count:>4}  {what}")
    print(f"{len(words):>4}  words in {source.name}")
    for word in open_words:
        print(f"no answer: {word}")
    for word in wrong:
        print(f"{answers[word][1]} does not hold: {word}")
    return len(open_words) + len(wrong)


def reviewed() -> dict[str, tuple[str, str]]:
    """Our answers: word -> (yes or no, the rule or the reason)."""
    rows = csv.reader(REVIEW.open(encoding="utf8"), delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows)
    return {word: (taken, why) for word, taken, why in rows}


def holds(word: str, taken: str, why: str) -> bool:
    """Whether the answer is sound: a rule that has each larger word of it, or a reason."""
    if taken != "yes":
        return taken == "no" and bool(why)
    rules = {rule.id: rule for rule in built_in_rules()}
    if why not in rules:
        return False
    known = {british(w) for w in words_of(rules[why])}
    larger = (stem(british(w)) for w in re.findall(r"[a-z]+", word) if w not in SMALL)
    return all(any(k.startswith(part) for k in known) for part in larger)


def words_of(rule: Rule) -> Iterator[str]:
    """Every word that its patterns name."""
    for pattern in rule.patterns:
        for text in (*pattern.phrases, *_texts(pattern.tokens)):
            yield from re.findall(r"[a-z]+", text.lower())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def stem(word: str) -> str:
    """The word without its ending."""
    return word[: max(4, len(word) - 3)]


def british(word: str) -> str:
    """The word as either spelling has it: utilize as utilise, endeavor as endeavour."""
    return word.replace("z", "s").replace("our", "or")


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
