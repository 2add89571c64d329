"""How alike the signatures of two articles are, as the logarithm of the odds of one event.

The evidence is the weight of the marks that both have, over the geometric mean of what each has
(the Ochiai coefficient, with a pad so that two short texts prove little), how much of either's
headline the other tells, a precise figure that both give, within one language the cosine of their
words, and between two languages that of their embeddings, where a model was asked for them. Time,
other countries and other days speak against. The weights are in ``data/stories.toml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log1p, sqrt

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
class Traits:
    """What a signature says, sorted by what it is compared for; the same whatever is usual.

    ``headline`` are those of the ``marks`` that the headline has, ``homes`` the countries that it
    names and those of whom it names, ``announced`` how many days ahead the last day named is.
    """

    signature: Signature
    marks: frozenset[str]
    headline: frozenset[str]
    countries: frozenset[str]
    homes: frozenset[str]
    acts: frozenset[str]
    days: frozenset[str]
    sites: frozenset[str]
    day: int | None
    announced: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A signature with what it weighs in all under one rarity, ready to be compared under that.

    ``mass``, ``headline_mass`` and ``home_mass`` are the weights of its marks added, ``norm`` the
    length of the vector of its words.
    """

    traits: Traits
    rarity: Rarity
    mass: float
    headline_mass: float
    home_mass: float
    norm: float
    crowd: float
    sense: Sense | None = None


