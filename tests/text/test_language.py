"""Finding the language of a wording."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.language import identify, known_code

SENTENCES = Path(__file__).resolve().parents[3] / "shared" / "languages" / "sentences.jsonl"
EIGHT = ("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk")
TITLES = {
    "en": "Trade between the two countries has doubled in a year",
    "ru": "Товарооборот между двумя странами вырос вдвое за год",
    "zh": "两国贸易额一年内翻了一番",
    "kk": "Екі ел арасындағы тауар айналымы бір жылда екі есе өсті",
    "uz": "Ikki davlat oʻrtasidagi savdo bir yilda ikki barobar oshdi",
    "ky": "Эки өлкөнүн ортосундагы соода бир жылда эки эсеге өстү",
    "tg": "Гардиши мол миёни ду кишвар дар як сол ду баробар афзуд",
    "tk": "Iki ýurduň arasyndaky söwda bir ýylda iki esse artdy",
}


@pytest.mark.parametrize("lang", TITLES)
def test_titles_are_recognised(lang: str) -> None:
    """A headline in each language of the press tells its language."""
    assert identify(TITLES[lang]) == lang


@pytest.mark.parametrize("declared", ["en", "de", "zh-CN", None, "nonsense"])
def test_a_wrong_declaration_does_not_move_a_clear_text(declared: str | None) -> None:
    """What the text says outweighs what the feed says."""
    assert identify(TITLES["kk"], declared=declared) == "kk"
    assert identify(TITLES["ru"], TITLES["ru"], declared=declared) == "ru"


def test_a_declaration_decides_what_no_letter_can() -> None:
    """Without letters the declared language stands, and without that none."""
    assert identify("2025: 4.7%", declared="ru-RU") == "ru"
    assert identify("2025: 4.7%") == "und"
    assert identify("") == "und"


@pytest.mark.parametrize(
    ("title", "declared", "lang"),
    [
        ("OK", None, "und"),
        ("OK", "en", "en"),
        ("OK", "ru", "und"),
        ("ШОС", "kk", "kk"),
        ("Oil", "en", "en"),
        ("Oil", "ar", "uz"),
        ("USA Gymnastics поддерживает", None, "ru"),
    ],
)
def test_very_short_titles_keep_to_their_script(
    title: str, declared: str | None, lang: str
) -> None:
    """A declared language of the script is believed; one of another script is never answered."""
    assert identify(title, declared=declared) == lang


@given(st.text(alphabet="abcKTZ 'ʻéşı", min_size=1, max_size=12), st.sampled_from(["ar", "ru"]))
def test_latin_letters_are_never_arabic_or_russian(title: str, declared: str) -> None:
    """Whatever a feed declares, and however little there is to read."""
    assert identify(title + "a", declared=declared) not in ("ar", "fa", "ru", "hi", "zh")


def test_uzbek_in_cyrillic_letters_is_uzbek() -> None:
    """Both scripts of Uzbek are known."""
    assert identify("Икки давлат ўртасидаги савдо бир йилда икки баробар ошди") == "uz"


def test_broken_text_does_no_harm() -> None:
    """Lone surrogates and NULs are passed over."""
    assert identify("Trade between the two \ud800 countries\0 has doubled") == "en"


def test_codes_are_understood_in_the_forms_feeds_use() -> None:
    """Regions are cut off, longer codes shortened, unknown ones dropped."""
    assert known_code("zh-Hant-TW") == "zh"
    assert known_code("kaz") == "kk"
    assert known_code("tlh") is None


@pytest.mark.skipif(not SENTENCES.exists(), reason="the shared sentences are not beside the repo")
@pytest.mark.parametrize(("words", "least"), [(None, 0.98), (8, 0.95)])
def test_recall_on_the_shared_sentences(words: int | None, least: float) -> None:
    """Whole sentences, and their first eight words, are recognised in all eight languages."""
    right: dict[str, list[bool]] = defaultdict(list)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        lang, text = row["lang"].split("-")[0], row["text"]
        if lang in EIGHT:
            right[lang].append(identify(_first(text, lang, words)) == lang)
    assert {lang: sum(marks) / len(marks) >= least for lang, marks in right.items()} == (
        dict.fromkeys(right, True)
    )
    assert set(right) == set(EIGHT)


def _first(text: str, lang: str, words: int | None) -> str:
    if words is None:
        return text
    return text[: 3 * words] if lang == "zh" else " ".join(text.split()[:words])
