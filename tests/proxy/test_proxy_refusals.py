"""What the proxy refuses to start with: one clear line, exit status 2."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run

HERE = ("127.0.0.1:2525", "localhost:2525", "[::1]:2525", "0.0.0.0:2525", "127.0.0.2:2525")
REFUSED = {
    **{("--next-hop", hop, "--listen", "127.0.0.1:2525"): "itself" for hop in HERE},
    ("--next-hop", "127.0.0.1:2525", "--listen", "0.0.0.0:2525", "--allow-remote"): "itself",
    ("--next-hop", "127.0.0.1:26", "--listen", "0.0.0.0:2525"): "--allow-remote",
    ("--next-hop", "127.0.0.1:26", "--listen", "192.0.2.1:2525"): "--allow-remote",
    ("--next-hop", "127.0.0.1:26", "--listen", "192.0.2.1:2525", "--allow-remote"): "192.0.2.1:2525",
    ("--next-hop", "nowhere.invalid:26"): "no such host",
    **{("--next-hop", hop): "not an address" for hop in ("", "26", "127.0.0.1", "a:b", "a:99999", "x@a:25")},
}


@pytest.mark.parametrize("options", REFUSED, ids=" ".join)
def test_what_cannot_be_is_refused_in_one_clear_line(run: Run, options: tuple[str, ...]) -> None:
    done = run("proxy", *options)
    assert done.returncode == 2
    assert done.stderr.startswith("tonecheck: --")
    assert len(done.stderr.splitlines()) == 1
    assert REFUSED[options] in done.stderr


def test_a_port_that_is_taken_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("proxy", "--next-hop", "127.0.0.1:26", "--listen", at)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"--listen {at}: Address already in use" in done.stderr


def test_an_unknown_setting_is_named_before_the_proxy_listens(run: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / ".tonecheck.toml").write_text('off = ["doublespeak/no-such-rule"]\n', "utf8")
    done = run("proxy", "--next-hop", "127.0.0.1:26", "--listen", "127.0.0.1:0")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no-such-rule" in done.stderr


def test_without_its_libraries_the_proxy_says_how_to_get_them() -> None:
    code = (
        "import sys; sys.modules['aiosmtpd.smtp'] = None; from tonecheck.cli import main\n"
        "main(['proxy', '--next-hop', '127.0.0.1:26'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'tonecheck[proxy]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
