"""The real command, as a user types it."""

from __future__ import annotations

import json
import os
import stat
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from conftest import EXAMPLES, ROOT, Run

SCHEMA = json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))
BAD = (
    "Hi Ann,\n\nAs I already explained, you failed to read the manual. We regret any inconvenience this may have "
    "caused, and appropriate measures will be taken in due course.\n\nKind regards,\nJo\n"
)
GOOD = (
    "Hi Ann,\n\nWe sent you the wrong pump. That was my mistake and I'm sorry. Marek brings the right one on Friday "
    "before noon.\n\nJo\n"
)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "bad.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(BAD, "utf8")
    return path


def test_a_good_draft_passes_and_a_bad_one_fails(run: Run, bad: Path) -> None:
    assert run("check", "-", stdin=GOOD).returncode == 0
    failed = run("check", bad, "--fail-over", "20")
    assert failed.returncode == 1
    assert "^^^^" in failed.stdout
    assert run("check", bad, "--fail-over", "100").returncode == 0


def test_text_output_fits_80_columns_and_has_no_colour_off_a_terminal(run: Run) -> None:
    shown = run("check", *EXAMPLES, cwd=ROOT).stdout
    body = [line for line in shown.splitlines() if not line.startswith(("    -", "    +", str(ROOT)))]
    assert max(map(len, body)) <= 80
    assert "\x1b" not in shown


def test_json_obeys_the_schema_for_every_example(run: Run) -> None:
    done = run("check", "--format", "jsonl", *EXAMPLES)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(EXAMPLES)
    for row in rows:
        jsonschema.validate(row, SCHEMA)


