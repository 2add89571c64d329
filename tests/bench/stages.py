"""``monitor poll`` and ``monitor assess`` with stopwatches around their stages.

    python tests/bench/stages.py KEPT [--no-language] -c CONFIG poll|assess

The command runs as a user runs it, in this process; what its stages took is written to KEPT, a
JSON object of seconds of processor time by stage. ``bench_poll`` prints it as a table.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

POLL_STAGES = ("fetch", "parse", "tell what is new", "language", "store", "index")
ASSESS_STAGES = ("watchlist", "judge", "sign", "place", "keep")


class Stopwatch:
    """Processor time of this thread by stage; a stage stands still while one inside it runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys((*POLL_STAGES, *ASSESS_STAGES), 0.0)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done in the block belongs to ``name``."""
        self._note()
        self._running.append(name)
        try:
            yield
        finally:
            self._note()
            self._running.pop()

    def time(self, owner: Any, names: str, stage: str) -> None:
        """Let what ``names`` of ``owner`` do belong to ``stage``."""
        for name in names.split():
            setattr(owner, name, self._timed(getattr(owner, name), stage))

    def time_ends(self, owner: Any, name: str, stage: str) -> None:
        """Let the beginning and the end of a context belong to ``stage``, not what is inside."""
        opened: Callable[..., AbstractContextManager[Any]] = getattr(owner, name)

        @contextmanager
        def timed(*given: Any) -> Iterator[Any]:
            context = opened(*given)
            with self.stage(stage):
                inside = context.__enter__()
            try:
                yield inside
            except BaseException as error:
                if not context.__exit__(type(error), error, error.__traceback__):
                    raise
            else:
                with self.stage(stage):
                    context.__exit__(None, None, None)

        setattr(owner, name, timed)

    def _timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            with self.stage(stage):
                return function(*given, **named)

        return timed

    def _note(self) -> None:
        now = time.thread_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def main(kept: Path, arguments: list[str]) -> None:
    """Run ``monitor`` with ``arguments`` and write down what its last word took, by stage."""
    from monitor.cli import main as monitor

    watch = Stopwatch()
    if "--no-language" in arguments:
        arguments.remove("--no-language")
        _leave_language_out()
    (_watch_poll if arguments[-1] == "poll" else _watch_assess)(watch, kept)
    sys.argv = ["monitor", *arguments]
    monitor()


def _watch_poll(watch: Stopwatch, kept: Path) -> None:
    """What is left over is fetching: who is next, the requests, and what an answer means."""
    from monitor import store
    from monitor.pipeline import poll
    from monitor.store import articles, feeds, sqlite_text

    watch.time(vars(poll)["_Writing"], "_found", "tell what is new")
    watch.time(poll, "identify", "language")
    watch.time(feeds.Feeds, "sync due claim_all release_all strike record_all", "store")
    watch.time(articles.Articles, "known_to", "store")
    watch.time(sqlite_text.SqliteText, "index forget", "index")
    watch.time_ends(store.Store, "transaction", "store")
    _watch_step(watch, kept, poll, "poll", "fetch")


def _watch_assess(watch: Stopwatch, kept: Path) -> None:
    """What is left over is keeping: the articles that wait, and the verdicts on them."""
    from monitor.match import signing
    from monitor.pipeline import assess
    from monitor.pipeline.setup import Setup

    # They are made when the first article is judged, which takes as long for one as for many.
    for made_once in (Setup.watchlist, Setup.signer):
        watch.time(made_once, "func", "watchlist")
    watch.time(assess, "judge", "judge")
    watch.time(signing.Signer, "sign", "sign")
    watch.time(assess, "placed", "place")
    _watch_step(watch, kept, assess, "assess", "keep")


def _watch_step(watch: Stopwatch, kept: Path, owner: Any, name: str, rest: str) -> None:
    """Write down what a step took; other threads fetch, and child processes parse."""
    step = getattr(owner, name)

    def watched(*given: Any, **named: Any) -> Any:
        others, children = _others(), _children()
        with watch.stage(rest):
            done = step(*given, **named)
        watch.seconds["fetch"] += _others() - others
        watch.seconds["parse"] += _children() - children
        kept.write_text(json.dumps(watch.seconds))
        return done

    setattr(owner, name, watched)


def _others() -> float:
    return time.process_time() - time.thread_time()


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _leave_language_out() -> None:
    from monitor.pipeline import poll

    def declared(title: str, summary: str = "", lang: str | None = None) -> str:
        return lang or "und"

    vars(poll)["identify"] = declared


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
