"""The outbox dies at every named point, and lives through every order of events."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection

from monitor.errors import TransportError
from monitor.model import Coverage, Delivery, Edition, Rendered, Window
from monitor.pipeline.deliver import deliver
from monitor.publish.outbox import message_id
from monitor.publish.transports import Hold
from monitor.store import Store, open_store
from monitor.store.database import Database

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
SUBSCRIBERS = ("a@example.org", "b@example.org", "c@example.org")
# Between the receiver's word and the commit that keeps it, nobody can know (RFC 1047).
AMBIGUOUS = ("taken", "settle: before commit")


def freeze(store: Store, number: int) -> None:
    """An edition for everyone; the same one twice is once."""
    at = NOW + timedelta(days=number)
    edition = Edition("daily", "Daily", Window(at, None, at), "UTC", (), Coverage((), 0, 0))
    key = f"daily/{at.isoformat()}"
    addressed = [(each, "email", message_id(key, each, "x.example")) for each in SUBSCRIBERS]
    store.editions.freeze(edition, Rendered("s", "t", "h"), addressed, at)


# --- C3 ------------------------------------------------------------------------------------------


class Receiver:
    """A mailbox that is a file, which outlives whoever writes to it; ``reach`` names each step."""

    def __init__(self, file: Path, reach: Callable[[str], None]) -> None:
        self._file = file
        self._reach = reach

    def send(self, delivery: Delivery, hold: Hold) -> None:
        """As a mail goes: the recipient, the message, the final dot, the answer."""
        for step in ("recipient", "message"):
            self._reach(step)
        hold.renew()
        self._reach("before the dot")
        with self._file.open("a") as file:
            file.write(f"{delivery.subscriber} {delivery.message_id}\n")
        self._reach("taken")

    def close(self) -> None:
        """Nothing to leave."""


def work(folder: Path, now: datetime, reach: Callable[[str], None]) -> None:
    """Publish and deliver, as one start of the program does it."""
    seen: list[str] = []
    changing = Database._changing

    def pass_by(name: str) -> None:
        seen.append(name)
        reach(f"{len(seen)} {name}")

    @contextmanager
    def watched(self: Database, writing: str) -> Iterator[Connection]:
        name = "settle" if seen and seen[-1] == "taken" else "change"
        with changing(self, writing) as connection:
            yield connection
            pass_by(f"{name}: before commit")
        pass_by(f"{name}: after commit")

    with pytest.MonkeyPatch.context() as patch, open_store(f"sqlite:///{folder}/m.db") as store:
        patch.setattr(Database, "_changing", watched)
        freeze(store, 0)
        deliver(store, {"email": Receiver(folder / "mails", pass_by)}, now)


def killed(folder: Path, now: datetime, point: str) -> bool:
    """Whether a process that does the work came to ``point``, where it was killed."""
    child = os.fork()
    if child == 0:
        work(folder, now, lambda name: os._exit(9) if name == point else None)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_death_at_every_named_point(tmp_path: Path, times: int) -> None:
    """C3: killed once or twice at the same point, every mail comes, and under one Message-ID.

    Only where the receiver had taken it, and that was not written down, one comes again.
    """
    points: list[str] = []
    (tmp_path / "whole").mkdir()
    work(tmp_path / "whole", NOW, points.append)
    assert len(points) >= 20, points
    for number, point in enumerate(points):
        folder = tmp_path / str(number)
        folder.mkdir()
        for time in range(times):
            assert killed(folder, NOW + timedelta(hours=time), point) or time, point
        work(folder, NOW + timedelta(hours=times), lambda name: None)
        mails = Counter((folder / "mails").read_text().splitlines())

        assert {mail.split()[0] for mail in mails} == set(SUBSCRIBERS), point
        assert len(mails) == len(SUBSCRIBERS), point
        assert sum(mails.values()) == len(SUBSCRIBERS) or point.endswith(AMBIGUOUS), point


# --- C9 ------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone: nothing after this is written down."""


class Outbox(RuleBasedStateMachine):
    """C9: editions, crashes, refusals, silence and time, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._url = f"sqlite:///{self._folder.name}/m.db"
        self.store = open_store(self._url)
        self.now = NOW
        self.editions = 0
        self.fates: list[str] = []
        self.taken: Counter[tuple[int, str, str]] = Counter()
        self.doubtful: Counter[str] = Counter()

    def send(self, delivery: Delivery, hold: Hold) -> None:
        """What becomes of one delivery: the next fate, a success when there is none left."""
        fate = self.fates.pop(0) if self.fates else "sent"
        if fate == "4xx":
            raise TransportError("450 later", retry=True)
        if fate == "killed before":
            raise Killed
        hold.renew()
        self.taken[delivery.edition.id, delivery.subscriber, delivery.message_id] += 1
        if fate == "unknown":
            self.doubtful[delivery.message_id] += 1
            raise TransportError("silence", retry=True, unknown=True)
        if fate == "killed after":
            self.doubtful[delivery.message_id] += 1
            raise Killed

    def close(self) -> None:
        """Nothing to leave."""

    @rule()
    def publish(self) -> None:
        """One more edition is due."""
        freeze(self.store, self.editions)
        freeze(self.store, self.editions)
        self.editions += 1

    @rule(
        fates=st.lists(
            st.sampled_from(["sent", "4xx", "unknown", "killed before", "killed after"]),
            max_size=4,
        )
    )
    def tick(self, fates: list[str]) -> None:
        """Deliver; a kill ends the process, and another is started."""
        self.fates = fates
        try:
            deliver(self.store, {"email": self}, self.now)
        except Killed:
            self.store.close()
            self.store = open_store(self._url)

    @rule(minutes=st.sampled_from([1, 11, 70, 300]))
    def wait(self, minutes: int) -> None:
        """Time goes on."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def set_back(self) -> None:
        """The clock is set back by two hours."""
        self.now -= timedelta(hours=2)

    @invariant()
    def one_name_and_no_needless_repeat(self) -> None:
        """A mail has one Message-ID, and comes again only where its fate was in doubt."""
        assert len({key[:2] for key in self.taken}) == len(self.taken)
        assert all(times <= 1 + self.doubtful[key[2]] for key, times in self.taken.items())

    def teardown(self) -> None:
        """In the end everything arrives."""
        self.fates = []
        self.now += timedelta(days=1)
        for _ in range(30):
            self.now += timedelta(hours=6)
            deliver(self.store, {"email": self}, self.now)
        waiting = self.store.editions.pending()
        self.store.close()
        with suppress(OSError):
            self._folder.cleanup()
        self.one_name_and_no_needless_repeat()
        assert waiting == 0
        assert len(self.taken) == self.editions * len(SUBSCRIBERS)


def _run(examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Outbox,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order_of_events() -> None:
    """C9: no order of events loses a mail, renames one, or repeats one without need."""
    _run(15, 20)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_any_order_of_many_events() -> None:
    """C9 in full: 300 runs of 50 steps."""
    _run(300, 50)
