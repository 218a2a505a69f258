"""The native messaging host through real frames, what a compose window becomes, and how the add-on is set up."""

from __future__ import annotations

import email
import email.policy
import io
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import Home
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.errors import InputError
from tonecheck.hooks.addon import packed
from tonecheck.hooks.compose import mail_of, recipients_of

BODY = (
    "Hi Hilda,\n\nApparently Part X doesn't meet desired performance quotas in real-world applications. "
    "We apologise for any inconvenience this may have caused. I will send you two new valves by Friday.\n\n"
    "Best regards,\nOwen Marsh\n"
)
LETTER = {
    "from": "Owen <owen@acme.example>",
    "to": ["hilda@client.example"],
    "subject": "Part X",
    "body": BODY,
}
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=30)


def frame(message: object) -> bytes:
    """A message as Thunderbird sends it."""
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack("=I", len(data)) + data


def frames(data: bytes) -> list[Any]:
    """The messages that came back; nothing may stand between them."""
    found = []
    while data:
        size = struct.unpack("=I", data[:4])[0]
        found.append(json.loads(data[4 : 4 + size]))
        data = data[4 + size :]
    return found


def answers(home: Home, *messages: bytes) -> list[Any]:
    """What the host says to the messages, without the seconds that it says first."""
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "tonecheck.hooks.native",
            "manifest.json",
            "tonecheck@tonecheck.example",
        ],
        input=b"".join(messages),
        capture_output=True,
        env=home.environment,
        cwd="/",
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return [message for message in frames(done.stdout) if message.keys() != {"seconds"}]


def test_the_host_asks_about_a_faulty_letter_with_wording_for_each_edit(warm: Home) -> None:
    before = warm.served()
    (told,) = answers(warm, frame(LETTER))
    assert told["verdict"] == "ask"
    assert "doesn't meet desired performance quotas" in told["reason"]
    assert [len(f["edits"]) for f in told["report"]["findings"]] == [len(one) for one in told["offers"]]
    assert warm.served() == before + 1


def test_without_a_daemon_a_process_of_its_own_gives_the_same_answer(home: Home, warm: Home) -> None:
    home.settings('daemon = "off"\n')
    assert answers(home, frame(LETTER)) == answers(warm, frame(LETTER))


def test_a_letter_to_a_colleague_may_go_unread(warm: Home) -> None:
    warm.settings('own_domains = ["acme.example"]\n')
    (told,) = answers(warm, frame({**LETTER, "to": ["Ida <ida@acme.example>"]}))
    warm.settings("")
    assert (told["verdict"], told["report"]) == ("send", None)
    assert "no client" in told["reason"]


@pytest.mark.parametrize(
    "message", [b"{", b"\xff", b"[]", b'"x"', b"null", b'{"body": 1}', b'{"bodi": "x"}', b"[" * 100_000]
)
def test_what_is_no_letter_may_go_and_the_next_one_is_answered(warm: Home, message: bytes) -> None:
    odd, told = answers(warm, frame(message), frame(LETTER))
    assert odd["verdict"] == "send"
    assert odd["reason"].startswith("sent unchecked: ")
    assert odd["fault"]
    assert told["verdict"] == "ask"


def test_a_length_beyond_all_letters_ends_the_host_with_an_answer(warm: Home) -> None:
    (told,) = answers(warm, struct.pack("=I", 0xFFFFFFFF) + b"x" * 100)
    assert told["verdict"] == "send"
    assert told["fault"]


@pytest.mark.parametrize("rest", [b"", b"\x01", struct.pack("=I", 10) + b"{"])
def test_a_message_that_breaks_off_is_the_end(warm: Home, rest: bytes) -> None:
    assert [told["verdict"] for told in answers(warm, frame(LETTER), rest)] == ["ask"]


