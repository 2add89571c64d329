"""``monitor tune``: what a change of the watchlist would do, before it is saved.

``--format json`` prints an object whose keys stay::

    changes                 what differs, in words
    replayed                how many articles were compared
    matched                 before and after: how many reach the watchlist's threshold
    crossings               of each line and direction: digest (null for the watchlist's), direction
                            (up or down), articles, outlets, langs, countries, rules, examples
    precision               before and after: useful, noise, useful_in_all, share (null for none)
    dropped                 ids of the articles that must be caught and would not be
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, reading
from monitor.cli.screen import clean, clean_line, program, progress
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration, Settings
    from monitor.desk.tuning import Crossing, Difference, Example, Precision
    from monitor.pipeline.setup import Setup

_SHOWN = 6  # names in a line of numbers
_NAMES = 11


class Format(StrEnum):
    """How the difference is written."""

    TEXT = "text"
    JSON = "json"


def tune(
    context: typer.Context,
    edited: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="An edited copy of config.toml.")
    ] = None,
    keyword: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD=POINTS", help='A keyword, "dry port=3"; "dry port=" takes it out.'
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=100, help="The score from which articles match.")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Write it to config.toml, comments kept.")
    ] = False,
    format: Annotated[Format, typer.Option(help="text, or json for scripts.")] = Format.TEXT,
) -> None:
    """Replay a changed watchlist over the archive and tell what would be different.

    Nothing is written without --save, and --save refuses what would drop an article that is
    rated must-catch.
    """
    from monitor.pipeline.setup import prepare

    own = configuration(context)
    source = _changed_source(own, edited, keyword or [], threshold)
    before, after = prepare(own), prepare(_as_own(own, source, edited))
    found = _difference(before, after, quiet=format is Format.JSON)
    changes = list(_changes(before.settings, after.settings))
    if format is Format.JSON:
        print(written(_report(found, changes), indent=2))
    else:
        print("\n".join(map(clean_line, _lines(found, changes))))
    if save:
        _save(own, source, found)


# --- the change ----------------------------------------------------------------------------------


def _changed_source(
    own: Configuration, edited: Path | None, keywords: Iterable[str], threshold: float | None
) -> str:
    """The text that config.toml would have."""
    from monitor.beat.accepting import with_watchlist
    from monitor.pipeline.configuring import source_of

    words = dict(map(_keyword, keywords))
    if edited is None and threshold is None and not words:
        raise InputError(
            f"nothing to try; name an edited config.toml, or `{program()} tune --keyword "
            '"dry port=3" --threshold 45`'
        )
    source = source_of(edited or own.path)
    if threshold is None and not words:
        return source
    return with_watchlist(source, threshold, words, edited or own.path)


def _keyword(stated: str) -> tuple[str, float | None]:
    word, sign, points = stated.rpartition("=")
    try:
        value = float(points) if points.strip() else None
    except ValueError:
        sign, value = "", None
    if not sign or not word.strip() or not isfinite(value or 0):
        raise InputError(f'--keyword "{stated}": write it as "dry port=3", or "dry port=" for none')
    return word.strip(), value


def _as_own(own: Configuration, source: str, edited: Path | None) -> Configuration:
    """The changed settings as if they stood in the user's own file already."""
    from monitor.config import Configuration, parse

    return Configuration(own.path, parse(source, (edited or own.path).name))


def _changes(before: Settings, after: Settings) -> Iterator[str]:
    """What of the change can move an article, in words."""
    old, new = before.watchlist, after.watchlist
    if before.monitor.beat != after.monitor.beat:
        yield f"the beat {before.monitor.beat} → {after.monitor.beat}"
    if old.threshold != new.threshold:
        yield f"the threshold {old.threshold:g} → {new.threshold:g}"
    for word in dict.fromkeys([*old.keywords, *new.keywords]):
        had, has = old.keywords.get(word), new.keywords.get(word)
        if had != has:
            yield f'the keyword "{word}" {_points(had)} → {_points(has)}'
    lines = {digest.name: before.digest_threshold(digest) for digest in before.digests}
    for digest in after.digests:
        has, had = after.digest_threshold(digest), lines.get(digest.name)
        if had is not None and had != has and (had, has) != (old.threshold, new.threshold):
            yield f"the line of the digest {digest.name} {had:g} → {has:g}"


