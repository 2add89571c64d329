"""How fast the archive takes articles in and finds them, beside LIKE and plain FTS5 in one run.

    ./run bench search [articles] [folder]

Articles of 1,500 characters in eight languages are synthetic: words with the frequencies of real
ones, of which five languages come from the generator of the shared bench folder beside the
repository. They go in through the store's own code. With a folder the archive is kept there, and
found again by the next run, which then only asks.
"""

from __future__ import annotations

import importlib
import itertools
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "bench"
sys.path[:0] = [str(ROOT), str(SHARED)]

from monitor.model import (  # noqa: E402
    Assessment,
    Entry,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    Judgement,
    PollOutcome,
    ReceiptLine,
    Signature,
)
from monitor.query import parse  # noqa: E402
from monitor.query.grouping import Grouping  # noqa: E402
from monitor.query.paging import Sort  # noqa: E402
from monitor.store import Store, open_store  # noqa: E402
from monitor.store.feeds import Recording  # noqa: E402
from monitor.text.normalise import fold_key  # noqa: E402

BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
FEEDS = 200
BATCH = 1_000
CHARACTERS = 1_500
RAW_AT_MOST = 200_000
LANGS = ("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk")
LETTERS = {
    "ky": "ба рең төр ми шан дел ка бөр лиң го кү ста лык лөр дын кал бен үрү",
    "tg": "ба рӣн тор мӣ шан дел қа вор лин ғо ҳа ста ҷон ҳои дӯн кал бен рӯз",
    "tk": "ba reň tör mi şan del ga bor lik gö kü sta maý lar nyň gal ven ýüz",
}
COUNTRIES = ("KZ", "KG", "TJ", "TM", "UZ", "CN", "RU", "AF")
TOPICS = ("energy", "transport", "trade", "security", "mining", "culture")
ENTITIES = 2_000
NAMES = [f"entity-{number}" for number in range(ENTITIES)]
NAME_WEIGHTS = list(itertools.accumulate(1 / (number + 2.7) for number in range(ENTITIES)))
Text = tuple[str, str, str]


@dataclass(frozen=True)
class Goal:
    """One row of the table: what was asked, how often, and the p95 to stay under, in ms."""

    name: str
    limit: float | None
    ask: Callable[[Store, str, datetime], Sized]
    questions: Sequence[str]


