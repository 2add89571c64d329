"""What a changed watchlist gives a stored article, judged only as far as the change can reach it.

A score is what the beat gives, 0 to 100, and the points of the keywords that occur, held within 0
and 100; neither depends on the other (`monitor.match.scoring`). So an article in which nothing
occurs that was changed keeps its stored score, one with changed keywords gets their points, and
only where the beat itself reaches an article is it judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple, TypeVar

from monitor.match.forms import is_han
from monitor.match.lexicon import Place
from monitor.match.matching import Watchlist, compile_watchlist, fingerprint
from monitor.match.scoring import judge
from monitor.model import Beat, Entity, Judgement, Rival, Stored, Term, Trap, Wording
from monitor.text.normalise import fold
from monitor.text.scripts import has_han, without_han

_LOWEST, _HIGHEST = 0.0, 100.0
_KEYWORD = "keyword:"
_OVER_ALL = ("clamp",)  # lines that hold the sum of beat and keywords within its bounds

_Subject = TypeVar("_Subject", bound=Entity | Term | Rival | Trap)


@dataclass(frozen=True)
class Trial:
    """A beat with a user's keywords, compiled as far as somebody asks."""

    beat: Beat
    keywords: Mapping[str, float]

    @cached_property
    def watchlist(self) -> Watchlist:
        """All of it."""
        return compile_watchlist(self.beat, self.keywords)

    @cached_property
    def words(self) -> Watchlist:
        """The keywords alone."""
        return compile_watchlist(_without_subjects(self.beat), self.keywords)


class Replayed(NamedTuple):
    """The scores by one trial and by another, and the rules that make them differ."""

    before: float
    after: float
    rules: tuple[str, ...] = ()


class _Parts(NamedTuple):
    """What makes up a score: what the beat gives, and the points of each keyword's rule."""

    beat: float
    keywords: Mapping[str, float]

    @property
    def score(self) -> float:
        return min(_HIGHEST, max(_LOWEST, self.beat + sum(self.keywords.values(), 0.0)))


class _Known(NamedTuple):
    """A watchlist that articles were judged by, and what may tell it from the two in question."""

    trial: Trial
    probe: _Probe
    only_keywords: bool


class Replay:
    """Gives stored articles the scores that ``before`` and ``after`` give them.

    ``kept`` are the watchlists by which articles were judged, by fingerprint.
    """

    def __init__(self, before: Trial, after: Trial, kept: Mapping[str, Trial]) -> None:
        self._before = before
        self._after = after
        self._same_beat = _is_same(before.beat, after.beat)
        self._known = {
            name: _Known(trial, probe, self._same_beat and _is_same(trial.beat, before.beat))
            for name, trial in kept.items()
            # What was judged by an older way of judging has another name than it would have now.
            if fingerprint(trial.beat, trial.keywords) == name
            if (probe := _Probe.between(trial, before, after)) is not None
        }

    def replayed(self, stored: Stored) -> Replayed:
        """The scores of one article."""
        known = self._known.get(stored.watchlist)
        if known is None:
            return self._judged(stored.wording)
        if not known.probe.finds(stored.wording):
            return Replayed(stored.score, stored.score)
        if not known.only_keywords:
            return self._judged(stored.wording)
        return self._reckoned(stored, known.trial)

    def _judged(self, wording: Wording) -> Replayed:
        """By judging it, by the beat once where that is the same."""
        before = _parts(judge(self._before.watchlist, wording))
        if self._same_beat:
            return _compared(before, _Parts(before.beat, _points(self._after.words, wording)))
        old, new = (judge(one.watchlist, wording) for one in (self._before, self._after))
        rules = set(old.receipt) ^ set(new.receipt)
        return Replayed(old.score, new.score, tuple(sorted({line.rule for line in rules})))

    def _reckoned(self, stored: Stored, trial: Trial) -> Replayed:
        """By the keywords in it, where the stored score tells what the beat gives."""
        had = sum(_points(trial.words, stored.wording).values(), 0.0)
        if had and not _LOWEST < stored.score < _HIGHEST:
            return self._judged(stored.wording)
        beat = stored.score - had
        words = (_points(one.words, stored.wording) for one in (self._before, self._after))
        return _compared(*(_Parts(beat, each) for each in words))


def _parts(judgement: Judgement) -> _Parts:
    keywords = {line.rule: line.points for line in judgement.receipt if _is_keyword(line.rule)}
    rest = (
        line.points
        for line in judgement.receipt
        if line.rule not in keywords and line.rule not in _OVER_ALL
    )
    return _Parts(sum(rest, 0.0), keywords)


