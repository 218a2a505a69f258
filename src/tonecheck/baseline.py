"""What a team had already when it began: findings that count no more, so that only new ones do."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.report import Report
from tonecheck.score import score

__all__ = ["Baseline", "mark_of", "only_new", "place_of", "read_baseline", "write_baseline"]

KIND = "tonecheck baseline"


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each finding was there; a finding is known by its mark, not by its line."""

    counts: Mapping[str, int]
    folder: Path


def mark_of(rule: str, words: str, place: str) -> str:
    """A short name for a finding, which stays the same when its lines move or are broken anew."""
    plain = f"{rule}\n{' '.join(words.casefold().split())}\n{place}"
    return sha256(plain.encode("utf8", "surrogatepass")).hexdigest()[:16]


def place_of(source: str, folder: Path) -> str:
    """A report's source as seen from the baseline's folder, so that it holds on any machine."""
    return source if source.startswith("<") else Path(os.path.relpath(source, folder)).as_posix()


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises InputError for a file that is none."""
    cure = "write one with --write-baseline"
    try:
        table = json.loads(path.read_text("utf8"))
        counts = table["findings"] if table["kind"] == KIND else None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; {cure}") from None
    except (ValueError, LookupError, TypeError):
        counts = None
    if not isinstance(counts, dict) or not all(isinstance(n, int) for n in counts.values()):
        raise InputError(f"{path}: not a baseline of tonecheck; {cure}")
    return Baseline(counts, path.absolute().parent)


def write_baseline(path: Path, marks: Iterable[str]) -> int:
    """Write the file whole or not at all; how many findings it holds. Raises InputError."""
    counts = Counter(marks)
    table = {"kind": KIND, "version": 1, "findings": dict(sorted(counts.items()))}
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(json.dumps(table, indent=0) + "\n", "utf8")
        os.replace(new, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    return counts.total()


def only_new(report: Report, baseline: Baseline, place: str | None = None) -> Report:
    """The report without the findings that the baseline knows, scored anew.

    `place` names the draft, where its source is no path.
    """
    place = place_of(report.source, baseline.folder) if place is None else place
    left = Counter(baseline.counts)
    new = []
    for finding in report.findings:
        mark = mark_of(finding.rule, report.words(finding.span), place)
        if left[mark] > 0:
            left[mark] -= 1
        else:
            new.append(finding)
    known = len(report.findings) - len(new)
    if not known:
        return report
    note = f"{known} finding{'s' * (known > 1)} of the baseline left out."
    scores = score(new, report.moves) if report.scores else ()
    return replace(report, findings=tuple(new), scores=scores, notes=(*report.notes, note))
