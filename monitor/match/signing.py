"""What an article says of an event, as marks that are the same in all languages.

A mark is a short string whose first letter tells its kind: an entity of the beat, a
country, somebody or something known everywhere, the consonants of a name, a figure with its unit,
round or precise, a day, a term of the beat, a thing, an act, a site in the headline, the country
of somebody or something named, or any of these said in the headline. Words count within one
language only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import cache
from operator import add

from monitor.match.days import named_days
from monitor.match.figures import folded_word, numbers, numbers_among, tokens_of_figures
from monitor.match.matching import Watchlist
from monitor.match.rarity import weights
from monitor.model import Figure, Judgement, Signature, Wording
from monitor.text.counting import counting
from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.scripts import han_runs, has_han, without_han
from monitor.text.skeleton import LENGTH, skeleton
from monitor.text.tables import table
from monitor.text.vocabulary import Vocabulary, vocabulary

ENTITY, COUNTRY, KNOWN, NAME, FIGURE, PRECISE, DAY, TERM, THING, ACT, SITE, HOME, HEADLINE = (
    "ecwnfpdtkasoh"
)
# Kinds of marks that are no further ones in the headline: they only tell others apart.
_ONLY_APART = frozenset({SITE, HOME})

# Kinds of entities that stand for their countries and for nothing besides.
_STANDS_FOR_COUNTRY = frozenset({"country"})
# Kinds of entities whose names are no words besides: their countries are marks.
_SPEAKS_OF_COUNTRY = frozenset({"country", "people", "language"})
# Kinds of entities that tell which country an event is in.
_LIES_IN_COUNTRY = frozenset({"country", "people", "language", "city", "region", "district"})
# What lies in more of them names none: two articles on one part of the world tell no event.
_FEW_COUNTRIES = 2
# Without a unit one and two are mostly no quantities.
_LEAST_COUNT = 3
# A precise figure has so many digits that are not rounded.
_LEAST_PRECISE = 10
_DIGITS, _DIGITS_WITH_UNIT = 3, 2
_YEARS = range(1900, 2101)
_SHORTEST_NAME = 4
_SHORTEST_WORD = 3
# Long enough to tell words apart, short enough to drop most endings.
_WORD_STEM = 7
# Words are shorter, also those that are joined.
_SENTENCE = 40
# What an article tells first, of its summary or its text where it has none.
_READ = 600
# As many as a year of news has in eight languages.
_REMEMBERED = 300_000
_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`][^\W\d_]+)*")
_DIGIT = re.compile(r"\d")


class Signer:
    """Makes the signatures of articles that one watchlist has judged."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._countries: Mapping[str, tuple[str, ...]] = {
            entity.id: entity.countries
            for entity in watchlist.beat.entities
            if entity.kind in _LIES_IN_COUNTRY and len(entity.countries) <= _FEW_COUNTRIES
        }
        self._sites = {
            entity.id: entity.kind
            for entity in watchlist.beat.entities
            if entity.kind in weights().sites
        }
        self._homes: Mapping[str, tuple[str, ...]] = {
            entity.id: entity.countries
            for entity in watchlist.beat.entities
            if entity.kind in weights().at_home and len(entity.countries) <= _FEW_COUNTRIES
        }
        self._only_countries = frozenset(
            entity.id for entity in watchlist.beat.entities if entity.kind in _STANDS_FOR_COUNTRY
        )
        self._nations = frozenset(
            entity.id for entity in watchlist.beat.entities if entity.kind in _SPEAKS_OF_COUNTRY
        )

    def sign(self, wording: Wording, judgement: Judgement, at: datetime | None) -> Signature:
        """The signature of an article; ``at`` None says that nobody knows when it appeared."""
        lang, told = wording.lang, (wording.summary or wording.text)[:_READ]
        named = _named(judgement)
        headline, of_headline = _said(wording.title, lang, named)
        body, of_body = _said(told, lang, named)
        headline.update(self._of_beat(judgement, ("title",)))
        body.update(self._of_beat(judgement, ("summary",) if wording.summary else ("text",)))
        marks = (
            headline | body | {HEADLINE + mark for mark in headline if mark[0] not in _ONLY_APART}
        )
        words = (of_headline | of_body) - self._of_countries(judgement, lang)
        return Signature(at, lang, frozenset(marks), words)

    def _of_countries(self, judgement: Judgement, lang: str) -> frozenset[str]:
        """What the names of countries and peoples would be among the content words."""
        forms = (
            folded_word(line.form)
            for line in judgement.receipt
            if line.form and line.rule.removeprefix("entity:") in self._nations
        )
        return frozenset(word for form in forms for word in content_words(form, lang))

    def _of_beat(self, judgement: Judgement, fields: Collection[str]) -> Iterator[str]:
        """Marks of the entities and terms in some fields."""
        for line in judgement.receipt:
            kind, _, name = line.rule.partition(":")
            if line.field not in fields:
                continue
            if kind == "entity":
                yield from (COUNTRY + code for code in self._countries.get(name, ()))
                yield from (HOME + code for code in self._homes.get(name, ()))
                if name not in self._only_countries:
                    yield ENTITY + name
                if line.field == "title" and name in self._sites:
                    yield f"{SITE}{self._sites[name]}:{name}"
            elif kind == "term":
                yield TERM + name


