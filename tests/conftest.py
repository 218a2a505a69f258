"""What the tests share: one warm checker, and the real command in a subprocess."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tonecheck.lean import bound_threads

bound_threads()  # before NumPy is imported, as the command does
from tonecheck.checker import Checker  # noqa: E402
from tonecheck.config import Config  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile(
    "tonecheck",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tonecheck")

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.eml"))
Run = Callable[..., subprocess.CompletedProcess[str]]
# Files that take longest, the longest first: none of them begins when the others are at their end.
LONGEST = (
    "test_postfix_storm test_spark test_daemon test_import test_team test_cases test_checker test_terminal test_fix test_scan_resume test_sendmail test_serve test_cli "
    "test_page test_thunderbird test_lsp test_record test_proxy_life test_scan_input test_report"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def checker() -> Checker:
    """One checker with the default settings, kept warm."""
    return Checker(Config())


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache folder for all that a run starts, in whatever home: rules are read once."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers' own folders lie side by side
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield folder / "cache"


@pytest.fixture
def run(tmp_path: Path, daemon: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The real command in an empty folder, with a home of its own.

    Checks are the daemon's work: it gives the same bytes as a process of its own (serve/test_daemon.py).
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", daemon.environment["XDG_RUNTIME_DIR"])
    folder = tmp_path / "work"
    folder.mkdir()

    def command(
        *arguments: str | Path, stdin: str | bytes = "", cwd: Path = folder
    ) -> subprocess.CompletedProcess[str]:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "tonecheck", *map(str, arguments)],
            input=given,
            capture_output=True,
            cwd=cwd,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf8"), done.stderr.decode("utf8")
        )

    return command


class Home:
    """A user of their own: settings, state and runtime folder, and the real command with them.

    The runtime folder is that of another user where the two are to share a daemon.
    """

    def __init__(self, folder: Path, cache: Path, settings: str = "", *, sharing: Home | None = None) -> None:
        self.folder = folder
        self.state = folder / "state" / "tonecheck"
        self.sockets = folder / "run" / "tonecheck"
        self.work = folder / "work"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TONECHECK"))}
        places = {"CONFIG_HOME": "config", "STATE_HOME": "state", "RUNTIME_DIR": "run"}
        self.environment = {**clean, "HOME": str(folder), "XDG_CACHE_HOME": str(cache)}
        self.environment |= {f"XDG_{name}": str(folder / place) for name, place in places.items()}
        if sharing:
            self.sockets = sharing.sockets
            self.environment["XDG_RUNTIME_DIR"] = sharing.environment["XDG_RUNTIME_DIR"]
        for place in (self.work, folder / "run", folder / "config" / "tonecheck"):
            place.mkdir(parents=True)
        self.settings(settings)

    def settings(self, text: str) -> None:
        """Replace the user's settings; hooks are patient here, for the machine may be busy."""
        path = self.folder / "config" / "tonecheck" / "tonecheck.toml"
        path.write_text(text if "timeout" in text else f"timeout = 300\n{text}", "utf8")

    def run(
        self, *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        """The finished command."""
        return subprocess.run(
            [sys.executable, "-m", "tonecheck", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=cwd or self.work,
            env={**self.environment, **environment},
            timeout=600,
            check=False,
        )

    def served(self) -> int:
        """How many checks the daemon has answered; 0 where none runs."""
        told = self.run("daemon", "status").stdout.decode()
        return int(told.split("served ")[1].split()[0]) if "served" in told else 0


@pytest.fixture
def home(cache: Path) -> Iterator[Home]:
    """A home without a daemon, which ends with the test if one was started. Sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        made = Home(Path(folder), cache)
        yield made
        if made.sockets.exists():
            made.run("daemon", "stop")


@pytest.fixture(scope="session")
def daemon(cache: Path) -> Iterator[Home]:
    """A home with a warm daemon, for all tests that leave it running."""
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        made = Home(Path(folder), cache)
        started = made.run("daemon", "start", "--idle", "60")
        assert started.returncode == 0, started.stderr
        yield made
        made.run("daemon", "stop")


@pytest.fixture(scope="module")
def warm(daemon: Home, cache: Path) -> Iterator[Home]:
    """A home of the module's own that asks the warm daemon."""
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        yield Home(Path(folder), cache, sharing=daemon)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()
