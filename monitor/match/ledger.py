"""Figures with what they are of: sentences -> statements -> contradictions. Pure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.match.figures import figures
from monitor.match.gate import supported
from monitor.match.matching import Watchlist
from monitor.match.scoring import JUDGED_CHARACTERS
from monitor.model import Account, Contradiction, Figure, Statement, Wording
from monitor.text.counting import is_year
from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.scripts import has_han
from monitor.text.sentences import spans

# Part of the fingerprint: raised when the same sentences would be read otherwise.
_ENGINE = 1
_STAGE, _YEAR = "stage", "year"
_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`-][^\W\d_]+)*")
_YEARS = re.compile(r"(?<![\w.,])(?:19|20)\d\d(?!\w|[.,]\d)")
# How far from a year, in characters, the word that makes it one of finishing or starting may be.
_BESIDE = 40
# Letters of a currency's code; TEU is told from one by the table of units.
_CODE = 3
_NO_CURRENCY = "TEU"
# Values that differ by less are one, rounded differently.
_SAME = 0.005


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What tells of what kind a figure is, and how far a work is, in one language."""

    kinds: Lexicon
    stages: Mapping[str, tuple[str, ...]]


def fingerprint(watchlist: Watchlist) -> str:
    """A SHA-256, in hex, of all that decides what stands in the ledger."""
    said = f"{_ENGINE} {watchlist.fingerprint} {_source()}"
    return hashlib.sha256(said.encode()).hexdigest()


def statements(watchlist: Watchlist, wording: Wording) -> list[Statement]:
    """What a wording says in numbers, and how far works are, in reading order.

    A sentence that names no work is about those, too, that the one before it names.
    """
    fields = [(name, text[:JUDGED_CHARACTERS]) for name, text in wording.fields()]
    named: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for found in supported(watchlist.find(fields, wording.lang)):
        named[found.field].append((found.start, found.sought.subject.id))
    kinds = {entity.id: entity.kind for entity in watchlist.beat.entities}
    said = (
        statement
        for name, text in fields
        for start, end, subjects in _sentences(text, named[name], kinds)
        for statement in _read(text[start:end], name, start, subjects, wording.lang)
    )
    return list(_once(said))


def _once(found: Iterable[Statement]) -> Iterator[Statement]:
    """Each figure of a sentence once, though the text may begin with the summary again."""
    seen: set[tuple[str, float, str]] = set()
    for each in found:
        key = (each.sentence, each.figure.value, each.figure.unit)
        if key not in seen:
            seen.add(key)
            yield each


