"""What the archive says in numbers of one subject, and where it contradicts itself; read-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.errors import InputError
from monitor.match.coverage import is_measure
from monitor.match.ledger import contradictions, is_work
from monitor.model import Account, Beat, Contradiction, Entity
from monitor.store import Store
from monitor.text.normalise import fold_key


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts of a subject, the oldest first, and those that cannot all be right."""

    subject: Entity
    accounts: tuple[Account, ...]
    contradictions: tuple[Contradiction, ...] = ()


def ledger(store: Store, beat: Beat, name: str) -> Ledger:
    """All that was said of the entity called ``name``; InputError when the beat has none."""
    subject = entity(beat, name)
    accounts = _told_once(store.figures.about([subject.id]))
    return Ledger(subject, tuple(accounts), tuple(contradicting(accounts, subject)))


def _told_once(accounts: Iterable[Account]) -> list[Account]:
    """Each figure of an article once, in the sentence that says most of it; the oldest first."""
    found: dict[tuple[int, float, str], Account] = {}
    for each in accounts:
        figure = each.statement.figure
        key = (each.article_id, figure.value, figure.unit)
        found[key] = max(found.get(key, each), each, key=_says)
    return sorted(found.values(), key=lambda each: (each.at, each.article_id))


def _says(account: Account) -> tuple[bool, int]:
    return bool(account.statement.kind), len(account.statement.sentence)


def is_told(account: Account) -> bool:
    """Whether an account tells something: no span of time does, and a year only with its kind."""
    statement = account.statement
    dated = statement.figure.unit == "year" and bool(statement.kind)
    return dated or is_measure(statement.figure.unit)


def contradicting(accounts: Sequence[Account], subject: Entity) -> list[Contradiction]:
    """What cannot all be right; asked only of works, which are built once."""
    return contradictions(accounts, subject.id) if is_work(subject.kind) else []


def entity(beat: Beat, name: str) -> Entity:
    """The entity with a name, an alias or an id, in any script; InputError when there is none.

    Where no name is the same, the first entity counts whose name begins so, or has it inside.
    """
    wanted = fold_key(name)
    names = {each.id: _names(each) for each in beat.entities}
    for fits in (
        lambda key: key == wanted,
        lambda key: key.startswith(wanted),
        lambda key: f" {wanted} " in f" {key} ",
    ):
        found = [each for each in beat.entities if wanted and any(map(fits, names[each.id]))]
        if found:
            return found[0]
    raise InputError(f'the beat has no entity called "{name}"; `monitor search` finds words')


def _names(each: Entity) -> list[str]:
    written = (each.id, each.id.replace("-", " "), each.name, *(a.text for a in each.aliases))
    return [fold_key(text) for text in written]
