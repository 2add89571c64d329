"""An OpenAI-compatible server, spoken to through the one door; no key gets into any sentence."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from monitor.assist.passages import Answer, Passage, answer_in, question
from monitor.errors import AssistError, FetchError
from monitor.http import Door

_PATH = "/chat/completions"


class Endpoint:
    """One model behind one address, such as ``https://api.example.org/v1``."""

    def __init__(self, door: Door, address: str, model: str, key: str = "") -> None:
        self._door = door
        self._url = _completions(address)
        self._host = urlsplit(address).netloc
        self._model = model
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def ask(self, passage: Passage) -> Answer:
        """What the model answers; raises ``AssistError``, also for an answer that is none."""
        try:
            reply = self._door.post(self._url, question(self._model, passage), self._headers)
        except FetchError as error:
            said = str(error).replace(self._url, self._host)
            raise AssistError(f"the model at {self._host} did not answer: {said}") from None
        if reply.status != 200:
            raise AssistError(f"the model at {self._host} answered {reply.status}")
        answer = answer_in(reply.body)
        if answer is None:
            words = f"the model at {self._host} sent no answer that can be read"
            raise AssistError(words, is_gone=False)
        return answer


def _completions(address: str) -> str:
    """Where to ask; what stands behind a question mark stays there."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}{_PATH}"))
