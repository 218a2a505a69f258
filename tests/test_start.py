"""A check starts without what it never uses, and keeps what takes time to work out."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textblob import TextBlob

from tonecheck.detect.sentiment import sentiment_of
from tonecheck.kept import kept, stamps
from tonecheck.lean import set_aside


def python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=True,
    )
    return done.stdout.strip()


def test_a_check_imports_neither_spacys_command_line_nor_nltk() -> None:
    code = (
        "import sys, tonecheck; tonecheck.check('Apparently Part X is broken.')\n"
        "print([n for n in ('spacy.cli', 'typer', 'nltk', 'textblob') if n in sys.modules])"
    )
    assert python(code) == "[]"


def test_spacys_command_line_can_be_imported_afterwards() -> None:
    code = (
        "import tonecheck.detect.parser, spacy\n"
        "print(spacy.info(silent=True)['spacy_version'] == spacy.__version__)\n"
        "import spacy.cli; print(callable(spacy.cli.download))\n"
        "import textblob; print(textblob.TextBlob('fine').sentiment.polarity)"
    )
    assert python(code).split() == ["True", "True", "0.4166666666666667"]


def test_the_command_never_imports_torch(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    (tmp_path / "draft.txt").write_text("Apparently Part X is broken.")
    done = subprocess.run(
        [sys.executable, "-m", "tonecheck", "check", "draft.txt"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        check=False,
    )
    assert done.returncode == 0, done.stderr


@given(st.text(max_size=200))
def test_the_sentiment_is_textblobs(text: str) -> None:
    found = sentiment_of(text)
    assert (found.polarity, found.subjectivity) == tuple(TextBlob(text).sentiment)


def test_a_module_set_aside_is_loaded_when_one_of_its_functions_is_called() -> None:
    sys.modules.pop("colorsys", None)
    with set_aside("colorsys"):
        from colorsys import rgb_to_hsv
    assert rgb_to_hsv(1, 0, 0) == (0.0, 1.0, 1)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "tonecheck"


def test_a_value_is_made_once(own_cache: Path) -> None:
    made: list[int] = []
    for _ in range(2):
        assert kept("number", "same", lambda: made.append(1) or 7) == 7
    assert made == [1]
    assert [p.stat().st_mode & 0o777 for p in own_cache.glob("number-*")] == [0o600]


def test_a_changed_file_makes_a_new_value(own_cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "rule.toml"
    file.write_text("1")
    assert kept("number", stamps([file]), lambda: 1) == 1
    file.write_text("22")
    assert kept("number", stamps([file]), lambda: 2) == 2


@pytest.mark.parametrize("content", [b"", b"nonsense", pickle.dumps(3)[:-2]])
def test_a_damaged_file_costs_only_time(own_cache: Path, content: bytes) -> None:
    kept("number", "x", lambda: 7)
    (path,) = own_cache.glob("number-*")
    path.write_bytes(content)
    assert kept("number", "x", lambda: 8) == 8


def test_a_file_that_others_may_write_is_not_read(own_cache: Path) -> None:
    kept("number", "x", lambda: 7)
    (path,) = own_cache.glob("number-*")
    path.chmod(0o666)
    assert kept("number", "x", lambda: 8) == 8


def test_a_cache_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(in_the_way))
    assert kept("number", "x", lambda: 7) == 7