def main() -> None:
    """Fill an archive, or take the one in the folder, and print the table of goals."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    if len(sys.argv) > 2:
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        measure(Path(sys.argv[2]), number)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), number)


def measure(folder: Path, number: int) -> None:
    """All measurements on one archive."""
    path = folder / f"archive-{number}.db"
    print(f"{number:,} articles of {CHARACTERS:,} characters in {len(LANGS)} languages")
    if not path.exists():
        fill(folder, path, number)
    now = BEGIN + timedelta(minutes=number)
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        print(f"\n{'ms':<36}{'wall':>16}{'processor':>16}")
        print(f"{'':<36}{'p50':>8}{'p95':>8}{'p50':>8}{'p95':>8}", end="")
        print(f"{'goal':>8}{'asked':>7}{'found':>7}")
        for goal in goals(words(), now):
            ask(store, goal, now)
    compare_with_like(path, number, now)
    start(path)


# --- texts ---------------------------------------------------------------------------------------


def generator() -> Any:
    """The shared generator with three more languages."""
    gen = importlib.import_module("gen")
    for lang, letters in LETTERS.items():
        gen._SYL[lang] = letters.split()
        gen._BASE[lang] = []
    return gen


def words() -> dict[str, list[str]]:
    """The vocabularies, the most frequent word first."""
    gen = generator()
    return {lang: gen.vocab(lang, 20_000) for lang in LANGS}


def texts(number: int) -> Iterator[Text]:
    """Language, title and body, made of a pool of sentences of each language."""
    gen, chances = generator(), random.Random(3)
    pools = {}
    for lang in LANGS:
        writer = gen.Writer(lang, vocab_size=20_000, seed=11)
        pools[lang] = ([writer.sentence() for _ in range(10_000)], writer.stop)
    for place in range(number):
        lang = LANGS[place % len(LANGS)]
        pool, stop = pools[lang]
        body, length = [], 0
        while length < CHARACTERS:
            body.append(pool[chances.randrange(len(pool))])
            length += len(body[-1]) + len(stop)
        title = pool[chances.randrange(len(pool))][:110]
        yield lang, title, stop.join(body)[:CHARACTERS]


# --- taking in -----------------------------------------------------------------------------------


def fill(folder: Path, path: Path, number: int) -> None:
    """Write the archive, and the raw one beside it, and print the rates."""
    compared = min(number, RAW_AT_MOST)
    raw = fill_raw(folder / "raw.db", compared)
    url = f"sqlite:///{path}"
    with open_store(url) as store:
        listings = [
            FeedListing(f"https://f{feed}.example/rss", f"Outlet {feed}", camp=f"camp-{feed % 5}")
            for feed in range(FEEDS)
        ]
        store.feeds.sync(listings, BEGIN)
        ours = take_in(store, number, compared)
        size = path.stat().st_size
        print(
            f"insert, rows per CPU second over {compared:,}: raw sqlite3 + FTS5 {raw:,.0f}, "
            f"store {ours:,.0f} = {ours / raw:.2f} × raw (goal 0.60)"
        )
        print(f"text and index: {size / number / 1e3:.2f} kB an article (goal 5.5)")
        began = time.process_time()
        judge(store)
        spent = time.process_time() - began
    grown = path.stat().st_size - size
    print(
        f"judgement: {grown / number / 1e3:.2f} kB an article (goal 0.5), "
        f"{number / spent:,.0f} per CPU second"
    )


def fill_raw(path: Path, number: int) -> float:
    """Rows per CPU second of plain sqlite3 with an FTS5 table kept by a trigger."""
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE article (id INTEGER PRIMARY KEY, link TEXT UNIQUE, lang TEXT, title TEXT,
                                  body TEXT, published INTEGER);
            CREATE INDEX ix_published ON article (published);
            CREATE VIRTUAL TABLE found USING fts5(title, body, content='article',
                                                  content_rowid='id', tokenize='unicode61');
            CREATE TRIGGER added AFTER INSERT ON article BEGIN
                INSERT INTO found (rowid, title, body) VALUES (new.id, new.title, new.body); END;
            """
        )
        spent = 0.0
        rows = (
            (place, f"https://news.example/{place}", *text, place)
            for place, text in enumerate(texts(number), start=1)
        )
        for batch in batches(rows):
            began = time.process_time()
            raw.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)", batch)
            raw.commit()
            spent += time.process_time() - began
    path.unlink()
    return number / spent


def take_in(store: Store, number: int, compared: int) -> float:
    """Record polls that bring all articles; rows per CPU second over the first ``compared``."""
    spent, rate = 0.0, 0.0
    for count, batch in enumerate(batches(enumerate(texts(number)))):
        recordings = [poll(feed, count, batch) for feed in range(20)]
        began = time.process_time()
        store.feeds.record_all(recordings)
        spent += time.process_time() - began
        if (count + 1) * BATCH == compared or not rate:
            rate = (count + 1) * BATCH / spent
    return rate


def poll(slot: int, count: int, batch: Sequence[tuple[int, Text]]) -> Recording:
    """What one feed brought of a batch."""
    at = BEGIN + timedelta(minutes=batch[0][0])
    feed_id = (count * 20 + slot) % FEEDS + 1
    findings = [finding(place, text, at) for place, text in batch[slot::20]]
    return Recording(PollOutcome(feed_id, at, FeedState.OK), findings)


