"""What a text claims: names, numbers and acts, for comparing words with their sources."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text in ``lang`` says that can be looked up in another one.

    ``figures`` are values with units, ``?`` for things without one, empty where no thing is named;
    ``digits`` are the numbers as written that are in no figure, ``numerals`` single Chinese ones.
    ``marks`` are those of `monitor.match.signing` for everything known in all languages,
    ``implied`` further ones that go without saying: the countries of people and places, and what is
    only a name for several countries. ``names`` are the folded words that look like further names,
    ``lowered`` are marks of what the beat knows where it stands without its capital. ``strong`` are
    the ids of ``match/data/claims.toml`` for vague numerals, multiples and deaths. ``words`` are
    all folded words, ``roots`` those that tell something. ``open`` counts the words that plan or
    make conditions, ``denied`` those that deny.
    """

    lang: str
    figures: frozenset[tuple[float, str]] = frozenset()
    digits: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    implied: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    lowered: frozenset[str] = frozenset()
    strong: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    text: str = ""
    open: int = 0
    denied: int = 0
