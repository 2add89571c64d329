"""What a sentence says was done: acts that have happened, in eight languages.

The words are in ``data/actions.toml``. An act that is planned, denied or conditional is none: in
its own clause, nothing of that may stand before it or behind it, as far as the language reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.scripts import has_han
from monitor.text.suffixes import stem
from monitor.text.tables import table

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’‘ʻʼ`‑-][^\W_]+)*|[,;:()—–!?]")
_BREAKS = frozenset(",;:()—–!?")
_HAN_CLAUSE = re.compile(r"[^，,、。；;：:！？!?]+")
_HAN = "zh"
# What a lexicon calls its words where all of them mean the same.
_ANY = "any"
_HINDERING = ("plans", "negations", "conditions")


def kinds() -> frozenset[str]:
    """The kinds of acts that there are words for."""
    return frozenset(table("actions")["acts"])


class Act(NamedTuple):
    """That something has happened, and the span of the clause that says so."""

    kind: str
    start: int
    end: int


def acts_in(sentence: str, lang: str) -> tuple[Act, ...]:
    """What ``sentence`` says has happened, clause by clause."""
    if has_han(sentence):
        return tuple(_of_han(sentence))
    rules = _rules(lang)
    return tuple(
        Act(kind, start, end)
        for start, end, words in _clauses(sentence)
        for kind in _of_clause(words, rules)
    )


def speaks_of_part(sentence: str, lang: str) -> bool:
    """Whether a sentence names a part of something, such as a first section of a road."""
    parts = _rules(_HAN if has_han(sentence) else lang).parts
    folded = fold(sentence).text
    return bool(parts.ids(folded.split()) or (has_han(folded) and parts.han_ids(folded)))


class _Rules(NamedTuple):
    """The words of one language, and how many words of a clause are looked at around an act."""

    acts: Mapping[str, Lexicon]
    hindering: Lexicon
    void: Lexicon
    voidable: frozenset[str]
    next: Lexicon
    parts: Lexicon
    before: int
    behind: int


@cache
def _rules(lang: str) -> _Rules:
    rows: Mapping[str, Any] = table("actions")
    hindering = [word for part in _HINDERING for word in words_of(rows[part], lang)]
    return _Rules(
        acts={kind: _lexicon(row, lang) for kind, row in rows["acts"].items()},
        hindering=built({_ANY: hindering}),
        void=_lexicon(rows["void"], lang),
        voidable=frozenset(rows["void"]["kinds"]),
        next=_lexicon(rows["next"], lang),
        parts=_lexicon(rows["parts"], lang),
        before=rows["reach"]["before"].get(lang, 0),
        behind=rows["reach"]["behind"].get(lang, 0),
    )


def _lexicon(row: Mapping[str, str], lang: str) -> Lexicon:
    words = words_of(row, lang)
    return built({_ANY: [form for word in words for form in _forms(word, lang)]})


def _forms(word: str, lang: str) -> Iterator[str]:
    """A word, or each form of one whose endings are named behind a slash, as whole words."""
    text, _, name = word.partition("/")
    if not name:
        yield word
    elif name == "*":
        inflected = stem(text, lang)
        tails = inflected.tails if isinstance(inflected.tails, frozenset) else ("",)
        yield from (f"{inflected.text}{tail}." for tail in tails)
    else:
        yield from (f"{text}{ending}." for ending in table("actions")["endings"][name])


# --- words with spaces ---------------------------------------------------------------------------


def _clauses(sentence: str) -> Iterator[tuple[int, int, list[str]]]:
    """The span of each clause with its folded words."""
    start, words = 0, list[str]()
    for found in _TOKEN.finditer(sentence):
        if found[0] in _BREAKS:
            yield start, found.start(), words
            start, words = found.end(), []
        else:
            # What is hyphenated tells what a thing is, not what happened: Swiss-built.
            words.append("-".join(fold(found[0]).text.split()))
    yield start, len(sentence), words


def _of_clause(words: Sequence[str], rules: _Rules) -> Iterator[str]:
    voided = rules.voidable if rules.void.ids(words) else frozenset()
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        for kind, lexicon in rules.acts.items():
            paired = following and lexicon.pair(word, following) is not None
            is_act = paired or lexicon.word(word) is not None
            if (
                is_act
                and kind not in voided
                and not _is_hindered(words, index, index + 1 + bool(paired), rules)
            ):
                yield kind


def _is_hindered(words: Sequence[str], start: int, end: int, rules: _Rules) -> bool:
    """Whether something around the act ``words[start:end]`` says that it has not happened."""
    before = words[max(0, start - rules.before) : start]
    behind = words[end : end + rules.behind]
    is_next = bool(before) and rules.next.word(before[-1]) is not None
    return is_next or bool(rules.hindering.ids(before) or rules.hindering.ids(behind))


# --- Chinese -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Following:
    """What may stand behind a Chinese act and put it into the future."""

    never: tuple[str, ...]
    then: tuple[str, ...]
    future: re.Pattern[str]


@cache
def _following() -> _Following:
    rows: Mapping[str, str] = table("actions")["following"]
    future = "|".join(map(re.escape, rows["with"].split()))
    return _Following(tuple(rows["never"].split()), tuple(rows["then"].split()), re.compile(future))


def _of_han(sentence: str) -> Iterator[Act]:
    rules, following = _rules(_HAN), _following()
    for found in _HAN_CLAUSE.finditer(sentence):
        clause = fold(found[0]).text
        rest = fold(sentence[found.end() :]).text
        voided = rules.voidable if rules.void.han_ids(clause) else frozenset()
        for kind, lexicon in rules.acts.items():
            for act in lexicon.han_pattern.finditer(clause):
                behind = clause[act.end() :]
                hindered = rules.hindering.han_ids(clause[: act.start()])
                if kind not in voided and not hindered and not _is_future(behind, rest, following):
                    yield Act(kind, found.start(), found.end())


def _is_future(behind: str, rest: str, following: _Following) -> bool:
    """Whether an act is only a time for what comes later: 建成后将, 竣工前."""
    if behind.startswith(following.never):
        return True
    return behind.startswith(following.then) and bool(following.future.search(behind + rest))
