"""What a server has that a file has not: passwords, several workers, limits of its full text."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from monitor.errors import QueryError, StoreError
from monitor.model import Feed, FeedListing, FeedState
from monitor.query import parse
from monitor.query.paging import Sort
from monitor.store import Store, open_store
from monitor.store.backup import back_up, check, default_backup, reindex, restore, vacuum
from monitor.store.database import Database, place_of
from monitor.store.glance import glance
from monitor.store.schema import articles, carried

pytestmark = pytest.mark.server

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
WORKER = Path(__file__).with_name("steps_on_server.py")
FEEDS = 6
TEXTS = (
    *("Khorgos freight train departs", "Bus lines, train-freight", "中亚铁路通车 霍尔果斯口岸"),
    *("中国,亚洲 a b 7", "中亞鐵路", "Қазақстанның теміржолы", "Oʻzbekiston va Türkmenistan"),
    *("Поезда из Китая ждут меньше", "поезд поездом", "can't stop Kazakhstan's trains", "x"),
)
WORDS = (
    *("train", "trains", "freight", "bus", "lines", "khorgos", "kh", "a", "b", "中", "亚", "中亚"),
    *(
        "中亚铁路",
        "铁路通",
        "国亚",
        "中国",
        "霍尔果斯口岸",
        "Қазақстан",
        "поезд",
        "Китай",
        "ждут меньше",
    ),
    *("freight train", "train freight", "can't", "Oʻzbekiston", "turkmenistan", "7", "nothing"),
)


@pytest.fixture
def kind() -> str:
    """These tests are about a server."""
    return "postgresql"


@pytest.mark.parametrize(
    "secret_url",
    [
        "postgresql://reader:geheim@localhost:1/news",
        "postgresql://localhost:1/news?user=reader&password=geheim",
        "postgresql://reader:geheim@localhost:x/news",
        "postgresqlx://reader:geheim@localhost/news",
        "reader:geheim@localhost",
    ],
)
def test_a_password_reaches_no_sentence(secret_url: str, tmp_path: Path) -> None:
    """Neither a sentence nor a traceback repeats it, whatever fails."""
    for use in (
        open_store,
        check,
        vacuum,
        reindex,
        lambda url: back_up(url, tmp_path / "x"),
        lambda url: restore(url, tmp_path / "x", NOW),
        lambda url: repr(place_of(url)) + str(place_of(url)) + raised(url),
    ):
        try:
            told = str(use(secret_url))
        except StoreError as error:
            told = "".join(traceback.format_exception(error))
        assert "geheim" not in told


def raised(url: str) -> str:
    """No password is asked for by name, but an error that nobody foresaw shows what it can."""
    with pytest.raises(ZeroDivisionError) as caught:
        place_of(url).explain(ZeroDivisionError(repr(place_of(url))))
    return str(caught.value)


def test_who_answers_wrongly_is_named(url: str) -> None:
    """No such database, and a server that is gone, are sentences with the address."""
    place, query = url.split("?")
    with pytest.raises(StoreError, match=r'/nowhere\S* cannot be used .*"nowhere" does not exist'):
        open_store(f"{place.rpartition('/')[0]}/nowhere?{query}")
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(f"{place}?host=/nowhere")


def test_copies_are_made_by_the_servers_own_tools(url: str, store: Store, tmp_path: Path) -> None:
    """The sentence has the command to type."""
    with pytest.raises(StoreError, match=r"`pg_dump --format=custom --file=\S+ 'postgres"):
        back_up(url, tmp_path / "copy")
    with pytest.raises(StoreError, match="`pg_dump"):
        default_backup(url, NOW)
    with pytest.raises(StoreError, match="`pg_restore --clean --if-exists --dbname='postgres"):
        restore(url, tmp_path / "copy", NOW)


def change(url: str, statement: str) -> None:
    """Change a database behind the store's back."""
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_damage_and_a_lost_index_are_found(make: Any, url: str) -> None:
    """S6, S7: a changed text, a missing table and an index out of step are told."""
    make.poll(make.finding("one", "Khorgos"), make.finding("two", "中亚铁路"))
    change(url, "UPDATE revisions SET text = 'flipped' WHERE id = 2")
    assert check(url).changed == ("the text of article 2 (revision 2) has changed",)

    change(url, "DELETE FROM article_search WHERE article_id = 1")
    assert check(url).is_index_old
    reindex(url)
    assert not check(url).is_index_old

    change(url, "DROP TABLE robots")
    assert check(url).faults == ("the schema: table robots is missing",)


def test_vacuuming_gives_space_back(make: Any, url: str) -> None:
    """What was forgotten takes no space any more."""
    make.poll(*(make.finding(f"n{number}", text=f"{number} " * 900) for number in range(300)))
    change(url, "DELETE FROM article_search")
    before, after = vacuum(url)

    assert after < before - 100_000