def finding(place: int, text: Text, at: datetime) -> Finding:
    """A new article."""
    lang, title, body = text
    link = f"https://news{place % FEEDS}.example/2026/story-{place}"
    keys = (f"link:{link[8:]}", f"guid:{place}")
    entry = Entry(str(place), link, title, text=body, published=at)
    return Finding(FindingKind.NEW, entry, link, keys, f"{place:032x}", lang=lang)


def judge(store: Store, watchlist: str = "bench") -> None:
    """Give each article a verdict with labels; one in ten is kept with its receipt."""
    chances = random.Random(5)
    store.judgements.keep_watchlist(watchlist, "{}", BEGIN)
    while waiting := store.articles.unassessed(BATCH):
        assessments = []
        for article in waiting:
            score = chances.choice((0.0, 0.0, 0.0, 0.0, 10.0, 20.0, 20.0, 20.0, 20.0, 80.0))
            judgement = verdict(chances, score, article.wording.lang)
            made_of = Signature(article.first_seen, article.wording.lang, frozenset())
            # All in one story, so that what stories cost is not measured here.
            assessments.append(Assessment(article, judgement, made_of, story_id=-1))
        store.judgements.record(
            assessments, watchlist, BEGIN, keep_receipt=lambda each: each.judgement.score > 25
        )


def verdict(chances: random.Random, score: float, lang: str) -> Judgement:
    """What an article is about: nothing, some things of one side, or of both."""
    if not score:
        return Judgement(0.0, lang=lang)
    entities = tuple(dict.fromkeys(chances.choices(NAMES, cum_weights=NAME_WEIGHTS, k=3)))
    lines = tuple(
        ReceiptLine(f"entity:{name}", 8.0, "Khorgos", "Khorgos", "text", 100, 107)
        for name in entities
    )
    countries = tuple(dict.fromkeys(chances.choices(COUNTRIES, k=2)))
    return Judgement(score, lines, countries, (chances.choice(TOPICS),), entities, lang)


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """``rows`` in lists."""
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


# --- asking --------------------------------------------------------------------------------------


def goals(known: dict[str, list[str]], now: datetime) -> list[Goal]:
    """The rows of the table, each with its questions."""
    chances = random.Random(5)
    spaced = [lang for lang in LANGS if lang != "zh"]

    def some(first: int, last: int, count: int = 40) -> list[str]:
        return [known[chances.choice(spaced)][chances.randrange(first, last)] for _ in range(count)]

    frequent, middling, rare = some(20, 60), some(300, 1_500), some(3_000, 15_000)
    phrases = [f'"{one} {other}"' for one, other in zip(some(2, 20), some(2, 20), strict=True)]
    chinese = [word for word in known["zh"][:400] if 1 < len(word) < 4][:40]
    singles = [word[0] for word in chinese]
    beginnings = [f"{word[:5]}*" for word in middling if len(word) > 4]
    filters = [
        f"{word} entity:{chances.choice(NAMES[:400])} country:{chances.choice(COUNTRIES)}"
        for word in frequent + middling
    ]
    pairs = [f"{one} {other}" for one, other in zip(frequent, middling, strict=True)]
    dated = [f"{word} until:2023-02" for word in frequent]
    recent = [f"{word} country:KZ since:30d" for word in frequent]
    labelled = [f"entity:{name} country:CN since:90d" for name in NAMES[:40]]
    return [
        Goal("newest 20, frequent word", 50, newest, frequent),
        Goal("newest 20, middling word", 50, newest, middling),
        Goal("newest 20, rare word", 50, newest, rare),
        Goal("newest 20, two words", 50, newest, pairs),
        Goal("newest 20, phrase", 50, newest, phrases),
        Goal("newest 20, Chinese word", 50, newest, chinese),
        Goal("newest 20, Chinese character", 50, newest, singles),
        Goal("newest 20, prefix", 50, newest, beginnings),
        Goal("relevance, frequent word", 100, relevant, frequent),
        Goal("relevance, middling word", 100, relevant, middling),
        Goal("relevance, Chinese word", 100, relevant, chinese),
        Goal("word + entity + country", 60, newest, filters),
        Goal("word + old month", 60, newest, dated),
        Goal("word + country + last 30 days", 60, newest, recent),
        Goal("entity + country + last 90 days", 60, newest, labelled),
        Goal("frequent word by month", 300, by_month, frequent),
        Goal("Chinese word by month", 300, by_month, chinese),
        Goal("frequent word by outlet", None, by_outlet, frequent),
        Goal("frequent word by country", None, by_country, frequent),
    ]


