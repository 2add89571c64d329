"""The language of a wording: letters that decide first, then a library, a declaration last."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from monitor.text.scripts import Script, main_script
from monitor.text.tables import table

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"
# Enough for certainty; more would only cost time.
_READ = 300
# Below this many letters a declared language of the right script is believed.
_FEW_LETTERS = 48


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
    ranked = _ranked(text)
    if _is_short(text):
        prior = known_code(declared)
        if prior is not None and prior in ranked[:_BELIEVED]:
            return prior
    return ranked[0]


# How far down the library's list a declared language may stand to be believed for a short text.
_BELIEVED = 4


def known_code(declared: str | None) -> str | None:
    """``declared`` ("zh-CN", "kaz") as an ISO 639-1 code; None when it says nothing."""
    if not declared:
        return None
    primary = declared.strip().replace("_", "-").split("-")[0].casefold()
    code = _synonyms().get(primary, primary)
    return code if code in table("languages")["candidates"] else None


def _is_short(text: str) -> bool:
    return sum(letter.isalpha() for letter in text[: 4 * _FEW_LETTERS]) < _FEW_LETTERS


def _by_letters(text: str) -> str | None:
    counts = Counter(unicodedata.normalize("NFC", text).casefold())
    letters = sum(number for letter, number in counts.items() if letter.isalpha())
    for rule in table("languages")["letters"]:
        if any(letter in counts for letter in rule["never"]):
            continue
        telling = sum(counts[letter] for letter in rule["letters"])
        if telling and telling >= rule["share"] * letters:
            return str(rule["lang"])
    return None


def _ranked(text: str) -> list[str]:
    """Languages of ``text`` in the library's order, likeliest first."""
    clean = text.encode("utf-8", "ignore").decode("utf-8")
    return [_synonyms().get(lang, lang) for lang, _ in _identifier().rank(clean)]


@cache
def _synonyms() -> dict[str, str]:
    same: dict[str, list[str]] = table("languages")["same"]
    return {name: lang for lang, names in same.items() for name in names}


@cache
def _identifier() -> LanguageIdentifier:
    # Loading the model takes a third of a second and brings numpy: only when first needed.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    wanted = [*table("languages")["candidates"], *_synonyms()]
    identifier.set_languages([lang for lang in wanted if lang in identifier.labels])
    return identifier
