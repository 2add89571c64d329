"""Inflection: forms that must be found, and words that only begin alike."""

from __future__ import annotations

import pytest

from monitor.text.normalise import fold_key
from monitor.text.scripts import Script
from monitor.text.suffixes import KAZAKH_LATIN, UZBEK_CYRILLIC, carried, languages_of, stem

FORMS = {
    "en": [("China", "China's"), ("railway", "railways"), ("company", "companies")],
    "ru": [
        ("Китай", "Китаем"),
        ("китайский", "китайскими"),
        ("китайский", "китайско"),
        ("китаец", "китайцев"),
        ("казахстанец", "казахстанцы"),
        ("Токаев", "Токаевым"),
        ("Хоргос", "Хоргосе"),
        ("Астана", "Астаной"),
        ("соглашение", "соглашениям"),
        ("Цзиньпин", "Цзиньпином"),
    ],
    "kk": [
        ("Қытай", "Қытайдың"),
        ("Қытай", "Қытаймен"),
        ("Қазақстан", "Қазақстандағы"),
        ("теміржол", "теміржолындағы"),
        ("келісім", "келісімдеріне"),
        ("Бейжің", "Бейжіңнен"),
        ("қазақ", "қазағы"),
    ],
    "ky": [
        ("Кытай", "Кытайга"),
        ("Кыргызстан", "Кыргызстандын"),
        ("Бишкек", "Бишкектеги"),
        ("Өзбекстан", "Өзбекстандагы"),
        ("келишим", "келишимдердин"),
    ],
    "uz": [
        ("Xitoy", "Xitoyning"),
        ("Xitoy", "Xitoydagi"),
        ("Oʻzbekiston", "O‘zbekistonga"),
        ("qozoq", "qozogʻi"),
        ("Pekin", "Pekin'da"),
    ],
    UZBEK_CYRILLIC: [("Ўзбекистон", "Ўзбекистоннинг"), ("Хитой", "Хитойдаги")],
    "tg": [
        ("Хитой", "Хитойро"),
        ("Тоҷикистон", "Тоҷикистону"),
        ("чинӣ", "чинии"),
        ("ширкат", "ширкатҳои"),
        ("Осиё", "Осиёи"),
    ],
    "tk": [
        ("Hytaý", "Hytaýyň"),
        ("Türkmenistan", "Türkmenistandaky"),
        ("Aşgabat", "Aşgabatda"),
        ("ylalaşyk", "ylalaşygyň"),
    ],
}
STRANGERS = [
    ("ru", "Китай", "китаист"),
    ("ru", "кредит", "кредитор"),
    ("tg", "Чин", "Чингиз"),
    ("tg", "Чин", "Чинор"),
    ("en", "China", "Chinaman"),
    ("en", "rail", "railing"),
    ("kk", "Қытай", "қытайтану"),
    ("uz", "Xitoy", "xitoyshunos"),
    ("tk", "Hytaý", "Hytaýşynas"),
]


def is_form(lang: str, base: str, form: str) -> bool:
    """Whether the tables take ``form`` for a form of ``base``."""
    word, inflecting = fold_key(form), stem(fold_key(base), lang)
    return word.startswith(inflecting.text) and word[len(inflecting.text) :] in inflecting.tails


@pytest.mark.parametrize(
    ("lang", "base", "form"),
    [(lang, base, form) for lang, pairs in FORMS.items() for base, form in pairs],
)
def test_inflected_forms_are_recognised(lang: str, base: str, form: str) -> None:
    """Cases, plurals, possessives and their chains lead back to the base form."""
    assert is_form(lang, base, form)
    assert is_form(lang, base, base)


@pytest.mark.parametrize(("lang", "base", "word"), STRANGERS)
def test_other_words_with_the_same_beginning_are_not(lang: str, base: str, word: str) -> None:
    """What follows the stem must be an ending, not the rest of another word."""
    assert not is_form(lang, base, word)


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Oʻzbekiston", "Ўзбекистон"),
        ("Qozogʻiston", "Қозоғистон"),
        ("Xitoy Xalq Respublikasi", "Хитой Халқ Республикаси"),
        ("Mirziyoyev", "Мирзиёев"),
        ("Eron", "Эрон"),
        ("Yevropa", "Европа"),
        ("Chirchiq", "Чирчиқ"),
    ],
)
def test_uzbek_is_carried_over_to_cyrillic(latin: str, cyrillic: str) -> None:
    """Letter by letter equivalents need no alias of their own."""
    assert carried(fold_key(latin), UZBEK_CYRILLIC) == fold_key(cyrillic)


def test_a_language_without_a_table_is_left_alone() -> None:
    """German words are found as they are written and in no other form."""
    assert is_form("de", "Zentralasien", "Zentralasien")
    assert not is_form("de", "Zentralasien", "Zentralasiens")


def test_scripts_name_their_languages() -> None:
    """A keyword without a language is inflected as in every language of its script."""
    assert set(languages_of(Script.LATIN)) == {"en", "uz", "tk", KAZAKH_LATIN}
    assert set(languages_of(Script.CYRILLIC)) == {"ru", "kk", "ky", "tg", UZBEK_CYRILLIC}
