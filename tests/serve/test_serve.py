"""`tonecheck serve`: the API, who may ask it, and how it starts and stops."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import FAULTY, Server, serving

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.serve.checking import MAX_TEXT
from tonecheck.serve.http import MAX_BODY
from tonecheck.serve.web import Place

SCHEMA = json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests ask; it logs its requests."""
    with serving(tmp_path_factory.mktemp("serve"), "--log") as running:
        yield running


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    """A client of the server, with the token."""
    with server.client() as client:
        yield client


def test_the_api_gives_the_report_that_the_command_gives(api: httpx.Client, checker: Checker) -> None:
    client = "The pump leaks. Who pays for the milk?"
    answer = api.post("/api/check", json={"text": FAULTY, "client": client})
    assert answer.status_code == 200
    assert answer.json() == checker.check(draft_of(FAULTY, client=client)).to_dict()
    jsonschema.validate(answer.json(), SCHEMA)


def test_offsets_count_characters_also_after_an_emoji(api: httpx.Client) -> None:
    text = "👩‍🔧🙂 Hi Ann, we regret any inconvenience 🚚 this may have caused, and we will look into it in due course."
    report = api.post("/api/check", json={"text": text}).json()
    assert report["findings"]
    for finding in report["findings"]:
        assert text[finding["start"] : finding["end"]] == finding["text"]


def test_a_review_has_ready_wording_for_each_edit(api: httpx.Client) -> None:
    review = api.post("/api/review", json={"text": FAULTY}).json()
    jsonschema.validate(review["report"], SCHEMA)
    assert [len(f["edits"]) for f in review["report"]["findings"]] == [len(o) for o in review["offers"]]
    offers = {(o["words"], o["note"]) for row in review["offers"] for o in row}
    assert {("leave it out", ""), ("“is not working correctly”", "if it is true")} <= offers
    assert review["summary"] == f"{len(review['report']['findings'])} findings."


def test_a_rule_is_explained_by_its_id_or_its_last_part(api: httpx.Client) -> None:
    long = api.get("/api/rules/doublespeak/unmet-metric").json()
    assert api.get("/api/rules/unmet-metric").json() == long
    assert long["type"] == "X.euphemism"
    example = long["examples"][0]
    assert example["text"][example["start"] : example["end"]] == "doesn't meet desired performance quotas"
    heard = api.get("/api/rules/defensiveness/blame").json()
    assert (heard["source"], heard["severity"]) == (None, None)
    unknown = api.get("/api/rules/doublespeak/unmet-metrics")
    assert unknown.status_code == 404
    assert "did you mean “doublespeak/unmet-metric”?" in unknown.json()["error"]


