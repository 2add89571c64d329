"""Where aliases occur: one pass over the text for all of them, then a look at each occurrence.

The watchlist is an Aho-Corasick automaton over the forms of `monitor.match.forms`. Endings,
capitals and languages are checked only where it finds something.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import NamedTuple

from monitor.beat import Weights
from monitor.match.forms import (
    ANY_LANGUAGE,
    Form,
    Layer,
    Sought,
    han_forms,
    is_han,
    precedence,
    written,
)
from monitor.match.lexicon import HanForms, Lexicon, Place
from monitor.model import Alias, Beat, Term
from monitor.text.normalise import fold, fold_all
from monitor.text.scripts import has_han, without_han

# Part of every watchlist's fingerprint: raised when the same beat would be judged otherwise.
_ENGINE = 1


# What an alias stands for, the alias, and its place in the watchlist.
_Wanted = tuple[Sought, Alias, int]


class Occurrence(NamedTuple):
    """Something sought stands as ``form`` in ``field`` at ``start:end`` of the text as given."""

    sought: Sought
    alias: Alias
    form: str
    field: str
    start: int
    end: int


class _Span(NamedTuple):
    """A form where it stands in one text, before overlaps are resolved."""

    start: int
    end: int
    form: Form


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A beat and a user's keywords, ready to be looked for."""

    beat: Beat
    weights: Weights
    keywords: tuple[Term, ...]
    fingerprint: str
    words: Lexicon
    han: HanForms

    def find(self, fields: Iterable[tuple[str, str]], lang: str = "und") -> list[Occurrence]:
        """What occurs in the named texts, in reading order; no two of the beat's overlap.

        ``lang`` keeps short words of other languages out; ``und`` lets all in. A weak name that
        nothing supports does not hide a sure one inside it.
        """
        spans = [(name, text, self._spans(text, lang)) for name, text in fields if text]
        found = _occurrences(spans)
        sure = {side for one in found if not one.alias.weak for side in one.sought.sides}
        if not any(one.alias.weak and sure.isdisjoint(one.sought.sides) for one in found):
            return found
        return _occurrences(
            [
                (name, text, [span for span in there if _may_stand(span, sure)])
                for name, text, there in spans
            ]
        )

    def _spans(self, text: str, lang: str) -> list[_Span]:
        with_han = has_han(text)
        spans = list(_spans(self.words.places(without_han(text) if with_han else text), text, lang))
        if with_han:
            folded = fold(text)
            places = (
                (*folded.span(start, end), forms)
                for start, end, forms in self.han.places(folded.text)
            )
            spans.extend(_spans(places, text, lang))
        return spans


def _occurrences(spans: Iterable[tuple[str, str, list[_Span]]]) -> list[Occurrence]:
    return [
        Occurrence(form.sought, form.alias, text[start:end], name, start, end)
        for name, text, there in spans
        for start, end, form in _resolved(there)
    ]


def _may_stand(span: _Span, sure: Set[str]) -> bool:
    sought = span.form.sought
    return not span.form.alias.weak or not sought.sides or not sure.isdisjoint(sought.sides)


def compile_watchlist(beat: Beat, keywords: Mapping[str, float]) -> Watchlist:
    """Everything that ``beat`` and the user's ``keywords`` look for, compiled.

    ``keywords`` map a word, a phrase or ``begin*`` to its points.
    """
    terms = tuple(_keyword(text, points) for text, points in keywords.items())
    weights = Weights.overridden(beat.weights)
    with _all_kept():
        in_words: list[_Wanted] = []
        in_han: list[_Wanted] = []
        for rank, (sought, alias) in enumerate(_wanted(beat, terms)):
            (in_han if is_han(alias) else in_words).append((sought, alias, rank))
        words, han = _lexicon(in_words), _han(in_han)
    return Watchlist(beat, weights, terms, fingerprint(beat, keywords), words, han)


def fingerprint(beat: Beat, keywords: Mapping[str, float]) -> str:
    """The SHA-256, in hex, of all that a judgement by this watchlist depends on."""
    weights = asdict(Weights.overridden(beat.weights))
    said = [_ENGINE, beat.fingerprint, weights, sorted(keywords.items())]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@contextmanager
