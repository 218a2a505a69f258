"""What users hand over by mistake: one clear line, exit status 2, no traceback, bounded time."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import Run


def bomb() -> bytes:
    inner = EmailMessage()
    inner.set_content("Hello")
    data = inner.as_bytes()
    for number in range(1000):
        head = f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
        data = head + data + f"\n--b{number}--\n".encode()
    return b"From: a@b.example\nTo: c@d.example\nSubject: x\n" + data


CASES = {
    "missing.txt": (None, "no such file"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\n\t\n", "empty"),
    "binary.txt": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL"),
    "nul.txt": (b"Dear Ann,\nwe are\0 sorry.\n", ":2:"),
    "latin.txt": ("Dear Zoë,\nwe are sorry for the d\xe9lai.\n".encode("latin-1"), ":1:"),
    "huge.txt": (b"We are sorry for the delay. " * 1_900_000, "MB"),
    "line.txt": (b"word " * 1_000_000, "characters"),
    "bomb.eml": (bomb(), "nested"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gets_one_clear_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # no daemon there: a process of its own costs little
    data, cure = CASES[name]
    path = tmp_path / "work" / name
    if data is not None:
        path.write_bytes(data)
    begun = time.monotonic()
    done = run("check", path)
    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"tonecheck: {path}")
    assert cure in done.stderr
    assert time.monotonic() - begun < 60


def test_a_folder_is_no_draft_and_the_other_drafts_are_still_checked(run: Run, tmp_path: Path) -> None:
    good = tmp_path / "work" / "good.txt"
    good.write_text(
        "We sent the wrong pump. I'm sorry; Marek brings the right one on Friday before noon.", "utf8"
    )
    done = run("check", tmp_path, good)
    assert done.returncode == 2
    assert "folder" in done.stderr
    assert str(good) in done.stdout


def test_a_mail_of_attachments_only_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jo@acme.example", "ann@client.example", "Invoice"
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    path = tmp_path / "work" / "attachments.eml"
    path.write_bytes(mail.as_bytes())
    done = run("check", path)
    assert done.returncode == 0
    assert "Not judged" in done.stdout


def test_another_language_is_said_and_not_scored(run: Run) -> None:
    text = (
        "Estimada señora, lamentamos mucho el retraso de su pedido y le escribiremos cuando sepamos algo más."
    )
    done = run("check", "-", stdin=text)
    assert done.returncode == 0
    assert "not in English" in done.stdout
    assert "defensiveness" not in done.stdout


def test_a_wrong_option_exits_with_2(run: Run) -> None:
    assert run("check", "--format", "xml").returncode == 2
    assert run("scan", "no-such.jsonl").returncode == 2
    assert run("rules", "test", "no-such-folder").returncode == 2
