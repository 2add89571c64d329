"""An OpenAI-compatible server, spoken to through the one door; no key gets into any sentence."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from monitor.assist.passages import Answer, Passage, answer_in, question
from monitor.errors import AssistError, FetchError, InputError
from monitor.http import Door

_ANSWER_BYTES = 65_536


class Server:
    """What stands behind one address, such as ``https://api.example.org/v1``."""

    def __init__(self, door: Door, address: str, key: str = "") -> None:
        self._door = door
        self._address = address
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    @property
    def host(self) -> str:
        """What sentences call it."""
        return urlsplit(self._address).netloc

    def said(self, path: str, body: bytes, most: int = _ANSWER_BYTES) -> bytes:
        """What it says to ``body``, of about ``most`` bytes; raises ``AssistError``."""
        url = _below(self._address, path)
        try:
            reply = self._door.post(url, body, self._headers, most)
        except FetchError as error:
            said = str(error).replace(url, self.host)
            raise AssistError(f"the model at {self.host} did not answer: {said}") from None
        if reply.status != 200:
            raise AssistError(f"the model at {self.host} answered {reply.status}")
        return reply.body


class Endpoint:
    """One model that says words, behind one address."""

    def __init__(self, door: Door, address: str, model: str, key: str = "") -> None:
        self._server = Server(door, address, key)
        self._model = model

    def ask(self, passage: Passage) -> Answer:
        """What the model answers; raises ``AssistError``, also for an answer that is none."""
        said = self._server.said("/chat/completions", question(self._model, passage))
        answer = answer_in(said)
        if answer is None:
            words = f"the model at {self._server.host} sent no answer that can be read"
            raise AssistError(words, is_gone=False)
        return answer


def sendable(where: str, key: str) -> str:
    """The key, which may be empty; InputError for one that cannot travel in a header."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(f"{where}: the key has blanks or letters outside ASCII in it")
    return key


def _below(address: str, path: str) -> str:
    """Where to ask; what stands behind a question mark stays there."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}{path}"))
