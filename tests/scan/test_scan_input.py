"""What a scan reads: mailboxes and tables of every kind, packed or not, and what is wrong with some."""

from __future__ import annotations

import csv
import gzip
import json
import mailbox
import subprocess
import sys
from io import BufferedReader, BytesIO
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest
from boxes import OWN, REPLY, complaint, maildir, mbox, reply, rows
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from tonecheck.errors import InputError
from tonecheck.mail.files import MAX_BYTES
from tonecheck.scan.mbox import mails_in
from tonecheck.scan.sources import entries
from tonecheck.scan.streams import Source
from tonecheck.scan.tables import Fields

SCHEMA = json.loads((ROOT / "src" / "tonecheck" / "schema-1.json").read_text("utf8"))
BESIDE = ("sent", "thread", "team", "writer", "client_tone", "error")


def read(path: Path, **fields: str) -> list[str]:
    """What a scan reads at a path: a word of each mail or row, or its error."""
    found = entries([Source(str(path), path)], Fields(**fields))
    return [e.error or str((e.mail or b"").strip() or (e.row or {})["text"]) for e in found]


def test_only_replies_to_others_are_scored_each_with_the_message_it_answers(run: Run, tmp_path: Path) -> None:
    inbox = maildir(tmp_path / "Inbox", [complaint(number) for number in range(3)])
    sent = [reply(0), reply(1), reply(2, to="lee@acme.example"), reply(1)]
    done = run("scan", mbox(tmp_path / "Sent", sent), inbox, *OWN)
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    assert [row.pop("id") for row in found] == ["<r0@acme.example>", "<r1@acme.example>"]
    for row in found:
        assert row["waited_hours"] == 2.0
        assert row["unanswered"] == [""]
        assert "Our supplier let us down" in [finding["text"] for finding in row["findings"]]
        assert row["thread"].startswith("<c")
        assert row["sent"].startswith("2026-06-0")
        assert "jo@" not in json.dumps(row)
        assert "electrician" not in json.dumps(row)
        assert row["text"] == row["plain"] == ""
        jsonschema.validate({k: v for k, v in row.items() if k not in BESIDE}, SCHEMA)


def test_text_and_senders_are_kept_where_they_are_asked_for_and_teams_are_known(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / ".tonecheck.toml").write_text(
        'own_domains = ["acme.example"]\nteams = { pumps = ["jo@acme.example"] }\n', "utf8"
    )
    path = tmp_path / "reply.eml"
    path.write_bytes(bytes(reply(7)))
    (row,) = rows(run("scan", path, "--with-text", "--with-senders").stdout)
    assert REPLY.format(7) in row["text"]
    assert row["plain"] != row["text"]
    assert row["sender"] == "jo@acme.example"
    assert row["team"] == "pumps"


def test_a_scan_by_rules_alone_finds_what_rules_find_and_is_another_scan(run: Run, tmp_path: Path) -> None:
    heard = (
        "Nobody else in the building has noticed any noise. We suggest that you sleep with the window shut."
    )
    listed = "Due to unforeseen circumstances, our engineer will not come on Monday at nine, but on Tuesday at ten."
    source, output = tmp_path / "sent.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"text": f"{heard} {listed}"}) + "\n", "utf8")
    found = [
        [finding["rule"] for finding in rows(run("scan", source, *only).stdout)[0]["findings"]]
        for only in ([], ["--rules-only"])
    ]
    assert "defensiveness/minimise" in found[0]
    assert found[1] == ["excuses/unforeseen-circumstances"]
    assert run("scan", source, "--output", output).returncode == 0
    assert "was scanned with other settings" in run("scan", source, "--output", output, "--rules-only").stderr


def test_whose_mail_counts_has_to_be_said(run: Run, tmp_path: Path) -> None:
    done = run("scan", mbox(tmp_path / "Sent", [reply(0)]))
    assert done.returncode == 2
    assert "say so with --own-domain" in done.stderr


