"""The examples are what mail programs write: read in full, with a client and a waiting time."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import blocks, is_sound, kinds

from tonecheck.mail.message import read_draft

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.eml"))
WAITED = {
    "blunt-and-honest": 4.5,
    "firm-refusal": 7.5,
    "forwarded-complaint": 54.0,
    "late-plumber": 2.3,
    "lost-parcel": 17.5,
    "owned-mistake": 4.5,
    "paid-twice": 48.5,
    "part-x": 31.5,
    "squealing-brake": 16.6,
    "wedding-cake": 14.5,
    "wrong-size": 15.5,
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_read_with_its_client_and_waiting_time(path: Path) -> None:
    draft = read_draft(path)
    is_sound(draft)
    assert draft.waited_hours == WAITED[path.stem]
    assert draft.client
    assert kinds(draft) & {"quote", "forward"}
    assert "signature" in kinds(draft)
    assert 15 < sum(len(words.split()) for words in blocks(draft)) < 150
    assert not any(draft.client.split("\n")[0] in words for words in blocks(draft))


def test_the_readmes_example_holds_its_sentence() -> None:
    words = " ".join(blocks(read_draft(next(p for p in EXAMPLES if p.stem == "part-x"))))
    assert (
        "Apparently Part X doesn't meet desired performance quotas in real-world applications."
        in " ".join(words.split())
    )