def _said(text: str, lang: str, named: Set[str]) -> tuple[set[str], frozenset[str]]:
    """The marks and the content words of a part of an article."""
    folded = fold(text).text
    words = (without_han(folded) if has_han(folded) else folded).split()
    marks = {
        *_of_world(folded, words, lang),
        *_of_names(text, lang, named),
        *_of_numbers(text, words, lang),
    }
    return marks, _content(folded, words, lang)


# --- words ---------------------------------------------------------------------------------------


def content_words(folded: str, lang: str) -> frozenset[str]:
    """Roots of the words that tell something, and pairs of neighbouring Han characters."""
    return _content(folded, without_han(folded).split(), lang)


def _content(folded: str, words: Iterable[str], lang: str) -> frozenset[str]:
    found = set(map(_roots(lang).__getitem__, set(words)))
    for start, end in han_runs(folded):
        found.update(map(add, folded[start : end - 1], folded[start + 1 : end]))
    found.discard("")
    return frozenset(found)


class _Roots(dict[str, str]):
    """Words by their roots, found when a word comes first; empty for one that tells nothing."""

    def __init__(self, known: Vocabulary, world: Lexicon) -> None:
        self._known = known
        self._world = world

    def __missing__(self, word: str) -> str:
        is_telling = (
            len(word) >= _SHORTEST_WORD
            and not word.isdigit()
            and not self._known.lists_word("function", word)
            and not (self._world.word(word) or "").startswith(COUNTRY)
        )
        root = self._known.root(word)[:_WORD_STEM] if is_telling else ""
        if len(self) < _REMEMBERED:
            self[word] = root
        return root


@cache
def _roots(lang: str) -> Mapping[str, str]:
    return _Roots(vocabulary(lang), known_words(lang))


def _of_world(folded: str, words: Sequence[str], lang: str) -> Iterator[str]:
    """Things, acts, countries and what is known everywhere."""
    known = known_words(lang)
    yield from known.ids(words)
    if has_han(folded):
        yield from known.han_ids(folded)


@cache
def known_words(lang: str) -> Lexicon:
    """The words of all three tables as marks; a word counts in the first that has it."""
    rows: dict[str, Mapping[str, str]] = {}
    for name, row in table("world")["names"].items():
        rows[(COUNTRY if name.isupper() else KNOWN) + name] = row
    for kind, part in ((ACT, "acts"), (THING, "things")):
        rows |= {kind + name: row for name, row in table("concepts")[part].items()}
    return built({mark: words_of(row, lang) for mark, row in rows.items()})


def _named(judgement: Judgement) -> frozenset[str]:
    """The words of what the beat knows, which are no further names."""
    forms = {line.form for line in judgement.receipt if line.form}
    return frozenset(word for form in forms for word in folded_word(form).split())


def _of_names(text: str, lang: str, named: Set[str]) -> Iterator[str]:
    names = _names(lang)
    for piece in set(text.split()):
        for word, mark in names[piece]:
            if word not in named:
                yield mark


class _Names(dict[str, tuple[tuple[str, str], ...]]):
    """What stands between white space by the names in it: each folded, with its mark."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known

    def __missing__(self, piece: str) -> tuple[tuple[str, str], ...]:
        names = tuple(self._found(_WORD.findall(piece)))
        # Where words are not parted by spaces, what stands between them never comes again.
        if len(piece) < _SENTENCE and len(self) < _REMEMBERED:
            self[piece] = names
        return names

    def _found(self, words: Iterable[str]) -> Iterator[tuple[str, str]]:
        for word in words:
            if len(word) < _SHORTEST_NAME or not word[0].isupper():
                continue
            folded = folded_word(word)
            if self._known.lists_word("function", folded):
                continue
            consonants = skeleton(folded)
            if len(consonants) >= LENGTH - 1:
                yield folded, NAME + consonants


@cache
def _names(lang: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    return _Names(vocabulary(lang))


# --- numbers -------------------------------------------------------------------------------------


def _of_numbers(text: str, words: Iterable[str], lang: str) -> Iterator[str]:
    """Figures and days, looked for only where a digit or a number word stands."""
    has_digits = _DIGIT.search(text) is not None
    if has_han(text):
        yield from _of_figures(numbers(text, lang))
        read = tokens_of_figures(text)
    elif has_digits or any(map(counting(lang).begins.__getitem__, set(words))):
        read = tokens_of_figures(text)
        yield from _of_figures(numbers_among(read, text, lang))
    if has_digits:
        yield from (f"{DAY}{month}-{day}" for month, day in named_days(text, read, lang))


def _of_figures(found: Iterable[Figure]) -> Iterator[str]:
    for figure in found:
        if figure.unit or figure.value >= _LEAST_COUNT:
            kind = PRECISE if _is_precise(figure) else FIGURE
            yield f"{kind}{figure.value:.3g} {figure.unit}"


def _is_precise(figure: Figure) -> bool:
    """Whether hardly two events have such a figure: 4,197 m or 46.8 billion, not five or 2026."""
    if figure.unit in weights().round_units or figure.value < _LEAST_PRECISE:
        return False
    if not figure.unit and figure.value in _YEARS:
        return False
    digits = f"{figure.value:.2e}".partition("e")[0].replace(".", "").rstrip("0")
    return len(digits) >= (_DIGITS_WITH_UNIT if figure.unit else _DIGITS)
