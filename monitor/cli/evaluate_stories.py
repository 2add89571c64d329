"""Measure folding on articles whose events a person has labelled.

The keys of ``--format json``: ``articles``; ``pairs``, ``b_cubed`` and ``across_languages`` with
``precision``, ``recall``, ``f1``; ``follow_ups`` and ``follow_ups_merged``; ``merged`` and
``split``, lists of groups: ``articles`` of ``{id, lang, story, number, title}``, and ``reasons``,
what the two articles of each pair have in common and how alike they are (0 is even).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from monitor.cli.jsonlines import Row, rows, written
from monitor.cli.screen import clean, table
from monitor.cli.stories import prepared, signed
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.desk.story_measures import Agreement, Placed, StoryQuality
    from monitor.model import Signature

_SHOWN_REASONS = 6


class _Join(NamedTuple):
    """Why two articles of a group are alike, or are not."""

    one: str
    other: str
    likeness: float
    shared: tuple[str, ...]


def evaluate_stories(
    context: typer.Context, file: Path, embeddings: str | None, *, as_json: bool
) -> None:
    """Fold the articles of ``file`` by all but their labels, and print how well that went."""
    from monitor.desk.story_measures import Placed, story_quality
    from monitor.match.folding import fold

    setup = prepared(context, embeddings)
    read = list(rows(file))
    signatures = signed(setup, read, list(map(_when, read)))
    placed = [
        Placed(
            id=str(row.fields.get("id", row.place)),
            title=row.text("title"),
            lang=signature.lang,
            story=_label(row),
            project=row.text("project"),
            number=number,
        )
        for row, signature, number in zip(read, signatures, fold(signatures), strict=True)
    ]
    quality = story_quality(placed)
    why = _Reasons(placed, signatures)
    if as_json:
        print(written(_as_json(placed, quality, why), indent=1))
    else:
        _print(file, placed, quality, why)


def _when(row: Row) -> str:
    return "published" if "published" in row.fields else "date"


def _label(row: Row) -> str:
    story = row.text("story")
    if not story:
        raise InputError(f'{row.place}: "story" is missing; it names the event')
    return story


class _Reasons:
    """Tells what two articles have in common."""

    def __init__(self, placed: Sequence[Placed], signatures: Sequence[Signature]) -> None:
        from monitor.match.likeness import weigh
        from monitor.match.rarity import counted

        rarity = counted(signatures)
        self._weighed = {
            one.id: weigh(signature, rarity)
            for one, signature in zip(placed, signatures, strict=True)
        }

    def of(self, group: Sequence[Placed]) -> list[_Join]:
        """The pairs of a group, the most alike first."""
        from monitor.match.likeness import likeness, reasons

        joins = []
        for one, other in combinations(group, 2):
            mine, theirs = self._weighed[one.id], self._weighed[other.id]
            joins.append(
                _Join(one.id, other.id, round(likeness(mine, theirs), 1), reasons(mine, theirs))
            )
        return sorted(joins, key=lambda join: -join.likeness)


def _as_json(placed: Sequence[Placed], quality: StoryQuality, why: _Reasons) -> dict[str, Any]:
    return {
        "articles": len(placed),
        "pairs": _agreement(quality.pairs),
        "b_cubed": _agreement(quality.b_cubed),
        "across_languages": _agreement(quality.across_languages),
        "follow_ups": quality.follow_ups,
        "follow_ups_merged": quality.follow_ups_merged,
        "merged": [_group(group, why) for group in quality.merged],
        "split": [_group(group, why) for group in quality.split],
    }


def _agreement(agreement: Agreement) -> dict[str, float | None]:
    named = {
        "precision": agreement.precision,
        "recall": agreement.recall,
        "f1": agreement.f1,
    }
    return {name: None if value is None else round(value, 4) for name, value in named.items()}


def _group(group: Sequence[Placed], why: _Reasons) -> dict[str, Any]:
    return {
        "articles": [
            {
                "id": one.id,
                "lang": one.lang,
                "story": one.story,
                "number": one.number,
                "title": one.title,
            }
            for one in group
        ],
        "reasons": [join._asdict() for join in why.of(group)],
    }


def _print(file: Path, placed: Sequence[Placed], quality: StoryQuality, why: _Reasons) -> None:
    labelled = len({one.story for one in placed})
    made = len({one.number for one in placed})
    print(
        f"{clean(str(file))}: {plural(len(placed), 'article')} of {plural(labelled, 'event')}, "
        f"folded into {plural(made, 'story', 'stories')}"
    )
    named = {
        "pairs": quality.pairs,
        "B³": quality.b_cubed,
        "pairs across languages": quality.across_languages,
    }
    table(
        ("averaged over stories", "precision", "recall", "F1"),
        [(name, *map(_share, (one.precision, one.recall, one.f1))) for name, one in named.items()],
    )
    print(f"follow-ups   {quality.follow_ups_merged} of {quality.follow_ups} wrongly merged")
    _print_groups("Wrongly merged", quality.merged, why)
    _print_groups("Wrongly split", quality.split, why)


def _print_groups(head: str, groups: Sequence[tuple[Placed, ...]], why: _Reasons) -> None:
    print(f"{head}: {len(groups) or 'none'}")
    for group in groups:
        for one in group:
            print(
                f"  {one.number}  {clean(one.id)}  {clean(one.lang)}  {clean(one.story)}  "
                f"{clean(one.title)}"
            )
        for join in why.of(group)[:_SHOWN_REASONS]:
            shared = ", ".join(map(clean, join.shared)) or "nothing"
            print(f"      {clean(join.one)} {clean(join.other)} {join.likeness:+.1f}: {shared}")
        print()


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
