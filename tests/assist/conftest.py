"""A server that speaks like OpenAI's on a loopback port, and a reader of claims."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from monitor.beat import load_beat
from monitor.http import Door, Limits
from monitor.match.claims import ClaimReader
from monitor.match.matching import compile_watchlist
from monitor.match.signing import Signer
from monitor.resources import seeds

Given = dict[str, Any]
# What a server answers to a passage, or to a request for embeddings: an object for the model to
# say, or a status and a body.
Speak = Callable[[Given], Any]


class ModelServer:
    """Answers every POST with what ``speak`` says of the passage in it; None is silence."""

    def __init__(self) -> None:
        self.speak: Speak = lambda given: {"headline": given["headline"], "lead": given["lead"]}
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.tokens: int | None = 100
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.pair = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.address = f"http://{self.pair}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def given(self) -> list[Given]:
        """The passages that were asked for."""
        return [json.loads(body["messages"][1]["content"]) for _, _, body in self.requests]

    def close(self) -> None:
        """Stop listening, and let go of whoever waits."""
        self._done.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            path = stream.readline().decode("latin-1").split(" ")[1]
            headers = {}
            while (row := stream.readline().decode("latin-1").strip()) != "":
                name, _, value = row.partition(":")
                headers[name.lower()] = value.strip()
            body = json.loads(stream.read(int(headers.get("content-length", "0"))))
            self.requests.append((path, headers, body))
            is_words = "messages" in body
            said = self.speak(json.loads(body["messages"][1]["content"]) if is_words else body)
            if said is None:
                self._done.wait(20)
                return
            status, content = said if isinstance(said, tuple) else (200, self._wrapped(said))
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode("latin-1") + content)

    def _wrapped(self, said: Any) -> bytes:
        words = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        usage = {"usage": {"total_tokens": self.tokens}} if self.tokens is not None else {}
        choice = {"message": {"role": "assistant", "content": words}}
        return json.dumps({"choices": [choice], **usage}, ensure_ascii=False).encode()


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """A model that repeats what it is given."""
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def door(model: ModelServer) -> Iterator[Door]:
    """A door that may go to the model."""
    with Door(
        user_agent="monitor/test", allow_private=[model.pair], limits=Limits(seconds=1)
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def reader() -> ClaimReader:
    """Reads claims with the names of the beat that ships."""
    watchlist = compile_watchlist(load_beat(seeds() / "china-central-asia"), {})
    return ClaimReader(watchlist, Signer(watchlist))
