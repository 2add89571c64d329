"""How good the judge is: judgements beside the labels of a person who read the same (pure).

Relevance 2 and 3 should be found, 0 should not; 1 is marginal and counts in the mean scores only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from monitor.desk.measures import (
    Counts,
    CrossValidation,
    Interval,
    Scored,
    average_precision,
    count,
    cross_validated,
    f1_interval,
    share,
)
from monitor.match.matching import Watchlist
from monitor.match.scoring import judge
from monitor.model import Judgement, Wording
from monitor.text.language import UNDETERMINED, identify, known_code

LEVELS = range(4)
_RELEVANT = frozenset({2, 3})
_MARGINAL = 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """A wording and what a person says of it; only the wording is judged.

    ``relevance`` is 3 core, 2 relevant, 1 marginal, 0 not. ``lang``, ``topics`` and ``story`` (one
    name for all reports of an event) may be empty; ``wording.lang`` is the language found.
    """

    id: str
    wording: Wording
    relevance: int
    lang: str = ""
    topics: tuple[str, ...] = ()
    story: str = ""

    @property
    def is_relevant(self) -> bool:
        """Whether it should be found."""
        return self.relevance in _RELEVANT


@dataclass(frozen=True, slots=True)
class Verdict:
    """A labelled article and what the judge says of it."""

    labelled: Labelled
    judgement: Judgement

    @property
    def scored(self) -> Scored:
        """The verdict for a measure."""
        return Scored(self.judgement.score, self.labelled.is_relevant)


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of some articles: how many there are, how many relevant; None has no value."""

    articles: int
    relevant: int
    irrelevant: int
    counts: Counts
    average_precision: float | None

    @property
    def marginal(self) -> int:
        """How many are neither, and counted in nothing here."""
        return self.articles - self.relevant - self.irrelevant


@dataclass(frozen=True, slots=True)
class TopicQuality:
    """Relevant articles labelled with a topic, and those that the judge gave it to.

    ``recall`` is of their being found at all; the other two are of the topic's being named.
    """

    relevant: int
    assigned: int
    recall: float | None
    assignment_precision: float | None
    assignment_recall: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """Articles of one relevance and their mean score, None without articles."""

    articles: int
    mean_score: float | None


@dataclass(frozen=True, slots=True)
class LanguageFinding:
    """Labelled languages that were found, with and without a declaration to lean on.

    ``mistaken`` counts pairs of label and language found with it.
    """

    articles: int
    right: int
    right_undeclared: int
    mistaken: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured at one threshold; mistakes are told worst first."""

    threshold: float
    overall: Quality
    interval: Interval | None
    stories: int
    languages: Mapping[str, Quality]
    topics: Mapping[str, TopicQuality]
    levels: Mapping[int, Level]
    language_finding: LanguageFinding
    false_positives: tuple[Verdict, ...]
    false_negatives: tuple[Verdict, ...]


def judged(watchlist: Watchlist, articles: Iterable[Labelled]) -> list[Verdict]:
    """What the judge says of each article."""
    return [Verdict(article, judge(watchlist, article.wording)) for article in articles]


def evaluate(verdicts: Sequence[Verdict], threshold: float, rng: Random) -> Evaluation:
    """Measure ``verdicts`` at ``threshold``; ``rng`` draws the stories for the interval of F1."""
    stories = _by_story(verdicts)
    positives, negatives = _mistakes(verdicts, threshold)
    return Evaluation(
        threshold=threshold,
        overall=_quality(verdicts, threshold),
        interval=f1_interval(stories, threshold, rng),
        stories=len(stories),
        languages=_languages(verdicts, threshold),
        topics=_topics(verdicts, threshold),
        levels={level: _level(verdicts, level) for level in LEVELS},
        language_finding=_language_finding([one.labelled for one in verdicts]),
        false_positives=positives,
        false_negatives=negatives,
    )


def cross_validate(verdicts: Sequence[Verdict], folds: int, rng: Random) -> CrossValidation:
    """What choosing the threshold on these articles is worth, divided into folds by story."""
    return cross_validated(_by_story(verdicts), folds, rng)


def _decided(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Without the marginal ones."""
    return [one for one in verdicts if one.labelled.relevance != _MARGINAL]


