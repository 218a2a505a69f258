"""Labels by id and hash, joined with the texts that they belong to.

    join_labels.py LABELS.jsonl REPLIES.jsonl OUTPUT.jsonl [LIMIT]

The texts are other people's and are not kept here; a label whose text is missing, or is not the
one that was labelled, is left out and counted. LIMIT keeps a random part, the same each time.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from judge_data import text_hash

WEIGHT = 0.7  # single passes agree less with the given labels than those with themselves
SEED = 5


def main(labels: Path, replies: Path, output: Path, limit: int | None = None) -> None:
    """Write labelled replies as `judge_train.py` reads them."""
    texts = {row["id"]: row for row in map(json.loads, replies.read_text("utf8").splitlines())}
    rows, missing = [], 0
    for label in map(json.loads, labels.read_text("utf8").splitlines()):
        text = texts.get(label["source_id"], {}).get("reply", "")
        if text_hash(text) != label["sha256"]:
            missing += 1
            continue
        marked = [[kind, level, text[start:end]] for kind, level, start, end in label["f"]]
        client = texts[label["source_id"]].get("client")
        rows.append(
            {**label, "id": label["source_id"], "f": marked, "reply": text, "client": client,
             "split": "train", "source": "labelled", "weight": WEIGHT}
        )  # fmt: skip
    random.Random(SEED).shuffle(rows)
    kept = rows[:limit]
    output.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), "utf8")
    print(f"{len(kept)} labelled replies; the texts of {missing} are missing or changed")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), *map(int, sys.argv[4:]))
