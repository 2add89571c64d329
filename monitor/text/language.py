"""The language of a wording: letters first, small words, a library, a declaration last."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from monitor.text.scripts import Script, main_script, scripts
from monitor.text.sequences import Model, load_model
from monitor.text.tables import table

UNDETERMINED = "und"
# Enough for certainty; more would only cost time.
_READ = 300
# Below this many letters a declared language is believed when the library finds it likely too …
_FEW_LETTERS = 48
# … that is, when it stands so far up in the library's list …
_BELIEVED = 4
# … and below this many letters, which tell nothing, when it is written in the text's script.
_VERY_FEW_LETTERS = 10
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 2
_TIMES_AS_MANY = 3


def identify(title: str, summary: str = "", declared: str | None = None) -> str:
    """The ISO 639-1 code of the language of ``title`` and ``summary``, ``und`` without letters.

    ``declared`` is what the feed or the caller says; it decides only texts too short to tell.
    """
    text = f"{title}\n{summary}"[:_READ]
    script = main_script(text)
    if script is Script.OTHER:
        return known_code(declared) or UNDETERMINED
    by_letters = _by_letters(text)
    if by_letters is not None:
        return by_letters
    if script is Script.HAN:
        return "zh"
    return _by_words(text) or _by_statistics(text, known_code(declared))


def _by_statistics(text: str, declared: str | None) -> str:
    ranked = _ranked(text)
    letters = sum(letter.isalpha() for letter in text)
    if declared is not None and letters < _FEW_LETTERS:
        believed = ranked if letters < _VERY_FEW_LETTERS else ranked[:_BELIEVED]
        if declared in believed:
            return declared
    return ranked[0]


def known_code(declared: str | None) -> str | None:
    """``declared`` ("zh-CN", "kaz") as an ISO 639-1 code; None when it says nothing."""
    if not declared:
        return None
    primary = declared.strip().replace("_", "-").split("-")[0].casefold()
    code = _synonyms().get(primary, primary)
    return code if code in table("languages")["candidates"] else None


def _by_letters(text: str) -> str | None:
    folded = unicodedata.normalize("NFC", text).casefold()
    there = frozenset(folded)
    for lang, telling, never, share in _telling_letters():
        if there.isdisjoint(telling) or not there.isdisjoint(never):
            continue
        number = sum(map(folded.count, telling))
        if number >= share * sum(map(str.isalpha, folded)):
            return lang
    return None


@cache
def _telling_letters() -> tuple[tuple[str, frozenset[str], frozenset[str], float], ...]:
    """Languages with their letters, those that they do not have, and the share that decides."""
    return tuple(
        (row["lang"], frozenset(row["letters"]), frozenset(row["never"]), row["share"])
        for row in table("languages")["letters"]
    )


def _by_words(text: str) -> str | None:
    """The language whose small words stand in ``text``; None where they do not tell.

    It spares most texts the statistics, which take ten times as long.
    """
    folded = text.casefold()
    there = frozenset(_WORD.findall(folded))
    counts: Counter[str] = Counter()
    for lang, words, never in _small_words():
        number = len(there & words)
        if number and never.isdisjoint(folded):
            counts[lang] = max(counts[lang], number)
    (first, most), (_, next_most) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _ENOUGH_WORDS and most >= _TIMES_AS_MANY * next_most else None


@cache
def _small_words() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Languages with their small words, and the letters that they do not have."""
    return tuple(
        (row["lang"], frozenset(row["words"].split()), frozenset(row.get("never", "")))
        for row in table("languages")["words"]
    )


def _ranked(text: str) -> list[str]:
    """The languages of the text's scripts, likeliest first; ``und`` leads where all are as likely.

    The model judges by sequences of bytes, and some short texts have none that it knows.
    """
    written = {lang for script in scripts(text) for lang in table("languages")["scripts"][script]}
    also = {lang for lang, same in _synonyms().items() if same in written}
    ranked = _model().rank(text, written | also)
    is_blind = ranked[0][1] == ranked[-1][1]
    langs = [_synonyms().get(lang, lang) for lang, _ in ranked]
    return [*([UNDETERMINED] if is_blind else []), *langs]


@cache
def _synonyms() -> dict[str, str]:
    same: dict[str, list[str]] = table("languages")["same"]
    return {name: lang for lang, names in same.items() for name in names}


@cache
def _model() -> Model:
    """Loaded only when first needed: most texts give their language away otherwise."""
    written = {lang for langs in table("languages")["scripts"].values() for lang in langs}
    return load_model({*written, *_synonyms()})
