"""What a proposal probably is, and which side of the beat it probably belongs to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.match.matching import Occurrence, Watchlist, compile_watchlist
from monitor.match.seeding.corpus import Corpus, Mention, is_everyday, key
from monitor.match.seeding.groups import Group
from monitor.match.seeding.names import countries
from monitor.model import Alias, Beat, Entity
from monitor.text.vocabulary import vocabulary

PERSON, ORGANISATION, PLACE, CONCEPT = "person", "organisation", "place", "concept"
# Things of several partners may be evidence for both sides; people and places are of one.
_OF_BOTH = frozenset({"treaty", "event", "project", "organisation", CONCEPT})
# The share of the evidence that one side needs to have the proposal to itself.
_CLEAR = 0.7
_NEAR = 40
_APART = re.compile(r"[-–—;:()]")
_BESIDE = ("titles", "openers", "articles", "where")
_LIKELY_PLACE = 0.2
_LONGEST_PERSON = 3
_QUOTES = frozenset('“«"《「')


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something of one or both sides in a sentence, where it stands."""

    sides: tuple[str, ...]
    countries: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the watchlist finds in each sentence that tells of a side."""

    beat: Beat
    by_sentence: dict[int, list[Anchor]]


def anchored(corpus: Corpus, watchlist: Watchlist) -> Anchors:
    """The beat's entities in the sentences; without any, the names of its sides."""
    seeking = watchlist if watchlist.beat.entities else _sides_only(watchlist.beat)
    found = {
        number: list(_anchors(seeking.find([("text", sentence.text)], sentence.lang)))
        for number, sentence in enumerate(corpus.sentences)
    }
    return Anchors(watchlist.beat, found)


def _sides_only(beat: Beat) -> Watchlist:
    sides = tuple(
        Entity(side.id, side.name, PLACE, (side.id,), (Alias(side.name, "en"),), 1.0)
        for side in beat.sides
    )
    return compile_watchlist(replace(beat, entities=sides), {})


def _anchors(occurrences: Iterable[Occurrence]) -> Iterator[Anchor]:
    for found in occurrences:
        subject = found.sought.subject
        if isinstance(subject, Entity):
            yield Anchor(subject.sides, subject.countries, found.start, found.end)


def kind_of(group: Group, corpus: Corpus) -> str:
    """The kind that most mentions tell; else one that the way of writing suggests."""
    if not group.is_name:
        return CONCEPT
    told = group.kinds
    if group.is_person():
        return PERSON
    if group.others and told["event"]:
        return ORGANISATION
    if told:
        return min(told, key=lambda kind: (-told[kind], kind))
    if all(form.isupper() for form in group.forms):
        return CONCEPT if any(map(str.isdigit, group.key)) else ORGANISATION
    if _has_adjective(group) or _is_where(group, corpus):
        return PLACE
    if _is_quoted(group, corpus):
        return CONCEPT
    return _by_words(group)


def _by_words(group: Group) -> str:
    """One word is likely a place; two or three that are no common words, a person."""
    words = group.key.split()
    known = vocabulary(group.lang)
    if len(words) == 1:
        return PLACE
    is_plain = not any(is_everyday(word, known) or not word.isalpha() for word in words)
    return PERSON if is_plain and len(words) <= _LONGEST_PERSON else ORGANISATION


def _has_adjective(group: Group) -> bool:
    """Whether a nationality adjective is among its forms."""
    base = Counter({group.key: 1})
    known = vocabulary(group.lang)
    return any(countries(key(form, group.lang), base, known) for form in group.forms)


def _is_quoted(group: Group, corpus: Corpus) -> bool:
    """Whether it first stands in quotation marks."""
    mention = group.mentions[0]
    text = corpus.sentences[mention.sentence].text
    return text[max(0, mention.start - 1) : mention.start] in _QUOTES


