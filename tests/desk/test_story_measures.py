"""How well stories agree with labels."""

from __future__ import annotations

import pytest

from monitor.desk.story_measures import Placed, story_quality


def placed(story: str, number: int, lang: str = "en", project: str = "") -> Placed:
    """An article labelled and folded."""
    return Placed(f"{story}{number}{lang}", story, lang, story, project, number)


def test_pair_figures_are_averaged_over_stories() -> None:
    """A story of three found whole and one of two not at all have a recall of one half."""
    quality = story_quality([*[placed("a", 1)] * 3, placed("b", 2), placed("b", 3)])

    assert (quality.pairs.precision, quality.pairs.recall) == (1.0, 0.5)
    assert quality.pairs.f1 == pytest.approx(2 / 3)
    assert [len(group) for group in quality.split] == [2]


def test_b_cubed_of_all_apart_is_the_share_of_stories() -> None:
    """Its precision is perfect; its recall of each article one over the size of its story."""
    quality = story_quality([placed("a", 1), placed("a", 2), placed("b", 3)])

    assert quality.b_cubed.precision == 1.0
    assert quality.b_cubed.recall == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert quality.pairs.precision is None


def test_pairs_across_languages_leave_out_the_others() -> None:
    """Two Russian articles say nothing of how languages agree."""
    quality = story_quality([placed("a", 1), placed("a", 1, "ru"), placed("a", 2, "ru")])

    assert quality.across_languages.precision == 1.0
    assert quality.across_languages.recall == 0.5


def test_follow_ups_of_a_project_are_counted() -> None:
    """Two events of one undertaking in one story are a wrong merge."""
    quality = story_quality(
        [placed("a", 1, project="rail"), placed("b", 1, project="rail"), placed("c", 2)]
    )

    assert (quality.follow_ups, quality.follow_ups_merged) == (1, 1)
    assert [len(group) for group in quality.merged] == [2]


def test_nothing_has_no_figures() -> None:
    """No article is no mistake."""
    quality = story_quality([])

    assert quality.b_cubed.f1 is None
    assert quality.merged == quality.split == ()
