"""git send-email with the hook, and a sendmail that keeps what it is given."""

from __future__ import annotations

import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import Home
from hypothesis import given, settings
from hypothesis import strategies as st
from real import ADDRESS, Real
from screen import screen, waited_for

from tonecheck.hooks.patch import prose_of_patch

GOOD = "Close the valve when the pump stops\n\nIt leaked because the valve stayed open. Reported by Ann on Tuesday."
BAD = """\
Close the valve when the pump stops

Apparently the pump doesn't meet desired performance quotas in real-world applications. You may not have
followed the fitting guide on page 12. Due to unforeseen circumstances, our test bench was not available in
October. We apologise for any inconvenience this may have caused.

Signed-off-by: Jo <jo@acme.example>"""
# In the diff the same words are no fault.
NOTHING_NEW = "pump = 1\n"


class Repository:
    """A repository of a user who sends with a sendmail for tests."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder, self.real = home, folder, Real(home.work)
        self.environment = {**home.environment, "GIT_CEILING_DIRECTORIES": str(home.folder)}
        self.git("init", "--quiet", "-b", "main", str(folder), cwd=home.folder)
        for key, value in {
            "user.name": "Jo",
            "user.email": "jo@acme.example",
            "sendemail.sendmailCmd": f"'{self.real.path}' -i",
            "sendemail.confirm": "never",
            "sendemail.suppresscc": "all",
        }.items():
            self.git("config", key, value)

    def git(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def commit(self, message: str, content: str = NOTHING_NEW) -> None:
        (self.folder / "pump").write_text(content, "utf8")
        self.git("add", "pump")
        done = self.git("commit", "--quiet", "--allow-empty", "--message", message)
        assert done.returncode == 0, done.stderr

    def hook(self, *arguments: str) -> str:
        done = self.home.run(
            "hook", "install", "git", "--yes", *arguments, cwd=self.folder, **self.environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf8")

    def send(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.git("send-email", f"--to={ADDRESS}", "-1", *arguments)


@pytest.fixture
def repository(warm: Home, tmp_path: Path) -> Repository:
    return Repository(warm, tmp_path / "pump works")


def test_a_message_is_held_for_its_prose_and_a_diff_never(repository: Repository) -> None:
    repository.commit("Start")
    repository.hook()
    repository.commit(GOOD, content=BAD)
    sent = repository.send()
    assert sent.returncode == 0, sent.stderr
    assert repository.real.arguments.exists()
    again = Real(repository.home.work)
    repository.commit(BAD, content="")
    held = repository.send()
    assert held.returncode != 0
    assert not again.arguments.exists()
    assert "doublespeak" in held.stderr
    assert "rejected by sendemail-validate hook" in held.stderr
    anyway = repository.send("--no-validate")
    assert anyway.returncode == 0, anyway.stderr
    assert "performance quotas" in again.text()


def test_a_cover_letter_is_read_too(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Start")
    repository.commit(GOOD)
    repository.hook()
    repository.git("format-patch", "--quiet", "--cover-letter", "-1", "-o", str(tmp_path / "out"))
    cover = tmp_path / "out" / "0000-cover-letter.patch"
    blurb = BAD.split("\n\n")[1]
    text = (
        cover.read_text("utf8").replace("*** SUBJECT HERE ***", "Pumps").replace("*** BLURB HERE ***", blurb)
    )
    cover.write_text(text, "utf8")
    held = repository.git("send-email", f"--to={ADDRESS}", str(tmp_path / "out"))
    assert held.returncode != 0
    assert "0000-cover-letter.patch: rejected by sendemail-validate hook" in held.stderr


def test_the_writer_is_asked_at_a_terminal(repository: Repository) -> None:
    repository.commit(BAD)
    repository.hook()
    command = ["git", "send-email", f"--to={ADDRESS}", "-1"]
    with screen(command, folder=repository.folder, environment=repository.environment) as terminal:
        terminal.shows("doublespeak/unmet-metric", "Send anyway? [y/N]")
        assert not repository.real.arguments.exists()
        terminal.keys("y", "Enter")
        assert ADDRESS in waited_for(repository.real.arguments).decode()


def test_ctrl_c_at_the_question_sends_nothing(repository: Repository) -> None:
    repository.commit(BAD)
    repository.hook()
    command = ["git", "send-email", f"--to={ADDRESS}", "-1"]
    with screen(command, folder=repository.folder, environment=repository.environment) as terminal:
        terminal.shows("Send anyway? [y/N]")
        terminal.keys("C-c")
        terminal.shows("the program has ended")
    assert not repository.real.arguments.exists()
    repository.environment["TONECHECK"] = "off"
    assert repository.send().returncode == 0


def test_newer_gits_name_the_recipients_in_a_second_file(repository: Repository, tmp_path: Path) -> None:
    repository.commit(BAD)
    repository.hook()
    repository.git("format-patch", "--quiet", "-1", "-o", str(tmp_path))
    (patch,) = map(str, tmp_path.glob("*.patch"))
    headers = tmp_path / "headers"
    repository.home.settings('own_domains = ["acme.example"]\n')
    try:
        for recipient, status in (("kim@acme.example", 0), (ADDRESS, 1)):
            headers.write_text(f"From: jo@acme.example\nTo: {recipient}\nSubject: Pumps\n\n", "utf8")
            done = repository.git("hook", "run", "sendemail-validate", "--", patch, str(headers))
            assert done.returncode == status, done.stderr
    finally:
        repository.home.settings("")


@pytest.mark.parametrize("status", [0, 3])
def test_a_hook_that_was_there_runs_first_and_comes_back(repository: Repository, status: int) -> None:
    own = repository.folder / ".git" / "hooks" / "sendemail-validate"
    text = (
        f"#!/usr/bin/env perl\nopen(my $f, '>', '{repository.folder}/ran'); print $f @ARGV; exit {status};\n"
    )
    own.write_text(text, "utf8")
    own.chmod(0o755)
    repository.commit(GOOD)
    shown = repository.hook()
    assert "rename" in shown
    assert "nothing to change" in repository.hook()
    assert (repository.send().returncode == 0) == (status == 0)
    assert (repository.folder / "ran").read_text("utf8").endswith(".patch")
    repository.hook("--undo")
    assert own.read_text("utf8") == text
    assert sorted(p.name for p in own.parent.glob("sendemail-validate*") if p.suffix != ".sample") == [
        own.name
    ]


def test_a_folder_of_hooks_and_a_worktree_are_respected(repository: Repository, tmp_path: Path) -> None:
    repository.commit(BAD)
    tree = tmp_path / "tree"
    assert repository.git("worktree", "add", "--quiet", str(tree)).returncode == 0
    repository.folder = tree
    repository.hook()
    assert repository.send().returncode != 0
    repository.hook("--undo")
    repository.git("config", "core.hooksPath", "githooks")
    assert "core.hooksPath is set" in repository.hook()
    assert (tree / "githooks" / "sendemail-validate").exists()
    assert repository.send().returncode != 0


def test_all_repositories_share_a_hook_where_git_has_a_folder_for_it(repository: Repository) -> None:
    repository.git("config", "--global", "core.hooksPath", "~/hooks")
    try:
        repository.commit(BAD)
        repository.hook("--global")
        assert (repository.home.folder / "hooks" / "sendemail-validate").exists()
        assert repository.send().returncode != 0
        repository.hook("--global", "--undo")
    finally:
        repository.git("config", "--global", "--unset", "core.hooksPath")


def test_a_tonecheck_that_is_gone_lets_the_mail_go_and_says_so(repository: Repository) -> None:
    repository.commit(BAD)
    repository.hook()
    hook = repository.folder / ".git" / "hooks" / "sendemail-validate"
    text = hook.read_text("utf8")
    hook.write_text(
        "".join(f"/gone{line}" if " hook git " in line else line for line in text.splitlines(True))
    )
    sent = repository.send()
    assert sent.returncode == 0
    assert "tonecheck failed; the mail goes unchecked" in sent.stderr


WORDS = st.from_regex(r"[a-z]{1,9}( [a-z]{1,9}){0,9}\.?", fullmatch=True)


@settings(max_examples=20)
@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, max_size=4))
def test_all_of_the_message_stays_and_nothing_of_the_diff(message: list[str], code: list[str]) -> None:
    head = b"From 0123 Mon Sep 17 00:00:00 2001\nFrom: Jo <jo@acme.example>\nSubject: [PATCH] x\n\n"
    stat_lines = b"---\n pump | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
    diff = b"diff --git a/pump b/pump\n" + b"".join(b"+" + line.encode() + b"\n" for line in code)
    prose = "\n\n".join(message).encode() + b"\n"
    made = prose_of_patch(head + prose + b"Signed-off-by: Jo <jo@acme.example>\n" + stat_lines + diff)
    assert (
        made.split(b"\n\n", 1)[1].split(b"\n")
        == [*prose.split(b"\n")[:-1], *[b""] * 6][: made.count(b"\n") - 2]
    )


def test_an_attached_patch_is_a_part_of_its_own() -> None:
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content("It leaked.\n")
    mail.add_attachment("diff --git a b\n+x\n", subtype="x-patch", filename="x.patch")
    assert prose_of_patch(bytes(mail)) == bytes(mail)
