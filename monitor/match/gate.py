"""The two-sided rule: what evidence there is for each side, and how close the sides stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.match.matching import Occurrence
from monitor.text.sentences import is_parted

FIELDS = ("title", "summary", "text")


@dataclass(frozen=True, slots=True)
class Nearness:
    """Both sides stand together: which weight that earns, and where the second of them is."""

    weight: str
    occurrence: Occurrence


def supported(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Without the weak ones that nothing else supports.

    A weak alias speaks only for those of its sides that other evidence speaks for as well; one
    that belongs to no side needs a side of any kind beside it.
    """
    if not any(found.alias.weak for found in occurrences):
        return list(occurrences)
    strong = {side for found in occurrences if not found.alias.weak for side in found.sought.sides}
    kept = (_weakened(found, strong) if found.alias.weak else found for found in occurrences)
    return [found for found in kept if found is not None]


def _weakened(found: Occurrence, strong: Set[str]) -> Occurrence | None:
    sides = tuple(side for side in found.sought.sides if side in strong)
    if not sides and (found.sought.sides or not strong):
        return None
    return found._replace(sought=replace(found.sought, sides=sides))


def nearness(
    occurrences: Iterable[Occurrence], texts: Mapping[str, str], sides: Sequence[str]
) -> Nearness | None:
    """The closest way in which ``sides`` stand together; None when nowhere near each other."""
    by_field: dict[str, list[Occurrence]] = {name: [] for name in FIELDS}
    for found in occurrences:
        if found.sought.sides:
            by_field[found.field].append(found)
    title, summary = by_field["title"], by_field["summary"]
    return (
        _together("both_in_title", title, sides)
        or _in_one_sentence("both_in_sentence", summary, texts["summary"], sides)
        or _together("both_in_lead", [*title, *summary], sides)
        or _in_one_sentence("both_in_text_sentence", by_field["text"], texts["text"], sides)
    )


def _together(
    weight: str, occurrences: Sequence[Occurrence], sides: Sequence[str]
) -> Nearness | None:
    """Two things at least stand together; one that speaks for both sides has said so already."""
    missing = set(sides)
    rules = set()
    for found in occurrences:
        missing.difference_update(found.sought.sides)
        rules.add(found.sought.rule)
        if not missing and len(rules) > 1:
            return Nearness(weight, found)
    return None


def _in_one_sentence(
    weight: str, occurrences: Sequence[Occurrence], text: str, sides: Sequence[str]
) -> Nearness | None:
    # Where a sentence has both sides, two neighbours in it have, so neighbours are enough.
    for first, second in pairwise(occurrences):
        near = _together(weight, (first, second), sides)
        if near is not None and not is_parted(text, first.end, second.start):
            return near
    return None
