"""The language of a wording: letters that decide first, then a library, a declaration last."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from monitor.text.scripts import Script, main_script, scripts
from monitor.text.tables import table

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"
# Enough for certainty; more would only cost time.
_READ = 300
# Below this many letters a declared language is believed when the library finds it likely too …
_FEW_LETTERS = 48
# … that is, when it stands so far up in the library's list …
_BELIEVED = 4
# … and below this many letters, which tell nothing, when it is written in the text's script.
_VERY_FEW_LETTERS = 10


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
    return _by_statistics(text, known_code(declared))


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
    """The languages of the text's scripts, likeliest first; ``und`` leads where all are as likely.

    The library judges by sequences of letters, and some short texts have none that it knows.
    """
    clean = text.encode("utf-8", "ignore").decode("utf-8")
    written = {lang for script in scripts(text) for lang in table("languages")["scripts"][script]}
    found = [(_synonyms().get(lang, lang), points) for lang, points in _identifier().rank(clean)]
    ranked = [(lang, points) for lang, points in found if lang in written]
    is_blind = ranked[0][1] == ranked[-1][1]
    return [*([UNDETERMINED] if is_blind else []), *(lang for lang, _ in ranked)]


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
