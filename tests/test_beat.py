"""Loading a beat: what may be missing, and every mistake at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.beat import Weights, load_beat, load_feeds
from monitor.errors import BeatError
from monitor.model import Alias, Recipe

HEAD = """title = "Test"
[[sides]]
id = "one"
name = "One"
countries = ["AA"]
[[sides]]
id = "two"
name = "Two"
countries = ["BB"]
[[topics]]
slug = "trade"
title = { en = "Trade", ru = "Торговля" }
[kinds]
country = 8
city = 7
"""
CITY = """[[entities]]
id = "town"
name = "Town"
kind = "city"
sides = ["one"]
countries = ["AA"]
topics = ["trade"]
from = "a test"
aliases.en = ["Town", "Old Town"]
exact.en = ["TOWN Ltd"]
weak.ru = ["Город"]
prefix.en = ["townsh"]
"""


def write(folder: Path, **files: str) -> Path:
    """A beat's folder with the given files."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def mistakes(folder: Path) -> list[str]:
    """What is wrong with a beat, in sentences relative to its folder."""
    with pytest.raises(BeatError) as caught:
        load_beat(folder)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_rows_become_values(tmp_path: Path) -> None:
    """Every kind of alias, the kind's usual points, topics and sides."""
    beat = load_beat(write(tmp_path, beat=HEAD, entities__places=CITY))
    town = beat.entities[0]
    assert (town.points, town.sides, town.topics) == (7.0, ("one",), ("trade",))
    assert set(town.aliases) == {
        Alias("Town", "en"),
        Alias("Old Town", "en"),
        Alias("TOWN Ltd", "en", exact=True),
        Alias("Город", "ru", weak=True),
        Alias("townsh", "en", prefix=True),
    }
    assert beat.topics[0].name("ru") == "Торговля"
    assert beat.id == tmp_path.name


def test_everything_may_stand_in_one_file(tmp_path: Path) -> None:
    """A small beat needs no folder of files; missing ones are fine."""
    beat = load_beat(write(tmp_path, beat=HEAD + CITY))
    assert [entity.id for entity in beat.entities] == ["town"]
    assert not (beat.rivals or beat.traps or beat.terms)


def test_the_fingerprint_is_of_what_is_said(tmp_path: Path) -> None:
    """Moving a row to another file changes nothing, changing an alias does."""
    one = load_beat(write(tmp_path / "a", beat=HEAD + CITY))
    two = load_beat(write(tmp_path / "b", beat=HEAD, entities__x=CITY))
    three = load_beat(write(tmp_path / "c", beat=HEAD + CITY.replace("Old Town", "New Town")))
    assert one.fingerprint == two.fingerprint != three.fingerprint


def test_all_mistakes_are_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    """Unknown names come with what was probably meant."""
    wrong = (
        CITY.replace('kind = "city"', 'kind = "citty"')
        .replace('sides = ["one"]', 'sides = ["onee"]')
        .replace('topics = ["trade"]', 'topics = ["trad"]')
        .replace("exact.en", "exakt.en")
        .replace('"AA"', '"Aland"')
    )
    told = mistakes(write(tmp_path, beat=HEAD, entities__places=wrong))
    assert [line.split(": ", 1)[0] for line in told] == [
        "entities/places.toml:10",
        "entities/places.toml:5",
        "entities/places.toml:4",
        "entities/places.toml:7",
        "entities/places.toml:6",
    ]
    assert 'entities[0].exakt: unknown key; did you mean "exact"?' in told[0]
    assert 'did you mean "one"?' in told[1]
    assert 'did you mean "city"?' in told[2]
    assert 'did you mean "trade"?' in told[3]


def test_ids_and_aliases_belong_to_one_entity(tmp_path: Path) -> None:
    """A second claim is a mistake that names the first."""
    second = CITY.replace('"Old Town"', '"Elsewhere"')
    told = mistakes(write(tmp_path, beat=HEAD, entities__a=CITY, entities__b=second))
    assert any('"town" is already the id of a row in a.toml' in line for line in told)
    third = second.replace('id = "town"', 'id = "village"')
    told = mistakes(write(tmp_path, beat=HEAD, entities__a=CITY, entities__b=third))
    assert any('"Town" already belongs to town (a.toml)' in line for line in told)


@pytest.mark.parametrize(
    ("alias", "problem"),
    [
        ('aliases.zh = ["哈"]', "single Han character"),
        ('aliases.en = ["Xi"]', "fewer than 3 letters"),
        ('aliases.en = ["—"]', "no letter or digit"),
        ('aliases.en = "Town"', "a list of texts is wanted"),
        ('aliases.english = ["Town"]', "no ISO 639 language"),
        ("aliases.en = []", "at least one alias is wanted"),
    ],
)
def test_aliases_that_would_misfire_are_refused(tmp_path: Path, alias: str, problem: str) -> None:
    """Too short, of the wrong shape, or none at all."""
    row = '[[entities]]\nid = "x"\nname = "X"\nkind = "city"\nsides = ["one"]\n' + alias
    assert any(problem in line for line in mistakes(write(tmp_path, beat=HEAD + row)))


@pytest.mark.parametrize("alias", ['exact.en = ["Xi"]', 'aliases.en = ["EU"]', 'weak.ru = ["Ош"]'])
def test_short_aliases_are_allowed_where_case_or_company_decides(
    tmp_path: Path, alias: str
) -> None:
    """Capitals, exact and weak aliases may be short."""
    row = '[[entities]]\nid = "x"\nname = "X"\nkind = "city"\nsides = ["one"]\n' + alias
    assert load_beat(write(tmp_path, beat=HEAD + row)).entities[0].aliases


