"""Matches -> score with its receipt: pure arithmetic, every step of it a line.

All points are multiples of one half, which binary fractions hold exactly, so that the lines of
a receipt sum to the score without any rounding, in whatever order they are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from monitor.beat import Weights
from monitor.match.forms import Layer
from monitor.match.gate import FIELDS, Nearness, nearness, supported
from monitor.match.matching import Occurrence, Watchlist
from monitor.model import Entity, Judgement, ReceiptLine, Rival, Term, Wording

JUDGED_CHARACTERS = 200_000
_HIGHEST = 100.0
_TOPICS = 3
# What is spoken of less than half as much as the main topic is only mentioned.
_TOPIC_SHARE = 0.5
# An organisation of ten states says little about any one of them.
_FEW_COUNTRIES = 3

_Subject = TypeVar("_Subject", covariant=True)


class _Found(NamedTuple, Generic[_Subject]):
    """One thing sought, its best occurrence and what that brings."""

    subject: _Subject
    occurrence: Occurrence
    points: float

    def line(self) -> ReceiptLine:
        return _line(self.occurrence, self.points)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What was found of each kind, in reading order."""

    entities: list[_Found[Entity]] = field(default_factory=list)
    terms: list[_Found[Term]] = field(default_factory=list)
    rivals: list[_Found[Rival]] = field(default_factory=list)
    keywords: list[_Found[Term]] = field(default_factory=list)


def judge(watchlist: Watchlist, wording: Wording) -> Judgement:
    """How relevant a wording is, 0 to 100, and why.

    Only title, summary and text decide, of them the first 200,000 characters. ``wording.lang``
    is taken as found (`monitor.text.language.identify`).
    """
    judged = _judged(wording)
    occurrences = supported(watchlist.find(judged.fields(), wording.lang))
    if not occurrences and judged is wording:
        return Judgement(score=0.0, lang=wording.lang)
    evidence = _evidence(watchlist.weights, occurrences)
    lines = _beat_lines(watchlist, occurrences, evidence, judged)
    lines += [found.line() for found in evidence.keywords]
    lines += _clamped(lines)
    if judged is not wording:
        lines.append(ReceiptLine(f"length: the first {JUDGED_CHARACTERS} characters judged", 0.0))
    return Judgement(
        score=_total(lines),
        receipt=tuple(lines),
        countries=_countries(evidence.entities),
        topics=_topics([*evidence.entities, *evidence.terms]),
        entities=tuple(_ranked((found.subject.id, found.points) for found in evidence.entities)),
        lang=wording.lang,
    )


def _judged(wording: Wording) -> Wording:
    """The wording within the limit of characters; itself when nothing has to be left out."""
    title, summary, text = wording.title, wording.summary, wording.text
    if len(title) + len(summary) + len(text) <= JUDGED_CHARACTERS:
        return wording
    title = title[:JUDGED_CHARACTERS]
    summary = summary[: JUDGED_CHARACTERS - len(title)]
    text = text[: JUDGED_CHARACTERS - len(title) - len(summary)]
    return Wording(title, summary, text, wording.lang)


# --- evidence ------------------------------------------------------------------------------------


def _evidence(weights: Weights, occurrences: Sequence[Occurrence]) -> _Evidence:
    """Each thing sought once, at its first occurrence in its best field."""
    factors = {"title": weights.title, "summary": weights.summary, "text": weights.text}
    best: dict[str, Occurrence] = {}
    for found in occurrences:
        known = best.get(found.sought.rule)
        if known is None or factors[found.field] > factors[known.field]:
            best[found.sought.rule] = found
    evidence = _Evidence()
    for found in best.values():
        _enter(evidence, found, factors[found.field])
    return evidence


def _enter(evidence: _Evidence, found: Occurrence, factor: float) -> None:
    """A carrier counts for each of its sides, a keyword in full wherever it stands."""
    subject = found.sought.subject
    if isinstance(subject, Entity):
        points = _half(subject.points * factor) * len(found.sought.sides)
        evidence.entities.append(_Found(subject, found, points))
    elif isinstance(subject, Rival):
        evidence.rivals.append(_Found(subject, found, 0.0))
    elif isinstance(subject, Term) and found.sought.layer is Layer.KEYWORD:
        evidence.keywords.append(_Found(subject, found, _half(subject.points)))
    elif isinstance(subject, Term):
        evidence.terms.append(_Found(subject, found, _half(subject.points * factor)))


def _half(points: float) -> float:
    """``points`` to the nearest half; never minus zero."""
    return round(points * 2) / 2 + 0.0


# --- lines ---------------------------------------------------------------------------------------


def _beat_lines(
    watchlist: Watchlist,
    occurrences: Sequence[Occurrence],
    evidence: _Evidence,
    wording: Wording,
) -> list[ReceiptLine]:
    """Evidence of the beat's own, then what lowers it; their sum is within 0 and 100."""
    if not evidence.entities:
        return []
    weights = watchlist.weights
    sides = tuple(side.id for side in watchlist.beat.sides)
    lines = _entity_lines(evidence.entities, sides, _half(weights.side_cap))
    lines += _term_lines(evidence.terms, _half(weights.term_cap))
    lines += _near_lines(weights, nearness(occurrences, dict(wording.fields()), sides))
    lines += _damper_lines(evidence.terms, _total(lines))
    lines += _rival_lines(weights, evidence, _total(lines))
    spoken_for = {side for found in evidence.entities for side in found.occurrence.sought.sides}
    missing = [side for side in sides if side not in spoken_for]
    lines += _gate_lines(missing, _half(weights.gate_cap), _total(lines))
    return lines + _saturation_lines(_total(lines))