def _sentences(
    text: str, named: Sequence[tuple[int, str]], kinds: Mapping[str, str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    before: list[str] = []
    last = 0
    for start, end in spans(text):
        here = dict.fromkeys(name for at, name in named if start <= at < end and name in kinds)
        works = [name for name in here if is_work(kinds[name])]
        carried = before if not works and "\n" not in text[last:start] else []
        yield start, end, (*here, *carried)
        before, last = works, end


def _read(
    sentence: str, field: str, offset: int, subjects: tuple[str, ...], lang: str
) -> Iterator[Statement]:
    kinds = _kinds(lang)
    places = list(_kind_places(sentence, kinds.kinds))
    quoted = figures(sentence, lang)
    for figure in [*quoted, *_years(sentence, quoted, places)]:
        kind = _nearest(figure, places)
        yield Statement(_moved(figure, offset), kind, subjects, sentence, field)
    stage = _stage(sentence, kinds.stages)
    if stage is not None:
        yield Statement(_moved(stage, offset), _STAGE, subjects, sentence, field)


def _moved(figure: Figure, by: int) -> Figure:
    return Figure(figure.value, figure.unit, figure.text, figure.start + by, figure.end + by)


def is_work(kind: str) -> bool:
    """Whether entities of a kind are works: built once, so that accounts of one must agree."""
    return kind in _table()["works"]


# --- of what kind --------------------------------------------------------------------------------


def _kind_places(sentence: str, kinds: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each word that tells of one."""
    if has_han(sentence):
        for found in kinds.han_pattern.finditer(sentence):
            yield found.start(), found.end(), kinds.han[found[0]]
        return
    words = [
        (found.start(), found.end(), fold(found[0]).text) for found in _WORD.finditer(sentence)
    ]
    for place, (start, end, word) in enumerate(words):
        following = words[place + 1][2] if place + 1 < len(words) else ""
        kind = kinds.pair(word, following) or kinds.word(word)
        if kind is not None:
            yield start, end, kind


def _nearest(figure: Figure, places: Sequence[tuple[int, int, str]]) -> str:
    """The kind that the word nearest to a figure tells of, of those that its unit fits."""
    fitting = [each for each in places if _fits(figure.unit, each[2])]
    near = min(fitting, key=lambda each: _distance(figure, each), default=None)
    return near[2] if near else ""


def _fits(unit: str, kind: str) -> bool:
    units = _table()["units"][kind]
    return unit in units or ("money" in units and _is_currency(unit))


def _is_currency(unit: str) -> bool:
    return len(unit) == _CODE and unit.isupper() and unit != _NO_CURRENCY


def _distance(figure: Figure, place: tuple[int, int, str]) -> int:
    return max(place[0] - figure.end, figure.start - place[1], 0)


def _years(
    sentence: str, quoted: Sequence[Figure], places: Sequence[tuple[int, int, str]]
) -> Iterator[Figure]:
    """Years beside a word of finishing or starting, which are dates elsewhere."""
    taken = {figure.start for figure in quoted}
    for found in _YEARS.finditer(sentence):
        figure = Figure(int(found[0]), _YEAR, found[0], found.start(), found.end())
        near = [each for each in places if _distance(figure, each) <= _BESIDE]
        if is_year(found[0]) and figure.start not in taken and _nearest(figure, near):
            yield figure


def _stage(sentence: str, stages: Mapping[str, tuple[str, ...]]) -> Figure | None:
    folded = fold(sentence).text
    for number, (stage, phrases) in enumerate(stages.items()):
        if any(phrase in folded for phrase in phrases):
            return Figure(number, _STAGE, stage, 0, len(sentence))
    return None


# --- contradictions ------------------------------------------------------------------------------


def contradictions(accounts: Iterable[Account], subject: str) -> list[Contradiction]:
    """What ``accounts``, in the order of telling, say of a subject that cannot all be right.

    Only of kinds of which an undertaking has one value; values that differ by rounding agree.
    """
    groups: dict[tuple[str, str], list[Account]] = defaultdict(list)
    for each in accounts:
        statement = each.statement
        if subject in statement.subjects and statement.kind in _table()["lasting"]:
            groups[statement.kind, statement.figure.unit].append(each)
    found = []
    for (kind, unit), group in groups.items():
        distinct = _distinct(group)
        if len(distinct) > 1:
            found.append(Contradiction(subject, kind, unit, tuple(distinct)))
    return found


def _distinct(accounts: Sequence[Account]) -> list[Account]:
    """The first account of each value, but none of a range, whose ends differ by nature."""
    alone = [each for each in accounts if _is_alone(each, accounts)]
    first: list[Account] = []
    for each in alone:
        if not any(_is_same(known, each) for known in first):
            first.append(each)
    return first


def _is_same(earlier: Account, later: Account) -> bool:
    """Whether two accounts may both be right; a work that went on meanwhile is no contradiction."""
    one, other = earlier.statement.figure, later.statement.figure
    if one.unit == _STAGE and other.value > one.value:
        days: int = _table()["progress_days"]
        return (later.at - earlier.at).days > days
    return agree(one, other)


def _is_alone(account: Account, accounts: Sequence[Account]) -> bool:
    statement = account.statement
    return not any(
        other.statement.sentence == statement.sentence
        and other.article_id == account.article_id
        and other.statement.figure.value != statement.figure.value
        for other in accounts
    )


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures of a unit may be one: 94.8, 94.82 and 95 billion; years only as such."""
    if one.unit in {_YEAR, _STAGE}:
        return one.value == other.value
    largest = max(abs(one.value), abs(other.value))
    if abs(one.value - other.value) <= _SAME * largest:
        return True
    digits = min(_digits(one.value), _digits(other.value))
    return f"{one.value:.{digits}g}" == f"{other.value:.{digits}g}"


def _digits(value: float) -> int:
    """Significant digits of a value, not fewer than two."""
    return max(2, len(f"{value:.12g}".replace(".", "").split("e")[0].strip("0")))


# --- the words -----------------------------------------------------------------------------------


@cache
def _source() -> str:
    return files("monitor.match").joinpath("data/statements.toml").read_text("utf-8")


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_source())


@cache
def _kinds(lang: str) -> _Kinds:
    rows = _table()
    return _Kinds(
        built({kind: words_of(row, lang) for kind, row in rows["kinds"].items()}),
        {
            stage: tuple(phrase.replace("_", " ") for phrase in words_of(row, lang))
            for stage, row in rows["stages"].items()
        },
    )