def test_weights_can_be_overridden_by_name_only(tmp_path: Path) -> None:
    """An unknown weight is a mistake, a known one reaches the engine."""
    beat = load_beat(write(tmp_path / "a", beat=f"{HEAD}[weights]\ngate_cap = 10\n"))
    assert Weights.overridden(beat.weights).gate_cap == 10
    told = mistakes(write(tmp_path / "b", beat=f"{HEAD}[weights]\ngate_cup = 10\n"))
    assert told == ['beat.toml:17: weights.gate_cup: unknown weight; did you mean "gate_cap"?']


def test_broken_files_are_named(tmp_path: Path) -> None:
    """A file that is no TOML is told together with the mistakes of the others."""
    rows = CITY.replace("exact.en", "exakt.en")
    folder = write(tmp_path, beat=f"colour = 1\n{HEAD}", terms="[[terms]\n", entities__places=rows)
    assert mistakes(folder) == [
        "beat.toml:1: colour: unknown key",
        "terms.toml:1: not valid TOML: Expected ']]' at the end of an array declaration "
        "(at line 1, column 8)",
        'entities/places.toml:10: entities[0].exakt: unknown key; did you mean "exact"?',
    ]


def test_a_folder_without_a_beat_says_so(tmp_path: Path) -> None:
    """The one required file is named."""
    assert "there is no beat.toml" in mistakes(tmp_path)[0]


def test_feeds_carry_their_camp(tmp_path: Path) -> None:
    """Disabled feeds are left out; an outlet's camp comes from its own row or the camp's."""
    feeds = """[[feeds]]
url = "https://one.example/rss"
outlet = "One"
lang = "en"
country = "AA"
[[feeds]]
url = "https://two.example/rss"
outlet = "Two"
camp = "wire"
[[feeds]]
url = "https://three.example/rss"
outlet = "Three"
enabled = false
"""
    camps = """[[camps]]
id = "state"
name = "State"
outlets = ["One"]
[[camps]]
id = "wire"
name = "Wire"
"""
    listed = load_feeds(write(tmp_path, beat=HEAD, feeds=feeds, camps=camps))
    assert [(feed.outlet, feed.camp, feed.lang) for feed in listed] == [
        ("One", "state", "en"),
        ("Two", "wire", None),
    ]


def test_feeds_are_checked(tmp_path: Path) -> None:
    """A feed needs a web address and a camp that exists."""
    feeds = '[[feeds]]\nurl = "ftp://x"\noutlet = "X"\ncamp = "stat"\n'
    camps = '[[camps]]\nid = "state"\nname = "State"\n'
    with pytest.raises(BeatError) as caught:
        load_feeds(write(tmp_path, beat=HEAD, feeds=feeds, camps=camps))
    assert "feeds.toml:2: feeds[0].url" in str(caught.value)
    assert 'did you mean "state"?' in str(caught.value)


def test_a_list_page_has_a_recipe(tmp_path: Path) -> None:
    """A table says how it is read, an empty one leaves that open; full text is off by default."""
    feeds = (
        '[[feeds]]\nurl = "https://a.example/1"\noutlet = "A"\n'
        '[[feeds]]\nurl = "https://a.example/2"\noutlet = "A"\npage = {}\n'
        '[[feeds]]\nurl = "https://a.example/3"\noutlet = "A"\nfull_text = true\ntext = "p"\n'
        'page = { link = "/a/*", date = "time" }\n'
    )
    plain, open_recipe, whole = load_feeds(write(tmp_path, beat=HEAD, feeds=feeds))
    assert (plain.recipe, plain.full_text, plain.text) == (None, False, "")
    assert open_recipe.recipe == Recipe()
    assert (whole.recipe, whole.full_text, whole.text) == (Recipe("/a/*", date="time"), True, "p")


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('{ lnk = "/a/*" }', 'feeds[0].page.lnk: unknown key; did you mean "link"?'),
        ("{ link = 5 }", "feeds[0].page.link: a text is wanted"),
        ('{ link = "^(" }', 'feeds[0].page.link: "^(" is no regular expression'),
        ('{ date = "/YYYY/" }', 'feeds[0].page.date: "/YYYY/" has to have YYYY, MM and DD'),
        ('"/a/*"', "feeds[0].page: a table is wanted"),
    ],
)
def test_a_recipe_is_checked(tmp_path: Path, page: str, problem: str) -> None:
    """Its keys, their types, and patterns that nobody could follow."""
    feeds = f'[[feeds]]\nurl = "https://a.example/1"\noutlet = "A"\npage = {page}\n'
    with pytest.raises(BeatError) as caught:
        load_feeds(write(tmp_path, beat=HEAD, feeds=feeds))
    assert f"feeds.toml:4: {problem}" in str(caught.value)


def test_ten_thousand_aliases_load_quickly(tmp_path: Path) -> None:
    """Loading costs well under a second of processor time."""
    rows = "".join(
        f'[[entities]]\nid = "e{n}"\nname = "E{n}"\nkind = "city"\nsides = ["one"]\n'
        f'aliases.en = ["Alpha {n}", "Beta {n}"]\naliases.ru = ["Гамма {n}", "Дельта {n}"]\n'
        for n in range(2_500)
    )
    folder = write(tmp_path, beat=HEAD, entities__many=rows)
    started = time.process_time()
    assert len(load_beat(folder).entities) == 2_500
    assert time.process_time() - started < 2