def test_no_text_is_too_long(make: Any, store: Store) -> None:
    """Phrases are found behind all that a tsvector counts to, and nothing is refused."""
    make.poll(make.finding("one", text="的" * 40_000 + "霍尔果斯口岸", lang="zh"))
    make.poll(make.finding("two", text=" ".join(f"w{number}" for number in range(200_000))))
    make.poll(make.finding("three", text="x" * 5_000))

    for words in ("霍尔果斯口岸", '"w17 w18"', "w5", "x" * 900 + "*"):
        assert len(store.search(parse(words), 9, NOW)) == 1, words
    assert store.search(parse('"尔霍"'), 9, NOW) == []


@pytest.fixture
def both(make: Any, store: Store, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A server and a file with the same articles."""
    findings = [make.finding(f"n{number}", text) for number, text in enumerate(TEXTS)]
    make.poll(*findings)
    with open_store(f"sqlite:///{tmp_path}/file.db") as file:
        type(make)(file).poll(*findings)
        yield store, file


_WORD = st.builds(
    lambda word, is_exact, is_prefix: (f'"{word}"' if is_exact else word) + "*" * is_prefix,
    st.sampled_from(WORDS),
    st.booleans(),
    st.booleans(),
)
_QUERY = st.recursive(
    _WORD,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda pair: f"({' OR '.join(pair)})"),
        inner.map(lambda one: f"NOT ({one})"),
    ),
    max_leaves=5,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=_QUERY)
def test_a_server_finds_what_a_file_finds(both: tuple[Store, Store], text: str) -> None:
    """Words, phrases, prefixes, OR and NOT, in every script: the same in the same order."""
    try:
        query = parse(text)
    except QueryError:
        return
    server, file = ([each.article.url for each in store.search(query, 99, NOW)] for store in both)
    assert server == file
    ranked = both[0].page(query, 99, NOW, Sort.RELEVANCE).articles
    assert {each.article.url for each in ranked} == set(file)


def test_claims_wait_for_nobody(make: Any, store: Store, url: str) -> None:
    """While one writes, others claim what it does not write; what two claim at once is divided."""
    store.feeds.sync([FeedListing(f"https://{n}.example/rss", "N") for n in range(40)], NOW)
    ids = [feed.id for feed in store.feeds.due(NOW)]
    taken: list[dict[int, int]] = []

    def claim() -> None:
        with open_store(url) as other:
            taken.append(other.feeds.claim_all(ids, NOW, timedelta(minutes=1)))

    with store.transaction():
        make.store.feeds.record(make.outcome(ids[0]), ())
        claimers = [threading.Thread(target=claim) for _ in range(3)]
        for claimer in claimers:
            claimer.start()
        for claimer in claimers:
            claimer.join()

    claimed = [feed_id for tokens in taken for feed_id in tokens]
    assert sorted(claimed) == ids[1:]


def test_who_lost_the_claim_records_nothing(make: Any, store: Store) -> None:
    """C7: a worker that slept past its lease is told so by its token."""
    feed_id = store.feeds.due(NOW)[0].id
    late = store.feeds.claim(feed_id, NOW, timedelta(seconds=1))
    again = store.feeds.claim(feed_id, NOW + timedelta(seconds=2), timedelta(minutes=1))

    assert store.feeds.record(make.outcome(feed_id), [make.finding("one")], late) is False
    assert store.counts().articles == 0
    assert store.feeds.record(make.outcome(feed_id), [make.finding("one")], again) is True


def start(url: str, outbox: Path, entries: int, seconds: float = 600) -> subprocess.Popen[bytes]:
    """A worker that does all steps."""
    words = [sys.executable, str(WORKER), url, str(outbox), str(entries), str(seconds)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def kill_by_turns(url: str, outbox: Path, entries: int, kills: int) -> None:
    """Three workers at once; one after the other is killed at its work and comes back."""
    chance = random.Random(12)
    workers = [start(url, outbox, entries) for _ in range(3)]
    for number in range(kills):
        worker = workers[number % 3]
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"at work\n"
        time.sleep(chance.uniform(0, 0.5))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        workers[number % 3] = start(url, outbox, entries)
    for worker in workers:
        worker.kill()
        worker.communicate()


def is_done(store: Store, now: datetime) -> bool:
    """Whether nothing is left to poll, to judge, to publish or to send."""
    left = store.feeds.due(now) or store.articles.unassessed(1)
    return not (left or store.editions.eligible("daily", "", 50, now) or store.editions.pending())


@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_killed_workers_lose_nothing(kills: int, store: Store, url: str, tmp_path: Path) -> None:
    """S12: three workers on one server, killed at random moments: I1 to I5 hold."""
    store.feeds.sync([FeedListing(f"https://{n}.example/rss", "N") for n in range(FEEDS)], NOW)
    store.judgements.keep_watchlist("fp", "{}", NOW)
    outbox, entries = tmp_path / "outbox", kills + 2
    kill_by_turns(url, outbox, entries, kills)
    for _ in range(100):
        last = start(url, outbox, entries, seconds=10)
        assert last.communicate()[1] == b""
        if is_done(store, datetime.now(UTC)):
            break

    assert is_done(store, datetime.now(UTC)), "I5: nothing stays claimed"
    assert [served(feed) for feed in store.feeds.enabled()] == [entries] * FEEDS
    assert store.counts().articles == FEEDS * entries, "I1: what validators cover is stored"
    sent = [tuple(line.split(" ")) for line in outbox.read_text("utf-8").splitlines()]
    editions, twice = carriages(url)
    assert twice == [], "I3: an article is in one edition"
    named = defaultdict(set)
    for edition, subscriber, name in sent:
        named[edition, subscriber].add(name)
    assert {int(edition) for edition, _ in named} == editions, "I2: no edition is missing"
    assert len(named) == 2 * len(editions)
    assert all(len(names) == 1 for names in named.values()), "I2: under one Message-ID"
    assert len(sent) - len(named) <= kills, "I2: twice only where a kill came in between"
    assert (check(url).damage, check(url).is_index_old) == ((), False), "I4"


def served(feed: Feed) -> int:
    """How many entries the validators of a feed cover."""
    return int(feed.validators.etag or 0)


def carriages(url: str) -> tuple[set[int], list[int]]:
    """The editions that carry anything, and the articles that not exactly one of them carries."""
    with closing(Database(place_of(url))) as database, database.reading() as connection:
        told = connection.execute(select(carried.c.edition_id, carried.c.article_id)).all()
        ids = connection.scalars(select(articles.c.id)).all()
    times = Counter(article_id for _, article_id in told)
    return {row[0] for row in told}, [each for each in ids if times[each] != 1]


def test_an_address_of_any_length_is_stored_and_found(make: Any, store: Store) -> None:
    """One entry with a link of thousands of characters, or such an outlet, stops no feed."""
    letters = "".join(random.Random(5).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9_000))
    long, name = make.finding("one"), make.finding("two")
    long = replace(long, url=f"https://a.example/{letters}")
    name = replace(name, entry=replace(name.entry, outlet=letters), keys=("url:two",))
    make.poll(long, name, make.finding("three"))

    found = store.articles.by_url(long.url)
    assert found is not None
    assert found.article.url == long.url
    assert store.counts().articles == 3
    assert store.search(parse(f"outlet:{letters[:20]}"), 9, NOW)


def test_a_value_that_does_not_fit_is_refused_in_a_sentence(store: Store) -> None:
    """A feed's address that no index holds; and who locks in another order is told to wait."""
    letters = "".join(random.Random(5).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9_000))
    with pytest.raises(StoreError, match=r"does not take that \(.*nothing was changed"):
        store.feeds.sync([FeedListing(f"https://a.example/{letters}", "A")], NOW)
    deadlock = DBAPIError("SELECT", {}, DeadlockError("deadlock"))
    told = str(place_of("postgresql://h/x").explain(deadlock))
    assert told.startswith("others were in the way at postgresql://h/x (deadlock)")


