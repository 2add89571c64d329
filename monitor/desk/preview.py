"""Editions to look at: each as it was sent, by its number or by digest and date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from monitor.errors import InputError
from monitor.model import FrozenEdition
from monitor.publish.windows import zone_of
from monitor.store import Store
from monitor.text.times import YEARS

_DAY = timedelta(days=1)
_LONGEST_ID = 18  # digits of a number that any database can hold
_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


def edition_named(store: Store, name: str) -> FrozenEdition:
    """The edition with that number, or the last of ``daily@2026-11-24``, by its slot's date there.

    The name of a digest alone means its last one. InputError for an edition that there is not.
    """
    is_number = name.isdecimal() and len(name) <= _LONGEST_ID
    found = store.editions.get(int(name)) if is_number else _last_of(store, name)
    if found is None:
        raise InputError(
            f'there is no edition "{name}"; write its number, or digest@2026-11-24: '
            "`monitor digest list` shows them"
        )
    return found


def _last_of(store: Store, name: str) -> FrozenEdition | None:
    digest, _, stated = name.partition("@")
    if not stated:
        return next(iter(store.editions.between(digest, *_EVER)), None)
    try:
        day = date.fromisoformat(stated)
    except ValueError:
        return None
    if day.year not in YEARS:
        return None
    noon = datetime.combine(day, time(12), UTC)
    near = store.editions.between(digest, noon - 2 * _DAY, noon + 2 * _DAY)
    return next((each for each in near if _local_date(each) == day), None)


def _local_date(edition: FrozenEdition) -> date:
    return edition.slot.astimezone(zone_of(edition.zone)).date()
