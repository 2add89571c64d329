"""Whether words have their grounds in a source: what a model adds, changes or drops. Pure.

Every figure with its unit and magnitude, every other number, every name and day has to be in the
source; denials stay denials, plans stay plans. What cannot be traced is objected to, so honest
words are lost now and then, and the outlet's own stand in their place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from monitor.model import Claims
from monitor.text.scripts import Script, has_han, main_script
from monitor.text.skeleton import skeleton

_MARKUP = re.compile(r"https?:|www\.|[<>@`{}|]|\*\*|\w\.(?:com|net|org|ru|cn|info|io)\b", re.I)
# Square and cubic units.
_POWER = re.compile(r"(?<=[^\W\d_])[²³]")
_SCRIPTS = {"zh": Script.HAN, "ru": Script.CYRILLIC, "en": Script.LATIN}
# Kinds of marks: who, where and when; and what is done with what.
_NAMING, _TELLING = "ecwd", "ecwdkat"
_ACT, _THING = "a", "k"
# How much longer than their source words may be. A Chinese character says about as much as three
# letters.
_MOST_GROWTH, _ROOM, _HAN_WEIGHT = 1.6, 40, 3
# The share of a source's marks that a translation keeps, and of words that a rewriting has from it.
_KEPT, _SHARED = 0.5, 0.6
# From which share of its length on a rewriting has left nothing out.
_AS_LONG = 0.9
# Consonants that tell a name from others.
_SHORTEST_SKELETON, _SURE_SKELETON = 3, 4


def objection(words: str, said: Claims, source: str, given: Claims) -> str | None:
    """Why ``words`` may not be printed, or None; ``said`` and ``given`` are what they claim.

    ``source`` is the text that they were made of.
    """
    reasons = (
        _shape(words, said.lang, source),
        _figures(said, given),
        _digits(said, given),
        _signs(words, said.lang, source),
        _strong(said, given),
        _names(said, given),
        _moods(said, given),
        _acts(said, given),
        _tie(said, given),
    )
    return next((reason for reason in reasons if reason), None)


# --- shape ---------------------------------------------------------------------------------------


def _shape(words: str, lang: str, source: str) -> str | None:
    if not words:
        return "it is empty"
    if _MARKUP.search(words):
        return "it has an address or markup in it"
    if main_script(words) is not _SCRIPTS[lang]:
        return "it is in another language than was asked for"
    if _length(words) > _MOST_GROWTH * _length(source) + _ROOM:
        return "it is much longer than its source"
    return None


def _length(text: str) -> int:
    return sum(_HAN_WEIGHT if "\u3400" <= letter <= "\u9fff" else 1 for letter in text)


# --- numbers -------------------------------------------------------------------------------------


def _figures(said: Claims, given: Claims) -> str | None:
    added = sorted(one for one in said.figures - given.figures if not _is_counted(one, given))
    if not added:
        return None
    value, unit = added[0]
    number = f"{value:.15g}" if unit == "year" else f"{value:,.15g}"
    return f"its source has no {f'{number} {unit}'.strip(' ?')}"


def _is_counted(figure: tuple[float, str], given: Claims) -> bool:
    """Whether the source has the number without a unit as a numeral, or of things that it counts.

    A number before no word leaves out what it counts: trains exceed 8,000.
    """
    value, unit = figure
    if unit in ("", "?") and f"{value:g}" in given.digits | given.numerals:
        return True
    return not unit and any((value, counted) in given.figures for counted in _counted())


def _digits(said: Claims, given: Claims) -> str | None:
    """Years and the like; the numbers of a day that both name are the same in any order."""
    known = given.digits | {part for mark in given.marks & said.marks for part in _day(mark)}
    known |= {f"{value:g}" for value, unit in given.figures if unit == "year"}
    added = sorted(digits for digits in said.digits if digits not in known)
    return f"its source has no number {added[0]}" if added else None


def _signs(words: str, lang: str, source: str) -> str | None:
    """Whether a number is written in signs that are no plain digits: ⑫, ½, 𝟗.

    Chinese numerals are read with the figures of a Chinese text.
    """
    for sign in _POWER.sub("", words):
        is_read = sign.isascii() or sign in source or (lang == "zh" and has_han(sign))
        if not is_read and unicodedata.numeric(sign, None) is not None:
            return f"its source has no {sign}"
    return None


def _strong(said: Claims, given: Claims) -> str | None:
    added = sorted(said.strong - given.strong)
    return f"its source speaks of no {added[0]}" if added else None


def _day(mark: str) -> list[str]:
    return mark[1:].split("-") if mark.startswith("d") else []


# --- names ---------------------------------------------------------------------------------------


def _names(said: Claims, given: Claims) -> str | None:
    named = (said.marks | said.lowered) - _known(given) - given.lowered
    added = sorted(mark for mark in named if mark[0] in _NAMING)
    if added:
        return f"its source does not name {added[0][1:]}"
    known = frozenset(map(skeleton, given.words))
    unknown = sorted(name for name in said.names if not _is_traced(name, given, known))
    return f"its source does not name {unknown[0]}" if unknown else None


def _is_traced(name: str, given: Claims, skeletons: frozenset[str]) -> bool:
    """Whether a name stands in the source: as it is, or with its consonants in another script."""
    parts = name.split()
    if (
        name in given.names
        or all(part in given.words for part in parts)
        or (not name.isascii() and name in given.text)
    ):
        return True
    if main_script(name) is Script.HAN:
        return False
    ours = skeleton(name)
    if len(ours) >= _SURE_SKELETON:
        return any(theirs.startswith(ours[:_SURE_SKELETON]) for theirs in skeletons)
    return len(ours) >= _SHORTEST_SKELETON and ours in skeletons


# --- what is told --------------------------------------------------------------------------------


def _moods(said: Claims, given: Claims) -> str | None:
    """Denials and plans. Languages deny in more words or fewer, one language does not."""
    denied, denying = given.denied, said.denied
    if said.lang != given.lang:
        denied, denying = min(denied, 1), min(denying, 1)
    if denied != denying:
        return "it drops a denial" if denied > denying else "it denies what its source does not"
    is_as_long = said.lang == given.lang and len(said.text) >= _AS_LONG * len(given.text)
    least = given.open if is_as_long else min(given.open, 1)
    if said.open < least and (is_as_long or any(mark[0] == _ACT for mark in said.marks)):
        return "it tells as done what its source tells as planned"
    return None


def _acts(said: Claims, given: Claims) -> str | None:
    for first, second in _opposites():
        if first in said.marks - given.marks and second in given.marks:
            return f"it says {first[1:]} where its source says {second[1:]}"
    acts, sources = ({m for m in each.marks if m[0] == _ACT} for each in (said, given))
    if acts and sources and acts.isdisjoint(sources):
        return f"it says {min(acts)[1:]} where its source says {min(sources)[1:]}"
    return _swapped(said, given)


def _swapped(said: Claims, given: Claims) -> str | None:
    """Whether one thing stands where the source has another.

    In one language the words for things are the same ones, so that any other thing is added.
    """
    ours, theirs = ({mark for mark in each.marks if mark[0] == _THING} for each in (said, given))
    if ours - theirs and (theirs - ours or said.lang == given.lang):
        return f"it speaks of {min(ours - theirs)[1:]}, which its source does not"
    return None


def _tie(said: Claims, given: Claims) -> str | None:
    """Whether it is about the same at all."""
    if said.lang == given.lang:
        ours = said.roots
        if ours and len(ours & given.roots) < _SHARED * len(ours):
            return "few of its words are from its source"
        return None
    telling = {mark for mark in given.marks if mark[0] in _TELLING}
    if not telling:
        return "nothing in its source can be recognised in another language"
    if len(telling & _known(said)) < _KEPT * len(telling):
        return "it leaves out most of what its source tells"
    return None


def _known(claims: Claims) -> frozenset[str]:
    return claims.marks | claims.implied


# --- data ----------------------------------------------------------------------------------------


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    return tuple(_both_ways(_table()["opposites"].split()))


@cache
def _counted() -> tuple[str, ...]:
    return tuple(_table()["counted"].split())


@cache
def _table() -> dict[str, str]:
    source = files("monitor.assist").joinpath("data", "grounds.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _both_ways(pairs: list[str]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        first, _, second = pair.partition("-")
        yield first, second
        yield second, first
