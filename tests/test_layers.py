"""The hourglass: imports go down only, and heavy libraries have one room each."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "tonecheck"
# Rooms from the ground up; a room is a module or a package under tonecheck.
FLOORS = (
    ("report", "errors", "phrase", "lean", "kept"),
    ("profile",),
    ("mail", "rule", "score", "config", "render", "figure"),
    ("baseline",),
    ("detect",),
    ("rulebook",),
    ("rewriting",),
    ("checker",),
    ("proof", "evaluation", "serve", "scan"),
    ("hooks", "coach", "spark"),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ONE_ROOM = {
    "spacy": "detect",
    "textblob": "detect",
    "click": "cli",
    "matplotlib": "figure",
    "pyarrow": "scan",
    "pyspark": "spark",
    "sqlite3": "scan",
    "onnxruntime": "detect",
    "tokenizers": "detect",
    "aiosmtpd": "hooks",
    "aiosmtplib": "hooks",
    "starlette": "serve coach",
    "uvicorn": "serve",
    "pygls": "serve",
    "lsprotocol": "serve",
    "mcp": "serve",
    "sqlalchemy": "coach",
    "alembic": "coach",
    "argon2": "coach",
    "fsrs": "coach",
    "phonenumbers": "coach",
    "prompt_toolkit": "cli",
}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_import_goes_to_a_lower_floor_or_stays_in_its_room(path: Path) -> None:
    room = room_of(path)
    for name in imports(path):
        if not name.startswith("tonecheck."):
            continue
        other = name.split(".")[1]
        assert other == room or FLOOR[other] < FLOOR[room], f"{path.name} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_heavy_library_has_its_room(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        rooms = ONE_ROOM.get(library, room_of(path)).split()
        assert room_of(path) in rooms, f"{path.name} imports {name}"


def test_textblob_is_imported_in_one_file_only() -> None:
    users = [p.name for p in modules() if any(n.split(".")[0] == "textblob" for n in imports(p))]
    assert users == ["sentiment.py"]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from tonecheck.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'spacy', 'textblob', 'numpy', 'onnxruntime', 'jinja2', 'email'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_practice_without_writing_does_not_load_the_language_pipeline() -> None:
    code = (
        "import sys, tonecheck.cli.coach, tonecheck.cli.coaching.practice, tonecheck.cli.coaching.testing\n"
        "import tonecheck.coach.progress, tonecheck.coach.session, tonecheck.coach.measure\n"
        "sys.exit(sorted({'spacy', 'onnxruntime', 'textblob'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
