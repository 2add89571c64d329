"""Forgetting: what did not match goes in small steps, and never comes back as new."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import FindingKind
from monitor.query import parse
from monitor.store import Store, open_store
from monitor.store.backup import check

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=91)
LONG = "Trains from China wait less at Khorgos than they did. " * 20


def forget_all(store: Store, before: datetime = LATER, threshold: float = 50) -> int:
    """Forget all that is due; how many articles that was."""
    forgotten, place = 0, None
    while step := store.retention.forget(before, threshold, place):
        forgotten += step.forgotten
        place = step.place
        if place is None:
            break
    return forgotten


def words(path: Path) -> int:
    """How many words the full-text index holds."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT count(*) FROM article_search_words"
        return int(connection.execute(query).fetchone()[0])


def test_what_did_not_match_is_forgotten_and_the_rest_stays(
    make: Any, store: Store, url: str, path: Path
) -> None:
    """Text, judgement, labels and index of the unmatched go; matched articles stay for ever."""
    matched = make.article("matched", "Khorgos grows", text=LONG)
    make.judge(make.assessment(matched, 70))
    kept = words(path)
    other = make.article("other", "Khorgos rains", text=LONG)
    make.judge(make.assessment(other, 10, eligible_at=None))

    assert forget_all(store) == 1

    assert [each.article.id for each in store.search(parse("khorgos"), 9, NOW)] == [matched.id]
    assert store.articles.get(other.id) is None
    assert store.counts().articles == 1
    assert words(path) == kept
    assert check(url).damage == ()
    assert not check(url).is_index_old


@pytest.mark.parametrize(
    ("spare", "why"),
    [
        (lambda make, article: make.assessment(article, 60, eligible_at=None), "an old match"),
        (lambda make, article: make.assessment(article, 10), "it was eligible once"),
        (lambda make, article: None, "nobody judged it yet"),
    ],
    ids=["matched", "eligible", "pending"],
)
def test_what_has_a_reason_to_stay_stays(
    spare: Callable[[Any, Any], Any], why: str, make: Any, store: Store
) -> None:
    """Only what was judged and found irrelevant is forgotten."""
    article = make.article("one", "Khorgos", text=LONG)
    if assessment := spare(make, article):
        make.judge(assessment)

    assert forget_all(store) == 0, why


def test_coverage_of_a_story_that_matched_stays(make: Any, store: Store) -> None:
    """An article that scored low stays with the one of its story that did not."""
    low, high = (make.article(name, "Khorgos", text=LONG) for name in ("low", "high"))
    make.judge(
        make.assessment(low, 10, story_id=-1, eligible_at=None),
        make.assessment(high, 80, story_id=-1),
    )

    assert forget_all(store) == 0


def test_what_is_young_stays(make: Any, store: Store) -> None:
    """Before its time nothing is forgotten."""
    make.judge(make.assessment(make.article("one", "Khorgos"), 10, eligible_at=None))

    assert forget_all(store, before=NOW) == 0


def test_a_forgotten_article_never_comes_back_as_new(make: Any, store: Store) -> None:
    """Shown again it is the same; edited it is judged anew, and never enters an edition."""
    article = make.article("one", "Wheat", text=LONG)
    make.judge(make.assessment(article, 10, eligible_at=None))
    assert forget_all(store) == 1

    finding = make.finding("one", "Wheat", text=LONG)
    known = store.articles.known(finding.keys, feed_id=1)
    assert [(each.id, each.carried) for each in known.values()] == [(article.id, True)] * 2
    assert all(finding.hash in each.hashes for each in known.values())
    make.poll(make.finding("one", "Wheat", kind=FindingKind.SAME, article_id=article.id))
    assert store.articles.unassessed(9) == []

    make.poll(
        make.finding(
            "one", "Khorgos", kind=FindingKind.CHANGED, article_id=article.id, revision="2"
        )
    )
    (again,) = store.articles.unassessed(9)
    assert (again.id, again.backlog, again.url) == (article.id, True, article.url)
    assert store.counts().articles == 1


def fill(make: Any, count: int) -> None:
    """Articles with texts as long as news, none of which matches."""
    texts = {f"n{number}": f"{number} {LONG}" for number in range(count)}
    make.poll(*(make.finding(name, f"Wheat {name}", text=text) for name, text in texts.items()))
    waiting = make.store.articles.unassessed(count)
    make.judge(*(make.assessment(each, 5, eligible_at=None) for each in waiting))


def test_each_step_is_short(make: Any, store: Store, path: Path) -> None:
    """S11: who waits for the file waits at most 100 ms for a step (their median is measured)."""
    fill(make, 1_000)
    steps, place = [], None
    while True:
        begun = time.perf_counter()
        step = store.retention.forget(LATER, 50, place)
        steps.append(time.perf_counter() - begun)
        assert step is not None
        place = step.place
        if place is None:
            break

    assert store.counts().articles == 0
    assert sorted(steps)[len(steps) // 2] < 0.1


def test_while_somebody_reads_for_long_the_log_stays_small(
    make: Any, store: Store, url: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S11: with a reader in the way forgetting waits; once it has left, forgetting goes on."""
    monkeypatch.setattr("monitor.store.retention._LONGEST_LOG", 1_000_000)
    fill(make, 2_000)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        forget_all(store)
        stalled = store.retention.forget(LATER, 50)
        log = path.with_name("monitor.db-wal").stat().st_size
        remaining = store.counts().articles

    assert stalled is None
    assert log < 3_000_000
    assert remaining > 0
    forget_all(store)
    assert store.counts().articles == 0


def test_a_kill_while_forgetting_leaves_each_article_whole_or_gone(
    make: Any, store: Store, url: str, path: Path
) -> None:
    """C11: what one step did not finish is undone with its index."""
    fill(make, 300)
    first = store.retention.forget(LATER, 50)
    assert first is not None
    with pytest.raises(KeyboardInterrupt), store.transaction():
        store.retention.forget(LATER, 50, first.place)
        raise KeyboardInterrupt

    report = check(url)
    assert (report.damage, report.is_index_old) == ((), False)
    store.close()
    with open_store(url) as again:
        assert again.counts().articles == 300 - first.forgotten
        assert forget_all(again) == 300 - first.forgotten
