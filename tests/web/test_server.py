"""The real server: its routes, restarts, and others at work on the same folder."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import framing.web
from framing.annotation import read_labels
from framing.annotation.appending import locked
from framing.errors import UsageError
from framing.web.server import DEFAULT_PORT, listening_socket

HTML = '<script>alert("x")</script> & <img src=x onerror=alert(1)> </textarea>'
IMPORT = """
import sys
from pathlib import Path
from framing.annotation.coder_file import CoderFile
from framing.annotation.records import Annotation
from framing.codebook import read_codebook
folder = Path(sys.argv[1])
ids = [f"a{number:02}:{place}" for number in range(10) for place in range(5)]
for round in range(4):
    for coder in ("ana", "ben"):
        file = CoderFile(folder, coder, read_codebook(folder / "codebook.toml"), set(ids))
        for place, paragraph in enumerate(ids):
            if place % 5 == 4:
                file.append(Annotation(coder, paragraph, "upkeep", request=f"import-{coder}-{round}-{place}"))
"""


def test_the_session_is_described(server, inside):
    told = inside.get("/api/session").json
    assert (told["coder"], told["role"], told["suggestions"]) == ("ana", "coder", False)
    assert (told["total"], told["done"], told["start"]) == (50, 0, 0)
    assert [(label["id"], label["title"], label["key"]) for label in told["labels"]] == [
        ("storm", "Storm", "1"), ("trade", "Trade", "2"), ("upkeep", "Upkeep", "3"), ("none", "None", "0"),
    ]  # fmt: skip
    codebook = told["codebook"]
    assert (codebook["name"], codebook["version"], codebook["residual"]) == ("harbour-news", "1.1", "none")
    assert codebook["rules"] == [
        ["borderline", ["Where two frames are equal, the one that the first sentence carries."]]
    ]
    assert codebook["frames"][0]["exclude"] == ["a wall that was badly built: upkeep"]


def test_a_paragraph_is_coded_coded_again_and_taken_back(server, inside):
    assert inside.get("/api/paragraphs/0").json["current"] is None
    answer = inside.label("a00:0", "storm", "request-0001", sure=False, runner_up="trade", note="café – “wind”")
    assert answer.status == 200
    assert answer.json == {
        "saved": True, "request": "request-0001", "paragraph": "a00:0", "done": 1, "total": 50,
        "current": inside.get("/api/paragraphs/0").json["current"],
    }  # fmt: skip
    assert inside.label("a00:0", "storm", "request-0001").json == answer.json
    assert inside.label("a00:0", None, "request-0002", set_aside="skipped").json["current"]["set_aside"] == "skipped"
    undone = inside.undo("request-0003").json
    assert (undone["saved"], undone["index"], undone["current"]["note"]) == (True, 0, "café – “wind”")
    assert inside.undo("request-0004").json["current"] is None
    assert inside.undo("request-0004").json["done"] == 0
    refused = inside.undo("request-0005")
    assert (refused.status, refused.json) == (409, {"error": "there is nothing to undo"})
    assert [line["frame"] for line in server.lines] == ["storm", None, "storm", None]


@pytest.mark.parametrize("path", ["50", "-1", "x", "1.5", "0x1", "9" * 5000, "%EF%BC%91", "", "0/1"])
def test_no_such_paragraph(visitor, path):
    answer = visitor.get(f"/api/paragraphs/{path}")
    assert answer.status == 404
    assert list(answer.json) == ["error"]


@pytest.mark.parametrize(
    "value",
    [None, [], "x", {}, {"request": "request-0001"}, {"request": "request-0001", "paragraph": "a00:0", "frame": "rain"},
     {"request": "request-0001", "paragraph": "nowhere", "frame": "storm"},
     {"request": "../../etc", "paragraph": "a00:0", "frame": "storm"},
     {"request": "request-0001", "paragraph": "a00:0", "frame": "storm", "note": "x" * 20_000},
     {"request": "request-0001", "paragraph": "a00:0", "frame": "storm", "role": "adjudicator"}],
)  # fmt: skip
def test_what_says_nothing_that_can_be_done_is_refused_in_one_line(shared, visitor, value):
    for path in ("/api/annotations", "/api/undo"):
        answer = visitor.post(path, value)
        # The one name of a request is enough for an undo, of which there is none here.
        assert answer.status == (409 if path == "/api/undo" and value == {"request": "request-0001"} else 400)
        assert list(answer.json) == ["error"]
        assert len(answer.json["error"].splitlines()) == 1
    assert not shared.path.exists()


def test_a_body_that_is_no_json_is_refused(shared, visitor):
    for body in (b"", b"{", b"\xff", b"[" * 60_000, b'{"request": "\\ud83d"}'):
        answer = visitor.send("POST", "/api/annotations", body=body)
        assert (answer.status, list(answer.json)) == (400, ["error"])
    assert not shared.path.exists()


def test_markup_is_text_everywhere(start_server, make_folder):
    codebook = 'name = \'<script>alert("x")</script>\'\nversion = "1"\n[[frame]]\nid = "a"\n[[frame]]\nid = "b"\n'
    client = start_server(make_folder({"h": [HTML, "plain"]}, codebook=codebook)).client()
    answer = client.get("/api/paragraphs/0")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["article"]["paragraphs"][0]["text"] == HTML
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b'<script>alert("x")' not in page.body
    # The message of an error never becomes a page.
    assert client.label(HTML, "a", "request-0001").headers["content-type"] == "application/json"


def test_the_page_holds_nothing_that_its_own_rules_forbid(visitor):
    page = visitor.get("/").body.decode()
    assert "harbour-news" in page
    assert "ana" in page
    for forbidden in ("<style", " style=", "onclick", "onload", "javascript:", "http://", "https://"):
        assert forbidden not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


def test_every_part_of_the_page_is_served_as_what_it_is(visitor):
    parts = {path.name: path.suffix for path in Path(framing.web.__file__).with_name("static").iterdir()}
    assert {".js", ".css"} <= set(parts.values())
    kinds = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    for name, suffix in parts.items():
        answer = visitor.get(f"/static/{name}")
        assert (answer.status, answer.headers["content-type"]) == (200, kinds[suffix])


def test_a_line_that_was_written_before_a_crash_is_not_written_again(start_server, labels_folder):
    server = start_server(labels_folder)
    answer = server.client().label("a00:0", "storm", "request-0001").json
    server.kill()
    again = start_server(labels_folder, port=server.port)
    client = again.client()
    assert client.label("a00:0", "storm", "request-0001").json == answer
    assert len(again.lines) == 1
    assert client.get("/api/session").json["start"] == 1
    assert "1 done, 49 left" in again.messages[0]


def test_the_cookie_of_an_earlier_run_opens_nothing(start_server, labels_folder):
    server = start_server(labels_folder)
    client = server.client()
    server.kill()
    start_server(labels_folder, port=server.port)
    answer = client.label("a00:0", "storm", "request-0001")
    assert (answer.status, list(answer.json)) == (401, ["error"])
    assert not server.path.exists()


def test_a_torn_last_line_is_told_kept_and_mended(start_server, labels_folder):
    path = labels_folder / "annotations" / "ana.jsonl"
    whole = '{"paragraph": "a00:0", "frame": "storm"}\n'
    path.write_text(whole + '{"paragraph": "a00:1", "fra', encoding="utf-8")
    server = start_server(labels_folder)
    assert any(message.startswith(f"{path}:2: the last line is cut off") for message in server.messages)
    client = server.client()
    assert client.get("/api/session").json["start"] == 1
    assert client.label("a00:1", "trade", "request-0001").status == 200
    assert [line["frame"] for line in server.lines] == ["storm", "trade"]
    assert path.with_name(".ana.jsonl.torn").read_text(encoding="utf-8") == '{"paragraph": "a00:1", "fra\n'


def test_what_cannot_be_saved_is_not_said_to_be(server, inside):
    server.path.parent.mkdir(exist_ok=True)
    server.path.write_text("this is no line\n", encoding="utf-8")
    answer = inside.label("a00:0", "storm", "request-0001")
    assert (answer.status, list(answer.json)) == (503, ["error"])
    assert "ana.jsonl:1" in answer.json["error"]
    assert server.path.read_text(encoding="utf-8") == "this is no line\n"
    server.path.unlink()
    assert inside.label("a00:0", "storm", "request-0001").status == 200


def test_a_file_that_another_program_holds_is_told_in_time_and_keeps_no_server_from_ending(server, inside):
    inside.label("a00:0", "storm", "request-0001")
    with locked(server.path):
        started = time.monotonic()
        answer = inside.label("a00:1", "storm", "request-0002")
        assert (answer.status, list(answer.json)) == (503, ["error"])
        assert "another program" in answer.json["error"]
        # The page waits 20 seconds.
        assert time.monotonic() - started < 10
        waiting = threading.Thread(target=inside.label, args=("a00:1", "storm", "request-0002"))
        waiting.start()
        time.sleep(0.5)
        assert server.stop() == 0
        waiting.join()
    assert len(server.lines) == 1
    assert server.messages[-1].startswith("labelled in this run: 1 paragraph,")
    assert not any("Traceback" in message for message in server.messages)


def test_the_page_of_another_coder_writes_nothing(start_server, labels_folder):
    own, other = (start_server(labels_folder, coder) for coder in ("ana", "ben"))
    key = re.search(r'data-page-key="(\w+)"', own.client().get("/").body.decode())[1]
    client = other.client()
    for send in (
        lambda told: client.post(
            "/api/annotations", {"request": "request-1", "paragraph": "a00:0", "frame": "storm"}, **told
        ),
        lambda told: client.post("/api/undo", {"request": "request-1"}, **told),
    ):
        answer = send({"headers": {"Framing-Page": key}})
        assert (answer.status, list(answer.json)) == (401, ["error"])
    assert not other.path.exists()


def test_the_end_says_how_many_and_where(server, inside):
    inside.label("a00:0", "storm", "request-0001")
    inside.label("a00:1", None, "request-0002", set_aside="skipped")
    inside.label("a00:2", "trade", "request-0003")
    assert server.stop() == 0
    assert server.messages[-1] == f"labelled in this run: 2 paragraphs, in {server.path}"
    assert not any("Traceback" in message for message in server.messages)


def test_two_coders_an_import_and_a_reader_at_once_lose_nothing(start_server, labels_folder):
    clients = {coder: start_server(labels_folder, coder).client() for coder in ("ana", "ben")}
    ids = [f"a{number:02}:{place}" for number in range(10) for place in range(5)]
    failed = []

    def code(coder):
        for repeat in range(2):
            for place, paragraph in enumerate(ids):
                if place % 5 != 4:
                    answer = clients[coder].label(paragraph, "storm", f"request-{coder}-{repeat}-{place}")
                    if answer.status != 200:
                        failed.append(answer)

    threads = [threading.Thread(target=code, args=(coder,)) for coder in clients]
    importing = subprocess.Popen([sys.executable, "-c", IMPORT, str(labels_folder)])
    for thread in threads:
        thread.start()
    reads = 0
    while any(thread.is_alive() for thread in threads) or importing.poll() is None:
        # A line that is being written counts as cut off, and is no fault.
        read_labels(labels_folder)
        reads += 1
    for thread in threads:
        thread.join()
    assert (importing.returncode, failed) == (0, [])
    assert reads > 3
    for coder in clients:
        path = labels_folder / "annotations" / f"{coder}.jsonl"
        written = [json.loads(line)["request"] for line in path.read_text(encoding="utf-8").splitlines()]
        asked = {f"request-{coder}-{repeat}-{place}" for repeat in range(2) for place in range(50) if place % 5 != 4}
        imported = {f"import-{coder}-{turn}-{place}" for turn in range(4) for place in range(50) if place % 5 == 4}
        assert len(written) == len(set(written))
        assert set(written) == asked | imported
        # Each server knows what the import has brought.
        assert clients[coder].get("/api/session").json["done"] == 50


def test_a_port_is_taken_once():
    with listening_socket(0) as taken:
        port = taken.getsockname()[1]
        assert taken.getsockname()[0] == "127.0.0.1"
        with pytest.raises(UsageError, match=f"port {port} cannot be listened on .* --port"):
            listening_socket(port)


def test_without_a_port_the_next_free_one_is_taken():
    with listening_socket(None) as first, listening_socket(None) as second:
        assert DEFAULT_PORT <= first.getsockname()[1] < second.getsockname()[1]
