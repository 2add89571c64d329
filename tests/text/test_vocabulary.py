"""The word lists: inflected forms are found, and every file of them can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.text.vocabulary import lowered, vocabulary

FILES = Path(__file__).parents[2] / "monitor" / "text" / "data" / "vocabulary"
LANGUAGES = sorted(path.stem for path in FILES.glob("*.toml"))
KINDS = {"person", "organisation", "place", "project", "treaty", "event"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_can_be_used(lang: str) -> None:
    """Each has function words in lower case; its kinds are those that proposals have."""
    known = vocabulary(lang)

    assert known.lists["function"]
    assert all(word == lowered(word) for words in known.lists.values() for word in words)
    assert set(known.kinds.values()) <= KINDS
    assert known.page.search("A sentence of its own, about nothing that is on a page.") is None


def test_a_language_without_a_file_knows_nothing() -> None:
    """Nothing is listed and nothing fails."""
    none = vocabulary("xx")

    assert not none.lists_root("function", "the")
    assert (none.root("cities"), none.kind("city"), none.is_verb("is")) == ("cities", None, False)


@pytest.mark.parametrize(
    ("word", "root"),
    [("cities", "city"), ("pipelines", "pipeline"), ("campus", "campus"), ("suffixes", "suffix"),
     ("gas", "gas"), ("crisis", "crisis")],
)  # fmt: skip
def test_english_plurals_have_the_root_of_the_singular(word: str, root: str) -> None:
    """Words that end in s by themselves keep it."""
    assert vocabulary("en").root(word) == root


@pytest.mark.parametrize("word", ["stopped", "carries", "carrying", "began", "signed", "growing"])
def test_forms_of_verbs_are_verbs(word: str) -> None:
    """Derived from the base form, listed as irregular, or told by the ending."""
    assert vocabulary("en").is_verb(word)


@pytest.mark.parametrize("word", ["training", "mining", "feed", "pipeline", "treaty"])
def test_nouns_are_no_verbs(word: str) -> None:
    """Not even those that end like one."""
    assert not vocabulary("en").is_verb(word)


@pytest.mark.parametrize("form", ["Казахстана", "Казахстану", "Казахстаном", "Казахстане"])
def test_russian_cases_share_a_root(form: str) -> None:
    """Letter case and ё do not count."""
    known = vocabulary("ru")

    assert known.root(lowered(form)) == known.root("казахстан")
    assert lowered("Ещё") == "еще"