class DeadlockError(Exception):
    """As the driver has it; two programs that lock in different order make one."""

    sqlstate = "40P01"


def test_who_waited_for_its_turn_sees_what_the_one_before_left(
    make: Any, store: Store, url: str
) -> None:
    """Also where the owner of a database had it begin all transactions with one moment in view."""
    name = place_of(url).url.database  # type: ignore[union-attr]
    change(url, f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    feed_id = store.feeds.due(NOW)[0].id
    with open_store(url) as second:
        finding = make.finding("one")
        waiting = threading.Thread(target=second.feeds.record, args=(make.outcome(2), [finding]))
        with store.transaction():
            waiting.start()
            time.sleep(0.5)
            store.feeds.record(make.outcome(feed_id), [finding])
        waiting.join()

    assert store.counts().articles == 1
    assert [poll.state for poll in store.history.polls(2, 9)] == [FeedState.OK]


@pytest.mark.parametrize("option", ["bogus=1", "sslmod=require", "sslmode=no", "port=geheim"])
def test_an_option_that_means_nothing_is_a_sentence(url: str, option: str) -> None:
    """Unknown names are told before anybody is asked, values by the driver."""
    for use in (open_store, check, glance):
        with pytest.raises(StoreError, match=r'an option "\w+", which|cannot be used \('):
            use(f"{url}&{option}")


def test_a_schema_that_is_missing_is_named(url: str) -> None:
    """The program itself tells of such URLs, so it says what to do first."""
    with pytest.raises(StoreError, match=r"no schema to write to .*CREATE SCHEMA"):
        open_store(f"{url}&options=-csearch_path=monitor")
    change(url, "CREATE SCHEMA monitor")
    with open_store(f"{url}&options=-csearch_path=monitor") as store:
        assert store.counts().articles == 0


@pytest.mark.parametrize("user", ["bob:geheim PW", "bob:geheim@PW", "bob:12/geheim"])
def test_a_password_that_is_not_percent_encoded_is_refused(user: str) -> None:
    """Whatever part of it would be taken for the host is not repeated."""
    with pytest.raises(StoreError, match=r"^the database is no URL of a server") as caught:
        place_of(f"postgresql://{user}@127.0.0.1:1/x")
    assert not re.search("geheim|PW", str(caught.value))