def _is_where(group: Group, corpus: Corpus) -> bool:
    """Whether it often stands behind a word like "in"."""
    behind = sum(_stands_behind(mention, corpus) for mention in group.mentions)
    return behind >= _LIKELY_PLACE * len(group.mentions)


def _stands_behind(mention: Mention, corpus: Corpus) -> bool:
    sentence = corpus.sentences[mention.sentence]
    before = [word for word in sentence.words if word.end <= mention.start][-2:]
    known = vocabulary(sentence.lang)
    return any(known.lists_word("where", word.lower) for word in before)


def sides_of(group: Group, kind: str, corpus: Corpus, anchors: Anchors) -> tuple[str, ...]:
    """The sides that it is evidence for, in the beat's order; empty where nothing tells.

    What its own name says decides; else what stands near, the nearer the more.
    """
    near = _telling(group, kind, corpus, anchors)
    told = _shares(near, "sides")
    sides = told if near.is_inner else _clear(told, kind)
    return tuple(side.id for side in anchors.beat.sides if sides.get(side.id))


def countries_of(group: Group, kind: str, corpus: Corpus, anchors: Anchors) -> tuple[str, ...]:
    """The countries in its name, or the one that it stands near to most of the time."""
    near = _telling(group, kind, corpus, anchors)
    told = _shares(near, "countries")
    if near.is_inner:
        return tuple(sorted(told))
    return tuple(sorted(_clear(told, PERSON))) if kind != CONCEPT else ()


@dataclass(frozen=True, slots=True)
class _Near:
    """Anchors with the mentions that they stand by; ``is_inner`` when they stand inside them."""

    pairs: tuple[tuple[Mention, Anchor], ...]
    is_inner: bool = False


def _telling(group: Group, kind: str, corpus: Corpus, anchors: Anchors) -> _Near:
    """The anchors that may tell: those inside the name, if any, else those around it.

    A person or a place belongs to what stands directly beside it, and only to that.
    """
    pairs = [
        (mention, anchor)
        for mention in group.mentions
        for anchor in anchors.by_sentence.get(mention.sentence, ())
    ]
    inner = tuple((m, a) for m, a in pairs if m.start <= a.start and a.end <= m.end)
    if inner:
        return _Near(inner, is_inner=True)
    if kind in _OF_BOTH:
        return _Near(tuple(pairs))
    return _Near(tuple((m, a) for m, a in pairs if _is_beside(m, a, corpus)))


def _is_beside(mention: Mention, anchor: Anchor, corpus: Corpus) -> bool:
    """Whether only a title, "of", "in" or a comma stands between the two."""
    sentence = corpus.sentences[mention.sentence]
    first = min(anchor.end, mention.end)
    second = max(anchor.start, mention.start)
    known = vocabulary(sentence.lang)
    return not _APART.search(sentence.text[first:second]) and all(
        any(known.lists_root(name, word.lower) for name in _BESIDE)
        for word in sentence.words
        if first <= word.start < second
    )


def _shares(near: _Near, what: str) -> dict[str, float]:
    """How much speaks for each of the ``sides`` or ``countries``."""
    totals: dict[str, float] = defaultdict(float)
    for mention, anchor in near.pairs:
        named = anchor.sides if what == "sides" else anchor.countries
        for name in named:
            totals[name] += _closeness(mention, anchor) / len(named)
    return totals


def _closeness(mention: Mention, anchor: Anchor) -> float:
    """1 for a neighbour, half of it some words away."""
    distance = max(anchor.start - mention.end, mention.start - anchor.end, 0)
    return _NEAR / (_NEAR + distance)


def _clear(totals: dict[str, float], kind: str) -> dict[str, float]:
    """What has most of the evidence; of things that several may share, all with a good part."""
    whole = sum(totals.values())
    clear = {name: share for name, share in totals.items() if share >= _CLEAR * whole}
    if clear or kind not in _OF_BOTH:
        return clear
    return {name: share for name, share in totals.items() if share >= (1 - _CLEAR) * whole}
