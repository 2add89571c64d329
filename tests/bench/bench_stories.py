"""Folding and placing: articles a second at several sizes, and what placing one article takes.

    python tests/bench/bench_stories.py [articles …]

A made-up year of news: names and words as rare as Zipf's law has them, one to five articles an
event. Twice the articles must not take four times as long. Placing is measured on an archive of
100,000 articles of twenty days, all of them open, with the look-up in the store.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.match.folding import fold
from monitor.match.rarity import FROM_NEWS, News
from monitor.model import Signature
from monitor.pipeline.assess import placed
from monitor.store import Store, open_store

SIZES = (5_000, 20_000, 100_000)
ARCHIVE = 100_000
PLACED = 512
FOLDED_GOAL, PLACED_GOAL = 2_000, 5.0
_START = datetime(2025, 1, 1, tzinfo=UTC)
_YEAR = 365
_OPEN_DAYS = 20


def year_of_news(size: int, rng: random.Random, days: int = _YEAR) -> list[Signature]:
    """So many signatures, several of each event."""
    news: list[Signature] = []
    while len(news) < size:
        at = _START + timedelta(days=rng.random() * days)
        marks = [
            *(f"e{_zipf(rng, 0.6, 3_000)}" for _ in range(4)),
            *(f"n{rng.randrange(20_000)}" for _ in range(3)),
            *(f"k{_zipf(rng, 1.0, 130)}" for _ in range(5)),
            *(f"a{_zipf(rng, 1.0, 37)}" for _ in range(3)),
            rng.choice(("cAA", "cBB", "cCC")),
        ]
        words = [f"w{_zipf(rng, 0.7, 50_000)}" for _ in range(30)]
        news += [
            Signature(
                at + timedelta(hours=rng.random() * 30),
                "en",
                frozenset(rng.sample(marks, 12)),
                frozenset(rng.sample(words, 18)),
            )
            for _ in range(rng.choice((1, 1, 1, 1, 2, 3, 5)))
        ]
    return news[:size]


def _zipf(rng: random.Random, shape: float, most: int) -> int:
    return int(rng.paretovariate(shape)) % most


def archive(path: Path, news: list[Signature]) -> None:
    """A database with ``news``, a story each event of a few, written past the product for speed."""
    open_store(f"sqlite:///{path}").close()
    stories = fold(news[:2_000]) + list(range(2_000, len(news)))
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT OR IGNORE INTO stories (id, opened_at) VALUES (?, ?)",
            ((story + 1, str(_START)) for story in stories),
        )
        database.executemany(
            "INSERT INTO articles (id, url, feed_id, first_seen, backlog, pending, story_id)"
            " VALUES (?, '', 1, ?, 0, 0, ?)",
            ((n, f"{one.at:%F %T}", story + 1) for n, (one, story) in _numbered(news, stories)),
        )
        database.executemany(
            "INSERT INTO signatures (article_id, at, lang, body) VALUES (?, ?, ?, ?)",
            (
                (n, f"{one.at:%F %T}", "en", f'["{"|".join(one.marks)}", "{"|".join(one.words)}"]')
                for n, one in enumerate(news, 1)
            ),
        )
        database.executemany(
            "INSERT OR IGNORE INTO marks (mark, day, story_id) VALUES (?, ?, ?)",
            (
                (mark, (one.at - _EPOCH).days, story + 1)
                for _, (one, story) in _numbered(news, stories)
                for mark in one.proposing()
                if one.at
            ),
        )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _numbered(news: list[Signature], stories: list[int]) -> enumerate[tuple[Signature, int]]:
    return enumerate(zip(news, stories, strict=True), 1)


def fold_all(size: int) -> None:
    """Print how many articles a second are folded."""
    news = year_of_news(size, random.Random(1))
    stories = 0

    def work() -> None:
        nonlocal stories
        stories = len(set(fold(news)))

    rate = size / seconds(work)
    print(
        f"{size:>7,} articles in {stories:,} stories: {rate:,.0f} a second"
        f"  ({rate / FOLDED_GOAL:.1f} of the goal)"
    )


def place_some(store: Store, news: list[Signature], batch: int) -> None:
    """Print what placing an article takes in batches of a size, the look-up included."""
    signed = list(enumerate(news, ARCHIVE + 1))
    batches = [signed[start : start + batch] for start in range(0, len(signed), batch)]
    known = News(store.stories.newest(FROM_NEWS))

    def work() -> None:
        for some in batches:
            placed(store, known, some)

    cost = seconds(work) * 1000 / len(news)
    print(
        f"{ARCHIVE:>7,} open, {batch:>3} at once: {cost:.2f} ms an article"
        f"  ({cost / PLACED_GOAL:.2f} of the limit)"
    )


def seconds(work: Callable[[], None]) -> float:
    """Processor time of one piece of work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print articles a second for each size, and the cost of placing."""
    for size in map(int, sys.argv[1:] or map(str, SIZES)):
        fold_all(size)
    news = year_of_news(ARCHIVE + PLACED, random.Random(2), _OPEN_DAYS)
    random.Random(3).shuffle(news)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "monitor.db"
        archive(path, news[:ARCHIVE])
        with open_store(f"sqlite:///{path}") as store:
            for batch in (1, 256):
                place_some(store, news[ARCHIVE:], batch)


if __name__ == "__main__":
    main()
