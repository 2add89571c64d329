"""Importing an older archive: the identity that a poll would give, and never any news."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.importing import archived_rows
from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer
from monitor.errors import InputError
from monitor.pipeline.assess import assess
from monitor.pipeline.door import open_door
from monitor.pipeline.importing import ArchivedRow, Imported, import_archive
from monitor.pipeline.poll import poll
from monitor.pipeline.setup import Setup, prepare
from monitor.query import parse
from monitor.store import Store, open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"
outlet = "Grid Post"
country = "SE"

[network]
allow_private = ["ADDRESS"]
"""
CABLE = "Sweden and Lithuania repair the NordBalt cable"
URL = "https://press.example/cable"


def row(url: str = URL, title: str = CABLE, **fields: str) -> ArchivedRow:
    """A row of an archive."""
    return ArchivedRow("old.jsonl:1", url, title, **fields)


@pytest.fixture
def setup(configured: Callable[[str], Configuration]) -> Setup:
    """Settings with one feed."""
    return prepare(configured(CONFIG.replace("ADDRESS", "127.0.0.1:1")))


@pytest.fixture
def store(setup: Setup) -> Iterator[Store]:
    """An empty store."""
    with open_store(setup.configuration.database) as opened:
        yield opened


def test_an_archive_is_found_and_judged_but_never_news(
    store: Store, setup: Setup, now: datetime
) -> None:
    """Its articles have text, language, outlet and date, and enter no edition."""
    told = row(
        summary="<p>Swedish and Lithuanian crews &amp; ships.</p>",
        published="2019-05-04T10:00:00+02:00",
        outlet="Grid Post",
    )
    assert import_archive(store, [told], "old", now) == Imported(1, 1)
    assess(store, setup, now)

    (found,) = store.search(parse("nordbalt"), 9, now)
    assert found.judgement.score >= 50
    assert found.article.wording.summary == "Swedish and Lithuanian crews & ships."
    assert (found.article.wording.lang, found.article.outlet) == ("en", "Grid Post")
    assert found.article.published is not None
    assert found.article.published.year == 2019
    assert store.editions.eligible("daily", "", 0, now + timedelta(days=9)) == []


def test_an_import_can_be_repeated(store: Store, now: datetime) -> None:
    """What is there already stays as it is; twins within the file are one article."""
    rows = [row(), row(URL + "?utm_source=x"), row("https://press.example/2", "Other")]

    assert import_archive(store, rows, "old", now) == Imported(3, 2)
    assert import_archive(store, rows, "old", now) == Imported(3, 0)
    assert store.counts().articles == 2


def test_a_poll_knows_what_was_imported(
    store: Store, configured: Callable[[str], Configuration], now: datetime
) -> None:
    """The feed's own entry is the same article, which then belongs to that feed; no news."""
    import_archive(store, [row(outlet="Some Archive")], "old", now)
    entry = f"<item><title>{CABLE}</title><link>{URL}</link></item>"
    document = Document(f"<rss version='2.0'><channel>{entry}</channel></rss>".encode(), ".xml")
    with FeedServer().serving() as feeds:
        feeds.documents = {"grid": document}
        fresh = prepare(configured(CONFIG.replace("ADDRESS", feeds.address)))
        with open_door(fresh.settings) as door:
            (polled,) = poll(store, door, fresh, now)
        assess(store, fresh, now)

    assert polled.new_articles == 0
    (found,) = store.search(parse("nordbalt"), 9, now)
    assert (found.article.outlet, found.article.country) == ("Grid Post", "SE")
    assert store.editions.eligible("daily", "", 0, now + timedelta(days=9)) == []


