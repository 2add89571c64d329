"""One request at a time per host, with a pause."""

from __future__ import annotations

import threading
import time

import pytest

from monitor.http.pacing import Pacer


class _Clock:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_two_turns_of_a_host_are_spaced() -> None:
    """The pause counts from the end of the turn before; the first turn waits for nothing."""
    clock = _Clock()
    pacer = Pacer(2, clock=clock.time, sleep=clock.sleep)
    with pacer.turn("a.example"):
        clock.now += 5
    clock.now += 0.5
    with pacer.turn("a.example"):
        pass
    assert clock.slept == [1.5]


def test_hosts_do_not_wait_for_each_other() -> None:
    """A turn at one host costs another host nothing."""
    clock = _Clock()
    pacer = Pacer(2, clock=clock.time, sleep=clock.sleep)
    with pacer.turn("a.example"), pacer.turn("b.example"):
        pass
    assert clock.slept == []


def test_a_host_rested_is_asked_at_once() -> None:
    """After a long time the pause is nothing, and never negative."""
    clock = _Clock()
    pacer = Pacer(2, clock=clock.time, sleep=clock.sleep)
    with pacer.turn("a.example"):
        pass
    clock.now += 60
    with pacer.turn("a.example"):
        pass
    assert clock.slept == [0.0]


def test_a_turn_that_fails_is_over() -> None:
    """An error inside a turn neither keeps the host nor skips the pause."""
    clock = _Clock()
    pacer = Pacer(2, clock=clock.time, sleep=clock.sleep)
    with pytest.raises(ValueError, match="broken"), pacer.turn("a.example"):
        raise ValueError("broken")
    with pacer.turn("a.example"):
        pass
    assert clock.slept == [2.0]


def test_only_one_request_is_in_flight_per_host() -> None:
    """Eight threads at one host never overlap."""
    pacer, inside, most = Pacer(0), 0, 0
    guard = threading.Lock()

    def visit() -> None:
        nonlocal inside, most
        for _ in range(20):
            with pacer.turn("a.example"):
                with guard:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.0005)
                with guard:
                    inside -= 1

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
