"""Records for the tests: an empty one of either kind, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tonecheck.coach.store import Record, open_record
from tonecheck.coach.tables import Table


def postgresql_programs() -> Path:
    """The folder with initdb: on the path, or where Debian puts it."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The URL of a real server that is ours alone and listens on no network."""
    programs = postgresql_programs()
    with tempfile.TemporaryDirectory(prefix="tc-pg-") as name:
        folder = Path(name)
        as_owner: list[str] = []
        if os.getuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
            as_owner = ["runuser", "-u", "postgres", "--"]

        def run(program: str, *arguments: str) -> None:
            command = [*as_owner, str(programs / program), "-D", str(folder / "data"), *arguments]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

        run("initdb", "-A", "trust", "-U", "coach", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -h '' -F", "start")
        try:
            yield f"postgresql://coach@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Record]:
    """An empty record of either kind."""
    if request.param == "sqlite":
        opened = open_record(str(tmp_path / "coach.sqlite3"))
    else:
        opened = open_record(request.getfixturevalue("postgresql"))
        with opened.begin() as connection:
            for table in reversed(Table.metadata.sorted_tables):
                connection.execute(table.delete())
    yield opened
    opened.dispose()