def traits(one: Signature) -> Traits:
    """``one`` sorted by kinds."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for mark in one.marks:
        kinds[mark[0]].append(mark)
    marks = one.marks.difference(*(kinds[kind] for kind in _BESIDE))
    ahead = (day for day in _days_ahead(one, kinds[DAY]) if 0 < day <= _ANNOUNCED_WITHIN)
    return Traits(
        signature=one,
        marks=marks,
        headline=marks.intersection(mark[1:] for mark in kinds[HEADLINE]),
        countries=frozenset(kinds[COUNTRY]),
        homes=frozenset(kinds[COUNTRY]).union(COUNTRY + mark[1:] for mark in kinds[HOME]),
        acts=frozenset(kinds[ACT]),
        days=frozenset(kinds[DAY]),
        sites=frozenset(kinds[SITE]),
        day=one.at.toordinal() if one.at else None,
        announced=max(ahead, default=0),
    )


def weigh(one: Signature, rarity: Rarity) -> Weighed:
    """``one`` with its weights under ``rarity``."""
    return weighed(traits(one), rarity)


def weighed(one: Traits, rarity: Rarity) -> Weighed:
    """What was sorted before, with its weights under ``rarity``."""
    weight, said = rarity.marks.__getitem__, one.signature
    return Weighed(
        traits=one,
        rarity=rarity,
        mass=sum(map(weight, one.marks)),
        headline_mass=sum(map(weight, one.headline)),
        home_mass=sum(map(weight, one.homes)),
        norm=sqrt(rarity.squared(said.lang, said.words)),
        crowd=rarity.crowd(one.day),
        sense=rarity.means.sense(said),
    )


def likeness(one: Weighed, other: Weighed) -> float:
    """The logarithm of the odds that both tell of one event; symmetric."""
    rows = weights().likeness
    mine, theirs = one.traits, other.traits
    alike_marks = mine.marks & theirs.marks
    kinds = [mark[0] for mark in alike_marks]
    points = rows["even"] + _time_points(mine, theirs, rows)
    if alike_marks:
        points += rows["marks"] * _share(one, other, alike_marks, rows["marks_pad"])
        points += rows["headline"] * _told_of_headlines(
            one, other, alike_marks, rows["headline_pad"]
        )
        points += _points_of_kinds(one, alike_marks, kinds, rows)
    alike = 0.0
    if mine.signature.lang == theirs.signature.lang:
        alike = _words_shared(one, other, rows["words_pad"])
        points += rows["same_language"] + rows["words"] * alike
    else:
        points += _points_of_senses(one, other, rows)
    if alike < rows["reprint"]:
        points += rows["crowd"] * min(one.crowd, other.crowd)
    if alike < rows["wording"] and _UNSPECIFIC.issuperset(kinds):
        points += rows["nothing_specific"]
    return points + _points_against(one, other, rows)


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
    best = sorted(points, reverse=True)[:wanted]
    known = sum(min(rows.alike, max(rows.unlike, one)) for one in best)
    return (known + rows.unlike * (wanted - len(best))) / wanted


def reasons(one: Weighed, other: Weighed, most: int = 5) -> tuple[str, ...]:
    """What both have, the weightiest first: marks without their kind, and words."""
    mine, theirs = one.traits.signature, other.traits.signature
    of_mark, of_word = one.rarity.marks, one.rarity.words(mine.lang)
    marks = sorted(one.traits.marks & other.traits.marks, key=lambda mark: (-of_mark[mark], mark))
    words = sorted(mine.words & theirs.words, key=lambda word: (-of_word[word], word))
    return tuple([*(mark[1:] for mark in marks), *words][:most])


def _share(one: Weighed, other: Weighed, of_both: Iterable[str], pad: float) -> float:
    shared = sum(map(one.rarity.marks.__getitem__, of_both))
    return shared / sqrt((one.mass + pad) * (other.mass + pad))


def _told_of_headlines(one: Weighed, other: Weighed, of_both: frozenset[str], pad: float) -> float:
    """What share of each headline the other article tells too, both added: 0 to 2."""
    weight = one.rarity.marks.__getitem__
    mine = sum(map(weight, one.traits.headline & of_both))
    theirs = sum(map(weight, other.traits.headline & of_both))
    return mine / (one.headline_mass + pad) + theirs / (other.headline_mass + pad)


def _points_of_kinds(
    one: Weighed, of_both: Iterable[str], kinds: Sequence[str], rows: Mapping[str, float]
) -> float:
    """Points for names that both give, and for a precise figure that is rare."""
    points = rows["named"] * min(sum(map(kinds.count, _NAMING)), _NAMED)
    if PRECISE in kinds:
        rare = rows["precise_rarity"] * weights().kinds[PRECISE]
        if any(mark[0] == PRECISE and one.rarity.marks[mark] > rare for mark in of_both):
            points += rows["precise"]
    return points


def _points_of_senses(one: Weighed, other: Weighed, rows: Mapping[str, float]) -> float:
    """Points for what embeddings say; 0 where one is missing or two models made them."""
    alike = cosine(one.sense, other.sense)
    if alike is None:
        return 0.0
    return rows["embedding"] * (min(rows["embedding_most"], alike) - rows["embedding_even"])


def _words_shared(one: Weighed, other: Weighed, pad: float) -> float:
    said = one.traits.signature
    of_both = said.words & other.traits.signature.words
    if not of_both:
        return 0.0
    return one.rarity.squared(said.lang, of_both) / ((one.norm + pad) * (other.norm + pad))


def _points_against(one: Weighed, other: Weighed, rows: Mapping[str, float]) -> float:
    """Points for what the one tells and the other tells otherwise; none is above 0."""
    mine, theirs = one.traits, other.traits
    points = rows["more_countries"] * _countries_missed(one, other)
    if mine.countries and theirs.countries and mine.countries.isdisjoint(theirs.countries):
        points += rows["other_countries"]
    if mine.acts and theirs.acts and mine.acts.isdisjoint(theirs.acts):
        points += rows["other_acts"]
    if mine.days and theirs.days and mine.days.isdisjoint(theirs.days):
        points += rows["other_days"]
    if mine.sites and theirs.sites and _are_elsewhere(mine.sites, theirs.sites):
        points += rows["other_sites"]
    return points


def _countries_missed(one: Weighed, other: Weighed) -> float:
    """What share of the countries of the one that tells of fewer the other has not: 0 to 1.

    What most of the news has, as the one side of a beat, is little of that share. Without any in
    common it is 0.
    """
    of_both = one.traits.homes & other.traits.homes
    if not of_both:
        return 0.0
    shared = sum(map(one.rarity.marks.__getitem__, of_both))
    return 1 - shared / min(one.home_mass, other.home_mass)


def _are_elsewhere(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name sites of one kind, and none that both name."""
    kinds = {site.partition(":")[0] for site in one}
    return one.isdisjoint(other) and any(site.partition(":")[0] in kinds for site in other)


def _time_points(one: Traits, other: Traits, rows: Mapping[str, float]) -> float:
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


def _days_ahead(one: Signature, days: Iterable[str]) -> list[int]:
    """How many days after the article each day that it names is."""
    if one.at is None:
        return []
    at = one.at.date()
    named = (mark[1:].split("-") for mark in days)
    return [distance((int(month), int(day)), at) for month, day in named]
