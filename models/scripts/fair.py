"""False alarms on honest mail: non-native English, dialect, blunt letters and suspicious-looking ones.

    fair.py corpus/fair.jsonl

Every reply there is rated 0/0/0; whatever is flagged is a false alarm.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of


def main(source: Path) -> None:
    """Print the share of sentences and replies flagged, by kind, and each false alarm."""
    checker, counts = Checker(), Counter()
    for row in map(json.loads, source.read_text("utf8").splitlines()):
        report = checker.check(draft_of(row["reply"], client=row["client"]))
        kind = row["kind"]
        counts[kind, "replies"] += 1
        counts[kind, "sentences"] += len(report.sentences)
        counts[kind, "flagged replies"] += bool(report.findings)
        counts[kind, "flagged"] += sum(
            any(f.span.overlaps(s) for f in report.findings) for s in report.sentences
        )
        counts[kind, "above the limit"] += any(score.value > 50 for score in report.scores)
        for f in report.findings:
            print(f"{row['id']} {row['voice']}: {f.rule} {f.confidence:.2f} “{report.words(f.span)}”")
    for kind in dict.fromkeys(kind for kind, _ in counts):
        share = counts[kind, "flagged"] / counts[kind, "sentences"]
        print(
            f"{kind:<12}{counts[kind, 'flagged']:>4} of {counts[kind, 'sentences']} sentences ({share:.1%}), "
            f"{counts[kind, 'flagged replies']} of {counts[kind, 'replies']} replies, "
            f"{counts[kind, 'above the limit']} above the limit"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
