"""The numbers behind the score, each named and overridable in ``[weights]`` of ``beat.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Weights:
    """Points on the printed scale of 0 to 100, except for the points and factors named first.

    entity_points, term_points   of an entity whose kind has no usual points; of a term
    title, summary, text         factors by which points count in the best field where they stand
    side_cap, term_cap           the most that one side's entities, and all terms, can bring
    both_in_title, both_in_sentence, both_in_lead, both_in_text_sentence
                                 for the sides standing together, closest first; only one counts
    gate_cap                     the highest score of an article that evidences one side only
    rival                        taken off when another partner is the subject instead
    partner                      the same, for a rival that is an ordinary partner
    """

    entity_points: float = 8.0
    term_points: float = 1.5
    title: float = 2.25
    summary: float = 1.75
    text: float = 0.75
    side_cap: float = 40.0
    term_cap: float = 9.0
    both_in_title: float = 26.0
    both_in_sentence: float = 22.0
    both_in_lead: float = 20.0
    both_in_text_sentence: float = 6.0
    gate_cap: float = 20.0
    rival: float = 20.0
    partner: float = 10.0

    @classmethod
    def names(cls) -> frozenset[str]:
        """The names that a beat may override."""
        return frozenset(weight.name for weight in fields(cls))

    @classmethod
    def overridden(cls, weights: Mapping[str, float]) -> Weights:
        """The defaults with a beat's own values; the names have been checked by then."""
        return cls(**dict(weights))