def _points(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _difference(before: Setup, after: Setup, *, quiet: bool) -> Difference:
    from monitor.desk.tuning import State, difference
    from monitor.match.replaying import Trial

    old, new = (
        State(setup.settings, Trial(setup.beat, setup.settings.watchlist.keywords))
        for setup in (before, after)
    )
    with (
        reading(before.configuration) as store,
        progress("replaying", quiet=quiet) as advance,
    ):
        total = store.replays.total()
        return difference(store, old, new, lambda done: advance("articles", done, total))


def _save(own: Configuration, source: str, found: Difference) -> None:
    from monitor.pipeline.configuring import replace_source

    if found.dropped:
        named = ", ".join(str(one.article_id) for one in found.dropped)
        raise InputError(
            f"nothing was saved, since it would drop what must be caught: {named}; "
            f"`{program()} rate ID none` takes a rating back"
        )
    replace_source(own, source)
    print(
        f"Saved to {clean(own.path.name)}. `{program()} assess --again` applies it to what is "
        "stored."
    )


# --- for people ----------------------------------------------------------------------------------


def _lines(found: Difference, changes: Iterable[str]) -> Iterator[str]:
    yield "; ".join(changes) or "nothing changes that could move an article"
    yield (
        f"{plural(found.replayed, 'article')} replayed: {found.matched_before} match before, "
        f"{found.matched_after} after"
    )
    for crossing in found.crossings:
        if crossing.articles or crossing.line.digest is None:
            yield ""
            yield from _crossing_lines(crossing)
    yield ""
    yield from _rating_lines(found)


def _crossing_lines(crossing: Crossing) -> Iterator[str]:
    yield f"{plural(crossing.articles, 'article')} {_headline(crossing)}"
    if not crossing.articles:
        return
    for name, numbers in (
        ("outlet", crossing.outlets),
        ("language", crossing.langs),
        ("country", crossing.countries),
        ("rule", crossing.rules),
    ):
        yield f"  {name:<{_NAMES}}{_numbers(numbers)}"
    for example in crossing.examples:
        yield from _example_lines(example)


def _headline(crossing: Crossing) -> str:
    line = crossing.line
    if line.digest is None:
        return "would appear" if crossing.is_rise else "would vanish"
    over = "rise over" if crossing.is_rise else "fall below"
    change = f"{line.after:g}" if line.before == line.after else f"{line.before:g} → {line.after:g}"
    return f"would {over} the line of the digest {line.digest} ({change})"


def _numbers(numbers: Mapping[str, int]) -> str:
    """``KZ 3, UZ 1``, the largest first, the others counted together."""
    shown = [f"{name} {number}" for name, number in list(numbers.items())[:_SHOWN]]
    left = len(numbers) - len(shown)
    return ", ".join([*shown, *([f"{left} more"] if left else [])]) or "—"


def _example_lines(example: Example) -> Iterator[str]:
    from monitor.publish.reasons import reason

    article = example.article
    yield f"  {article.id} · {clean(article.outlet)}: {clean(article.wording.title)}"
    for name, judgement in (("before", example.before), ("after", example.after)):
        yield f"    {name:<{_NAMES - 2}}{reason(judgement) or '= 0'}"


def _rating_lines(found: Difference) -> Iterator[str]:
    before, after = found.precision_before, found.precision_after
    if found.rated:
        yield f"of what you rated, useful among what matches: {_share(before)} → {_share(after)}"
        yield (
            f"of {plural(before.useful_in_all, 'useful article')} found: {before.useful} → "
            f"{after.useful}"
        )
    else:
        yield f"no ratings to measure it by; `{program()} rate ID useful` or noise gives some"
    for one in found.dropped:
        yield f"must be caught and would be dropped: {one.article_id} · {clean(one.title)}"


def _share(precision: Precision) -> str:
    if precision.share is None:
        return "none of 0"
    shown = precision.useful + precision.noise
    return f"{precision.useful} of {shown} ({precision.share:.0%})"


# --- for programs --------------------------------------------------------------------------------


def _report(found: Difference, changes: list[str]) -> dict[str, Any]:
    return {
        "changes": changes,
        "replayed": found.replayed,
        "matched": {"before": found.matched_before, "after": found.matched_after},
        "crossings": [_crossing_row(each) for each in found.crossings],
        "precision": {
            "before": _precision_row(found.precision_before),
            "after": _precision_row(found.precision_after),
        },
        "dropped": [one.article_id for one in found.dropped],
    }


def _crossing_row(crossing: Crossing) -> dict[str, Any]:
    return {
        "digest": crossing.line.digest,
        "line": {"before": crossing.line.before, "after": crossing.line.after},
        "direction": "up" if crossing.is_rise else "down",
        "articles": crossing.articles,
        "outlets": dict(crossing.outlets),
        "langs": dict(crossing.langs),
        "countries": dict(crossing.countries),
        "rules": dict(crossing.rules),
        "examples": [_example_row(each) for each in crossing.examples],
    }


def _example_row(example: Example) -> dict[str, Any]:
    from monitor.publish.reasons import reason

    return {
        "id": example.article.id,
        "title": example.article.wording.title,
        "url": example.article.url,
        "before": {"score": example.before.score, "reason": reason(example.before)},
        "after": {"score": example.after.score, "reason": reason(example.after)},
    }


def _precision_row(precision: Precision) -> dict[str, Any]:
    return {
        "useful": precision.useful,
        "noise": precision.noise,
        "useful_in_all": precision.useful_in_all,
        "share": precision.share,
    }
