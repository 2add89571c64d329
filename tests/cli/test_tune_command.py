"""Trying before saving: `monitor tune`, `rate` and `keywords` on a small archive."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config import load
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome
from monitor.pipeline.assess import assess
from monitor.pipeline.setup import prepare
from monitor.store import open_store

Asked = Callable[..., tuple[int, str, str]]
BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = f"""\
# my settings
[monitor]
beat = "{BEAT}"
beat_feeds = false

[watchlist]
threshold = 50   # not too low

[watchlist.keywords]
# words of my own
"harbour" = 1

[[digests]]
name = "daily"
schedule = "daily 07:30"

[[digests]]
name = "best"
schedule = "daily 07:30"
threshold = 60
"""
TITLES = (
    "Opera about herring by Inga Lindqvist Holm opens in Riga",
    "Sweden and Lithuania repair the NordBalt cable",
    "Herring returns to the harbour of Gdansk",
    "Wool prices fall in Gotland Harbour",
    "Inga Lindqvist Holm sells the herring fleet",
)


def finding(number: int, title: str) -> Finding:
    """A new article."""
    link = f"https://a.example/{number}"
    entry = Entry(str(number), link, title, text=f"{title}, said the ministry on Sunday.")
    keys = (f"link:a.example/{number}",)
    return Finding(FindingKind.NEW, entry, link, keys, f"h{number}", lang="en")


@pytest.fixture
def asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Asked:
    """Ask about an archive of five judged articles; exit code, output and errors."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    setup = prepare(load(tmp_path / "config.toml"))
    with open_store(setup.configuration.database) as store:
        store.feeds.sync([FeedListing("https://a.example/rss", "Wire")], NOW)
        old, *new = [finding(*each) for each in enumerate(TITLES, 1)]
        store.feeds.record(PollOutcome(1, NOW - timedelta(days=20), FeedState.OK), [old])
        store.feeds.record(PollOutcome(1, NOW, FeedState.OK), new)
        assess(store, setup, NOW)

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["monitor", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return left.value.code, printed.out, printed.err  # type: ignore[return-value]

    return ask


def test_a_keyword_is_tried_and_nothing_is_written(asked: Asked, tmp_path: Path) -> None:
    """What would appear is counted and shown with both receipts; the file stays as it is."""
    code, out, _ = asked("tune", "--keyword", "herring=55")

    assert code == 0
    assert 'the keyword "herring" none → 55' in out
    assert "5 articles replayed: 1 match before, 4 after" in out
    assert "3 articles would appear\n  outlet     Wire 3\n  language   en 3\n" in out
    assert "rule       keyword:herring 3" in out
    assert "3 · Wire: Herring returns to the harbour of Gdansk" in out
    assert "    before   harbour in the title +1 = 1\n" in out
    assert "after    herring in the title +55 · harbour in the title +1 = 56" in out
    assert "0 articles would vanish" in out
    assert (tmp_path / "config.toml").read_text() == CONFIG


def test_the_line_of_a_digest_is_told_apart(asked: Asked) -> None:
    """What appears is not yet what a digest with a line of its own carries."""
    report = json.loads(asked("tune", "--keyword", "herring=70", "--format", "json")[1])

    crossings = {(each["digest"], each["direction"]): each for each in report["crossings"]}
    assert crossings[None, "up"]["articles"] == crossings["best", "up"]["articles"] == 3
    assert len(crossings["best", "up"]["examples"]) == 3
    assert crossings[None, "down"]["articles"] == 0
    assert report["matched"] == {"before": 1, "after": 4}

    report = json.loads(asked("tune", "--threshold", "100", "--format", "json")[1])
    assert [each["rules"] for each in report["crossings"]] == [{}, {"threshold": 1}, {}, {}]


def test_a_change_is_saved_with_the_comments_kept(asked: Asked, tmp_path: Path) -> None:
    """Values change where they stand, new words come below the others."""
    words = ("--keyword", "herring=55", "--keyword", "harbour=", "--threshold", "45.5", "--save")
    assert asked("tune", *words)[0] == 0

    assert (tmp_path / "config.toml").read_text() == CONFIG.replace(
        "threshold = 50   # not too low", "threshold = 45.5   # not too low"
    ).replace('"harbour" = 1', '"herring" = 55')


def test_an_edited_file_is_tried_and_saved(asked: Asked, tmp_path: Path) -> None:
    """As if it stood in place of config.toml; its own comments come with it."""
    edited = CONFIG.replace("threshold = 60", "threshold = 100  # the very best")
    (tmp_path / "edited.toml").write_text(edited, encoding="utf-8")

    code, out, _ = asked("tune", "edited.toml", "--save")

    assert code == 0
    assert "the line of the digest best 60 → 100" in out
    assert "1 article would fall below the line of the digest best (60 → 100)" in out
    assert (tmp_path / "config.toml").read_text() == edited


def test_what_must_be_caught_is_not_dropped(asked: Asked, tmp_path: Path) -> None:
    """The change is told, and not saved until the rating is taken back."""
    assert asked("rate", "2", "must-catch")[1].startswith("2 is must-catch: Sweden")

    code, out, errors = asked("tune", "--keyword", "nordbalt=-60", "--save")

    assert code == 2
    assert "must be caught and would be dropped: 2 · Sweden" in out
    assert "nothing was saved, since it would drop what must be caught: 2;" in errors
    assert (tmp_path / "config.toml").read_text() == CONFIG
    assert asked("rate", "https://a.example/2", "none")[0] == 0
    assert asked("tune", "--keyword", "nordbalt=-60", "--save")[0] == 0


def test_an_edited_article_that_must_be_caught_is_not_dropped(asked: Asked, tmp_path: Path) -> None:
    """Though its new wording awaits its judgement: it is judged by both watchlists."""
    assert asked("rate", "2", "must-catch")[0] == 0
    with open_store(load(tmp_path / "config.toml").database) as store:
        edited = finding(2, "Sweden and Lithuania repair the NordBalt cable again")
        changed = replace(edited, kind=FindingKind.CHANGED, article_id=2, hash="h2b", revises=True)
        store.feeds.record(PollOutcome(1, NOW + timedelta(hours=1), FeedState.OK), [changed])

    code, out, errors = asked("tune", "--keyword", "nordbalt=-60", "--save")

    assert "5 articles replayed: 1 match before, 0 after" in out
    assert code == 2
    assert "nothing was saved, since it would drop what must be caught: 2;" in errors


def test_ratings_measure_a_change(asked: Asked) -> None:
    """Precision before and after, and how many useful articles are found."""
    for number, verdict in ((2, "useful"), (3, "noise"), (5, "useful")):
        assert asked("rate", str(number), verdict)[0] == 0

    out = asked("tune", "--keyword", "herring=55")[1]

    assert "useful among what matches: 1 of 1 (100%) → 2 of 3 (67%)" in out
    assert "of 2 useful articles found: 1 → 2" in out
    assert [row["id"] for row in json.loads(asked("rate", "--format", "json")[1])] == [5, 3, 2]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("tune",), "nothing to try"),
        (("tune", "--keyword", "herring"), 'write it as "dry port=3"'),
        (("tune", "--keyword", "herring=much"), 'write it as "dry port=3"'),
        (("tune", "--keyword", "herring=900"), "at most 100"),
        (("tune", "--keyword", "*=9"), "no letter or digit"),
        (("tune", "--threshold", "900"), "threshold"),
        (("tune", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("keywords", "--until", "0001-01-01"), '"0001-01-01" is not from 1970 to 2100'),
        (("keywords", "--until", "9999-12-31"), '"9999-12-31" is not from 1970 to 2100'),
        (("rate", "", "useful"), "the name of the article is empty"),
        (("rate", "  "), "the name of the article is empty"),
        (("rate", "https://a.example/77", "noise"), "there is no article https://a.example/77"),
        (("rate", "1"), "useful, noise, must-catch or none"),
        (("rate", "99", "useful"), "there is no article 99"),
        (("rate", "1", "great"), "great"),
    ],
)
def test_a_mistake_is_one_sentence(asked: Asked, words: tuple[str, ...], problem: str) -> None:
    """With the exit code for mistakes, and nothing replayed."""
    code, out, errors = asked(*words)

    assert (code, out) == (2, "")
    assert problem in errors


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example/2/",
        "a.example/2?utm_source=x",
        "https://m.a.example/2",
        "HTTP://A.example/2",
    ],
)
def test_an_article_is_rated_by_its_address_however_it_is_written(
    asked: Asked, written: str
) -> None:
    """As `why-not` finds it; `show` does too."""
    assert asked("rate", written, "useful")[1].startswith("2 is useful: Sweden")
    assert asked("show", written)[1].startswith("Sweden and Lithuania")


