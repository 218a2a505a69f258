"""What is no draft gets one clear line; what is built to hang a reader does not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from reading import HEAD

from tonecheck.errors import InputError
from tonecheck.mail.draft import draft_of
from tonecheck.mail.message import MAX_BYTES, draft_of_bytes, read_bytes, read_client, read_draft

BAD = {
    "empty.txt": (b"", "empty"),
    "blank.eml": (b" \r\n\t\n", "empty"),
    "mark.txt": (b"\xef\xbb\xbf\n", "empty"),
    "nul.txt": (b"We\nlost\0 it", r"nul\.txt:2: a NUL byte"),
    "latin.txt": (b"We\nlost\xe9 it", r"latin\.txt:2: byte 7 is not valid UTF-8"),
    "half.txt": (b"\xff\xfeW\0e", "UTF-16"),
    "a.pdf": (b"%PDF-1.7 \xe2\xe3", "a PDF, not a text"),
    "a.docx": (b"PK\x03\x04 \xe2\xe3", "a Word, OpenDocument or zip file"),
    "a.msg": (b"\xd0\xcf\x11\xe0\xa1\xb1\0\0", "Outlook"),
    "long.txt": (b"word " * 100_001, "500,005 characters"),
    "large.txt": (b"word " * 6_000_001, "30 MB"),
    "long.eml": (HEAD.encode() + b"\n" + b"word " * 100_001, "500,005 characters"),
    "long.html": (b"<p>" + b"word " * 100_001, "500,008 characters"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_draft_gets_one_line_with_name_place_and_cure(name: str, tmp_path: Path) -> None:
    data, reason = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    if name == "half.txt":
        path.write_bytes(b"\xff\xfeW\0e\0\n\0\0\xd8")
    with pytest.raises(InputError, match=reason) as caught:
        read_draft(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert any(cure in str(caught.value) for cure in ("save the draft", "cut out", "write the draft"))


def test_missing_files_folders_loops_and_impossible_names_get_one_line(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path, reason in (
        (tmp_path / "none.txt", "no such file"),
        (tmp_path, "folder"),
        (loop, "cannot be read"),
        (Path("a\0b"), "no file name"),
        (tmp_path / ("x" * 400), "cannot be read"),
    ):
        with pytest.raises(InputError, match=reason):
            read_bytes(path)


def test_an_endless_device_is_read_no_further_than_a_draft_is_long() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero")
    with pytest.raises(InputError, match=f"{MAX_BYTES // 1_000_000} MB"):
        read_bytes(Path("/dev/zero"))


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    if os.fork() == 0:
        path.write_bytes(b"We lost it.")
        os._exit(0)
    assert read_draft(path).text == "We lost it."
    os.wait()


def test_the_clients_mail_is_read_without_what_it_quotes(tmp_path: Path) -> None:
    path = tmp_path / "client.eml"
    path.write_text(
        f"{HEAD}\nHello,\n\nThe lamp broke.\nTwice.\n\nGraham\n\n> We never send bad lamps.\n", "utf8"
    )
    assert read_client(path)[0] == "The lamp broke.\nTwice."
    path.write_text(f"{HEAD}\n> All quoted.\n", "utf8")
    assert read_client(path)[0] == "> All quoted.\n"


TRICKY = [
    " ",
    "\t",
    ">",
    "> ",
    "a",
    "A",
    "É",
    "-",
    "- ",
    "_",
    "*",
    ".",
    "A. ",
    "Hi A. ",
    "On ",
    "On A wrote ",
    "Am x schrieb ",
    "wrote:",
    "From: ",
    "Thanks and ",
    "very ",
    "best ",
    "P.S. ",
    '"',
    "“",
    "`",
    "`a",
    "<",
    "@",
    "a@",
    "a@b",
    "www.",
    "http://",
    "1. ",
    "(",
    "[",
    "{",
    ";",
    "\\",
    "\u00a0",
]


def seconds(text: str) -> float:
    """Processor time of one reading."""
    begun = time.process_time()
    draft_of(text)
    return time.process_time() - begun


@pytest.mark.parametrize("piece", TRICKY)
def test_a_line_of_any_one_thing_takes_linear_time(piece: str) -> None:
    size = 100_000
    line = (piece * size)[:size]
    assert max(seconds(line), seconds(f"We lost it.\n\n{line}\n\nAnn")) < 4


@pytest.mark.parametrize(
    "lines",
    [
        "a\n",
        "\n",
        "\r",
        ">\n",
        "> a\n",
        "On a\n",
        "Ann\n\n",
        "Thanks,\n",
        "--\nAnn\n",
        "____\n",
        "P.S. a\n",
        "- a\n",
        "```\n",
        "On 1 wrote:\n",
        " +a\n",
        "From: a\nTo: b\nSubject: c\n\n",
        "-----Original Message-----\n> a\n",
        "“it is broken” you wrote\n",
    ],
)
def test_many_lines_of_any_one_kind_take_linear_time(lines: str) -> None:
    assert seconds((lines * 30_000)[:30_000]) < 4


def bomb(depth: int, inside: bytes) -> bytes:
    """A mail whose parts nest `depth` deep."""
    for number in range(depth):
        inside = b'Content-Type: multipart/mixed; boundary = "b%d"\n\n--b%d\n' % (number, number) + inside
    return HEAD.encode() + inside


MAILS = {
    "nested parts": (bomb(1000, b"\nhi"), "nested too deep"),
    "nested mails": (HEAD.encode() + b"Content-Type: message/rfc822\n\n" * 1000 + b"hi", "nested too deep"),
    "many lines in nested parts": (bomb(90, b"\n" + b"hi\n" * 1_000_000), "nested too deep"),
    "an endless header": (
        HEAD.encode() + b'Content-Type: text/plain; a="' + b";" * 2_000_000 + b"\n\nhi",
        "Content headers",
    ),
    "many long headers": (
        HEAD.encode() + (b'--b\nContent-Type: text/plain; a="' + b";" * 9000 + b"\n\nhi\n") * 500,
        "Content headers",
    ),
    "many parts": (
        HEAD.encode() + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nWe lost it.\n" * 10_000,
        None,
    ),
    "deep HTML": (HEAD.encode() + b"Content-Type: text/html\n\n" + b"<div>" * 20_000 + b"We lost it.", None),
    "slow charset": (
        HEAD.encode() + b"Content-Type: text/plain; charset=punycode\n\n" + b"We-" * 100_000,
        None,
    ),
    "long subject": (HEAD.encode() + b"Subject: " + b"a\n " * 300_000 + b"\n\nWe lost it.", None),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_that_is_built_to_hang_its_reader_does_not(name: str) -> None:
    data, reason = MAILS[name]
    begun = time.process_time()
    if reason is None:
        assert draft_of_bytes(data, name="a.eml").blocks
    else:
        with pytest.raises(InputError, match=reason):
            draft_of_bytes(data, name="a.eml")
    assert time.process_time() - begun < 4


def test_pictures_inside_html_do_not_count_as_text() -> None:
    html = b'<p><img src="data:image/png;base64,' + b"A" * 2_000_000 + b'">We lost it.</p>'
    assert draft_of_bytes(html, name="a.html").text.strip() == "We lost it."
