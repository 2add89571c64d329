"""What is new in a story since an edition told of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from monitor.match.figures import figures
from monitor.match.ledger import agree
from monitor.model import Figure, JudgedArticle, Update


def update(
    told: Sequence[JudgedArticle], now: Sequence[JudgedArticle], official: Collection[str] = ()
) -> Update | None:
    """How the articles of a story ``now`` differ from those an edition ``told``; None for nothing.

    New are figures that agree with none that was told, entities (actors), camps, and outlets of
    ``official`` camps where no such outlet was told: what was rumour is confirmed.
    """
    known = {each.article.id for each in told}
    fresh = [each for each in now if each.article.id not in known]
    confirmed = (
        () if _officials(told, official) else tuple(dict.fromkeys(_officials(fresh, official)))
    )
    found = Update(
        figures=tuple(_new_figures(told, fresh)),
        actors=_new(_entities(told), _entities(fresh)),
        camps=_new(_camps(told), _camps(fresh)),
        confirmed_by=confirmed,
    )
    return found if found != Update() else None


def _new_figures(told: Iterable[JudgedArticle], fresh: Iterable[JudgedArticle]) -> Iterator[Figure]:
    known = list(_figures(told))
    for figure in _figures(fresh):
        if not any(figure.unit == other.unit and agree(figure, other) for other in known):
            known.append(figure)
            yield figure


def _figures(members: Iterable[JudgedArticle]) -> Iterator[Figure]:
    for each in members:
        wording = each.article.wording
        for _, text in wording.fields():
            yield from figures(text, wording.lang)


def _entities(members: Iterable[JudgedArticle]) -> list[str]:
    return [entity for each in members for entity in each.judgement.entities]


def _camps(members: Iterable[JudgedArticle]) -> list[str]:
    return [each.article.camp for each in members if each.article.camp]


def _officials(members: Iterable[JudgedArticle], official: Collection[str]) -> list[str]:
    return [each.article.outlet for each in members if each.article.camp in official]


def _new(known: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    """What is found and not known, each once, in the order of being found."""
    old = set(known)
    return tuple(dict.fromkeys(each for each in found if each not in old))