def test_a_report_longer_than_thunderbird_takes_stays_away_and_the_verdict_comes(warm: Home) -> None:
    (told,) = answers(warm, frame({**LETTER, "body": BODY + "\n> a long quotation\n" * 22_000}))
    assert told.keys() == {"verdict", "reason", "fault"}
    assert told["verdict"] == "ask"


def test_under_on_fault_hold_a_letter_that_cannot_be_checked_is_held(home: Home) -> None:
    home.settings('timeout = 0.001\non_fault = "hold"\n')
    (told,) = answers(home, frame(LETTER))
    assert told["verdict"] == "hold"
    assert "took longer than 0.001 seconds" in told["reason"]


@given(TEXTS, st.lists(TEXTS, max_size=3), TEXTS, st.booleans())
def test_every_letter_becomes_a_mail_with_its_words(
    subject: str, to: list[str], body: str, html: bool
) -> None:
    made = mail_of({"subject": subject, "to": to, "body": body, "html": html})
    mail = email.message_from_bytes(made, policy=email.policy.default)
    assert str(mail["Subject"]).split() == subject.split()
    assert mail.get_content_type() == ("text/html" if html else "text/plain")
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().splitlines() == body.splitlines()


def test_halves_of_characters_do_not_stop_a_letter() -> None:
    assert b"Subject: =?utf-8?" in mail_of({"subject": "a\ud800b", "to": ["\udfff"], "body": "\ud800"})


def test_recipients_are_addresses_and_a_list_counts_as_somebody() -> None:
    fields = {
        "to": ["Ann <a@b.example>", {"id": "1", "type": "mailingList"}],
        "cc": ["c@d.example"],
        "bcc": [],
    }
    assert recipients_of(fields) == ["a@b.example", "?", "c@d.example"]
    assert recipients_of({}) == []


@pytest.mark.parametrize("fields", [{"bodi": "x"}, {"to": "x"}, {"html": "yes"}])
def test_an_odd_field_is_refused_by_its_name(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(fields))):
        mail_of(fields)


def test_the_add_on_is_the_same_bytes_each_time_and_holds_all_that_it_names() -> None:
    assert packed() == packed()
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        texts = "".join(archive.read(name).decode() for name in names)
    assert manifest["manifest_version"] == 3
    assert {"background.js", "panel.html", "panel.js", "icon.svg", "page.css"} <= names
    assert {*manifest["background"]["scripts"], *manifest["icons"].values()} <= names
    named = {part.split('"')[0] for mark in ('from "./', 'href="', 'src="') for part in texts.split(mark)[1:]}
    assert named <= names


def test_install_and_undo_leave_nothing_behind(home: Home) -> None:
    def there() -> set[Path]:
        return {path for path in home.folder.rglob("*") if path.is_file() and "cache" not in path.parts}

    before = there()
    done = home.run("hook", "install", "thunderbird", "--yes")
    assert done.returncode == 0, done.stderr
    assert b"Install Add-on From File" in done.stdout
    made = there() - before
    assert {path.name for path in made} == {"thunderbird-host", "thunderbird.xpi", "tonecheck.json"}
    manifest = home.folder / ".mozilla" / "native-messaging-hosts" / "tonecheck.json"
    told = json.loads(manifest.read_bytes())
    assert told["allowed_extensions"] == ["tonecheck@tonecheck.example"]
    said = subprocess.run(
        [told["path"]], input=frame(b"{"), capture_output=True, env=home.environment, check=True
    )
    assert frames(said.stdout)[-1]["verdict"] == "send"
    again = home.run("hook", "install", "thunderbird", "--yes")
    assert b"nothing to change" in again.stdout
    undone = home.run("hook", "install", "thunderbird", "--undo", "--yes")
    assert undone.returncode == 0, undone.stderr
    assert made & there() == set()
    twice = home.run("hook", "install", "thunderbird", "--undo", "--yes")
    assert (twice.returncode, b"nothing to undo" in twice.stderr) == (2, True)
