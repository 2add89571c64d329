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
_NEAR, _CODE = 0.75, 2


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
            query = query.resolve(kind, partial(_ids, names), partial(_hint, kind, names))
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


def _hint(kind: str, known: Known, name: str) -> str:
    """What was probably meant; of what there is little, otherwise all of it."""
    from monitor.beat.called import hint

    # Two letters are a code: what is one letter away is another country.
    is_code = kind == "country" and len(name) <= _CODE
    near = () if is_code else get_close_matches(fold_key(name), known, n=1, cutoff=_NEAR)
    if kind in ("country", "topic"):
        return hint(near, known)
    return f'did you mean "{near[0]}"?' if near else ""


def _known(beat: Beat, keywords: Iterable[str]) -> dict[str, Known]:
    """By kind of label, the ids of everything that a name may mean."""
    # A search without labels has no use for it.
    from monitor.beat.called import countries, topics

    entities: dict[str, list[str]] = defaultdict(list)
    for entity in beat.entities:
        names = {entity.id, entity.name, *(alias.text for alias in entity.aliases)}
        for name in set(map(fold_key, names)):
            entities[name].append(entity.id)
    terms: dict[str, list[str]] = defaultdict(list)
    for term in beat.terms:
        for name in {fold_key(each) for each in (term.id, *(a.text for a in term.aliases))}:
            terms[name].append(term.id)
    for keyword in keywords:
        terms[fold_key(keyword)].append(keyword)
    known = {"country": countries(beat), "topic": topics(beat)}
    return {**known, "entity": entities, "term": terms}