def newest(store: Store, question: str, now: datetime) -> Sized:
    """Twenty articles."""
    return store.page(parse(question), 20, now).articles


def relevant(store: Store, question: str, now: datetime) -> Sized:
    """Twenty articles by relevance."""
    return store.page(parse(question), 20, now, Sort.RELEVANCE).articles


def by_month(store: Store, question: str, now: datetime) -> Sized:
    """Numbers by month."""
    return store.count(parse(question), Grouping.MONTH, now)


def by_outlet(store: Store, question: str, now: datetime) -> Sized:
    """Numbers by outlet."""
    return store.count(parse(question), Grouping.OUTLET, now)


def by_country(store: Store, question: str, now: datetime) -> Sized:
    """Numbers by country."""
    return store.count(parse(question), Grouping.COUNTRY, now)


def ask(store: Store, goal: Goal, now: datetime) -> None:
    """Ask every question twice, and print the second times, warm."""
    taken, spent, found = [], [], []
    for question in goal.questions:
        goal.ask(store, question, now)
        began, began_cpu = time.perf_counter(), time.process_time()
        found.append(len(goal.ask(store, question, now)))
        spent.append((time.process_time() - began_cpu) * 1_000)
        taken.append((time.perf_counter() - began) * 1_000)
    p95 = percentile(taken, 0.95)
    limit = f"{goal.limit:.0f}" if goal.limit else "–"
    mark = "" if not goal.limit or p95 <= goal.limit else "  over"
    print(
        f"{goal.name:<36}{statistics.median(taken):>8.1f}{p95:>8.1f}"
        f"{statistics.median(spent):>8.1f}{percentile(spent, 0.95):>8.1f}{limit:>8}"
        f"{len(taken):>7}{statistics.mean(found):>7.1f}{mark}",
        flush=True,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def compare_with_like(path: Path, number: int, now: datetime) -> None:
    """How long LIKE takes, and that Chinese words are found exactly where it finds them."""
    known = words()["zh"]
    longer = [word for word in known if len(word) == 3][:2]
    asked = [*known[150:153], *longer, known[5][0]]
    with (
        closing(sqlite3.connect(path)) as plain,
        open_store(f"sqlite:///{path}", read_only=True) as store,
    ):
        taken, right = [], 0
        for word in asked:
            began = time.perf_counter()
            like = (f"%{fold_key(word)}%",) * 2
            ids = [
                row[0]
                for row in plain.execute(
                    "SELECT article_id FROM revisions WHERE title LIKE ? OR text LIKE ?", like
                )
            ]
            taken.append((time.perf_counter() - began) * 1_000)
            counted = store.count(parse(f'"{word}"'), Grouping.MONTH, now)
            right += len(ids) == sum(group.articles for group in counted)
    print(
        f"{'LIKE over all texts':<36}{statistics.median(taken):>8.0f}{max(taken):>8.0f}"
        f"\nChinese words with exactly LIKE's articles: {right} of {len(asked)}"
    )


def start(path: Path) -> None:
    """How long the whole command takes, from the shell."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(f'[monitor]\ndatabase = "sqlite:///{path}"\n', encoding="utf-8")
        command = [sys.executable, "-m", "monitor", "--config", str(config), "search", "export"]
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
            taken.append(time.perf_counter() - began)
    print(f"a search as a command, from start to end: {min(taken):.2f} s at best (goal 1.0)")


if __name__ == "__main__":
    main()