def _by_story(verdicts: Iterable[Verdict]) -> list[list[Scored]]:
    """Decided articles by their story; one without a label is a story of its own."""
    stories: defaultdict[str | int, list[Scored]] = defaultdict(list)
    for number, one in enumerate(_decided(verdicts)):
        stories[one.labelled.story or number].append(one.scored)
    return list(stories.values())


def _mistakes(
    verdicts: Iterable[Verdict], threshold: float
) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
    """False positives from the highest score down, false negatives from the lowest up."""
    by_score = sorted(_decided(verdicts), key=lambda one: one.judgement.score)
    return (
        tuple(
            one
            for one in reversed(by_score)
            if not one.labelled.is_relevant and one.judgement.score >= threshold
        ),
        tuple(
            one for one in by_score if one.labelled.is_relevant and one.judgement.score < threshold
        ),
    )


def _quality(verdicts: Sequence[Verdict], threshold: float) -> Quality:
    scored = [one.scored for one in _decided(verdicts)]
    relevant = sum(one.relevant for one in scored)
    return Quality(
        articles=len(verdicts),
        relevant=relevant,
        irrelevant=len(scored) - relevant,
        counts=count(scored, threshold),
        average_precision=average_precision(scored),
    )


def _languages(verdicts: Iterable[Verdict], threshold: float) -> dict[str, Quality]:
    """By labelled language, the one with most articles first."""
    spoken: defaultdict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        spoken[one.labelled.lang or UNDETERMINED].append(one)
    ordered = sorted(spoken, key=lambda lang: (-len(spoken[lang]), lang))
    return {lang: _quality(spoken[lang], threshold) for lang in ordered}


def _topics(verdicts: Iterable[Verdict], threshold: float) -> dict[str, TopicQuality]:
    """By topic slug, the one with most relevant articles first."""
    relevant = [one for one in verdicts if one.labelled.is_relevant]
    labelled = Counter(slug for one in relevant for slug in set(one.labelled.topics))
    assigned = Counter(slug for one in relevant for slug in one.judgement.topics)
    ordered = sorted(labelled | assigned, key=lambda slug: (-labelled[slug], slug))
    return {slug: _topic(slug, relevant, threshold) for slug in ordered}


def _topic(slug: str, relevant: Iterable[Verdict], threshold: float) -> TopicQuality:
    labelled = [one for one in relevant if slug in one.labelled.topics]
    assigned = sum(slug in one.judgement.topics for one in relevant)
    both = sum(slug in one.judgement.topics for one in labelled)
    return TopicQuality(
        relevant=len(labelled),
        assigned=assigned,
        recall=count([one.scored for one in labelled], threshold).recall,
        assignment_precision=share(both, assigned),
        assignment_recall=share(both, len(labelled)),
    )


def _level(verdicts: Iterable[Verdict], level: int) -> Level:
    scores = [one.judgement.score for one in verdicts if one.labelled.relevance == level]
    return Level(len(scores), fmean(scores) if scores else None)


def _language_finding(articles: Iterable[Labelled]) -> LanguageFinding:
    labelled = [article for article in articles if article.lang]
    mistaken = Counter(
        (_code(article), article.wording.lang)
        for article in labelled
        if article.wording.lang != _code(article)
    )
    return LanguageFinding(
        articles=len(labelled),
        right=len(labelled) - mistaken.total(),
        right_undeclared=sum(_found_alone(article) == _code(article) for article in labelled),
        mistaken=dict(mistaken.most_common()),
    )


def _found_alone(article: Labelled) -> str:
    wording = article.wording
    return identify(wording.title, wording.summary or wording.text)


def _code(article: Labelled) -> str:
    """The labelled language without its script or country, which are not looked for."""
    return known_code(article.lang) or article.lang
