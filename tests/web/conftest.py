"""The real server, started as a process on a folder of its own, and a client that talks to it as a browser would."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# The command alone, without the imports of all others.
LAUNCH = "import typer; from framing.cli.label import label; typer.run(label)"
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]+)")

CODEBOOK = """
name = "harbour-news"
version = "1.1"
residual = "none"

[[frame]]
id = "storm"
title = "Storm"
question = "Is the harbour told as a matter of weather?"
definition = "Wind, waves and what they break."
include = ["boats torn from their moorings", "ferries cancelled"]
exclude = ["a wall that was badly built: upkeep"]
examples = ["The pier lost its lamp in the night."]

[[frame]]
id = "trade"
title = "Trade"
question = "Is it told as a matter of goods and money?"
definition = "Cargo, prices, jobs."
include = ["the price of herring"]

[[frame]]
id = "upkeep"
title = "Upkeep"
definition = "Walls, cranes, dredging."

[rules]
borderline = ["Where two frames are equal, the one that the first sentence carries."]
"""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """A browser, as far as the server can tell: it keeps the cookie and says where a request comes from."""

    port: int
    cookie: str | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str | None] | None = None):
        """Send a request; a header that is None is left out."""
        told: dict[str, str | None] = {"Cookie": self.cookie}
        if method == "POST":
            told |= {"Origin": self.origin, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        told |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            kept = {name: value for name, value in told.items() if value is not None}
            connection.request(method, path, body=body, headers=kept)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def get(self, path: str, **options: Any) -> Answer:
        return self.send("GET", path, **options)

    def post(self, path: str, value: Any, **options: Any) -> Answer:
        return self.send("POST", path, body=json.dumps(value).encode(), **options)

    def enter(self, token: str) -> Answer:
        """Trade the link's secret for the cookie."""
        answer = self.get(f"/?token={token}")
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def label(self, paragraph: str, frame: str | None, request: str, **changes: Any) -> Answer:
        said = {"request": request, "paragraph": paragraph, "frame": frame, "sure": True}
        said |= {"runner_up": None, "note": None, "set_aside": None}
        return self.post("/api/annotations", said | changes)

    def undo(self, request: str) -> Answer:
        return self.post("/api/undo", {"request": request})


@dataclass
class RunningServer:
    """A server process.

    Attributes
    ----------
    url : str
        The link with its secret, good for one use.
    messages : list of str
        The lines on its standard error so far; whole once it has ended.
    """

    process: subprocess.Popen[str]
    folder: Path
    coder: str
    messages: list[str] = field(default_factory=list)
    url: str = ""
    token: str = ""
    port: int = 0
    _reader: threading.Thread | None = None

    def wait_for_link(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.messages.append(line.rstrip("\n"))
            if found := LINK.search(line):
                self.url, self.port, self.token = found[0], int(found[1]), found[2]
                break
        else:
            self.process.wait()
            self.process.stderr.close()
            raise AssertionError(f"the server did not start: {self.messages}")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def client(self) -> Client:
        """Enter by the link."""
        client = Client(self.port)
        assert client.enter(self.token).status == 303
        return client

    @property
    def path(self) -> Path:
        return self.folder / "annotations" / f"{self.coder}.jsonl"

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What the coder's file holds."""
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def kill(self) -> None:
        """Kill it as a crash would (SIGKILL)."""
        self._end(self.process.kill)

    def stop(self) -> int:
        """Stop it as Ctrl-C would."""
        self._end(lambda: self.process.send_signal(signal.SIGINT))
        return self.process.returncode

    def _end(self, how: Callable[[], None]) -> None:
        if self.process.poll() is None:
            how()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._reader is not None:
            self._reader.join()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.messages.extend(line.rstrip("\n") for line in self.process.stderr)


StartServer = Callable[..., RunningServer]
MakeFolder = Callable[..., Path]


def paragraph_line(identifier: str, text: str) -> str:
    article, _, position = identifier.rpartition(":")
    told = {"id": identifier, "article": article, "position": int(position), "text": text, "outlet_type": "state"}
    return json.dumps(told | {"conflict": None, "year": 2020, "source": None}, ensure_ascii=False) + "\n"


def write_folder(folder: Path, articles: dict[str, Sequence[str]] | None = None, *, codebook: str = CODEBOOK) -> Path:
    """Make a labels folder of articles, each a list of texts; without any, ten articles of five paragraphs."""
    if articles is None:
        articles = {
            f"a{number:02}": [f"Article {number}, paragraph {place}: the tide took the pier." for place in range(5)]
            for number in range(10)
        }
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(codebook, encoding="utf-8")
    lines = [
        paragraph_line(f"{article}:{place}", text)
        for article, texts in articles.items()
        for place, text in enumerate(texts)
    ]
    (folder / "paragraphs.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@contextmanager
def servers() -> Iterator[StartServer]:
    """Give a function that starts servers; all of them are stopped at the end."""
    started: list[RunningServer] = []

    def start(folder: Path, coder: str = "ana", *options: object, port: int = 0) -> RunningServer:
        asked = ["--coder", coder, "--labels", str(folder), "--port", str(port), "--no-browser", *map(str, options)]
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *asked],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "80"},
        )
        server = RunningServer(process, folder, coder)
        started.append(server)
        server.wait_for_link()
        return server

    try:
        yield start
    finally:
        for server in started:
            server.kill()


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Make a labels folder: ``make_folder({"a": ["First paragraph.", "Second."]}, name="labels")``."""

    def make(articles: dict[str, Sequence[str]] | None = None, *, name: str = "labels", codebook: str = CODEBOOK):
        return write_folder(tmp_path / name, articles, codebook=codebook)

    return make


@pytest.fixture
def labels_folder(make_folder: MakeFolder) -> Path:
    return make_folder()


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Start ``framing label`` on a folder: ``start_server(folder, "ana", "--adjudicate", port=8800)``."""
    with servers() as start:
        yield start


@pytest.fixture
def server(start_server: StartServer, labels_folder: Path) -> RunningServer:
    """A server for the coder 'ana' on a folder of ten articles of five paragraphs."""
    return start_server(labels_folder)


@pytest.fixture
def outsider(server: RunningServer) -> Client:
    """A browser that has not opened the server's link."""
    return Client(server.port)


@pytest.fixture
def inside(server: RunningServer) -> Client:
    """A browser that has opened the server's link."""
    return server.client()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, Client]]:
    """One server for all tests of a file that leave it as it was, with a browser that has opened its link."""
    with servers() as start:
        server = start(write_folder(tmp_path_factory.mktemp("shared") / "labels"))
        yield server, server.client()


@pytest.fixture
def shared(shared_server: tuple[RunningServer, Client]) -> RunningServer:
    return shared_server[0]


@pytest.fixture
def visitor(shared_server: tuple[RunningServer, Client]) -> Client:
    """A browser at the shared server, with the cookie."""
    server, client = shared_server
    return Client(server.port, client.cookie)


@pytest.fixture
def stranger(shared: RunningServer) -> Client:
    """A browser at the shared server, without the cookie."""
    return Client(shared.port)
