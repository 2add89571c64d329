"""Many passages within a time, and a model that is gone or talks rubbish."""

from __future__ import annotations

import pytest

from monitor.assist.asking import Lanes
from monitor.assist.endpoint import Endpoint
from monitor.assist.passages import Answer, Passage
from monitor.errors import AssistError
from monitor.http import Door

PASSAGES = [Passage(f"Headline {number}", "", "ru", "ru", "en") for number in range(12)]


def test_every_passage_gets_its_answer() -> None:
    """Whichever lane asked for it."""

    def ask(passage: Passage) -> Answer:
        return Answer(passage.headline.upper())

    found = Lanes(until=1.0, clock=lambda: 0.0).run(PASSAGES, [ask] * 4)

    assert {place: answer and answer.content for place, answer in found.items()} == {
        number: f"HEADLINE {number}" for number in range(12)
    }


def test_nothing_is_begun_after_its_time() -> None:
    """The clock is looked at before each request."""
    ticks = iter(range(100))
    found = Lanes(until=3.0, clock=lambda: float(next(ticks))).run(
        PASSAGES, [lambda passage: Answer("x")]
    )

    assert sorted(found) == [0, 1, 2]


def test_a_model_that_is_gone_is_asked_no_more() -> None:
    """One refusal for everybody ends all lanes, and goes on holding."""
    asked = []

    def ask(passage: Passage) -> Answer:
        asked.append(passage)
        raise AssistError("it answered 429")

    lanes = Lanes(until=1.0, clock=lambda: 0.0)

    assert lanes.run(PASSAGES, [ask]) == {} and len(asked) == 1
    assert lanes.problem == "it answered 429"
    assert lanes.run(PASSAGES, [ask]) == {} and len(asked) == 1


def test_answers_that_cannot_be_read() -> None:
    """One counts as answered with nothing; three in a row are enough."""

    def ask(passage: Passage) -> Answer:
        if passage.headline.endswith("1"):
            return Answer("fine")
        raise AssistError("rubbish", is_gone=False)

    found = Lanes(until=1.0, clock=lambda: 0.0).run(PASSAGES, [ask])

    assert [found.get(place, "missing") for place in range(6)] == [
        None, Answer("fine"), None, None, None, "missing",
    ]  # fmt: skip


def test_whatever_is_raised_is_a_problem() -> None:
    """A fault of the program ends the run in a sentence, and leaves nobody waiting."""

    def ask(passage: Passage) -> Answer:
        raise UnicodeEncodeError("ascii", passage.headline, 0, 1, "no")

    lanes = Lanes(until=1.0, clock=lambda: 0.0)

    assert lanes.run(PASSAGES, [ask] * 2) == {}
    assert lanes.problem == "asking the model failed (UnicodeEncodeError)"


def test_each_run_answers_for_its_own_passages() -> None:
    """What was not asked for in time is not asked for in the next edition's place."""
    times = iter([0.0, 5.0])
    lanes = Lanes(until=1.0, clock=lambda: next(times, 0.0))
    asks = [lambda passage: Answer(passage.headline)]

    assert lanes.run(PASSAGES[:6], asks) == {0: Answer("Headline 0")}
    assert lanes.run(PASSAGES[6:8], asks) == {0: Answer("Headline 6"), 1: Answer("Headline 7")}


# --- the server ----------------------------------------------------------------------------------


def test_a_request_as_openai_wants_it(model, door: Door) -> None:  # type: ignore[no-untyped-def]
    """Path, key and body; what stands behind a question mark stays there."""
    address = f"{model.address}/?api-version=1"
    answer = Endpoint(door, address, "small", "s3cret").ask(PASSAGES[0])
    path, headers, body = model.requests[0]

    assert path == "/v1/chat/completions?api-version=1"
    assert headers["authorization"] == "Bearer s3cret"
    assert body["model"] == "small" and body["messages"][1]["role"] == "user"
    assert answer.tokens == 100 and '"Headline 0"' in answer.content


@pytest.mark.parametrize(
    ("said", "sentence", "is_gone"),
    [
        ((429, b"slow down s3cret"), "answered 429", True),
        ((401, b"bad key s3cret"), "answered 401", True),
        ((500, b""), "answered 500", True),
        ((302, b""), "answered 302", True),
        ((200, b"<html>"), "can be read", False),
        ((200, b"x" * 5_000_000), "can be read", False),
        (
            (200, b'{"choices": [{"message": {"content": "' + b"x" * 200_000 + b'"}}]}'),
            "read",
            False,
        ),
        (None, "did not answer", True),
    ],
)
def test_what_a_server_may_do_wrong(model, door: Door, said, sentence, is_gone) -> None:  # type: ignore[no-untyped-def]
    """Each is a sentence without the key, within the time that the door gives."""
    model.speak = lambda given: said
    with pytest.raises(AssistError) as caught:
        Endpoint(door, model.address, "small", "s3cret").ask(PASSAGES[0])

    assert sentence in str(caught.value) and "s3cret" not in str(caught.value)
    assert caught.value.is_gone is is_gone


def test_a_private_address_needs_leave(model) -> None:  # type: ignore[no-untyped-def]
    """The guard of the door holds for models too."""
    with (
        Door(user_agent="monitor/test") as strict,
        pytest.raises(AssistError, match="allow_private"),
    ):
        Endpoint(strict, model.address, "small").ask(PASSAGES[0])
    assert model.requests == []
