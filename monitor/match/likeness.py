"""How alike the signatures of two articles are, as the logarithm of the odds of one event.

The evidence is the weight of the marks that both have, over the geometric mean of what each has
(the Ochiai coefficient, with a pad so that two short texts prove little), how much of either's
headline the other tells, a precise figure that both give, within one language the cosine of their
words, and between two languages that of their embeddings, where a model was asked for them. Time,
other countries and other days speak against. The weights are in ``data/stories.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from math import ceil, log1p, sqrt
from operator import mul

from monitor.match.centring import Sense, cosine
from monitor.match.days import distance
from monitor.match.rarity import Rarity, weights
from monitor.match.signing import (
    ACT,
    COUNTRY,
    DAY,
    ENTITY,
    HEADLINE,
    HOME,
    KNOWN,
    PRECISE,
    SITE,
)
from monitor.model import Signature

# Kinds of marks that make no event by themselves.
_UNSPECIFIC = frozenset({COUNTRY, ACT})
# Kinds of marks that name somebody or something.
_NAMING = frozenset({ENTITY, KNOWN})
# Kinds that are no marks of what is told.
_BESIDE = frozenset({HEADLINE, HOME})
# More names in common tell no more.
_NAMED = 4
_LONG = 10
_ANNOUNCED_WITHIN = 60
# An event announced for tomorrow is told in one piece with the announcement.
_SAME_PIECE = 2


@dataclass(frozen=True, slots=True)
class Weighed:
    """A signature with the weight of everything in it, ready to be compared.

    ``headline`` are those of the marks that the headline has, and ``headline_mass`` their weight;
    ``homes`` the countries that it names and those of whom it names, and ``home_mass`` theirs.
    """

    signature: Signature
    marks: dict[str, float]
    headline: frozenset[str]
    headline_mass: float
    words: dict[str, float]
    mass: float
    norm: float
    day: int | None
    countries: frozenset[str]
    homes: dict[str, float]
    home_mass: float
    acts: frozenset[str]
    days: frozenset[str]
    sites: frozenset[str]
    announced: int
    crowd: float
    sense: Sense | None = None


def weigh(one: Signature, rarity: Rarity) -> Weighed:
    """``one`` with its weights under ``rarity``."""
    weight = rarity.marks
    marks = {mark: weight[mark] for mark in one.marks if mark[0] not in _BESIDE}
    headline = frozenset(mark[1:] for mark in one.marks if mark[0] == HEADLINE) & marks.keys()
    words = dict(zip(one.words, map(rarity.words(one.lang).__getitem__, one.words), strict=True))
    homes = {home: weight[home] for home in _homes(one)}
    ahead = _days_ahead(one)
    day = one.at.toordinal() if one.at else None
    return Weighed(
        signature=one,
        marks=marks,
        headline=headline,
        headline_mass=sum(map(marks.__getitem__, headline)),
        words=words,
        mass=sum(marks.values()),
        norm=sqrt(sum(map(mul, words.values(), words.values()))),
        day=day,
        countries=_of_kind(one, COUNTRY),
        homes=homes,
        home_mass=sum(homes.values()),
        acts=_of_kind(one, ACT),
        days=_of_kind(one, DAY),
        sites=_of_kind(one, SITE),
        announced=max((day for day in ahead if 0 < day <= _ANNOUNCED_WITHIN), default=0),
        crowd=rarity.crowd(day),
        sense=rarity.means.sense(one),
    )


def likeness(one: Weighed, other: Weighed) -> float:
    """The logarithm of the odds that both tell of one event; symmetric."""
    rows = weights().likeness
    alike_marks = one.marks.keys() & other.marks.keys()
    points = rows["even"] + _time_points(one, other, rows)
    points += rows["marks"] * _share(one, other, alike_marks, rows["marks_pad"])
    points += rows["headline"] * _told_of_headlines(one, other, rows["headline_pad"])
    points += _points_of_kinds(one, alike_marks, rows)
    alike = 0.0
    if one.signature.lang == other.signature.lang:
        alike = _words_shared(one, other, rows["words_pad"])
        points += rows["same_language"] + rows["words"] * alike
    else:
        points += _points_of_senses(one, other, rows)
    if alike < rows["reprint"]:
        points += rows["crowd"] * min(one.crowd, other.crowd)
    if alike < rows["wording"] and all(mark[0] in _UNSPECIFIC for mark in alike_marks):
        points += rows["nothing_specific"]
    if one.countries and other.countries and one.countries.isdisjoint(other.countries):
        points += rows["other_countries"]
    points += rows["more_countries"] * _countries_missed(one, other)
    if one.acts and other.acts and one.acts.isdisjoint(other.acts):
        points += rows["other_acts"]
    if one.days and other.days and one.days.isdisjoint(other.days):
        points += rows["other_days"]
    if one.sites and other.sites and _are_elsewhere(one.sites, other.sites):
        points += rows["other_sites"]
    return points


def support(points: Iterable[float], members: int) -> float:
    """How well an article goes with a story of ``members``, from its likeness to those compared.

    The mean over its closest members, a share of them and at least ``supporters``: a few close
    relatives in a big story are not enough, so that no chain forms. From 0 it belongs there;
    never to a story whose articles were all forgotten.
    """
    rows = weights()
    if not members:
        return rows.unlike
    wanted = min(members, max(rows.supporters, ceil(rows.supporting_share * members)))
    best = nlargest(wanted, points)
    known = sum(min(rows.alike, max(rows.unlike, one)) for one in best)
    return (known + rows.unlike * (wanted - len(best))) / wanted


def reasons(one: Weighed, other: Weighed, most: int = 5) -> tuple[str, ...]:
    """What both have, the weightiest first: marks without their kind, and words."""
    shared = one.marks.keys() & other.marks.keys()
    ordered = sorted(shared, key=lambda mark: (-one.marks[mark], mark))
    words = sorted(one.words.keys() & other.words.keys(), key=lambda word: (-one.words[word], word))
    return tuple([mark[1:] for mark in ordered] + words)[:most]


def _share(one: Weighed, other: Weighed, of_both: Iterable[str], pad: float) -> float:
    shared = sum(map(one.marks.__getitem__, of_both))
    return shared / sqrt((one.mass + pad) * (other.mass + pad))


def _told_of_headlines(one: Weighed, other: Weighed, pad: float) -> float:
    """What share of each headline the other article tells too, both added: 0 to 2."""
    mine = sum(map(one.marks.__getitem__, one.headline & other.marks.keys()))
    theirs = sum(map(other.marks.__getitem__, other.headline & one.marks.keys()))
    return mine / (one.headline_mass + pad) + theirs / (other.headline_mass + pad)


def _points_of_kinds(one: Weighed, of_both: Iterable[str], rows: Mapping[str, float]) -> float:
    """Points for names that both give, and for a precise figure that is rare."""
    kinds = [mark[0] for mark in of_both]
    named = sum(kind in _NAMING for kind in kinds)
    points = rows["named"] * min(named, _NAMED)
    if PRECISE in kinds:
        rare = rows["precise_rarity"] * weights().kinds[PRECISE]
        if any(mark[0] == PRECISE and one.marks[mark] > rare for mark in of_both):
            points += rows["precise"]
    return points


def _points_of_senses(one: Weighed, other: Weighed, rows: Mapping[str, float]) -> float:
    """Points for what embeddings say; 0 where one is missing or two models made them."""
    alike = cosine(one.sense, other.sense)
    if alike is None:
        return 0.0
    return rows["embedding"] * (min(rows["embedding_most"], alike) - rows["embedding_even"])


def _words_shared(one: Weighed, other: Weighed, pad: float) -> float:
    of_both = one.words.keys() & other.words.keys()
    if not of_both:
        return 0.0
    shared = sum(one.words[word] ** 2 for word in of_both)
    return shared / ((one.norm + pad) * (other.norm + pad))


def _countries_missed(one: Weighed, other: Weighed) -> float:
    """What share of the countries of the one that tells of fewer the other has not: 0 to 1.

    What most of the news has, as the one side of a beat, is little of that share. Without any in
    common it is 0.
    """
    of_both = one.homes.keys() & other.homes.keys()
    if not of_both:
        return 0.0
    return 1 - sum(map(one.homes.__getitem__, of_both)) / min(one.home_mass, other.home_mass)


def _are_elsewhere(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name sites of one kind, and none that both name."""
    kinds = {site.partition(":")[0] for site in one}
    return one.isdisjoint(other) and any(site.partition(":")[0] in kinds for site in other)


def _time_points(one: Weighed, other: Weighed, rows: Mapping[str, float]) -> float:
    if one.day is None or other.day is None:
        return rows["undated"]
    apart = abs(one.day - other.day)
    points = rows["apart"] * log1p(apart)
    if apart > _LONG:
        points += rows["long_apart"]
    early, late = (one, other) if one.day <= other.day else (other, one)
    if _SAME_PIECE <= early.announced <= apart + 1 and apart >= _SAME_PIECE and not late.announced:
        points += rows["announced_before"]
    return points


def _days_ahead(one: Signature) -> list[int]:
    """How many days after the article each day that it names is."""
    if one.at is None:
        return []
    at = one.at.date()
    named = (mark[1:].split("-") for mark in one.marks if mark[0] == DAY)
    return [distance((int(month), int(day)), at) for month, day in named]


def _homes(one: Signature) -> Iterator[str]:
    """The countries that are named and those of whom are, as marks of countries."""
    return (COUNTRY + mark[1:] for mark in one.marks if mark[0] in (COUNTRY, HOME))


def _of_kind(one: Signature, kind: str) -> frozenset[str]:
    return frozenset(mark for mark in one.marks if mark[0] == kind)
