"""Installing: shown first, done once, undone without a trace."""

from __future__ import annotations

import os
import shlex
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import Home, Run
from hypothesis import example, given
from hypothesis import strategies as st
from screen import screen, waited_for

from tonecheck.errors import TonecheckError
from tonecheck.hooks.install import aerc
from tonecheck.hooks.install.block import block_in, block_out
from tonecheck.hooks.install.plan import Plan, Request, do, needed

LINES = ("set sendmail=x", "set sendmail_wait=0")
COMMAND = Path(sys.executable).with_name("tonecheck")

# Whole lines in either newline, and a last one that may have none; no block of ours.
WORDS = st.binary(max_size=8).filter(lambda w: not {b"\n", b"\r"} & {w[i : i + 1] for i in range(len(w))})
FILES = st.builds(
    lambda newline, lines, last: b"".join(line + newline for line in lines) + last,
    st.sampled_from([b"\n", b"\r\n"]),
    st.lists(WORDS, max_size=5),
    WORDS,
)


@given(st.none() | FILES)
@example(b"")
@example(b"\n")
@example(b"\xff\xfe no newline")
@example(b"a\r\n\r\nb")
def test_undo_puts_back_every_byte_and_installing_twice_changes_nothing(before: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "deep", "rc")
        if before is not None:
            path.parent.mkdir()
            path.write_bytes(before)
        do(Plan((block_in(path, LINES, comment="#"),)))
        assert path.read_bytes().startswith(before or b"")
        assert all(line.encode() in path.read_bytes().splitlines() for line in LINES)
        assert needed(Plan((block_in(path, LINES, comment="#"),))).steps == ()
        do(Plan((block_out(path, comment="#"),)))
        assert (path.read_bytes() if path.exists() else None) == before


@given(FILES, FILES)
def test_what_the_user_writes_around_the_block_later_stays(before: bytes, after: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rc")
        path.write_bytes(b"set a=b\n")
        do(Plan((block_in(path, LINES, comment="#"),)))
        path.write_bytes(before + b"\n" + path.read_bytes() + after)
        do(Plan((block_in(path, ("set sendmail=y",), comment="#"),)))
        assert b"set sendmail=x" not in path.read_bytes()
        assert path.read_bytes().count(b"set sendmail=y") == 1
        do(Plan((block_out(path, comment="#"),)))
        assert path.read_bytes() == before + b"\nset a=b\n" + after


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a\n# >>> tonecheck >>>\nb\n", 2),
        (b"a\nb\n# <<< tonecheck <<<\n", 3),
        (b"# <<< tonecheck <<<\n# >>> tonecheck >>>\n", 2),
        (b"# >>> tonecheck >>>\n# <<< tonecheck <<<\n" * 2, 3),
    ],
)
def test_a_damaged_block_is_left_alone_and_its_line_is_named(tmp_path: Path, text: bytes, line: int) -> None:
    path = tmp_path / "rc"
    path.write_bytes(text)
    for change in (lambda: block_in(path, LINES, comment="#"), lambda: block_out(path, comment="#")):
        with pytest.raises(TonecheckError, match=f"rc:{line}: the block of tonecheck is damaged"):
            change()
    assert path.read_bytes() == text


ACCOUNTS = b"""\
# mine: \xe9
[Acme]
source   = imaps://jo@mail.acme.example
outgoing = /usr/bin/msmtp -a "acme work"
[Home]
outgoing=sendmail -oi\r
[Direct]
outgoing = smtps://jo:secret@mail.acme.example
outgoing-cred-cmd = pass acme
#outgoing = /usr/sbin/sendmail
"""


def test_each_account_of_aerc_keeps_its_own_command(tmp_path: Path) -> None:
    path = tmp_path / "accounts.conf"
    path.write_bytes(ACCOUNTS)
    plan = aerc.plan(Request("aerc", file=path))
    assert "secret" not in " ".join(plan.notes)
    assert "smtps://mail.acme.example" in plan.notes[0]
    do(plan)
    wrapped = f"{COMMAND} sendmail ".encode()
    assert path.read_bytes() == ACCOUNTS.replace(b"/usr/bin/msmtp", wrapped + b"/usr/bin/msmtp").replace(
        b"=sendmail -oi", b"=" + wrapped + b"sendmail -oi"
    )
    assert needed(aerc.plan(Request("aerc", file=path))).steps == ()
    do(aerc.plan(Request("aerc", undo=True, file=path)))
    assert path.read_bytes() == ACCOUNTS


