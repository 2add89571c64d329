"""How long composing and setting an edition takes, from a window of so many articles.

    ./run bench digest [articles] [relevant in a hundred]

The window is a day with 100,000 articles in eight languages of which 2 in 100 are relevant, in
stories of one to twelve articles, after four weeks of days with fewer. Measured is what a preview
does: eligible articles, stories, figures, voices, trends, coverage, text and HTML. The goal is 2 s.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from monitor.config import load  # noqa: E402
from monitor.model import (  # noqa: E402
    Article,
    Assessment,
    Entry,
    FeedState,
    Finding,
    FindingKind,
    Judgement,
    PollOutcome,
    ReceiptLine,
    Signature,
)
from monitor.pipeline.publish import preview  # noqa: E402
from monitor.pipeline.setup import Setup, prepare  # noqa: E402
from monitor.store import Store, open_store  # noqa: E402
from monitor.store.feeds import Recording  # noqa: E402

GOAL = 2.0
ARTICLES, RELEVANT = 100_000, 2
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
BATCH, ROUNDS = 2_000, 5
LANGS = ("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk")
TEXTS = {
    "zh": "霍尔果斯口岸今年通行中欧班列{n}列，投资额达{m}亿美元。双方签署合作协议，运输时间缩短。",
    "ru": "Через Хоргос прошло {n} поездов, вложено {m} млрд долларов. Подписано соглашение. ",
}
DIGEST = """
[[digests]]
name = "daily"
schedule = "daily 07:30"
zone = "Asia/Almaty"
"""
ENGLISH = "At Khorgos {n} trains passed and {m} billion dollars were put in. Both sides signed. "
TOPICS = ("energy", "transport", "trade", "security", "mining", "culture")
COUNTRIES = ("KZ", "KG", "TJ", "TM", "UZ")


def finding(number: int, at: datetime, draw: random.Random) -> Finding:
    """An article of the day, of some 1,200 characters."""
    lang = LANGS[number % len(LANGS)]
    words = TEXTS.get(lang, ENGLISH).format(n=draw.randrange(10, 9000), m=draw.randrange(1, 90))
    link = f"https://news.example/{number}"
    entry = Entry(link, link, words[:90], summary=words, text=words * 12, published=at)
    return Finding(FindingKind.NEW, entry, link, (link,), str(number), lang=lang)


def fill(
    store: Store, feeds: int, articles: int, relevant: int, day: datetime, draw: random.Random
) -> None:
    """A day of articles before ``day``, judged, in stories."""
    numbers = iter(range(int(day.timestamp()) * 1_000_000, 2**62))
    for start in range(0, articles, BATCH):
        size = min(BATCH, articles - start)
        at = day - DAY * (1 - (start + 1) / (articles + 1))
        found = [finding(next(numbers), at, draw) for _ in range(size)]
        outcomes = [
            Recording(PollOutcome(n + 1, at, FeedState.OK), found[n::feeds]) for n in range(feeds)
        ]
        store.feeds.record_all(outcomes)
        judge(store, relevant, at, draw)


def judge(store: Store, relevant: int, at: datetime, draw: random.Random) -> None:
    """Verdicts on all that waits, of which so many in a hundred are relevant."""
    waiting = store.articles.unassessed(BATCH)
    chosen = {article.id for article in waiting if draw.randrange(100) < relevant}
    others = [verdict(each, 0, at, draw) for each in waiting if each.id not in chosen]
    store.judgements.record(others, "bench", at)
    story: int | None = None
    for article in waiting:
        if article.id in chosen:
            place = story if story and draw.random() < 0.6 else None
            (story,) = store.judgements.record([verdict(article, 50, at, draw, place)], "bench", at)


def verdict(
    article: Article, least: int, at: datetime, draw: random.Random, story: int | None = None
) -> Assessment:
    """A judgement of ``least`` points or up to 49 more; from 50 on the article is eligible."""
    score = float(least + draw.randrange(50))
    lines = (ReceiptLine("entity:khorgos", score, "Khorgos", "Khorgos", "title", 3, 10),)
    about = ("CN", draw.choice(COUNTRIES)), (draw.choice(TOPICS),), ("khorgos",)
    judgement = Judgement(score, lines, *about)
    signature = Signature(at, article.wording.lang, frozenset())
    return Assessment(article, judgement, signature, story, at if least else None)


def world(folder: Path, articles: int, relevant: int) -> tuple[Store, Setup]:
    """An archive of four weeks, the last day of which has all the articles."""
    settings = folder / "config.toml"
    settings.write_text(DIGEST)
    setup = prepare(load(settings))
    store = open_store(setup.configuration.database)
    store.feeds.sync(setup.listings, NOW - 40 * DAY)
    store.judgements.keep_watchlist("bench", "{}", NOW - 40 * DAY)
    feeds, draw = len(store.feeds.enabled()), random.Random(1)
    for back in range(28, 0, -1):
        fill(store, feeds, max(200, articles // 100), relevant, NOW - back * DAY, draw)
    fill(store, feeds, articles, relevant, NOW, draw)
    return store, setup


def measure(articles: int = ARTICLES, relevant: int = RELEVANT) -> tuple[list[float], int, int]:
    """Seconds of each preview, bytes of the HTML, stories printed."""
    with TemporaryDirectory() as folder:
        store, setup = world(Path(folder), articles, relevant)
        with store:
            taken = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                edition = preview(store, setup, "daily", NOW)
                taken.append(time.perf_counter() - begun)
    return taken, len(edition.rendered.html.encode()), edition.story_count


def main() -> int:
    """Print the figures; 1 when the goal is missed."""
    given = [int(word) for word in sys.argv[1:]]
    articles, relevant = [*given, *(ARTICLES, RELEVANT)[len(given) :]]
    taken, size, stories = measure(articles, relevant)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    slowest, middle = max(taken), statistics.median(taken)
    print(f"{articles:,} articles, {relevant} in a hundred relevant: {stories} stories printed")
    print(f"median {middle:.2f} s, slowest {slowest:.2f} s (goal {GOAL:g} s)")
    print(f"HTML {size:,} bytes, memory {memory:.0f} MB")
    return int(slowest > GOAL)


if __name__ == "__main__":
    sys.exit(main())
