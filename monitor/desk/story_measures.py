"""How well stories agree with a person's, and which were wrongly merged or split (pure).

Pair figures are averaged over stories, so that no big one decides: precision over the stories made
that have two articles or more, recall over the labelled ones. B³ is that of Bagga and Baldwin,
Algorithms for Scoring Coreference Chains (1998), averaged over articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Placed:
    """A labelled article and the number of the story that it was folded into.

    ``story`` is the same for all reports of an event, ``project`` for events of an undertaking.
    """

    id: str
    title: str
    lang: str
    story: str
    project: str
    number: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision and recall, each None where there was nothing to measure."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """The harmonic mean; None without either."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class StoryQuality:
    """Everything measured; ``merged`` and ``split`` are groups of articles that went wrong.

    ``follow_ups`` are pairs of one project and two events, and how many of them were merged.
    """

    pairs: Agreement
    b_cubed: Agreement
    across_languages: Agreement
    follow_ups: int
    follow_ups_merged: int
    merged: tuple[tuple[Placed, ...], ...]
    split: tuple[tuple[Placed, ...], ...]


def story_quality(placed: Sequence[Placed]) -> StoryQuality:
    """The measures of articles that were folded together."""
    made, labelled = _grouped(placed, lambda one: one.number), _grouped(placed, _label)
    follow_ups = list(_follow_ups(placed))
    return StoryQuality(
        pairs=Agreement(_averaged(made, _same_label), _averaged(labelled, _same_number)),
        b_cubed=_b_cubed(placed, made, labelled),
        across_languages=Agreement(
            _averaged(made, _same_label, _across), _averaged(labelled, _same_number, _across)
        ),
        follow_ups=len(follow_ups),
        follow_ups_merged=sum(_same_number(one, other) for one, other in follow_ups),
        merged=tuple(group for group in made.values() if len(set(map(_label, group))) > 1),
        split=tuple(group for group in labelled.values() if len({one.number for one in group}) > 1),
    )


_Group = tuple[Placed, ...]
_Test = Callable[[Placed, Placed], bool]


def _label(one: Placed) -> str:
    return one.story


def _same_label(one: Placed, other: Placed) -> bool:
    return one.story == other.story


def _same_number(one: Placed, other: Placed) -> bool:
    return one.number == other.number


def _across(one: Placed, other: Placed) -> bool:
    return one.lang != other.lang


def _any(one: Placed, other: Placed) -> bool:
    return True


def _grouped(
    placed: Iterable[Placed], key: Callable[[Placed], Hashable]
) -> Mapping[Hashable, _Group]:
    groups: defaultdict[Hashable, list[Placed]] = defaultdict(list)
    for one in placed:
        groups[key(one)].append(one)
    return {name: tuple(group) for name, group in groups.items()}


def _averaged(
    groups: Mapping[Hashable, _Group], right: _Test, counts: _Test = _any
) -> float | None:
    """The mean over groups of the share of their pairs that are right."""
    shares = []
    for group in groups.values():
        verdicts = [
            right(one, other) for one, other in combinations(group, 2) if counts(one, other)
        ]
        if verdicts:
            shares.append(fmean(verdicts))
    return fmean(shares) if shares else None


def _b_cubed(
    placed: Sequence[Placed], made: Mapping[Hashable, _Group], labelled: Mapping[Hashable, _Group]
) -> Agreement:
    if not placed:
        return Agreement(None, None)
    agreeing = [sum(_same_label(one, other) for other in made[one.number]) for one in placed]
    return Agreement(
        fmean(both / len(made[one.number]) for both, one in zip(agreeing, placed, strict=True)),
        fmean(both / len(labelled[one.story]) for both, one in zip(agreeing, placed, strict=True)),
    )


def _follow_ups(placed: Sequence[Placed]) -> Iterator[tuple[Placed, Placed]]:
    for project in _grouped(placed, lambda one: one.project).values():
        if project[0].project:
            yield from (
                pair for pair in combinations(project, 2) if not _same_label(pair[0], pair[1])
            )
