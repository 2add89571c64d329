"""Who carries a story: the first publisher, independent voices, camps, and what only one camp says.

A syndicated copy is no voice of its own. Articles have one origin when they are of one outlet,
when they credit one agency (or are its own), or when a good part of their paragraphs is the same
text: the overlap coefficient of their shingles, |A ∩ B| / min(|A|, |B|) (A. Broder, On the
resemblance and containment of documents, 1997, where shingles are runs of words).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files

from monitor.match.figures import figures
from monitor.model import (
    Article,
    Camp,
    CampCoverage,
    Entity,
    Figure,
    JudgedArticle,
    Sole,
    StoryCoverage,
    Voice,
    Wording,
)
from monitor.text.credits import agency, credited
from monitor.text.normalise import fold, fold_key
from monitor.text.scripts import han_runs, without_han
from monitor.text.sentences import spans

_RUN = 5  # words in a shingle
_HAN_RUN = 8  # Han characters in one
_FEWEST = 8  # shingles of the shorter text: two headlines prove nothing
_SHARED = 0.5
_SHORTEST_NAME = 4
_NUMBER = re.compile(r"\d+(?:[.,\s]\d{3}(?!\d)|[.,]\d+)*")
_VOICES_READ = 12  # for what only one camp says: reading figures takes milliseconds an article


def coverage(articles: Sequence[JudgedArticle], camps: Sequence[Camp]) -> StoryCoverage:
    """Who carries the story of ``articles``, of which there must be one at least.

    A camp that could have carried it, by a language of the story or a country that it is about,
    is in ``camps`` without voices when it does not.
    """
    ordered = _in_order(articles)
    found = _voices(ordered)
    told_by = _by_camp(found)
    return StoryCoverage(
        first=found[0].articles[0],
        voices=found,
        camps=tuple(_camps(ordered, camps, told_by)),
        sole=tuple(_sole([voice.articles[0] for voice in found[:_VOICES_READ]])),
    )


def _in_order(articles: Sequence[JudgedArticle]) -> list[JudgedArticle]:
    return sorted(articles, key=lambda each: (told_at(each.article), each.article.id))


def told_at(article: Article) -> datetime:
    """When an article appeared: as published, but never after it was seen."""
    return min(article.published or article.first_seen, article.first_seen)


# --- voices --------------------------------------------------------------------------------------


def _voices(ordered: Sequence[JudgedArticle]) -> tuple[Voice, ...]:
    """The articles grouped by origin; the groups in the order in which they appeared."""
    outlets = {fold_key(each.article.outlet): each.article.outlet for each in ordered}
    origins = [_origin(each.article, outlets) for each in ordered]
    groups = _joined(_pairs(ordered, origins), len(ordered))
    return tuple(_voice([ordered[place] for place in group], origins, group) for group in groups)


def _voice(
    members: Sequence[JudgedArticle], origins: Sequence[str | None], group: Sequence[int]
) -> Voice:
    """A voice whose credited origin, if it is there, stands first."""
    named = [origin for place in group if (origin := origins[place]) is not None]
    credit = max(named, key=named.count) if named else None
    ordered = sorted(members, key=lambda each: credit is None or not _is(each.article, credit))
    copied = any(not _is(each.article, credit or "") for each in members)
    return Voice(tuple(ordered), credit if copied else None)


def _origin(article: Article, outlets: dict[str, str]) -> str | None:
    """The agency, or the outlet of the same story, whose text an article is or says that it is."""
    own = agency(article.outlet)
    if own is not None:
        return own
    wording = article.wording
    for name in credited(f"{wording.summary}\n{wording.text}"):
        known = agency(name) or _outlet(fold_key(name), outlets)
        if known is not None and known != article.outlet:
            return known
    return None


def _outlet(name: str, outlets: dict[str, str]) -> str | None:
    """The outlet of the story that is called ``name``, or begins with it: (Meridian)."""
    if len(name) < _SHORTEST_NAME:
        return None
    fitting = (outlet for key, outlet in outlets.items() if f"{key} ".startswith(f"{name} "))
    return next(fitting, None)


def _is(article: Article, origin: str) -> bool:
    return article.outlet == origin or agency(article.outlet) == origin


def _pairs(
    ordered: Sequence[JudgedArticle], origins: Sequence[str | None]
) -> Iterator[tuple[int, int]]:
    """Places of articles with one origin."""
    firsts: dict[object, int] = {}
    distinct: list[tuple[int, frozenset[int]]] = []
    for place, (each, origin) in enumerate(zip(ordered, origins, strict=True)):
        shingles = _shingles(each.article.wording)
        for key in _keys(each.article, origin):
            yield firsts.setdefault(key, place), place
        if len(shingles) < _FEWEST:
            continue
        # The same text a thousand times is compared once.
        same = firsts.setdefault(shingles, place)
        yield same, place
        if same == place:
            yield from ((other, place) for other, its in distinct if _is_copy(shingles, its))
            distinct.append((place, shingles))


def _keys(article: Article, origin: str | None) -> Iterator[str]:
    """Names of where an article comes from; two with one of them have one origin."""
    yield article.outlet
    if origin is not None:
        yield origin


def _is_copy(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= _SHARED * min(len(one), len(other))


def _shingles(wording: Wording) -> frozenset[int]:
    """Hashes of all runs of words, and of Han characters, in summary and text."""
    folded = fold(f"{wording.summary}\n{wording.text}").text
    words = without_han(folded).split()
    runs = [" ".join(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]
    for start, end in han_runs(folded):
        runs += [folded[place : place + _HAN_RUN] for place in range(start, end - _HAN_RUN + 1)]
    return frozenset(map(hash, runs))


def _joined(pairs: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
    """Places 0 to ``count`` - 1 in groups that ``pairs`` connect, by their first members."""
    group_of = {place: [place] for place in range(count)}
    for one, other in pairs:
        first, second = group_of[one], group_of[other]
        if first is not second:
            first += second
            group_of.update((place, first) for place in second)
    groups = {id(group): sorted(group) for group in group_of.values()}
    return sorted(groups.values())


# --- camps ---------------------------------------------------------------------------------------


def _by_camp(voices: Iterable[Voice]) -> dict[str, list[Voice]]:
    """The voices of each camp, each with its own articles; a copy speaks for who prints it too."""
    told_by: dict[str, list[Voice]] = defaultdict(list)
    for voice in voices:
        by_camp: dict[str, list[JudgedArticle]] = defaultdict(list)
        for each in voice.articles:
            by_camp[each.article.camp or ""].append(each)
        for camp, members in by_camp.items():
            told_by[camp].append(Voice(tuple(members), voice.agency))
    return told_by


def _camps(
    ordered: Sequence[JudgedArticle], camps: Sequence[Camp], told_by: dict[str, list[Voice]]
) -> Iterator[CampCoverage]:
    langs = {each.article.wording.lang for each in ordered}
    countries = {country for each in ordered for country in each.judgement.countries}
    for camp in camps:
        could = not (camp.langs.isdisjoint(langs) and camp.countries.isdisjoint(countries))
        if camp.id in told_by or could:
            yield CampCoverage(camp, tuple(told_by.get(camp.id, ())))
    listed = {camp.id for camp in camps}
    for name, voices in told_by.items():
        if name not in listed:
            yield CampCoverage(Camp(name, name), tuple(voices))


# --- what only one camp says ---------------------------------------------------------------------


def _sole(ordered: Sequence[JudgedArticle]) -> Iterator[Sole]:
    """Figures and entities that only one of several camps speaks of, in order of appearance.

    A number that another camp gives without a unit, or as an ordinal, is not only one's.
    """
    said: dict[tuple[str, str], list[Sole]] = defaultdict(list)
    numbers: dict[str, set[str]] = defaultdict(set)
    for each in ordered:
        numbers[each.article.camp or ""] |= _numbers(each.article.wording)
        for key, found in (*_figures_of(each), *_entities_of(each)):
            said[key].append(found)
    if len(numbers) < 2:
        return
    for sayings in said.values():
        first = sayings[0]
        others = (digits for camp, digits in numbers.items() if camp != first.camp)
        if {found.camp for found in sayings} == {first.camp} and not _is_among(first, others):
            yield first


def _is_among(one: Sole, numbers: Iterable[set[str]]) -> bool:
    if one.figure is None:
        return False
    digits = _digits(f"{one.figure.value:.12g}".partition("e")[0])
    return any(digits in each for each in numbers)


def _numbers(wording: Wording) -> set[str]:
    """The digits of all numbers in a wording, of whatever magnitude: 30.9 and 309 are 309."""
    return {_digits(found[0]) for _, text in wording.fields() for found in _NUMBER.finditer(text)}


def _digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number)).strip("0")


def _figures_of(each: JudgedArticle) -> Iterator[tuple[tuple[str, str], Sole]]:
    """Figures by value and unit; 94.8, 94.82 and 95 billion are the same one."""
    wording = each.article.wording
    for text in (wording.title, wording.summary, wording.text):
        for figure in figures(text, wording.lang):
            if is_measure(figure.unit):
                sentence = _around(text, figure.start)
                key = (figure.unit, f"{figure.value:.2g}")
                yield key, _sole_of(each, figure.text, sentence, figure)


def _entities_of(each: JudgedArticle) -> Iterator[tuple[tuple[str, str], Sole]]:
    """Entities by id, with the sentence that the receipt names, or the title."""
    wording = each.article.wording
    texts = dict(wording.fields())
    places = {
        line.rule: _around(texts[line.field], line.start)
        for line in each.judgement.receipt
        if line.field is not None and line.start is not None
    }
    for entity in each.judgement.entities:
        sentence = places.get(f"entity:{entity}", wording.title)
        yield ("entity", entity), _sole_of(each, entity, sentence)


def _sole_of(each: JudgedArticle, what: str, sentence: str, figure: Figure | None = None) -> Sole:
    return Sole(each.article.camp or "", what, sentence, each.article.id, figure)


def named(
    found: StoryCoverage, entities: Mapping[str, Entity], called: Mapping[str, str]
) -> StoryCoverage:
    """The coverage with those sole sayings that tell something: figures, and who acts, by name.

    ``called`` has the names; what has none there is not told.
    """
    telling = (
        sole if sole.figure else replace(sole, what=called[sole.what])
        for sole in found.sole
        if sole.figure or (sole.what in called and entities[sole.what].kind in _table()["telling"])
    )
    return replace(found, sole=tuple(telling))


def is_measure(unit: str) -> bool:
    """Whether an event is measured in a unit; in days and years it is not."""
    return unit not in _table()["unmeasured"]


def is_actor(kind: str) -> bool:
    """Whether entities of a kind act, so that one that is new in a story is news."""
    return kind in _table()["actors"]


@cache
def _table() -> dict[str, list[str]]:
    source = files("monitor.match").joinpath("data", "coverage.toml")
    rows: dict[str, list[str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return rows


def _around(text: str, place: int) -> str:
    """The sentence that a character stands in."""
    return next((text[start:end] for start, end in spans(text) if start <= place < end), text)
