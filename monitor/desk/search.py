"""What a person may ask the archive: names in a query -> the ids that the beat has for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from monitor.model import Beat
from monitor.query import LABELS, Query, parse
from monitor.text.normalise import fold_key


def understood(text: str, load: Callable[[], Beat]) -> Query:
    """``text`` as a query; entities may be named by any alias, countries by code or name.

    ``load`` gives the beat and is asked only where the query has a label. Raises ``QueryError``
    with the column of what cannot be read or is not known to the beat.
    """
    query = parse(text)
    if not any(query.labels(kind) for kind in LABELS):
        return query
    beat = load()
    entities, countries = _names(beat)
    topics = {
        fold_key(name): (topic.slug,)
        for topic in beat.topics
        for name in (topic.slug, *topic.names.values())
    }
    for kind, known in (("entity", entities), ("country", countries), ("topic", topics)):
        query = query.resolve(kind, partial(_ids, known))
    return query


def _ids(known: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    return known.get(fold_key(name), ())


def _names(beat: Beat) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Entity ids by every name, and country codes by code and by the names of countries."""
    entities: dict[str, list[str]] = defaultdict(list)
    countries: dict[str, list[str]] = defaultdict(list)
    for entity in beat.entities:
        names = {fold_key(name) for name in (entity.id, entity.name)}
        names |= {fold_key(alias.text) for alias in entity.aliases}
        for name in names:
            entities[name].append(entity.id)
            if entity.kind == "country":
                countries[name].extend(entity.countries)
        for code in entity.countries:
            countries[fold_key(code)] = [code]
    return entities, countries