def test_the_openapi_document_describes_what_comes_back(api: httpx.Client) -> None:
    document = api.get("/openapi.json").json()

    def conforms(answer: httpx.Response, path: str, method: str) -> None:
        response = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = response["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})

    for path in ("/api/check", "/api/review"):
        conforms(api.post(path, json={"text": FAULTY}), path, "post")
        conforms(api.post(path, json={"text": 3}), path, "post")
        conforms(api.post(path, content="text"), path, "post")
    for letter in ({"body": FAULTY}, {"body": "Thanks."}, {"body": 3}):
        conforms(api.post("/api/gate", json=letter), "/api/gate", "post")
    conforms(api.get("/api/rules/prior-to"), "/api/rules/{id}", "get")
    conforms(api.get("/api/rules/none-such"), "/api/rules/{id}", "get")
    page = api.get("/api")
    assert all(path in page.text for path in document["paths"])


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer é"]
)
def test_without_the_right_token_nothing_is_checked(server: Server, authorization: str) -> None:
    headers = {"Authorization": authorization.format(server.token).encode()}
    answer = httpx.post(
        f"{server.url}api/check", json={"text": "Hi"}, headers=headers, trust_env=False, timeout=60
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "token" in answer.json()["error"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost.", "127.1"]
)
def test_a_foreign_name_that_points_here_is_refused(api: httpx.Client, host: str) -> None:
    assert api.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "moz-extension://a"]
)
def test_a_page_of_another_origin_is_refused(api: httpx.Client, origin: str) -> None:
    answer = api.post("/api/check", json={"text": "Hi"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_our_own_page_may_ask_under_each_name_of_this_machine(server: Server) -> None:
    port = httpx.URL(server.url).port
    for name in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"):
        headers = {"Host": name, "Origin": f"http://{name}", "Authorization": f"bearer {server.token}"}
        answer = httpx.post(
            f"{server.url}api/check", json={"text": "Hi"}, headers=headers, trust_env=False, timeout=60
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("", "not valid JSON"),
        ('{"text": "a"', "line 1, column"),
        ("[" * 100_000, "not valid JSON"),
        ('{"text": ' + "9" * 5000 + "}", "not valid JSON"),
        (b'{"text": "\xff"}', "not valid JSON"),
        ("[]", '{"text": "…"}'),
        ('{"txt": "a"}', '{"text": "…"}'),
        ('{"text": null}', '{"text": "…"}'),
        ('{"text": "a", "clients": "b"}', "unknown field “clients”; known: text, client"),
        ('{"text": "a", "client": 3}', "“client” must be a string"),
        (r'{"text": "a\u0000"}', "character 1 is a NUL"),
        (r'{"text": "a", "client": "\ud83d"}', "client: character 0 is half of one"),
        (r'{"text": "oh\ude42"}', "text: character 2 is half of one"),
        (json.dumps({"text": "a" * (MAX_TEXT + 1)}), f"at most {MAX_TEXT:,} are checked"),
    ],
)
def test_a_wrong_request_is_answered_in_one_clear_line(
    api: httpx.Client, body: str | bytes, what: str
) -> None:
    answer = api.post("/api/check", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert what in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_what_is_too_long_is_refused_whether_its_length_is_told_or_not(api: httpx.Client) -> None:
    body = b" " * (MAX_BODY + 1)
    for content in (body, (body[at : at + 65536] for at in range(0, len(body), 65536))):
        answer = api.post("/api/check", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert "longer than" in answer.json()["error"]


def test_a_wrong_method_path_or_kind_is_refused_as_json(api: httpx.Client) -> None:
    assert api.get("/api/check").status_code == 405
    assert api.get("/page/../http.py").status_code == 404
    assert api.get("/none").json() == {"error": "Not Found"}
    form = api.post("/api/check", data={"text": "a"})
    assert form.status_code == 415
    assert "application/json" in form.json()["error"]


def test_every_answer_tells_the_browser_to_be_strict(api: httpx.Client) -> None:
    for path in ("/", "/page/page.js", "/page/wording.js", "/api", "/api/rules/none-such", "/none"):
        headers = api.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "server" not in headers


def test_the_log_names_requests_and_never_a_text(api: httpx.Client, server: Server) -> None:
    secret = "Zanzibarian"
    api.post("/api/check?text=Zanzibarian", json={"text": f"Hi {secret}, we are sorry.", "client": secret})
    api.post(
        "/api/check", content=f'{{"text": "{secret}\\ud83d"}}', headers={"Content-Type": "application/json"}
    )
    api.post("/api/check", content=f'{{"text": "{secret}')
    log = server.errors.read_text("utf8")
    assert re.search(r"^POST /api/check 200 \d+ ms$", log, re.MULTILINE)
    assert secret not in log
    assert server.token not in log


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(body=json_values)
@settings(max_examples=40)
def test_no_json_breaks_it(server: Server, body: Any) -> None:
    with server.client() as client:
        headers = {"Content-Type": "application/json"}
        assert client.post("/api/check", content=json.dumps(body), headers=headers).status_code == 400


@given(text=st.text(max_size=120), client=st.none() | st.text(max_size=60))
@settings(max_examples=25)
def test_no_text_breaks_it(server: Server, text: str, client: str | None) -> None:
    with server.client() as asking:
        answer = asking.post("/api/check", json={"text": text, "client": client})
    if "\0" in text + (client or ""):
        assert answer.status_code == 400
    else:
        assert answer.status_code == 200
        assert answer.json()["text"] == text


def test_ctrl_c_ends_it_at_once_with_status_0(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        with running.client() as client:
            assert client.get("/").status_code == 200
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
    assert "Traceback" not in running.errors.read_text("utf8")


def refused(run: Run, *options: str | Path) -> str:
    """What `tonecheck serve` says as it refuses to start: one line."""
    done = run("serve", *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_taken_port_is_one_line_and_status_2(run: Run) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        said = refused(run, "--port", str(port))
    assert said == f"tonecheck: 127.0.0.1:{port} is taken; stop what runs there, or choose another --port\n"


def test_other_machines_are_let_in_only_with_a_token_of_ones_own(run: Run, tmp_path: Path) -> None:
    assert "--token-file" in refused(run, "--host", "0.0.0.0")
    assert "--token-file" in refused(run, "--host", "::")
    short = tmp_path / "token"
    short.write_text("letmein\n")
    assert "16 to 200" in refused(run, "--host", "0.0.0.0", "--token-file", short)
    assert "cannot be read" in refused(run, "--token-file", tmp_path / "none")


def test_it_answers_to_the_names_it_was_given_and_keeps_its_given_token_to_itself(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("a-token-of-our-own\n")
    options = ("--host", "0.0.0.0", "--name", "reply.acme.example", "--token-file", str(secret))
    with serving(tmp_path, *options) as running:
        assert running.url.startswith("http://reply.acme.example:")
        assert running.token == "…"
        url = running.url.replace("reply.acme.example", "127.0.0.1")
        port = httpx.URL(url).port
        named = {"Host": f"Reply.acme.example:{port}", "Authorization": "Bearer a-token-of-our-own"}
        assert (
            httpx.post(
                f"{url}api/check", json={"text": "Hi"}, headers=named, trust_env=False, timeout=60
            ).status_code
            == 200
        )
        foreign = {**named, "Host": f"other.acme.example:{port}"}
        assert httpx.get(url, headers=foreign, trust_env=False, timeout=60).status_code == 421
    assert "unencrypted" in running.errors.read_text("utf8")


def test_with_a_certificate_it_speaks_https(run: Run, tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*make, "-keyout", key, "-out", cert], check=True, capture_output=True)
    with serving(tmp_path, "--cert", str(cert), "--key", str(key)) as running:
        assert running.url.startswith("https://")
        with running.client(verify=ssl.create_default_context(cafile=cert)) as client:
            assert client.get("/").status_code == 200
    assert "--key needs --cert" in refused(run, "--key", key)
    assert "cannot be used" in refused(run, "--port", "0", "--cert", key)
    assert "cannot be used" in refused(run, "--port", "0", "--cert", tmp_path / "none")


def test_settings_that_are_wrong_stop_it_before_it_starts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / ".tonecheck.toml").write_text("limit = 3\n")
    assert "did you mean “limits”?" in refused(run, "--port", "0")


@pytest.mark.parametrize(("command", "library"), [("serve", "starlette"), ("lsp", "pygls"), ("mcp", "mcp")])
def test_a_missing_extra_is_named_with_its_cure(command: str, library: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None\nfrom tonecheck.cli import main; main(['{command}'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        f"tonecheck: tonecheck {command} needs {library}, which is not installed; "
        f"pip install 'tonecheck[{command}]'\n"
    )


def test_only_addresses_of_this_machine_are_loopback() -> None:
    for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        assert Place(host, 1).is_loopback, host
    for host in ("0.0.0.0", "::", "192.168.1.4", "localhost.example", "", "::ffff:8.8.8.8"):
        assert not Place(host, 1).is_loopback, host


def test_a_broken_off_request_harms_nobody(server: Server, api: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port)) as line:
        head = (
            f"POST /api/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
        line.sendall(head.encode())
        time.sleep(0.1)
    assert api.post("/api/check", json={"text": "Hi"}).status_code == 200
    assert "fault of ours" not in server.errors.read_text("utf8")
