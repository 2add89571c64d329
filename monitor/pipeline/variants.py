"""Which subscribers share an edition, and after which of their editions the next one comes. Pure.

Equal subscribers (zone, language, filters) share a variant; the digest's own is the empty one and
is always made, for the archive. Whoever moves from one variant to another gets one edition that
takes up where the last one ended; from then on it is shared with the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.config import DigestSettings, SubscriberSettings
from monitor.model import FrozenEdition, JudgedArticle, Schedule, Story
from monitor.publish.windows import zone_of
from monitor.store.editions import MOVED, base_of

LastEditions = Mapping[tuple[str, str], FrozenEdition]  # by subscriber and transport


@dataclass(frozen=True, slots=True)
class Variant:
    """What equal subscribers share, and who they are.

    ``moved_from`` is the edition of another variant after which theirs begins, if there is one.
    """

    key: str
    zone: str
    lang: str = "en"
    countries: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    threshold: float | None = None
    receivers: tuple[SubscriberSettings, ...] = ()
    moved_from: FrozenEdition | None = None

    def wants(self, judged: JudgedArticle) -> bool:
        """Whether an article speaks of what these subscribers want to hear of."""
        judgement = judged.judgement
        return (not self.countries or not self.countries.isdisjoint(judgement.countries)) and (
            not self.topics or not self.topics.isdisjoint(judgement.topics)
        )

    def wanted(self, stories: Iterable[Story]) -> list[Story]:
        """The stories of which at least one article is wanted."""
        return [story for story in stories if any(map(self.wants, story.articles))]


def own_variant(digest: DigestSettings) -> Variant:
    """The digest as it stands, without anybody's wishes."""
    return Variant("", digest.zone, threshold=digest.threshold)


def variants(digest: DigestSettings, receivers: Iterable[SubscriberSettings]) -> list[Variant]:
    """The digest's own variant first, then one for each kind of subscriber, in their order."""
    found = {"": own_variant(digest)}
    sharing: dict[str, list[SubscriberSettings]] = defaultdict(list)
    for receiver in receivers:
        variant = _wished(digest, receiver)
        found.setdefault(variant.key, variant)
        sharing[variant.key].append(receiver)
    return [replace(each, receivers=tuple(sharing[key])) for key, each in found.items()]


def _wished(digest: DigestSettings, receiver: SubscriberSettings) -> Variant:
    zone = receiver.zone or digest.zone
    threshold = digest.threshold if receiver.threshold is None else receiver.threshold
    wishes = {
        "zone": zone if zone != digest.zone else "",
        "lang": receiver.lang if receiver.lang != "en" else "",
        "countries": ",".join(sorted(set(receiver.countries))),
        "topics": ",".join(sorted(set(receiver.topics))),
        "threshold": f"{threshold:g}" if threshold not in (None, digest.threshold) else "",
    }
    return Variant(
        " ".join(f"{name}={wish}" for name, wish in wishes.items() if wish),
        zone,
        receiver.lang,
        frozenset(receiver.countries),
        frozenset(receiver.topics),
        threshold,
    )


def cohorts(variant: Variant, last: LastEditions) -> Iterator[Variant]:
    """The variant with those who are in step with it, then a variant for each who are not.

    In step are those whose last edition was one of it, and those who never had one. ``last`` are
    the last editions by subscriber and transport.
    """
    in_step, moved = [], defaultdict(list)
    for receiver in variant.receivers:
        edition = last.get((receiver.identity, receiver.transport))
        if edition is None or base_of(edition.variant) == variant.key:
            in_step.append(receiver)
        else:
            moved[edition.id].append((receiver, edition))
    yield replace(variant, receivers=tuple(in_step))
    for edition_id, members in moved.items():
        yield replace(
            variant,
            key=f"{variant.key}{MOVED}{edition_id}",
            receivers=tuple(receiver for receiver, _ in members),
            moved_from=members[0][1],
        )


def is_same_day(schedule: Schedule, variant: Variant, last: FrozenEdition, slot: datetime) -> bool:
    """Whether a change of zone would bring a second edition on one date, of a daily digest."""
    if variant.zone == last.zone or len(schedule.hours) * len(schedule.minutes) > 1:
        return False
    place = zone_of(variant.zone)
    return last.slot.astimezone(place).date() == slot.astimezone(place).date()
