"""The blank pipeline that training starts from: mail's punctuation, and static word vectors.

    base.py VECTORS.npz OUTPUT

The vectors are those that `silver.py` wrote, brought to the width that the pipeline can afford by
a principal component analysis. Keys are lower-case.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from spacy.util import compile_prefix_regex, compile_suffix_regex
from spacy.vectors import Vectors

WIDTH = 96
MOST_VECTORS = 20_000
# A row of marks is one token, as the treebank has it: "!!!", "****", "-----".
RUNS = [
    r"[!?]{2,}",
    r"\*{2,}",
    r"_{2,}",
    r"={2,}",
    r"-{2,}",
    r"~{2,}",
    r"\#{2,}",
    r">{2,}",
    r"<{2,}",
    r"\${2,}",
]
# So are telephone numbers, dates and e-mails.
WHOLE = re.compile(r"(?:\+?\d+(?:[-/.]\d+){2,}|e-mail(?:s|ed|ing|er)?)$", re.IGNORECASE).match


def reduced(matrix: np.ndarray, width: int) -> np.ndarray:
    """The first `width` principal components, scaled to unit variance over all cells."""
    centred = matrix - matrix.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    projected = centred @ axes[:width].T
    return np.asarray(projected / projected.std(), dtype="float32")


def with_mail_punctuation(nlp: Language) -> Language:
    """The pipeline, its tokenizer keeping rows of marks, and numbers and e-mails with their hyphens, together."""
    prefixes = [*RUNS, *(nlp.Defaults.prefixes or ())]
    suffixes = [*RUNS, *(nlp.Defaults.suffixes or ())]
    nlp.tokenizer.prefix_search = compile_prefix_regex(prefixes).search
    nlp.tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    nlp.tokenizer.token_match = WHOLE
    return nlp


def main(vectors: Path, output: Path) -> None:
    """Write a blank English pipeline that carries the tokenizer and the vectors."""
    known = np.load(vectors)
    words = [str(word) for word in known["words"][:MOST_VECTORS]]
    rows = reduced(known["means"][:MOST_VECTORS], WIDTH)
    nlp = with_mail_punctuation(spacy.blank("en"))
    for word in words:
        nlp.vocab.strings.add(word)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=rows, keys=words, name="en_tonecheck", attr="LOWER"
    )
    nlp.to_disk(output)
    print(f"{len(words)} words x {WIDTH}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
