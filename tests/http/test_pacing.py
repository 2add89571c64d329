"""One request at a time per host, with a pause."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.http.pacing import Line, Pacer


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
    assert clock.slept == []


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


def test_a_turn_is_taken_or_not_but_never_waited_for() -> None:
    """While a host is asked it is not free; afterwards it rests as long as it is said to."""
    clock = _Clock()
    pacer = Pacer(2, clock=clock.time, sleep=clock.sleep)
    assert pacer.take("a.example")
    assert not pacer.take("a.example")
    assert pacer.wait("a.example") == float("inf")
    pacer.end("a.example")
    assert pacer.wait("a.example") == 2
    clock.now += 2
    assert pacer.take("a.example")
    assert clock.slept == []


def test_a_turn_given_back_needs_no_rest() -> None:
    """Where nobody was asked there is nothing to pause for."""
    pacer = Pacer(2)
    pacer.take("a.example")
    pacer.give_back("a.example")
    assert pacer.take("a.example")


def test_the_first_in_line_whose_host_is_free_is_next() -> None:
    """Feeds of a busy host let others pass; of one host they keep their order."""
    line: Line[str] = Line()
    for name in ("a1", "a2", "b1", "a3", "c1"):
        line.add(name[0], name)
    busy = {"b"}
    order = [line.next(lambda host: host not in busy) for _ in range(4)]
    assert order == ["a1", "c1", "a2", "a3"]
    assert line.next(lambda host: host not in busy) is None
    assert (len(line), line.next(lambda host: True), len(line)) == (1, "b1", 0)


def test_what_is_under_way_goes_first() -> None:
    """A redirected request waits before everything that was not begun."""
    line: Line[str] = Line()
    line.add("a", "a1")
    line.add("b", "b1")
    line.add_first("b", "b0")
    assert [line.next(lambda host: True) for _ in range(3)] == ["b0", "a1", "b1"]


def test_a_line_waits_for_the_host_that_is_free_first() -> None:
    """The wait is the shortest of those in line; nobody in line is no end of it."""
    line: Line[str] = Line()
    assert line.wait(lambda host: 1.0) == float("inf")
    line.add("a", "a1")
    line.add("b", "b1")
    assert line.wait({"a": 3.0, "b": 2.0}.__getitem__) == 2.0


def test_a_host_leaves_with_all_who_wait_for_it() -> None:
    """Whoever waits for a host that is asked no more is told, in order."""
    line: Line[str] = Line()
    for name in ("a1", "b1", "a2"):
        line.add(name[0], name)
    assert (line.leave("a"), line.leave("a"), len(line)) == (("a1", "a2"), (), 1)


@given(st.lists(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd")))
def test_nobody_is_lost_or_served_twice(hosts: list[str], busy: set[str]) -> None:
    """Of any line everyone whose host is free is handed out once, in the order of each host."""
    line: Line[tuple[str, int]] = Line()
    for number, host in enumerate(hosts):
        line.add(host, (host, number))
    handed = list(iter(lambda: line.next(lambda host: host not in busy), None))
    waiting = [(host, number) for number, host in enumerate(hosts) if host not in busy]
    assert sorted(handed) == sorted(waiting)
    for host in set(hosts):
        mine = [number for its_host, number in handed if its_host == host]
        assert mine == sorted(mine)
    assert len(line) == len(hosts) - len(handed)


@pytest.mark.timeout(20)
def test_two_who_want_each_others_turn_both_get_it() -> None:
    """Nobody waits for a second turn with one in hand; each has its own again at the end."""
    pacer, met, seen = Pacer(0), threading.Barrier(2), []

    def visit(own: str, other: str) -> None:
        with pacer.turn(own):
            met.wait(10)
            with pacer.elsewhere(own, other):
                seen.append((other, pacer.take(other)))
            seen.append((own, pacer.take(own)))

    threads = [threading.Thread(target=visit, args=each) for each in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(seen) == [("a", False), ("a", False), ("b", False), ("b", False)]


def test_the_heads_of_the_line_are_those_who_are_next() -> None:
    """One for each host, in the order of their turns, and they stay in line."""
    line: Line[str] = Line()
    for host, waiting in (("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1")):
        line.add(host, waiting)
    assert line.heads(2) == ["a1", "b1"]
    assert line.next(lambda host: True) == "a1"
    assert line.heads(9) == ["b1", "c1", "a2"]