def test_a_pipe_is_read_like_a_file_and_so_is_standard_input(run: Run, tmp_path: Path) -> None:
    path = mbox(tmp_path / "Sent", [reply(0), reply(1)])
    command = f"{sys.executable} -m tonecheck scan <(gzip -c {path}) {' '.join(OWN)}"
    piped = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    given = run("scan", "-", *OWN, stdin=path.read_bytes())
    for told in (piped.stdout, given.stdout):
        assert [row["id"] for row in rows(told)] == ["<r0@acme.example>", "<r1@acme.example>"]


def packed(path: Path, how: str) -> Path:
    """The file's bytes in a packed one beside it."""
    target = path.with_name(f"{path.name}.{how}")
    if how == "gz":
        target.write_bytes(gzip.compress(path.read_bytes()))
    else:
        target.write_bytes(pa.compress(path.read_bytes(), "zstd", asbytes=True))
    return target


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "arrow", "feather", "mbox"])
def test_every_kind_is_read_packed_or_not(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"sent.{kind}"
    table = [{"id": 1, "text": "One “two”,\nthree"}, {"id": 2, "text": "Four"}]
    if kind == "jsonl":
        path.write_text("\n".join(map(json.dumps, table)), "utf8")
    elif kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, ["id", "text"])
            writer.writeheader()
            writer.writerows(table)
    elif kind == "parquet":
        parquet.write_table(pa.Table.from_pylist(table), path)
    elif kind == "mbox":
        mbox(path, [reply(0), reply(1)])
    else:
        made = pa.Table.from_pylist(table)
        with (ipc.new_file if kind == "arrow" else ipc.new_stream)(path, made.schema) as writer:
            writer.write_table(made)
    plain = read(path)
    assert len(plain) == 2
    assert kind == "mbox" or plain == [row["text"] for row in table]
    for how in ("gz", "zst"):
        assert read(packed(path, how)) == plain
    (tmp_path / "unnamed").write_bytes(path.read_bytes())
    assert kind == "csv" or read(tmp_path / "unnamed") == plain


def test_a_folder_of_mails_is_read_to_its_depth_and_what_is_no_mail_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    for number, path in enumerate(("a.eml", "b.eml", "2026/unnamed")):
        (tmp_path / path).write_bytes(bytes(reply(number, text="Reply {}.")))
    packed(tmp_path / "b.eml", "gz")
    (tmp_path / "b.eml").unlink()
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    assert sorted(mail.split()[-1] for mail in read(tmp_path)) == ["0.'", "1.'", "2.'"]