def test_an_import_changes_no_article_that_is_there(
    store: Store, configured: Callable[[str], Configuration], now: datetime
) -> None:
    """A longer text in the archive does not make an edit of what a feed said."""
    entry = f"<item><title>{CABLE}</title><link>{URL}</link></item>"
    document = Document(f"<rss version='2.0'><channel>{entry}</channel></rss>".encode(), ".xml")
    with FeedServer().serving() as feeds:
        feeds.documents = {"grid": document}
        fresh = prepare(configured(CONFIG.replace("ADDRESS", feeds.address)))
        with open_door(fresh.settings) as door:
            poll(store, door, fresh, now)
    assess(store, fresh, now)

    assert import_archive(store, [row(text="word " * 500)], "old", now) == Imported(1, 0)
    assert store.articles.unassessed(9) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (row(url="ftp://x"), "no web address"),
        (row(title=" "), "no title"),
        (row(published="soon"), '"soon" is no date'),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    wrong: ArchivedRow, problem: str, store: Store, now: datetime
) -> None:
    """The sentence has file, line and reason."""
    with pytest.raises(InputError, match=f"old.jsonl:1: .*{problem}"):
        import_archive(store, [wrong], "old", now)


@pytest.fixture
def imported(store: Store, tmp_path: Path, now: datetime) -> Callable[[str], Imported]:
    """Imports a table with that text."""

    def importing(source: str) -> Imported:
        (tmp_path / "a.csv").write_text(source, encoding="utf-8")
        return import_archive(store, archived_rows(tmp_path / "a.csv"), "a", now)

    return importing


def test_files_of_both_kinds_are_read(
    setup: Setup, program: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """JSON Lines and CSV, also with the names that other programs give; feeds go elsewhere."""
    told = {"link": URL, "title": CABLE, "description": "Crews.", "source": "Grid Post"}
    (tmp_path / "a.jsonl").write_text(json.dumps(told) + "\n")
    with (tmp_path / "b.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("url", "title", "published", "score"))
        writer.writerow((URL + "/2", "'=SUM of all cables", "2019-05-04", "7"))
    (tmp_path / "c.opml").write_text("<opml/>")

    first, second, third = (
        program("import", name, cwd=tmp_path) for name in ("a.jsonl", "b.csv", "c.opml")
    )

    assert first.stdout == "imported 1 new article of 1 row; `monitor assess` judges them\n"
    assert second.stdout == "imported 1 new article of 1 row; `monitor assess` judges them\n"
    assert (third.returncode, "feeds import c.opml" in third.stderr) == (2, True)
    with open_store(setup.configuration.database, read_only=True) as store:
        titles = [one.article.wording.title for one in store.search(parse(""), 9, datetime.max)]
    assert titles == ["=SUM of all cables", CABLE]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('url,title\nU/1,One\nU/2,"Two\nU/3,Three\n', "a.csv:3: the row that begins here"),
        ('url,title\nU/1,"One\nU/2,"Two"\nU/3,Three\n', "a.csv:2: the row that begins here"),
        ('url,title\nU/1,"One\nand a half"\n\nU/2,"Two\n', "a.csv:5: the row that begins here"),
        ("url,title,Title\nU/1,One,Two\n", "two columns with the name title"),
        ("url|title\nU/1|One\n", "names the columns url|title; url (or link) and title are needed"),
        ("address,title\nU/1,One\n", "names the columns address, title; url (or link)"),
        ("", "names the columns none"),
    ],
)
def test_a_table_that_would_be_misread_is_refused(
    imported: Callable[[str], Imported], source: str, problem: str
) -> None:
    """With the line in which the row begins; no article swallows those behind it."""
    with pytest.raises(InputError) as refused:
        imported(source.replace("U/", "https://press.example/"))

    assert problem in str(refused.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_parts_the_cells_is_seen_from_the_heading(
    imported: Callable[[str], Imported], separator: str
) -> None:
    """As spreadsheets write it in countries with a decimal comma; quoted cells have lines."""
    source = 'Link; Title ;published\nU/1;"One, and\n""two"";";2019-05-04\nU/2;Three;\n'

    done = imported(source.replace("U/", "https://press.example/").replace(";", separator))

    assert (done.read, done.new) == (2, 2)
