"""What a person may ask the archive: names in a query -> the ids that the beat has for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from monitor.model import Beat
from monitor.query import LABELS, Query, parse
from monitor.text.normalise import fold_key

Known = Mapping[str, Sequence[str]]


def understood(
    text: str,
    load: Callable[[], Beat],
    keywords: Iterable[str] = (),
    threshold: float = 50.0,
) -> Query:
    """``text`` as a query; entities and terms may be named by any alias, countries by code or name.

    ``load`` gives the beat and is asked only where the query has a label; ``keywords`` are terms
    too, and ``is:matched`` means a score of ``threshold`` or more. Raises ``QueryError`` with the
    column of what cannot be read or is not known to the beat.
    """
    query = parse(text, threshold, _figure)
    wanted = [kind for kind in LABELS if query.labels(kind)]
    if wanted:
        known = _known(load(), keywords)
        for kind in wanted:
            names = known[kind]
            query = query.resolve(kind, partial(_ids, names), partial(_near, names))
    return query


def _figure(text: str, lang: str) -> tuple[float, str] | None:
    # The words of the ledger are read for searches that ask for figures only.
    from monitor.match.figures import figures

    found = figures(text, lang)
    if len(found) == 1 and found[0].text == text:
        return found[0].value, found[0].unit
    return None


def _ids(known: Known, name: str) -> Sequence[str]:
    return known.get(fold_key(name), ())


def _near(known: Known, name: str) -> str | None:
    return next(iter(get_close_matches(fold_key(name), known, n=1, cutoff=0.75)), None)


def _known(beat: Beat, keywords: Iterable[str]) -> dict[str, Known]:
    """By kind of label, the ids of everything that a name may mean."""
    entities, countries = _names(beat)
    topics = {
        fold_key(name): (topic.slug,)
        for topic in beat.topics
        for name in (topic.slug, *topic.names.values())
    }
    terms: dict[str, list[str]] = defaultdict(list)
    for term in beat.terms:
        for name in {fold_key(each) for each in (term.id, *(a.text for a in term.aliases))}:
            terms[name].append(term.id)
    for keyword in keywords:
        terms[fold_key(keyword)].append(keyword)
    return {"entity": entities, "country": countries, "topic": topics, "term": terms}


def _names(beat: Beat) -> tuple[Known, Known]:
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
