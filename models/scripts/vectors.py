"""Static word vectors out of a small sentence transformer's input layer, as spaCy vectors.

The whole words of the WordPiece vocabulary keep their rows; a principal component analysis
brings them to the width that the pipeline can afford. Keys are lower-case.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import spacy
from safetensors.numpy import load_file
from spacy.vectors import Vectors

ROWS = "embeddings.word_embeddings.weight"
WIDTH = 96


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


def main(transformer: Path, output: Path) -> None:
    """Write a blank English pipeline that carries the vectors."""
    words = whole_words(transformer / "vocab.txt")
    matrix = load_file(transformer / "model.safetensors")[ROWS].astype("float32")
    rows = reduced(matrix[list(words.values())], WIDTH)
    nlp = spacy.blank("en")
    for word in words:
        nlp.vocab.strings.add(word)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=rows, keys=list(words), name="en_tonecheck", attr="LOWER"
    )
    nlp.to_disk(output)
    print(f"{len(words)} words x {WIDTH}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