def test_a_rating_is_told_to_scripts(asked: Asked) -> None:
    """As a row of the list, which is empty when the rating is taken back."""
    code, out, _ = asked("rate", "2", "must-catch", "--format", "json")

    assert code == 0
    assert [(row["id"], row["rating"]) for row in json.loads(out)] == [(2, "must-catch")]
    assert asked("rate", "2", "none", "--format", "json")[:2] == (0, "[]\n")


def test_terms_are_told_apart_by_what_they_find(asked: Asked) -> None:
    """What was found by week, what was not, and a name that several stories speak of."""
    assert asked("rate")[:2] == (
        1,
        "Nothing is rated yet; `monitor rate ID useful` rates an article.\n",
    )
    assert asked("tune", "--keyword", "herring=55", "--save")[0] == 0
    asked("assess", "--again")

    out = asked("keywords", "--until", "2026-03-02")[1]
    report = json.loads(asked("keywords", "--until", "2026-03-02", "--format", "json")[1])
    rows = asked("keywords", "--until", "2026-03-02", "--format", "csv")[1].splitlines()

    terms = {each["name"]: each for each in report["terms"]}
    assert terms["herring"]["articles"] == 3
    assert terms["herring"]["weeks"]["2026-W09"] == 2
    assert terms["harbour"]["points"] == 1
    assert [each["name"] for each in report["idle"]] == ["subsea-cable"]
    assert [(each["name"], each["stories"]) for each in report["uncovered"]] == [
        ("Inga Lindqvist Holm", 2)
    ]
    assert "·········▅·█·" in out
    assert "1 term without an article in 13 weeks:\n  subsea-cable" in out
    assert "Inga Lindqvist Holm" in out
    assert rows[0] == "part,name,points,articles,last,weeks,kind,stories,example"
    assert rows[1].startswith(
        "term,herring,55.0,3,2026-03-01T12:00:00+00:00,2026-W07:1 2026-W09:2,"
    )


def test_a_term_that_finds_nothing_any_more_tells_when_it_did(asked: Asked) -> None:
    """Months later everything is idle, with the day of the last article."""
    out = asked("keywords", "--until", "2026-09-01")[1]

    assert out.startswith("No term was found in 13 weeks.\n")
    assert "harbour (last 2026-03-01)" in out