def _all_kept() -> Iterator[None]:
    """Without garbage collection: of all that is made here nothing is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _lexicon(wanted: Sequence[_Wanted]) -> Lexicon:
    folded = fold_all([alias.text for _, alias, _ in wanted])
    commonness = Counter(word for text in folded for word in text.split()).__getitem__
    return Lexicon(
        one
        for (sought, alias, rank), text in zip(wanted, folded, strict=True)
        for one in written(sought, alias, rank, text, commonness)
    )


def _han(wanted: Sequence[_Wanted]) -> HanForms:
    forms: dict[str, list[Form]] = {}
    folded = fold_all([alias.text for _, alias, _ in wanted])
    for (sought, alias, rank), text in zip(wanted, folded, strict=True):
        for spaced, form in han_forms(sought, alias, rank, text):
            forms.setdefault(spaced, []).append(form)
    return HanForms(forms)


def _keyword(text: str, points: float) -> Term:
    prefix = text.rstrip().endswith("*")
    alias = Alias(text.strip().rstrip("*").rstrip(), ANY_LANGUAGE, prefix=prefix)
    return Term(id=text, aliases=(alias,), points=points)


def _wanted(beat: Beat, keywords: Sequence[Term]) -> Iterator[tuple[Sought, Alias]]:
    """Everything sought with each of its aliases; what comes first wins a tie."""
    for trap in beat.traps:
        yield from _each(Sought(f"trap:{trap.id}", trap, Layer.TRAP))
    for entity in beat.entities:
        yield from _each(Sought(f"entity:{entity.id}", entity, Layer.BEAT, entity.sides))
    for rival in beat.rivals:
        yield from _each(Sought(f"rival:{rival.id}", rival, Layer.BEAT))
    for term in beat.terms:
        yield from _each(Sought(f"term:{term.id}", term, Layer.BEAT))
    for keyword in keywords:
        yield from _each(Sought(f"keyword:{keyword.id}", keyword, Layer.KEYWORD))


def _each(sought: Sought) -> Iterator[tuple[Sought, Alias]]:
    return ((sought, alias) for alias in sought.subject.aliases)


def _spans(places: Iterable[Place], text: str, lang: str) -> Iterator[_Span]:
    """The forms at ``places`` that may stand there in ``text``."""
    for start, end, forms in places:
        for form in forms:
            if form.agrees(text, start, end, lang):
                yield _Span(start, end, form)


def _resolved(spans: list[_Span]) -> list[_Span]:
    """The spans that stand, in reading order.

    What a trap covers is hidden; of overlapping ones the longest stands, of equal ones the first
    of the watchlist. Keywords are a user's own: nothing hides them but a longer keyword.
    """
    layers: dict[Layer, list[_Span]] = {}
    for span in spans:
        layers.setdefault(span.form.sought.layer, []).append(span)
    beat = layers.get(Layer.BEAT, [])
    traps = layers.get(Layer.TRAP)
    if traps:
        beat = [span for span in beat if not any(_hides(trap, span) for trap in traps)]
    keywords = layers.get(Layer.KEYWORD)
    if not keywords:
        return _longest(beat)
    return sorted([*_longest(beat), *_longest(keywords)], key=_place)


# Sorting by an attribute getter is several times faster than by a function written here.
_place = attrgetter("start", "end")


def _hides(trap: _Span, span: _Span) -> bool:
    contains_it = (
        span.start <= trap.start
        and trap.end <= span.end
        and span.end - span.start > trap.end - trap.start
    )
    return trap.start < span.end and span.start < trap.end and not contains_it


def _longest(spans: list[_Span]) -> list[_Span]:
    """In reading order, no two overlapping: in each cluster of overlaps the longest first."""
    stand: list[_Span] = []
    cluster: list[_Span] = []
    reach = 0
    for span in sorted(spans, key=_place):
        if span.start >= reach:
            stand += cluster if len(cluster) < 2 else _longest_of(cluster)
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end)
    return stand + _longest_of(cluster)


def _precedence(span: _Span) -> tuple[int, tuple[bool, bool, int], int, int]:
    """Longest first; of equals the first in the text, then in the watchlist."""
    return span.start - span.end, precedence(span.form), span.start, span.form.rank


def _longest_of(cluster: list[_Span]) -> list[_Span]:
    stand: list[_Span] = []
    for span in sorted(cluster, key=_precedence):
        if all(span.end <= other.start or other.end <= span.start for other in stand):
            stand.append(span)
    return sorted(stand, key=_place)
