"""What apprise knows can be sent to; what it does not is a sentence."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from monitor.errors import InputError, TransportError
from monitor.publish.transports.apprise import AppriseTransport


def test_messages_arrive(receiver: Any, many: Any, delivery: Any, keeper: Any) -> None:
    """A real service of apprise, its plain JSON, gets the stories as plain text."""
    pytest.importorskip("apprise")
    transport = AppriseTransport({("daily", "desk"): f"json://{receiver.pair}/x"}, spacing=0)
    transport.send(delivery(many(40), "apprise"), keeper)
    messages = [body["message"] for body in receiver.bodies()]

    assert len(messages) > 1 and keeper.parts == list(range(1, len(messages) + 1))
    told = "\n".join(messages)
    assert all(f"https://press.example/{number}?a=1&b=2" in told for number in range(40))


def test_messages_that_were_taken_are_not_sent_again(
    receiver: Any, many: Any, delivery: Any, keeper: Any
) -> None:
    """A refusal is tried again from the message that was refused."""
    pytest.importorskip("apprise")
    transport = AppriseTransport({("daily", "desk"): f"json://{receiver.pair}/s3cret"}, spacing=0)
    receiver.answers = [(200, {}, b""), (500, {}, b""), (200, {}, b"")]
    with pytest.raises(TransportError) as caught:
        transport.send(delivery(many(40), "apprise"), keeper)
    assert (keeper.parts, caught.value.retry) == ([1], True)
    assert "s3cret" not in repr(caught.value)

    transport.send(delivery(many(40), "apprise", parts=1), keeper)
    bodies = [body["message"] for body in receiver.bodies()]
    assert bodies[1] == bodies[2]


@pytest.mark.parametrize("url", ["nonsense", "discord://", "http//x", "file:///etc/passwd"])
def test_an_address_that_apprise_does_not_know(url: str) -> None:
    """The sentence names the subscriber, never the address."""
    pytest.importorskip("apprise")
    with pytest.raises(InputError, match="subscriber desk") as caught:
        AppriseTransport({("daily", "desk"): url})

    assert url not in str(caught.value)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not installed it is told how."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InputError, match=r"pip install 'monitor\[apprise\]'"):
        AppriseTransport({("daily", "desk"): "discord://a/b"})
