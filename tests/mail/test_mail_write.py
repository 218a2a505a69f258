"""New wording goes back into the very file, and no other byte of it changes."""

# Lines of mails stay as long as their programs write them.

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import HEAD

from tonecheck.errors import InputError
from tonecheck.mail.message import draft_of_bytes
from tonecheck.mail.write import replace_file, rewritten

OLD = (
    "Hi Ann,\n\nApparently we lost the lamp, “as said”.\nIt costs 30 € = too much — we pay.\n\n"
    + "A long line of prose. " * 9
)
NEW = OLD.replace("Apparently we", "We").replace("too much", "too little, and é")


def encoded(text: str, charset: str, encoding: str, width: int = 76) -> bytes:
    """The text as a mail's body."""
    data = text.encode(charset)
    if encoding == "base64":
        digits = base64.b64encode(data)
        return b"".join(digits[i : i + width] + b"\n" for i in range(0, len(digits), width))
    return quopri.encodestring(data.replace(b"\r\n", b"\n")) if encoding == "quoted-printable" else data


def mail_of(
    text: str, charset: str = "utf-8", encoding: str = "8bit", end: str = "\n", width: int = 76
) -> bytes:
    """A mail with the text, and with an odd head that must stay as it is."""
    head = f"X-Odd:  two  spaces \nsubject : lower\n{HEAD}Content-type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.replace("\n", end).encode() + encoded(text, charset, encoding, width).replace(
        b"\n", end.encode() if encoding != "8bit" else b"\n"
    )


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mail_is_rewritten_in_its_own_charset_encoding_and_newlines(
    charset: str, encoding: str, end: str
) -> None:
    data = mail_of(OLD.replace("\n", end), charset, encoding, end)
    draft = draft_of_bytes(data, name="a.eml")
    new = draft.text.replace("Apparently we", "We").replace("too much", "too little, and é")
    made = rewritten(data, "a.eml", draft.text, new)
    assert draft_of_bytes(made, name="a.eml").text == new
    head = data.index((end * 2).encode())
    assert made[:head] == data[:head]
    assert rewritten(made, "a.eml", new, draft.text) == data
    assert (b"\r\n" in made) == (end == "\r\n")


WORDS = st.lists(
    st.sampled_from(["lamp", "é", "=", "€ 30", "x" * 90, "–", " ", "we lost it, and"]), max_size=5
)
LINE = WORDS.map(" ".join).map(str.rstrip)


@given(
    st.lists(LINE, min_size=2, max_size=6),
    st.integers(0, 5),
    LINE,
    st.sampled_from(["8bit", "quoted-printable", "base64"]),
    st.sampled_from(["utf-8", "windows-1252"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([60, 72, 76]),
)
def test_only_the_line_that_says_something_new_changes(
    lines: list[str], which: int, line: str, encoding: str, charset: str, end: str, width: int
) -> None:
    which %= len(lines)
    changed = [*lines[:which], line, *lines[which + 1 :], "The end"]
    old, new = end.join([*lines, "The end"]), end.join(changed)
    data = mail_of(old, charset, encoding, end, width)
    made = rewritten(data, "a.eml", old, new)
    assert draft_of_bytes(made, name="a.eml").text == new
    if encoding != "base64":
        before = mail_of("".join(words + end for words in lines[:which]), charset, encoding, end)
        after = mail_of(end.join(changed[which + 1 :]), charset, encoding, end).split(end.encode() * 2, 1)[1]
        assert data.startswith(before)
        assert made.startswith(before)
        assert made.endswith(after)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_keeps_its_byte_order_mark_encoding_and_newlines(mark: bytes, end: str) -> None:
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(mark, "utf-8")
    old, new = OLD.replace("\n", end), NEW.replace("\n", end)
    data = mark + old.encode(codec)
    assert draft_of_bytes(data, name="a.txt").text == old
    assert rewritten(data, "a.txt", old, new) == mark + new.encode(codec)


@given(st.text(min_size=1).filter(lambda t: t.strip() and "\0" not in t), st.text())
def test_a_text_file_becomes_exactly_the_new_text(old: str, new: str) -> None:
    try:
        data = old.encode()
        draft = draft_of_bytes(data, name="a.md")
        assert rewritten(data, "a.md", draft.text, new) == (new.encode() if new != old else data)
    except (InputError, UnicodeEncodeError):
        assert old[0] == "\ufeff" or any("\ud800" <= c <= "\udfff" for c in old + new)


def test_other_parts_of_a_mail_keep_every_byte() -> None:
    more = b"\n--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--b--\nepilogue  \n"
    head = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=utf-8\n\n".encode()
    data = head + OLD.encode() + more
    assert rewritten(data, "a.eml", OLD, NEW) == head + NEW.encode() + more


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{}\n--b\nContent-Type: text/html\n\n<p>{}</p>\n--b--\n",
            "HTML",
        ),
        (
            "Content-Type: multipart/signed; boundary=b\n\n--b\n\n{}\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n",
            "signed",
        ),
        ("Content-Type: text/plain; charset=us-ascii\n\n{}", "7bit"),
        ("Content-Type: text/plain; charset=koi8-r\n\n{}", "has no “é”"),
        ("X-Copy: {}\nContent-Type: text/plain\n\n{}", "not found once"),
    ],
)
def test_where_the_mail_would_break_nothing_is_written_and_the_reason_is_said(kind: str, reason: str) -> None:
    text = "We lost it"
    data = f"{HEAD}{kind.format(text, text)}".encode()
    with pytest.raises(InputError, match=reason):
        rewritten(data, "a.eml", draft_of_bytes(data, name="a.eml").text, "We lost it, é")


def test_html_and_changed_files_are_not_written() -> None:
    with pytest.raises(InputError, match="HTML"):
        rewritten(b"<p>Apparently lost.</p>", "a.html", "Apparently lost.\n", "Lost.\n")
    with pytest.raises(InputError, match="changed"):
        rewritten(b"We lost it.", "a.txt", "Other words", "We")
    assert rewritten(b"<p>x", "a.html", "x\n", "x\n") == b"<p>x"


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "draft.txt", tmp_path / "link.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    replace_file(link, b"old", b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["draft.txt", "link.txt"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(b"old")
    with pytest.raises(InputError, match="changed"):
        replace_file(path, b"other", b"new")

    def broken(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(InputError, match="No space left"):
        replace_file(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