def _points(words: Watchlist, wording: Wording) -> Mapping[str, float]:
    """The keywords that occur, with their points."""
    return _parts(judge(words, wording)).keywords if words.keywords else {}


def _is_keyword(rule: str) -> bool:
    return rule.startswith(_KEYWORD)


def _compared(before: _Parts, after: _Parts) -> Replayed:
    rules = {
        rule
        for rule in (*before.keywords, *after.keywords)
        if before.keywords.get(rule) != after.keywords.get(rule)
    }
    return Replayed(before.score, after.score, tuple(sorted(rules)))


# --- what was changed ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Probe:
    """Everything that a change is about; where nothing of it occurs, the change does nothing."""

    watchlist: Watchlist
    is_empty: bool
    has_han: bool

    @classmethod
    def between(cls, *trials: Trial) -> _Probe | None:
        """What is not the same in all of them; None where that is more than single rows."""
        beat = _without_subjects(trials[-1].beat)
        for old, new in pairwise(trial.beat for trial in trials):
            changed = beat if _is_same(old, new) else _changed(old, new)
            if changed is None:
                return None
            beat = _joined(beat, changed)
        watchlist = compile_watchlist(beat, _differing(*(trial.keywords for trial in trials)))
        rows = [*chain(*_tables(beat)), *watchlist.keywords]
        has_han = any(is_han(alias) for row in rows for alias in row.aliases)
        return cls(watchlist, is_empty=not rows, has_han=has_han)

    def finds(self, wording: Wording) -> bool:
        """Whether anything of it may stand there, in whatever spelling or language."""
        if self.is_empty:
            return False
        return any(text and self._stands_in(text) for _, text in wording.fields())

    def _stands_in(self, text: str) -> bool:
        han = has_han(text)
        if _begins(self.watchlist.words.places(without_han(text) if han else text)):
            return True
        return han and self.has_han and _begins(self.watchlist.han.places(fold(text).text))


def _begins(places: Iterable[Place]) -> bool:
    return next(iter(places), None) is not None


def _differing(*each: Mapping[str, float]) -> dict[str, float]:
    """The keywords that are not everywhere the same."""
    every = dict.fromkeys(word for keywords in each for word in keywords)
    return {word: 0.0 for word in every if len({keywords.get(word) for keywords in each}) > 1}


def _without_subjects(beat: Beat) -> Beat:
    return replace(beat, entities=(), terms=(), rivals=(), traps=())


def _is_same(one: Beat, other: Beat) -> bool:
    return one.fingerprint == other.fingerprint


def _joined(one: Beat, other: Beat) -> Beat:
    return replace(
        one,
        entities=one.entities + other.entities,
        terms=one.terms + other.terms,
        rivals=one.rivals + other.rivals,
        traps=one.traps + other.traps,
    )


def _changed(before: Beat, after: Beat) -> Beat | None:
    """A beat of all that is not the same in both; None when it is more than single rows."""
    frames = [
        replace(_without_subjects(beat), id="", title="", topics=(), fingerprint="", commitments=())
        for beat in (before, after)
    ]
    if frames[0] != frames[1] or not all(
        _in_order(old, new) for old, new in zip(_tables(before), _tables(after), strict=True)
    ):
        return None
    return replace(
        after,
        entities=_only_in_one(before.entities, after.entities),
        terms=_only_in_one(before.terms, after.terms),
        rivals=_only_in_one(before.rivals, after.rivals),
        traps=_only_in_one(before.traps, after.traps),
    )


def _tables(beat: Beat) -> tuple[tuple[Entity | Term | Rival | Trap, ...], ...]:
    return beat.entities, beat.terms, beat.rivals, beat.traps


def _in_order(
    before: Iterable[Entity | Term | Rival | Trap], after: Iterable[Entity | Term | Rival | Trap]
) -> bool:
    """Whether what both have stands in the same order, which decides between equal finds."""
    old, new = _by_id(before), _by_id(after)
    same = {key for key in old if old[key] == new.get(key)}
    return [key for key in old if key in same] == [key for key in new if key in same]


def _only_in_one(before: tuple[_Subject, ...], after: tuple[_Subject, ...]) -> tuple[_Subject, ...]:
    old, new = _by_id(before), _by_id(after)
    gone = [row for key, row in old.items() if new.get(key) != row]
    come = [row for key, row in new.items() if old.get(key) != row]
    return (*gone, *come)


def _by_id(rows: Iterable[_Subject]) -> dict[str, _Subject]:
    return {row.id: row for row in rows}
