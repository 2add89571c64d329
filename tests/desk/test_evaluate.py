"""Judgements beside labels: what counts where, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.beat import load_beat
from monitor.cli.evaluate import labelled
from monitor.desk.evaluate import (
    Evaluation,
    Labelled,
    Level,
    Verdict,
    cross_validate,
    evaluate,
    judged,
)
from monitor.match.matching import compile_watchlist
from monitor.model import Judgement, Wording

BEATS = Path(__file__).resolve().parents[1] / "data" / "beats"


def verdict(
    relevance: int,
    score: float,
    lang: str = "en",
    *,
    topics: tuple[str, ...] = (),
    named: tuple[str, ...] = (),
    story: str = "",
    found: str = "en",
) -> Verdict:
    """An article of one word, judged without a judge."""
    article = Labelled("x", Wording("Word", lang=found), relevance, lang, topics, story)
    return Verdict(article, Judgement(score, topics=named, lang=found))


def measured(*verdicts: Verdict, threshold: float = 50) -> Evaluation:
    """Evaluate with a fixed seed."""
    return evaluate(verdicts, threshold, Random(1))


VERDICTS = st.lists(
    st.builds(
        verdict,
        st.integers(0, 3),
        st.integers(0, 100).map(float),
        st.sampled_from(["", "en", "ru", "zh-Hant"]),
        story=st.sampled_from(["", "a", "b"]),
    ),
    max_size=15,
)


def test_marginal_articles_count_in_the_mean_scores_only() -> None:
    """Relevance 1 is neither right nor wrong wherever it scores."""
    result = measured(verdict(3, 90), verdict(2, 70), verdict(0, 10), verdict(1, 99))
    assert result.overall.counts == (2, 0, 0)
    assert result.overall.marginal == 1
    assert result.overall.average_precision == 1
    assert result.levels[1] == Level(1, 99)
    assert [result.levels[level].mean_score for level in (0, 2, 3)] == [10, 70, 90]
    assert not result.false_positives


def test_mistakes_are_told_worst_first() -> None:
    """False positives from the highest score, false negatives from the lowest."""
    result = measured(
        verdict(0, 60), verdict(0, 80), verdict(3, 40), verdict(2, 5), verdict(0, 49.5)
    )
    assert [one.judgement.score for one in result.false_positives] == [80, 60]
    assert [one.judgement.score for one in result.false_negatives] == [5, 40]


def test_the_threshold_decides_what_is_found() -> None:
    """The same scores at another threshold are other mistakes and the same ranking."""
    verdicts = [verdict(3, 90), verdict(3, 40), verdict(0, 45)]
    high, low = measured(*verdicts), measured(*verdicts, threshold=30)
    assert (high.overall.counts.precision, high.overall.counts.recall) == (1, 0.5)
    assert (low.overall.counts.precision, low.overall.counts.recall) == (2 / 3, 1)
    assert high.overall.average_precision == low.overall.average_precision


def test_languages_are_measured_apart() -> None:
    """By label, most articles first; what has no label is undetermined."""
    result = measured(
        verdict(3, 90, "ru"), verdict(3, 10, "ru"), verdict(0, 90, "kk"), verdict(2, 90, "")
    )
    assert list(result.languages) == ["ru", "kk", "und"]
    assert result.languages["ru"].counts.recall == 0.5
    assert result.languages["kk"].counts.precision == 0
    assert result.languages["kk"].average_precision is None


def test_topics_tell_finding_from_naming() -> None:
    """Whether articles on a topic are found is one thing, whether it is named another."""
    result = measured(
        verdict(3, 90, topics=("energy",), named=("energy", "trade")),
        verdict(3, 10, topics=("energy", "trade")),
        verdict(0, 90, topics=("energy",), named=("energy",)),
    )
    energy, trade = result.topics["energy"], result.topics["trade"]
    assert list(result.topics) == ["energy", "trade"]
    assert (energy.relevant, energy.recall, energy.assigned) == (2, 0.5, 1)
    assert (energy.assignment_precision, energy.assignment_recall) == (1, 0.5)
    assert (trade.relevant, trade.recall, trade.assigned) == (1, 0, 1)
    assert (trade.assignment_precision, trade.assignment_recall) == (0, 0)


def test_found_languages_are_compared_without_their_script() -> None:
    """A text labelled as traditional Chinese is rightly found to be Chinese."""
    result = measured(
        verdict(0, 0, "zh-Hant", found="zh"), verdict(0, 0, "ky", found="kk"), verdict(0, 0, "")
    )
    assert result.language_finding.articles == 2
    assert result.language_finding.right == 1
    assert result.language_finding.mistaken == {("ky", "kk"): 1}


def test_a_declared_language_is_not_credited_to_the_finder() -> None:
    """What only the label made right is wrong without it."""
    wording = Wording("Bugun Toshkentda ob-havo", lang="tr")
    result = measured(Verdict(Labelled("a", wording, 0, "tr"), Judgement(0.0)))
    assert result.language_finding.right == 1
    assert result.language_finding.right_undeclared == 0


def test_articles_without_a_story_stand_alone() -> None:
    """Reports of one event are one story, unlabelled ones each their own."""
    result = measured(
        verdict(3, 90, story="a"), verdict(3, 90, story="a"), verdict(3, 90), verdict(0, 1)
    )
    assert result.stories == 3


def test_the_threshold_can_be_cross_validated() -> None:
    """Scores that any threshold in between parts lose nothing on stories left out."""
    verdicts = [verdict(3, 90 - n) for n in range(6)] + [verdict(0, 10 + n) for n in range(6)]
    validated = cross_validate(verdicts, 4, Random(1))
    assert validated.f1 == validated.in_sample == 1
    assert len(validated.thresholds) == 4


def test_nothing_to_measure_is_no_error() -> None:
    """Without articles every measure is without value."""
    result = measured()
    assert result.overall.counts == (0, 0, 0)
    assert result.interval is None
    assert result.levels[3] == Level(0, None)


@settings(max_examples=60)
@given(VERDICTS, st.integers(0, 100))
def test_the_parts_make_the_whole(verdicts: list[Verdict], threshold: int) -> None:
    """Languages and levels add up to all articles, and every mistake is listed."""
    result = measured(*verdicts, threshold=threshold)
    apart = [one.counts for one in result.languages.values()]
    assert result.overall.counts == tuple(sum(counts[n] for counts in apart) for n in range(3))
    assert sum(level.articles for level in result.levels.values()) == len(verdicts)
    assert len(result.false_positives) == result.overall.counts.wrong
    assert len(result.false_negatives) == result.overall.counts.missed


def test_labels_do_not_reach_the_judge() -> None:
    """The same words get the same judgement whatever a person says of them."""
    watchlist = compile_watchlist(load_beat(BEATS / "nordic-baltic"), {})
    wording = Wording("Sweden and Lithuania lay a subsea cable", lang="en")
    one, two = judged(
        watchlist,
        [Labelled("a", wording, 3, "ru", ("energy",), "cable"), Labelled("b", wording, 0)],
    )
    assert one.judgement == two.judgement
    assert one.judgement.score >= 50


@pytest.mark.parametrize(("name", "articles"), [("english", 202), ("multilingual", 168)])
def test_the_language_of_labelled_news_is_found(shared: Path, name: str, articles: int) -> None:
    """Ninety-eight of a hundred, without a declaration, from titles and short summaries."""
    read = labelled(shared / "relevance" / f"{name}.jsonl")
    finding = measured(*(Verdict(one, Judgement(0.0)) for one in read)).language_finding
    assert finding.articles == len(read) == articles
    assert finding.right_undeclared >= 0.98 * articles
