"""The promises of a beat: rows that become values, and what can be wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.beat import load_beat, load_camps
from monitor.beat.commitments import last_day
from monitor.beat.kept import read, written
from monitor.errors import BeatError
from monitor.model import FeedListing, Target
from monitor.publish.frame import LANGS

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "seeds" / "china-central-asia"
TEN_LINES = ROOT / "tests" / "data" / "beats" / "nordic-baltic"
BEAT = """title = "Test"
[[sides]]
id = "one"
name = "One"
countries = ["AA"]
[[sides]]
id = "two"
name = "Two"
countries = ["BB"]
[[documents]]
id = "paper"
[[entities]]
id = "bridge"
name = "Bridge"
kind = "thing"
sides = ["one"]
aliases.en = ["Long Bridge"]
"""
PROMISE = """[[commitments]]
id = "bridge-2027"
actor = "One"
promise = "The bridge is opened in 2027"
made = "2025-06-17"
deadline = "2027-02"
document = "paper"
passage = "second paragraph"
about = ["bridge"]
words = { en = "bridge" }
acts = ["started"]
done = ["opened"]
targets = ["900 m", "1.5 USD"]
silent_after = 30
"""


IN_RUSSIAN = """actor_in = { ru = "Один" }
promise_in = { ru = "Мост откроют в 2027 году" }
"""


def folder(path: Path, promise: str = PROMISE) -> Path:
    """A beat with one promise."""
    (path / "beat.toml").write_text(BEAT, encoding="utf-8")
    (path / "commitments.toml").write_text(promise, encoding="utf-8")
    return path


def test_a_row_becomes_a_promise(tmp_path: Path) -> None:
    """Dates, targets and words are read; a month's deadline is its last day."""
    (promise,) = load_beat(folder(tmp_path)).commitments

    assert (promise.made, promise.due) == (date(2025, 6, 17), date(2027, 2, 28))
    assert promise.targets == (Target(900, "m"), Target(1.5, "USD"))
    assert (promise.words, promise.silent_after, promise.parts) == ({"en": "bridge"}, 30, False)


def test_promises_are_no_part_of_the_watchlist(tmp_path: Path) -> None:
    """An edited promise asks for no new judgement of the archive."""
    with_promise = load_beat(folder(tmp_path)).fingerprint

    assert load_beat(folder(tmp_path, "")).fingerprint == with_promise


def test_a_small_beat_has_none() -> None:
    """Ten lines are enough for a beat, and nothing is promised in them."""
    assert load_beat(TEN_LINES).commitments == ()


def test_promises_are_kept_with_the_beat(tmp_path: Path) -> None:
    """What was written down comes back as it was."""
    beat = load_beat(folder(tmp_path))

    assert read(written(beat, {})) == (beat, {})


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"bridge"]\nw', '"brigde"]\nw', 'about: "brigde" is not known; did you mean "bridge"?'),
        ('"paper"\np', '"papre"\np', 'document: "papre" is not known; did you mean "paper"?'),
        ('["started"]', '["startde"]', 'acts: "startde" is not known; did you mean "started"?'),
        ('"2025-06-17"', '"17 June"', 'made: "17 June" is no date such as 2026-06-17'),
        ('"2027-02"', '"2027-13"', 'deadline: "2027-13" is no year, month or day'),
        ('"900 m"', '"many"', 'targets: "many" is no number with its unit, such as 3000 people'),
        ('promise = "T', 'promis = "T', "promise: is missing"),
        ("silent_after = 30", 'silent_after = "x"', "silent_after: a number is wanted"),
        ('id = "bridge-2027"', 'id = "Bridge"', "is not lower-case ASCII with hyphens"),
    ],
)
def test_mistakes_are_told_where_they_stand(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    """Each mistake names its file, its key and what was probably meant."""
    assert before in PROMISE
    with pytest.raises(BeatError) as caught:
        load_beat(folder(tmp_path, PROMISE.replace(before, after)))

    assert "commitments.toml:" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2027", date(2027, 12, 31)),
        ("2028-02", date(2028, 2, 29)),
        ("2027-06-17", date(2027, 6, 17)),
        ("2027-02-30", None),
        ("0000", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_deadline_lasts_to_its_last_day(stated: str, day: date | None) -> None:
    """A year ends in December; what is no day is none."""
    assert last_day(stated) == day


def test_promises_of_the_documents_are_shipped() -> None:
    """There are twenty at least, the datable ones among them, each from a listed document."""
    promises = load_beat(SHIPPED).commitments

    assert len(promises) >= 20
    assert sum(each.due is not None for each in promises) >= 8
    assert {each.document for each in promises} >= {
        "community-2025",
        "astana-times-2025",
        "summit-report-2025",
        "partnership-2025",
    }
    assert all(each.passage and each.actor and (each.acts or each.done) for each in promises)


def test_contradicting_documents_stand_beside_each_other() -> None:
    """The railway is promised for two years by two documents, and both are kept."""
    railway = [each for each in load_beat(SHIPPED).commitments if "cku-railway" in each.about]

    assert {(each.deadline, each.document) for each in railway} >= {
        ("2027", "partnership-2025"),
        ("2030", "summit-report-2025"),
    }


def test_camps_know_where_their_outlets_are() -> None:
    """Languages and countries come from the feeds; unlisted camps come last."""
    listings = [
        FeedListing("https://a.example", "A", "kk", "KZ", "state"),
        FeedListing("https://b.example", "B", "zh", "CN", "state"),
        FeedListing("https://c.example", "C", "en", None, "blogs"),
        FeedListing("https://d.example", "D", "en", "KZ", None),
    ]
    camps = load_camps(SHIPPED, listings)

    assert (camps[0].id, camps[0].langs, camps[0].countries) == (
        "state",
        {"kk", "zh"},
        {"KZ", "CN"},
    )
    assert (camps[-1].id, camps[-1].langs) == ("blogs", {"en"})
    assert load_camps(TEN_LINES, ()) == []


def test_wordings_in_other_languages(tmp_path: Path) -> None:
    """A promise is told in the languages of its row, and read back from the cache as it was."""
    beat = load_beat(folder(tmp_path, PROMISE + IN_RUSSIAN))
    (promise,) = beat.commitments

    assert promise.told("ru") == ("Один", "Мост откроют в 2027 году")
    assert promise.told("zh") == ("One", "The bridge is opened in 2027")
    assert read(written(beat, {}))[0].commitments == beat.commitments


def test_half_a_wording_is_a_mistake(tmp_path: Path) -> None:
    """Who promised and what are translated together, and are texts."""
    half = PROMISE + IN_RUSSIAN.replace('actor_in = { ru = "Один" }', "actor_in = { zh = 7 }")

    with pytest.raises(BeatError) as caught:
        load_beat(folder(tmp_path, half))

    assert "actor_in.zh: a text is wanted" in str(caught.value)
    assert "promise_in.ru: actor_in.ru is missing beside it" in str(caught.value)


def test_the_shipped_promises_are_worded_for_every_frame() -> None:
    """No frame tells a promise in a language that is not its own."""
    for promise in load_beat(SHIPPED).commitments:
        for lang in LANGS:
            actor, said = promise.told(lang)
            assert lang == "en" or promise.actor != actor
            assert lang == "en" or promise.promise != said