def test_sarif_points_at_the_words(run: Run, bad: Path) -> None:
    log = json.loads(run("check", bad, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    for result in log["runs"][0]["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        start = region["charOffset"]
        line = BAD.splitlines()[region["startLine"] - 1]
        words = BAD[start : start + region["charLength"]]
        assert line[region["startColumn"] - 1 :].startswith(words.splitlines()[0])


def test_html_is_one_page_without_outside_resources(run: Run, bad: Path) -> None:
    page = run("check", bad, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "http" not in page
    assert "<script" not in page
    assert "you failed to" in page.lower()


def test_line_output_names_file_line_and_rule(run: Run, bad: Path) -> None:
    rows = run("check", bad, "--format", "line").stdout.splitlines()
    assert all(row.startswith(f"{bad}:3:") and row.endswith("]") for row in rows)


def test_only_keeps_one_fault(run: Run, bad: Path) -> None:
    rows = run("check", bad, "--format", "line", "--only", "doublespeak").stdout.splitlines()
    assert rows
    assert all("[doublespeak/" in row for row in rows)


def test_fix_shows_a_diff_and_writes_only_when_asked(run: Run, bad: Path) -> None:
    text = BAD.replace("\n", "\r\n").replace("We regret", "Please be advised that we regret")
    bad.write_bytes(text.encode())
    bad.chmod(0o640)
    shown = run("fix", bad)
    assert shown.returncode == 0
    assert shown.stdout.startswith("--- ")
    assert bad.read_bytes() == text.encode()
    assert run("fix", bad, "--write").returncode == 0
    written = bad.read_bytes()
    assert written != text.encode()
    assert written.count(b"\r\n") == written.count(b"\n")
    assert stat.S_IMODE(bad.stat().st_mode) == 0o640
    assert os.listdir(bad.parent) == ["bad.txt"]


def test_fix_edit_by_edit_takes_answers(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "work" / "draft.txt"
    draft.write_text(
        "We will utilise the spare part prior to the visit on 4 May, and Marek brings it.\n", "utf8"
    )
    left = run("fix", draft, "-i", stdin="?\nn\nn\n")
    assert left.returncode == 0
    assert "make the first edit" in left.stdout
    assert "prior to" in draft.read_text("utf8")
    done = run("fix", draft, "-i", stdin="y\ny\ny\n")
    assert done.returncode == 0
    assert (
        draft.read_text("utf8")
        == "We will use the spare part before the visit on 4 May, and Marek brings it.\n"
    )


def test_fix_that_is_broken_off_leaves_the_file_alone(run: Run, bad: Path) -> None:
    assert run("fix", bad, "-i", stdin="").returncode == 1
    assert bad.read_text("utf8") == BAD


def test_rules_are_listed_shown_explained_and_tested(run: Run) -> None:
    listed = run("rules", "list").stdout
    assert "doublespeak/unmet-metric" in listed
    page = run("explain", "unmet-metric").stdout
    assert "[doesn't meet desired performance quotas]" in page
    assert "Source: ADVICE 1" in page
    assert run("rules", "show", "doublespeak/unmet-metric").stdout == page
    tested = run("rules", "test", ROOT / "src" / "tonecheck" / "rules" / "excuses")
    assert tested.returncode == 0, tested.stdout
    wrong = run("explain", "unmet-metrik")
    assert wrong.returncode == 2
    assert "did you mean “doublespeak/unmet-metric”" in wrong.stderr


def test_version_names_the_pipeline_and_help_has_an_example_everywhere(run: Run) -> None:
    assert "en_tonecheck" in run("--version").stdout
    for command in (
        (),
        ("check",),
        ("fix",),
        ("scan",),
        ("report",),
        ("rules",),
        ("rules", "list"),
        ("rules", "show"),
        ("rules", "test"),
        ("explain",),
        ("config",),
        ("ignore",),
        ("completion",),
        ("sendmail",),
        ("gate",),
        ("last",),
        ("hook",),
        ("hook", "install"),
        ("hook", "git"),
        ("daemon",),
        ("daemon", "start"),
        ("daemon", "run"),
        ("daemon", "status"),
        ("daemon", "stop"),
    ):
        shown = run(*command, "--help")
        assert shown.returncode == 0
        assert "Example: " in shown.stdout


def test_scan_checks_each_line_and_goes_on_after_a_bad_one(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": 1, "reply": BAD, "client": "It broke."}, {"id": 2, "reply": GOOD, "client": None}]
    lines = [json.dumps(rows[0]), "{broken", json.dumps({"id": 3}), json.dumps(rows[1])]
    source.write_text("\n".join(lines) + "\n", "utf8")
    done = run("scan", source, "--text-field", "reply", "--client-field", "client", "--output", output)
    assert done.returncode == 2
    assert f"{source}:2:" in done.stderr
    assert f"{source}:3:" in done.stderr
    rows_out = [json.loads(line) for line in output.read_text("utf8").splitlines()]
    assert [row.pop("source") for row in rows_out if "error" in row] == [f"{source}:2", f"{source}:3"]
    reports = [row for row in rows_out if "error" not in row]
    assert [next(iter(report)) for report in reports] == ["id", "id"]
    assert [report.pop("id") for report in reports] == [1, 2]
    for report in reports:
        jsonschema.validate(report, SCHEMA)


def test_the_clients_mail_in_a_file_of_its_own_gives_the_waiting_time(run: Run, tmp_path: Path) -> None:
    client, reply = tmp_path / "client.eml", tmp_path / "reply.eml"
    head = "From: a@b.example\nTo: c@d.example\nSubject: pump\nDate: {} Nov 2026 10:00:00 +0000\n\n"
    client.write_text(
        head.format("Mon, 23") + "The pump leaks. When will you come, and who pays for the second visit?\n",
        "utf8",
    )
    reply.write_text(head.format("Tue, 24") + GOOD, "utf8")
    report = json.loads(run("check", reply, "--client", client, "--format", "json").stdout)
    assert report["waited_hours"] == 24.0
    assert report["unanswered"] == []


def test_a_question_left_lying_is_named(run: Run, tmp_path: Path) -> None:
    client = tmp_path / "client.txt"
    client.write_text("The pump leaks. Who pays for the electrician I had to call?\n", "utf8")
    shown = run("check", "-", "--client", client, stdin=GOOD).stdout
    assert "You have not answered" in shown
    assert "Who pays for the electrician I had to call?" in shown


def test_python_m_tonecheck_and_completion_work(run: Run) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_TONECHECK_COMPLETE" in run("completion", shell).stdout


def test_a_check_leaves_nothing_of_a_librarys_in_the_home(
    run: Run, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """onnxruntime keeps a device's id there, and events for its maker, unless it is told not to."""
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # no daemon there, which has another home
    assert run("check", bad).returncode in {0, 1}
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert [path for path in left if "tonecheck" not in path.parts] == []