def test_a_bad_line_of_a_table_is_a_row_with_its_error_and_the_rest_is_checked(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "sent.jsonl"
    path.write_text('{"id": 1, "text": "One."}\n{"id": 2, "te\n{"id": 3, "text": "Three."}\n', "utf8")
    done = run("scan", path)
    assert done.returncode == 2
    assert [row["id"] for row in rows(done.stdout)] == [1, None, 3]
    assert [bool(row.get("error")) for row in rows(done.stdout)] == [False, True, False]
    assert "1 of 3 could not be checked" in done.stderr


def test_wrong_columns_are_named_before_anything_is_scored(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    table = pa.table({"body": ["One"], "number": [7]})
    (tmp_path / "sent.csv").write_text("body,number\nOne,7\n", "utf8")
    parquet.write_table(table, tmp_path / "sent.parquet")
    with ipc.new_file(tmp_path / "sent.arrow", table.schema) as writer:
        writer.write_table(table)
    for kind in ("csv", "parquet", "arrow"):
        path = tmp_path / f"sent.{kind}"
        told = f"{path}: no text in the field “text”; fields here: body, number; see --text-field"
        with pytest.raises(InputError) as wrong:
            read(path)
        assert str(wrong.value) == told
    done = run("scan", path, "--output", output)
    assert (done.returncode, done.stderr) == (2, f"tonecheck: {told}\n")
    assert not output.exists()


def test_what_is_no_table_and_what_holds_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sent.parquet"
    parquet.write_table(pa.table({"text": [1, 2]}), path)
    with pytest.raises(InputError, match="the column “text” holds int64, not text"):
        read(path)
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read(path)
    (tmp_path / "picture").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match="neither a mailbox nor a table"):
        read(tmp_path / "picture")
    assert read(tmp_path)[0].startswith("cannot be read as Parquet")


def test_a_packed_file_that_ends_early_gives_what_came_before_and_an_error(tmp_path: Path) -> None:
    path = mbox(
        tmp_path / "sent.mbox", [reply(number, text=f"{REPLY}\n{'word ' * number}") for number in range(400)]
    )
    for how in ("gz", "zst"):
        whole = packed(path, how)
        whole.write_bytes(whole.read_bytes()[:-30])
        *before, last = read(whole)
        assert len(before) < 400
        assert "cannot be read to its end" in last
        assert f"{len(before)} came before" in last


def test_an_mbox_that_is_cut_off_loses_only_its_last_mail(tmp_path: Path) -> None:
    path = mbox(tmp_path / "sent.mbox", [reply(0), reply(1)])
    path.write_bytes(path.read_bytes().rstrip()[:-4])
    first, last = read(path)
    assert "number 0" in first
    assert last == "the file ends in the middle of this mail"


def test_a_mail_of_a_hundred_megabytes_is_an_error_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sent.mbox"
    line = b"A" * 999_999 + b"\n"
    with path.open("wb") as file:
        file.write(b"From a@b Mon Jun  1 09:00:00 2026\nFrom: jo@acme.example\nTo: a@b.example\n\n")
        for _ in range(100):
            file.write(line)
        file.write(b"\nFrom a@b Mon Jun  1 09:00:00 2026\nSubject: two\n\nGo on.\n")
    with path.open("rb") as file:
        (large, told), (small, fine) = mails_in(file)
    assert told == "a mail of 100 MB; above 30 MB none is read"
    assert len(large) < MAX_BYTES
    assert small.endswith(b"Go on.\n")
    assert fine is None


def test_ten_thousand_attachments_do_not_hide_the_letter(run: Run, tmp_path: Path) -> None:
    part = "--b\nContent-Type: text/x-log\nContent-Disposition: attachment; filename=a.log\n\nx\n"
    head = (
        str(reply(3)).split("\n\n")[0].replace('text/plain; charset="utf-8"', 'multipart/mixed; boundary="b"')
    )
    path = tmp_path / "reply.eml"
    path.write_text(
        f"{head}\n\n--b\nContent-Type: text/plain\n\n{REPLY.format(3)}\n{part * 10_000}--b--\n", "utf8"
    )
    done = run("scan", path, *OWN)
    assert done.returncode == 0, done.stderr
    assert rows(done.stdout)[0]["findings"]


@given(
    st.lists(
        st.text("ab \n>", max_size=30).map(lambda text: f"{text}\n\nFrom here on all is well\n"), max_size=5
    )
)
def test_an_mbox_gives_the_mails_that_the_standard_library_put_in(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("box") / "sent.mbox"
    mbox(path, [reply(number, text=text) for number, text in enumerate(texts)])
    if not texts:
        return
    with path.open("rb") as file:
        found = list(mails_in(file))
    assert [wrong for _, wrong in found] == [None] * len(texts)
    box = mailbox.mbox(path)
    assert [mail.rstrip(b"\n").count(b"\n") for mail, _ in found] == [
        box.get_bytes(key).rstrip(b"\n").count(b"\n") for key in box.iterkeys()
    ]
    box.close()


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_stop_the_reading_of_an_mbox(before: bytes, after: bytes) -> None:
    data = (
        b"From a@b Mon Jun  1 09:00:00 2026\n" + before + b"\n\nFrom c@d Mon Jun  1 09:00:00 2026\n" + after
    )
    assert len(list(mails_in(BufferedReader(BytesIO(data))))) >= 2  # type: ignore[arg-type]
