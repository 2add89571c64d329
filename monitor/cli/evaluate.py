"""Measure the judge on articles that a person has labelled.

The keys of ``--format json``, which stay; a share is from 0 to 1, and null where it has no value::

    beat, watchlist        the subject, and the fingerprint of everything that judged
    threshold              the score from which an article counted as found
    articles, relevant     how many were read, and how many of them are of relevance 2–3
    precision, recall, f1, average_precision
    irrelevant, marginal   how many are of relevance 0, and of 1, which counts in mean_scores only
    f1_interval            {low, high, stories}: 95 %, whole stories resampled; or null
    languages              {label: {articles, relevant, precision, recall, f1, average_precision}}
    topics                 {slug: {relevant, assigned, recall, assignment_precision,
                           assignment_recall}}, of relevant articles; recall is of their being
                           found, the last two of the topic's being named
    mean_scores            {"0" … "3": {articles, mean_score}}
    language_finding       {articles, accuracy, accuracy_undeclared, mistaken: [{label, found,
                           articles}]}
    cross_validation       {folds, threshold, in_sample_f1, fold_thresholds, f1}; null without
                           --folds
    false_positives,       [{id, lang, relevance, score, title, reason, receipt}], the worst first;
    false_negatives        receipt is that of ``monitor score``
"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.evaluate_stories import evaluate_stories
from monitor.cli.jsonlines import Row, rows, written
from monitor.cli.opening import configuration_or_default
from monitor.cli.screen import clean, clean_line, table
from monitor.cli.stories import Embeddings
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.desk.evaluate import Evaluation, Labelled, Quality, Verdict
    from monitor.desk.measures import CrossValidation
    from monitor.pipeline.setup import Setup

# The same figures from the same files, whoever asks.
_SEED = 1
_COLUMNS = 100


class Format(StrEnum):
    """How the figures are written."""

    TABLE = "table"
    JSON = "json"


def evaluate(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="JSON Lines with title, summary and relevance 0–3; - for stdin."),
    ],
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Measure at this score, not at the one in force."),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Cross-validate the threshold, by story.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Whole receipts of what was judged wrongly.")
    ] = False,
    stories: Annotated[
        bool, typer.Option("--stories", help="Measure the folding into stories instead.")
    ] = False,
    embeddings: Embeddings = None,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Measure precision, recall, F1 and average precision, and list every mistake with its why."""
    if stories:
        evaluate_stories(context, file, embeddings, as_json=format is Format.JSON)
        return
    from monitor.desk import evaluate as desk
    from monitor.pipeline.setup import prepare

    articles = labelled(file)
    setup = prepare(configuration_or_default(context))
    verdicts = desk.judged(setup.watchlist, articles)
    in_force = setup.settings.watchlist.threshold if threshold is None else threshold
    result = desk.evaluate(verdicts, in_force, Random(_SEED))
    validated = desk.cross_validate(verdicts, folds, Random(_SEED)) if folds else None
    if format is Format.JSON:
        print(written(_rounded(_as_json(setup, result, validated)), indent=1))
    else:
        _print(file, result, validated, verbose=verbose)


# --- reading -------------------------------------------------------------------------------------


def labelled(file: Path) -> list[Labelled]:
    """The labelled articles of a file; raises ``InputError`` with the line that has no label."""
    articles = [_labelled(row) for row in rows(file)]
    if not articles:
        raise InputError(f"{file}: there is no article in it")
    return articles


def _labelled(row: Row) -> Labelled:
    from monitor.desk.evaluate import LEVELS, Labelled

    relevance = row.fields.get("relevance")
    if type(relevance) is not int or relevance not in LEVELS:
        raise row.mistake("relevance", "must be 0, 1, 2 or 3")
    return Labelled(
        id=str(row.fields.get("id", row.place)),
        wording=row.wording(),
        relevance=relevance,
        lang=row.text("lang"),
        topics=row.texts("topics"),
        story=row.text("story"),
    )


# --- JSON ----------------------------------------------------------------------------------------


def _as_json(setup: Setup, result: Evaluation, validated: CrossValidation | None) -> dict[str, Any]:
    overall = result.overall
    interval = result.interval and {**result.interval._asdict(), "stories": result.stories}
    return {
        "beat": setup.beat.id,
        "watchlist": setup.watchlist.fingerprint,
        "threshold": result.threshold,
        **_quality(overall),
        "irrelevant": overall.irrelevant,
        "marginal": overall.marginal,
        "f1_interval": interval,
        "languages": {lang: _quality(one) for lang, one in result.languages.items()},
        "topics": {slug: asdict(one) for slug, one in result.topics.items()},
        "mean_scores": {str(level): asdict(one) for level, one in result.levels.items()},
        "language_finding": _language_finding(result),
        "cross_validation": validated and _cross_validation(validated),
        "false_positives": [_mistake(one) for one in result.false_positives],
        "false_negatives": [_mistake(one) for one in result.false_negatives],
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "articles": quality.articles,
        "relevant": quality.relevant,
        "precision": quality.counts.precision,
        "recall": quality.counts.recall,
        "f1": quality.counts.f1,
        "average_precision": quality.average_precision,
    }


