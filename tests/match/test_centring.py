"""Embeddings: vectors of length 1, less what their language has in common."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.centring import LEAST, Means, cosine
from monitor.match.likeness import likeness, weigh
from monitor.match.rarity import Rarity, weights
from monitor.model import Embedding, Signature

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
OFFSETS = {"en": (9.0, 0.0), "ru": (0.0, 9.0)}


def article(lang: str, number: int, model: str = "m") -> Signature:
    """An article on subject ``number``, as a model places it that sees languages first of all."""
    subject = random.Random(number)
    about = [subject.gauss(0, 1) for _ in range(24)]
    return Signature(
        NOON, lang, frozenset({"wred"}), embedding=Embedding.of(model, [*OFFSETS[lang], *about])
    )


def means_of(articles: list[Signature]) -> Means:
    """The means of articles that came one after another."""
    means = Means()
    for number, one in enumerate(articles, 1):
        means.add(number, one)
    return means


@pytest.fixture
def archive() -> Means:
    """Sixty articles in each of two languages, on as many subjects."""
    return means_of([article(lang, number) for number in range(60) for lang in OFFSETS])


@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=9
    ).filter(lambda row: any(row))
)
def test_an_embedding_has_length_one_whatever_it_is_made_of(row: list[float]) -> None:
    """Neither the largest numbers nor the smallest are lost."""
    made = Embedding.of("m", row)
    assert sqrt(sum(each * each for each in made.components())) == pytest.approx(1, abs=1e-2)
    assert made.dimension == len(row)


@pytest.mark.parametrize("row", [[], [0.0], [1.0, float("nan")], [float("inf")]])
def test_what_has_no_direction_is_no_embedding(row: list[float]) -> None:
    """Nothing can be said of how much it is like another."""
    with pytest.raises(ValueError, match="a vector needs"):
        Embedding.of("m", row)


def test_subjects_are_told_apart_behind_languages(archive: Means) -> None:
    """As they come, two strangers in one language are alike; centred, translations are."""
    english, russian, stranger = article("en", 7), article("ru", 7), article("en", 8)

    def alike(one: Signature, other: Signature) -> float:
        found = cosine(archive.sense(one), archive.sense(other))
        assert found is not None
        return found

    assert english.embedding and stranger.embedding
    pairs = zip(english.embedding.components(), stranger.embedding.components(), strict=True)
    assert sum(mine * theirs for mine, theirs in pairs) > 0.6
    assert alike(english, russian) > 0.8
    assert abs(alike(english, stranger)) < 0.5


def test_too_few_texts_tell_nothing() -> None:
    """A mean is used from twenty texts on; until then an embedding counts for nothing."""
    articles = [article("en", number) for number in range(LEAST)]
    assert means_of(articles[:-1]).sense(articles[0]) is None
    assert means_of(articles).sense(articles[0]) is not None


def test_a_language_begins_with_the_mean_of_all(archive: Means) -> None:
    """The first text of a language is as far from the others as one of no language is."""
    first = replace(article("en", 7), lang="tk")
    sense = archive.sense(first)
    assert sense is not None and len(sense.vector) == 26


def test_nothing_is_counted_twice(archive: Means) -> None:
    """An article that was counted is not counted again, edited or not."""
    before = list(archive.known())
    archive.add(3, article("en", 99))
    assert list(archive.known()) == before


def test_means_go_on_from_what_was_kept(archive: Means) -> None:
    """What is known, made again from what was kept of it, says the same of the next article."""
    again = Means(archive.known())
    one = article("ru", 77)
    for means in (archive, again):
        means.add(means.until + 1, one)
    found = cosine(archive.sense(one), again.sense(one))
    assert found == pytest.approx(1)
    assert [each.texts for each in again.known()] == [each.texts for each in archive.known()]


def test_vectors_of_two_models_are_not_compared(archive: Means) -> None:
    """Nor are those of two lengths by one model."""
    for number in range(LEAST):
        archive.add(archive.until + 1, article("en", number, "other"))
    assert cosine(archive.sense(article("en", 1)), archive.sense(article("en", 1, "other"))) is None
    short = replace(article("en", 1), embedding=Embedding.of("m", [1.0, 2.0]))
    assert cosine(archive.sense(article("en", 1)), archive.sense(short)) is None


@pytest.mark.parametrize(("lang", "raised"), [("ru", True), ("en", False)])
def test_embeddings_count_between_two_languages(archive: Means, lang: str, raised: bool) -> None:
    """Two articles on one subject are likelier one event; within a language words tell that."""
    rarity = Rarity(means=archive)
    english, other = article("en", 7), article(lang, 7)
    bare = [replace(each, embedding=None) for each in (english, other)]

    def points(one: Signature, second: Signature) -> float:
        return likeness(weigh(one, rarity), weigh(second, rarity))

    gained = points(english, other) - points(bare[0], bare[1])
    assert points(english, other) == points(other, english)
    assert points(english, bare[1]) == points(bare[0], bare[1])
    rows = weights().likeness
    most = rows["embedding"] * (rows["embedding_most"] - rows["embedding_even"])
    assert gained == pytest.approx(most if raised else 0.0)