def test_an_older_place_of_tonecheck_is_replaced_and_flags_of_the_users_own_stay(tmp_path: Path) -> None:
    path = tmp_path / "accounts.conf"
    text = "[A]\noutgoing = /old/bin/tonecheck sendmail msmtp\n[B]\noutgoing = tonecheck sendmail --no-ask -- msmtp\n"
    path.write_text(text, "utf8")
    do(aerc.plan(Request("aerc", file=path)))
    assert path.read_text("utf8") == text.replace("/old/bin/tonecheck", str(COMMAND))


def test_accounts_that_speak_to_the_server_themselves_cannot_be_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "accounts.conf"
    path.write_text("[A]\noutgoing = smtp://localhost\n", "utf8")
    with pytest.raises(TonecheckError, match="no account sends through a command"):
        aerc.plan(Request("aerc", file=path))


def test_the_change_is_shown_and_nothing_is_written_where_nobody_can_agree(run: Run, tmp_path: Path) -> None:
    rc = tmp_path / "rc"
    rc.write_bytes(b"set from=jo@acme.example\n")
    dry = run("hook", "install", "mutt", "--file", rc, "--dry-run")
    assert dry.returncode == 0
    assert f'+set sendmail="{COMMAND} sendmail --no-copy $sendmail"' in dry.stdout
    asked = run("hook", "install", "mutt", "--file", rc)
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert rc.read_bytes() == b"set from=jo@acme.example\n"


@pytest.mark.parametrize("answer", ["y", "n"])
def test_at_a_terminal_the_user_is_asked(home: Home, answer: str) -> None:
    command = [sys.executable, "-m", "tonecheck", "hook", "install", "emacs"]
    rc = home.folder / ".emacs.d" / "init.el"
    done = home.work / "done"
    with screen(
        ["sh", "-c", f"{shlex.join(command)}; echo $? > done"], folder=home.work, environment=home.environment
    ) as terminal:
        terminal.shows("tonecheck.el", "Change this? [y/N]")
        terminal.keys(answer, "Enter")
        while not waited_for(done):
            continue
    assert done.read_text("utf8").strip() == ("0" if answer == "y" else "1")
    assert rc.exists() == (answer == "y")


def test_a_linked_file_stays_a_link_and_keeps_its_mode(run: Run, tmp_path: Path) -> None:
    real, rc = tmp_path / "dotfiles", tmp_path / "rc"
    real.write_bytes(b"set realname='J\xf6rg'")
    real.chmod(0o640)
    rc.symlink_to(real)
    assert run("hook", "install", "neomutt", "--file", rc, "--yes").returncode == 0
    assert rc.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    again = run("hook", "install", "neomutt", "--file", rc, "--yes")
    assert "nothing to change" in again.stdout
    assert run("hook", "install", "neomutt", "--file", rc, "--undo", "--yes").returncode == 0
    assert real.read_bytes() == b"set realname='J\xf6rg'"
    assert run("hook", "install", "neomutt", "--file", rc, "--undo").returncode == 2


@pytest.mark.parametrize(
    ("place", "program"),
    [
        (".muttrc", "mutt"),
        (".mutt/muttrc", "mutt"),
        (".config/mutt/muttrc", "mutt"),
        (".config/neomutt/neomuttrc", "neomutt"),
        (".config/mutt/muttrc", "neomutt"),
        (".muttrc", "neomutt"),
        (".emacs", "emacs"),
        (".emacs.d/init.el", "emacs"),
        (".config/emacs/init.el", "emacs"),
        (".config/aerc/accounts.conf", "aerc"),
    ],
)
def test_the_file_that_the_program_reads_is_found(run: Run, tmp_path: Path, place: str, program: str) -> None:
    path = tmp_path / "home" / place
    path.parent.mkdir(parents=True)
    path.write_text("" if program != "aerc" else "[A]\noutgoing = msmtp\n", "utf8")
    done = run("hook", "install", program, "--yes")
    assert done.returncode == 0, done.stderr
    assert str(COMMAND) in path.read_text("utf8")


def test_a_file_that_is_made_goes_again(run: Run, tmp_path: Path) -> None:
    for program, place in (("mutt", ".muttrc"), ("emacs", ".emacs.d/init.el")):
        assert run("hook", "install", program, "--yes").returncode == 0
        assert (tmp_path / "home" / place).exists()
        assert run("hook", "install", program, "--undo", "--yes").returncode == 0
        assert not (tmp_path / "home" / place).exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mutt", "--global"), "--global is for git"),
        (("git",), "no git repository"),
        (("git", "--global"), "core.hooksPath"),
        (("git", "--file", "x"), "without --file"),
        (("aerc",), "accounts.conf: no such file"),
        (("emacs", "--undo"), "nothing to undo"),
        (("emacs", "--file", "/proc/init.el", "--yes"), "cannot be changed"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.sep)
    done = run("hook", "install", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
