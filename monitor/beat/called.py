"""What people call the countries and topics of a beat: codes, and names in every language. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from monitor.model import Beat
from monitor.text.normalise import fold_key

Called = Mapping[str, Sequence[str]]
"""What each folded name stands for."""


def countries(beat: Beat) -> Called:
    """Codes by themselves and by the names of their countries, in any language."""
    found: dict[str, list[str]] = defaultdict(list)
    for entity in beat.entities:
        if entity.kind == "country" and entity.countries:
            for name in {fold_key(entity.name), *(fold_key(it.text) for it in entity.aliases)}:
                found[name].extend(entity.countries)
    # A code means its country, whatever is abbreviated like it.
    codes = {code for entity in beat.entities for code in entity.countries}
    return {**found, **{fold_key(code): [code] for code in codes}}


def topics(beat: Beat) -> Called:
    """Slugs by themselves and by the titles of their topics."""
    return {
        fold_key(name): [topic.slug]
        for topic in beat.topics
        for name in (topic.slug, *topic.names.values())
    }


def listed(known: Called) -> str:
    """All that is called somehow, each once, for a sentence."""
    return ", ".join(sorted({each for ids in known.values() for each in ids})) or "none"


def hint(near: Sequence[str], known: Called) -> str:
    """What was probably meant, by the first of ``near`` names, or all that there is."""
    return f'did you mean "{known[near[0]][0]}"?' if near else f"the beat has {listed(known)}"
