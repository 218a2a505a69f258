"""What the rules cost at the start, and how many wordings they hold.

    python tests/benchmarks/rules.py [ROUNDS]

Medians in milliseconds of processor time, each in a process of its own, its imports not counted: the
rules read from their files and from the cache, then the matcher's patterns likewise.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median

from tonecheck.phrase import expand
from tonecheck.rule import Rule, built_in_rules

MOST = 2000  # phrases of one pattern that are written out; a few stand for very many
IMPORTS = """
import time
from tonecheck.detect.parser import Parser
from tonecheck.detect.rules import RuleMatcher
from tonecheck.rule import built_in_rules
"""
STEPS = {
    "rules": "start = time.process_time(); built_in_rules()",
    "matcher": "rules, parser = built_in_rules(), Parser(); parser.nlp; "
    "start = time.process_time(); RuleMatcher(rules, parser.nlp, parser.attributes)",
}
END = "\nprint(1000 * (time.process_time() - start))"


def main(rounds: int) -> None:
    """Print the count, then each step without and with the cache."""
    rules = built_in_rules()
    print(f"{len(rules)} rules, at least {len(wordings(rules)):,} distinct phrases")
    for name, step in STEPS.items():
        cold, cached = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as home:
                cold.append(_milliseconds(step, home))
                cached.append(_milliseconds(step, home))
        print(f"{name:<8} from files {median(cold):7.1f} ms   from the cache {median(cached):7.1f} ms")


def wordings(rules: tuple[Rule, ...]) -> set[str]:
    """The phrases written out, without those of patterns over tokens and trees."""
    phrases = (phrase for rule in rules for pattern in rule.patterns for phrase in pattern.phrases)
    return {wording.lower() for phrase in phrases for wording in islice(expand(phrase), MOST)}


def _milliseconds(step: str, home: str) -> float:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TONECHECK"))}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS + step + END],
        env={**variables, "HOME": home, "XDG_CACHE_HOME": str(Path(home, "cache"))},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