def _language_finding(result: Evaluation) -> dict[str, Any]:
    from monitor.desk.measures import share

    finding = result.language_finding
    return {
        "articles": finding.articles,
        "accuracy": share(finding.right, finding.articles),
        "accuracy_undeclared": share(finding.right_undeclared, finding.articles),
        "mistaken": [
            {"label": label, "found": found, "articles": articles}
            for (label, found), articles in finding.mistaken.items()
        ],
    }


def _cross_validation(validated: CrossValidation) -> dict[str, Any]:
    return {
        "folds": len(validated.thresholds),
        "threshold": validated.threshold,
        "in_sample_f1": validated.in_sample,
        "fold_thresholds": list(validated.thresholds),
        "f1": validated.f1,
    }


def _mistake(verdict: Verdict) -> dict[str, Any]:
    from monitor.publish.reasons import reason

    article, judgement = verdict.labelled, verdict.judgement
    return {
        "id": article.id,
        "lang": article.lang or judgement.lang,
        "relevance": article.relevance,
        "score": judgement.score,
        "title": article.wording.title,
        "reason": reason(judgement),
        "receipt": [asdict(line) for line in judgement.receipt],
    }


def _rounded(value: Any) -> Any:
    """``value`` with four decimals in every number inside it."""
    if isinstance(value, dict):
        return {key: _rounded(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_rounded(member) for member in value]
    return round(value, 4) if isinstance(value, float) else value


# --- table ---------------------------------------------------------------------------------------


def _print(
    file: Path, result: Evaluation, validated: CrossValidation | None, *, verbose: bool
) -> None:
    overall = result.overall
    print(
        f"{clean(str(file))}: {plural(overall.articles, 'article')} in "
        f"{plural(result.stories, 'story', 'stories')}, {overall.relevant} relevant, "
        f"{overall.irrelevant} not, {overall.marginal} marginal; "
        f"found from a score of {result.threshold:g}"
    )
    _print_languages(result)
    _print_lines(result, validated)
    _print_topics(result)
    _print_mistakes("False positives", result.false_positives, verbose=verbose)
    _print_mistakes("False negatives", result.false_negatives, verbose=verbose)


def _print_languages(result: Evaluation) -> None:
    named = {"all": result.overall, **result.languages}
    table(
        ("language", "articles", "relevant", "precision", "recall", "F1", "average precision"),
        [
            (
                lang,
                str(one.articles),
                str(one.relevant),
                *map(_share, (one.counts.precision, one.counts.recall, one.counts.f1)),
                _share(one.average_precision),
            )
            for lang, one in named.items()
        ],
    )


def _print_lines(result: Evaluation, validated: CrossValidation | None) -> None:
    """What is no table: interval, cross-validation, mean scores, languages."""
    if result.interval:
        low, high = map(_share, result.interval)
        print(f"F1           95 % of resampled stories give {low} to {high}")
    if validated:
        chosen = ", ".join(f"{threshold:g}" for threshold in validated.thresholds)
        print(
            f"threshold    {validated.threshold:g} would be best here, F1 "
            f"{_share(validated.in_sample)}; chosen without the story measured "
            f"({chosen}), F1 {_share(validated.f1)}"
        )
    means = (
        f"{level}: {one.mean_score:.1f}"
        for level, one in result.levels.items()
        if one.mean_score is not None
    )
    print(f"mean score   of relevance {', '.join(means)}")
    _print_language_finding(result)


def _print_language_finding(result: Evaluation) -> None:
    finding = result.language_finding
    if not finding.articles:
        return
    mistaken = ", ".join(
        f"{clean(label)} as {found} ({times})" for (label, found), times in finding.mistaken.items()
    )
    print(
        f"language     {finding.right} of {finding.articles} found as labelled, "
        f"{finding.right_undeclared} without the declared one{': ' if mistaken else ''}{mistaken}"
    )


def _print_topics(result: Evaluation) -> None:
    table(
        ("topic", "relevant", "of them found", "given", "rightly given", "of the labelled given"),
        [
            (
                slug,
                str(one.relevant),
                _share(one.recall),
                str(one.assigned),
                _share(one.assignment_precision),
                _share(one.assignment_recall),
            )
            for slug, one in result.topics.items()
        ],
    )


def _print_mistakes(head: str, mistakes: tuple[Verdict, ...], *, verbose: bool) -> None:
    from monitor.publish.reasons import full, reason
    from monitor.publish.typography import wrap

    print(f"{head}: {len(mistakes) or 'none'}")
    for verdict in mistakes:
        article, judgement = verdict.labelled, verdict.judgement
        print(
            f"  {clean(article.id)}  {clean(article.lang) or judgement.lang}  "
            f"{judgement.score:g}  {clean(article.wording.title)}"
        )
        if verbose:
            print("\n".join(f"      {clean_line(line)}" for line in full(judgement)))
        else:
            print(wrap(clean(reason(judgement)) or "nothing found", _COLUMNS, " " * 6))
    print()


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
