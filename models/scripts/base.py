"""The blank pipeline that training starts from: mail's punctuation, and static word vectors.

The vectors come out of a small sentence transformer's input layer: the whole words of its
vocabulary keep their rows, and a principal component analysis brings them to the width that the
pipeline can afford. Keys are lower-case.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import spacy
from safetensors.numpy import load_file
from spacy.language import Language
from spacy.util import compile_prefix_regex, compile_suffix_regex
from spacy.vectors import Vectors

ROWS = "embeddings.word_embeddings.weight"
WIDTH = 96
# A row of marks is one token, as the treebank has it: "!!!", "****", "-----".
RUNS = [r"[!?]{2,}", r"\*{2,}", r"_{2,}", r"={2,}", r"-{2,}", r"~{2,}", r"\#{2,}", r">{2,}"]
# So are telephone numbers and dates.
NUMBERS = re.compile(r"\+?\d+(?:[-/.]\d+){2,}$").match


def whole_words(vocabulary: Path) -> dict[str, int]:
    """Word to row: pieces that stand for a word of their own, in the basic Latin alphabet."""
    pieces = vocabulary.read_text("utf8").splitlines()
    return {
        piece: row
        for row, piece in enumerate(pieces)
        if piece.isascii() and not piece.startswith(("##", "["))
    }


def reduced(matrix: np.ndarray, width: int) -> np.ndarray:
    """The first `width` principal components, scaled to unit variance over all cells."""
    centred = matrix - matrix.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    projected = centred @ axes[:width].T
    return np.asarray(projected / projected.std(), dtype="float32")


def with_mail_punctuation(nlp: Language) -> Language:
    """The pipeline, its tokenizer keeping rows of marks and numbers with hyphens together."""
    prefixes = [*RUNS, *(nlp.Defaults.prefixes or ())]
    suffixes = [*RUNS, *(nlp.Defaults.suffixes or ())]
    nlp.tokenizer.prefix_search = compile_prefix_regex(prefixes).search
    nlp.tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    nlp.tokenizer.token_match = NUMBERS
    return nlp


def main(transformer: Path, output: Path) -> None:
    """Write a blank English pipeline that carries the tokenizer and the vectors."""
    words = whole_words(transformer / "vocab.txt")
    matrix = load_file(transformer / "model.safetensors")[ROWS].astype("float32")
    rows = reduced(matrix[list(words.values())], WIDTH)
    nlp = with_mail_punctuation(spacy.blank("en"))
    for word in words:
        nlp.vocab.strings.add(word)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=rows, keys=list(words), name="en_tonecheck", attr="LOWER"
    )
    nlp.to_disk(output)
    print(f"{len(words)} words x {WIDTH}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
