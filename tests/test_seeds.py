"""The beat that ships: it loads, says where its rows come from, and knows what a reader would."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from monitor.beat import load_beat, load_feeds
from monitor.model import Alias, Beat
from monitor.text.normalise import fold_key

BEAT = Path(__file__).resolve().parents[1] / "seeds" / "china-central-asia"
SHORTEST_REASON = 8

# Four fifths of what there was when the gazetteer was merged: a lost file is noticed at once.
FEWEST_ALIASES = {
    "en": 7700,
    "ru": 6600,
    "zh": 5700,
    "kk": 2500,
    "uz": 2200,
    "ky": 1700,
    "tg": 1380,
    "tk": 980,
}

CORE_OUTLETS = {
    "24.kg",
    "AKIpress",
    "Astana Times",
    "Eurasianet",
    "Gazeta.uz",
    "Kazinform",
    "Khovar",
    "Times of Central Asia",
    "UzA",
}

# Addresses that answer and are dead, frozen or made of something else.
DANGEROUS = {
    "http://www.xinhuanet.com/english/rss/worldrss.xml",
    "https://english.news.cn/rss/worldrss.xml",
    "https://www.chinadaily.com.cn/rss/world_rss.xml",
    "https://www.globaltimes.cn/rss/outbrain.xml",
    "http://en.people.cn/rss/90001.xml",
    "https://centralasia.news/feed/",
}

# Names in the five background documents that a careful reader would list.
NAMED = """
Xi Jinping
Kassym-Jomart Tokayev
Sadyr Japarov
Serdar Berdimuhamedov
Shavkat Mirziyoyev
Sun Weidong
Bekdurdy Amansaryev
Erkin Baidarov
China
Celestial Empire
Zhongguo
Beijing
Xi'an
Chang'an
Kashgar
Xinjiang
Xinjiang Uygur Autonomous Region
Kazakhstan
Kyrgyzstan
Kyrgyz Republic
Tajikistan
Turkmenistan
Uzbekistan
Central Asia
Astana
Tashkent
Samarkand
Merv
Zhetysu
Fergana Valley
Khorezm
Sogdiana
Margiana
Parthia
Mount Kunlun
Akhal-Teke
Han Dynasty
China–Central Asia Summit
Astana Declaration
Xi'an summit
Treaty on Eternal Good-Neighborliness, Friendship, and Cooperation
Treaty of Permanent Good-Neighbourliness
China–Central Asia Spirit
China–Central Asia mechanism
China–Central Asia community with a shared future
community with a shared future
Cultural Dialogue of Central Asia and China
C+C5
SCO Samarkand Summit
Shanghai Cooperation Organization
Regional Anti-Terrorist Structure
Conference on Interaction and Confidence Building Measures in Asia
United Nations
Belt and Road Initiative
One Belt, One Road
Silk Road Economic Belt
Silk Road
Global Development Initiative
Global Security Initiative
Global Civilization Initiative
Nurly Zhol
National Development Program until 2026
National Development Strategy until 2030
Revival of the Great Silk Road
Development Strategy for 2022–2026
eternal comprehensive strategic partnership
all-weather comprehensive strategic partnership
comprehensive strategic partnership
30th anniversary of diplomatic relations between China and Central Asia
Winter Olympics in Beijing
China–Kyrgyzstan–Uzbekistan railway
CKU railway
Western China–Western Europe
China–Europe freight trains
Trans-Caspian International Transport Route
Middle Corridor
Khorgos
China–Central Asia gas pipeline
Line D
PipeChina West Pipeline Company
Zhanatas wind farm
CNNC
CGN
Confucius Institute
Luban Workshop
Lu Ban's workshop
Green Technology Bank
Safe City
three evil forces
color revolution
pumped-storage power plant
coal gasification
green hydrogen
Year of Kazakhstan–China Tourism
visa-free
sister-city
high-quality development
desertification
poverty reduction
e-commerce
artificial intelligence
"""


@cache
def shipped() -> Beat:
    """The beat, read once; raises BeatError when there is a mistake in it."""
    return load_beat(BEAT)


def wordings(beat: Beat) -> list[Alias]:
    """The aliases of all entities and terms."""
    of_entities = [alias for entity in beat.entities for alias in entity.aliases]
    return of_entities + [alias for term in beat.terms for alias in term.aliases]


def origins(beat: Beat) -> dict[str, str]:
    """Where each row of the beat comes from, by table and id."""
    return {
        **{f"entity {row.id}": row.origin for row in beat.entities},
        **{f"term {row.id}": row.origin for row in beat.terms},
        **{f"rival {row.id}": row.origin for row in beat.rivals},
        **{f"trap {row.id}": row.origin for row in beat.traps},
    }


def tables(name: str) -> list[dict[str, object]]:
    """Every row of one table, as written."""
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in BEAT.glob("**/*.toml"))
    return [row for file in files for row in file.get(name, ())]


def test_shipped_beat_has_no_mistake() -> None:
    """The checks find nothing, and there are entities, terms, rivals and traps."""
    beat = shipped()

    assert {side.id for side in beat.sides} == {"china", "central-asia"}
    assert min(map(len, (beat.entities, beat.terms, beat.rivals, beat.traps))) > 0


def test_rows_say_where_they_come_from() -> None:
    """Each row names a document, or a reason of more than a word."""
    documents = {row["id"] for row in tables("documents")}

    unfounded = {
        row: origin
        for row, origin in origins(shipped()).items()
        if origin not in documents and len(origin) < SHORTEST_REASON
    }

    assert unfounded == {}


def test_every_document_was_used() -> None:
    """No document is listed from which nothing was taken."""
    documents = {row["id"] for row in tables("documents")}

    assert documents <= set(origins(shipped()).values())


def test_carriers_name_countries_of_both_sides() -> None:
    """An entity that implies both sides says which country of either it joins."""
    beat = shipped()
    of_side = {side.id: set(side.countries) for side in beat.sides}

    one_sided = [
        entity.id
        for entity in beat.entities
        if not all(of_side[side] & set(entity.countries) for side in entity.sides)
    ]

    assert one_sided == []


@pytest.mark.parametrize(("lang", "fewest"), FEWEST_ALIASES.items())
def test_each_language_has_aliases(lang: str, fewest: int) -> None:
    """Every one of the eight languages keeps its names and words."""
    held = Counter(alias.lang for alias in wordings(shipped()))

    assert held[lang] >= fewest


def test_names_of_the_documents_are_known() -> None:
    """What the background documents name stands as an alias of an entity or a term."""
    known = {fold_key(alias.text) for alias in wordings(shipped())}

    assert [name for name in NAMED.strip().splitlines() if fold_key(name) not in known] == []


def test_files_are_short_enough_to_read() -> None:
    """No file of the beat has grown beyond nine hundred lines."""
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in BEAT.glob("**/*.toml")
    }

    assert {name: length for name, length in lengths.items() if length > 900} == {}


def test_feeds_are_listed_once_and_the_core_set_is_enabled() -> None:
    """Addresses are unique, and the outlets that everybody needs are on from the start."""
    addresses = Counter(row["url"] for row in tables("feeds"))
    enabled = load_feeds(BEAT)

    assert [url for url, times in addresses.items() if times > 1] == []
    assert {feed.outlet for feed in enabled} >= CORE_OUTLETS
    assert len(enabled) < len(addresses)


def test_a_hundred_sources_are_curated() -> None:
    """Each says whose it is, in which language, for whom it speaks and how well it is known."""
    rows = tables("feeds")
    told = [row for row in rows if {"outlet", "lang", "country", "camp"} <= row.keys()]

    assert len(told) >= 120
    assert [row["url"] for row in rows if "from" not in row or "lang" not in row] == []
    assert DANGEROUS.isdisjoint(row["url"] for row in rows)


def test_what_is_enabled_was_seen_to_work() -> None:
    """Guesses and disputed addresses wait for somebody to probe them; so do queries."""
    enabled = [row for row in tables("feeds") if row["enabled"]]

    assert {row["from"] for row in enabled}.isdisjoint({"guessed", "files disagree"})
    assert not any("news.google.com" in str(row["url"]) for row in enabled)
    assert {feed.lang for feed in load_feeds(BEAT) if feed.recipe} >= {"en", "zh"}