def _entity_lines(
    entities: Iterable[_Found[Entity]], sides: Sequence[str], cap: float
) -> list[ReceiptLine]:
    """The strongest first; each side takes no more than its cap from all of them together."""
    left = dict.fromkeys(sides, cap)
    lines = []
    for found in sorted(entities, key=lambda found: -found.points):
        its_sides = found.occurrence.sought.sides
        share = found.points / max(1, len(its_sides))
        taken = {side: min(share, left[side]) for side in its_sides}
        for side, points in taken.items():
            left[side] -= points
        lines.append(_line(found.occurrence, sum(taken.values())))
    return lines


def _term_lines(terms: Iterable[_Found[Term]], cap: float) -> list[ReceiptLine]:
    """The strongest first, all of them together within the cap."""
    lines = []
    for found in sorted(terms, key=lambda found: -found.points):
        if found.points >= 0:
            points = min(found.points, cap)
            cap -= points
            lines.append(_line(found.occurrence, points))
    return lines


def _near_lines(weights: Weights, near: Nearness | None) -> list[ReceiptLine]:
    if near is None:
        return []
    bonus = _half(getattr(weights, near.weight))
    return [_line(near.occurrence, bonus, f"near:{near.weight}")]


def _damper_lines(terms: Iterable[_Found[Term]], total: float) -> list[ReceiptLine]:
    """What tells that the article is about something else lowers it, but not below zero."""
    lines = []
    for found in terms:
        if found.points < 0:
            points = max(found.points, -total)
            total += points
            lines.append(_line(found.occurrence, points))
    return lines


def _rival_lines(weights: Weights, evidence: _Evidence, total: float) -> list[ReceiptLine]:
    """One line for the strongest rival whose explained side is absent or told later than it."""
    lowering = [
        (_half((weights.partner if rival.partner else weights.rival) * factor), found)
        for rival, found, _ in evidence.rivals
        if _explains(rival, found, evidence.entities)
        for factor in (getattr(weights, found.field) / weights.title,)
    ]
    if not lowering or total <= 0:
        return []
    lowers, found = max(lowering, key=lambda pair: pair[0])
    return [_line(found, -min(lowers, total))]


def _explains(rival: Rival, found: Occurrence, entities: Iterable[_Found[Entity]]) -> bool:
    fields = [
        FIELDS.index(entity.occurrence.field)
        for entity in entities
        if rival.explains in entity.occurrence.sought.sides
    ]
    return not fields or min(fields) > FIELDS.index(found.field)


def _gate_lines(missing: Iterable[str], cap: float, total: float) -> list[ReceiptLine]:
    """A line for each side that nothing speaks for; together they hold the score under the cap."""
    lines = []
    for side in missing:
        lines.append(ReceiptLine(f"gate:{side}", min(0.0, cap - total)))
        total = min(total, cap)
    return lines


def _saturation_lines(total: float) -> list[ReceiptLine]:
    return [ReceiptLine("saturation", _HIGHEST - total)] if total > _HIGHEST else []


def _clamped(lines: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    total = _total(lines)
    within = min(_HIGHEST, max(0.0, total))
    return [] if within == total else [ReceiptLine("clamp", within - total)]


def _total(lines: Iterable[ReceiptLine]) -> float:
    return sum((line.points for line in lines), 0.0)


def _line(found: Occurrence, points: float, rule: str | None = None) -> ReceiptLine:
    sought, alias, form, name, start, end = found
    return ReceiptLine(rule or sought.rule, points, alias.text, form, name, start, end)


# --- what it is about ----------------------------------------------------------------------------


def _ranked(weighed: Iterable[tuple[str, float]]) -> list[str]:
    """Names by the sum of their weights, heaviest first, ties in the order of their coming."""
    sums: dict[str, float] = {}
    for name, weight in weighed:
        sums[name] = sums.get(name, 0.0) + weight
    return sorted(sums, key=lambda name: -sums[name])


def _countries(entities: Iterable[_Found[Entity]]) -> tuple[str, ...]:
    named = [
        (country, found.points / len(found.subject.countries))
        for found in entities
        if len(found.subject.countries) <= _FEW_COUNTRIES
        for country in found.subject.countries
    ]
    return tuple(_ranked(named))


def _topics(found: Iterable[_Found[Entity] | _Found[Term]]) -> tuple[str, ...]:
    """The topics that most speaks of; what speaks of several divides its points among them."""
    sums: dict[str, float] = {}
    for one in found:
        for topic in one.subject.topics:
            share = max(one.points, 0.0) / len(one.subject.topics)
            sums[topic] = sums.get(topic, 0.0) + share
    least = _TOPIC_SHARE * max(sums.values(), default=0.0)
    ranked = sorted((topic for topic in sums if sums[topic] >= least), key=lambda it: -sums[it])
    return tuple(ranked[:_TOPICS])
