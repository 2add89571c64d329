"""Where a stored article stands on its way into the digests: one definite answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.desk.accounts import (
    Readers,
    Reason,
    Verdict,
    Wishes,
    duration,
    listed,
    moment,
)
from monitor.match.scoring import judge
from monitor.model import DeliveryState, Edition, JudgedArticle, Judgement, Section, Window
from monitor.publish.digest import order_articles
from monitor.publish.reasons import number, reason
from monitor.publish.windows import latest_slot, next_slot, window
from monitor.store import Store
from monitor.store.editions import base_of
from monitor.store.history import Carriage, Dispatch, Issue, Reading
from monitor.text.amounts import plural

_PATH = tuple(Reason)
_EVIDENCE_TOLD = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A stored article with everything that its place depends on.

    ``judgement`` has the receipt, kept or made again; ``story`` are the articles of its story,
    ``carriages`` the editions that carried any of them, the oldest first; ``readers`` are all who
    get a digest.
    """

    store: Store
    wishes: Wishes
    now: datetime
    member: JudgedArticle
    reading: Reading
    judgement: Judgement
    story: tuple[JudgedArticle, ...]
    carriages: tuple[Carriage, ...]
    readers: tuple[Readers, ...]

    @property
    def own(self) -> tuple[Carriage, ...]:
        """The editions that carried the article itself."""
        return tuple(each for each in self.carriages if each.article_id == self.member.article.id)

    @property
    def others(self) -> tuple[JudgedArticle, ...]:
        """Who else tells the story."""
        return tuple(each for each in self.story if each.article.id != self.member.article.id)


def open_case(store: Store, wishes: Wishes, member: JudgedArticle, now: datetime) -> Case:
    """Gather what the store knows of ``member``."""
    article, story_ids = member.article, [] if member.story_id is None else [member.story_id]
    readers = tuple(each for digest in wishes.settings.digests for each in wishes.readers(digest))
    reading = store.history.reading(article.id)
    receipt = store.articles.receipt(article.id)
    if receipt is None:  # only those of articles far off are not kept
        receipt = judge(wishes.watchlist, article.wording).receipt
    return Case(
        store=store,
        wishes=wishes,
        now=now,
        member=member,
        reading=reading or Reading(article.first_seen, True, None, None),
        judgement=replace(member.judgement, receipt=receipt),
        story=tuple(m for ms in store.stories.members(story_ids).values() for m in ms),
        carriages=tuple(_read(store.history.carriages(article.id, story_ids), readers)),
        readers=readers,
    )


def _read(carriages: Iterable[Carriage], readers: Sequence[Readers]) -> Iterator[Carriage]:
    """Without those of a digest's own edition that is made for the archive and goes to nobody."""
    digests = {each.digest.name for each in readers}
    known = {(each.digest.name, each.key) for each in readers}
    for each in carriages:
        variant = base_of(each.issue.variant)
        if variant or each.issue.digest not in digests or (each.issue.digest, "") in known:
            yield each


def places(case: Case) -> list[tuple[str, Verdict]]:
    """Where the article stands in each variant of a digest that carried it or may have it."""
    held = _held_back(case)
    return [
        (readers.label, _in_digest(case, readers))
        for readers in case.readers
        if not held or any(_is_of(each, readers) for each in case.own)
    ]


def readers_of(case: Case, issue: Issue) -> Readers | None:
    """Who gets the editions of which ``issue`` is one; None where nobody does any more."""
    of = (each for each in case.readers if (each.digest.name, each.key) == _kind(issue))
    return next(of, None)


def _is_of(carriage: Carriage, readers: Readers) -> bool:
    """Whether these readers had the edition."""
    return _kind(carriage.issue) == (readers.digest.name, readers.key)


def _kind(issue: Issue) -> tuple[str, str]:
    """The digest and the variant that an edition is of."""
    return issue.digest, base_of(issue.variant)


def verdict(case: Case, in_digests: Sequence[tuple[str, Verdict]]) -> Verdict:
    """The first thing on the path that decides; of several digests the one it came furthest in.

    ``in_digests`` are the ``places`` of the case.
    """
    if case.own:
        sent = case.store.history.dispatches([each.issue.id for each in case.own])
        received = (each for each in case.own if each.issue.id in sent)
        return carried(case, next(received, case.own[0]))
    if held := _held_back(case):
        return held
    if not in_digests:
        answer = "It could enter a digest, but no digest is configured."
        advice = ("[[digests]]", 'name = "daily"', 'schedule = "daily 07:30"')
        return Verdict(Reason.NO_DIGEST, answer, advice)
    return max((each for _, each in in_digests), key=lambda each: _PATH.index(each.reason))


# --- before any digest ---------------------------------------------------------------------------


def _held_back(case: Case) -> Verdict | None:
    """Why no digest may have the article; None when one may."""
    article = case.member.article
    threshold, whose = _lowest_threshold(case)
    if case.reading.pending:
        return _not_assessed(case)
    if case.judgement.score < threshold:
        return _gate(case) or _score(case, threshold, whose)
    if article.backlog:
        return _backlog(case)
    return None if article.eligible_at else _judged_before(case, threshold)


def _not_assessed(case: Case) -> Verdict:
    seen = moment(case.reading.worded_at)
    what = "It was stored" if case.reading.at is None else "Its wording changed"
    answer = f"{what} on {seen} and is not assessed yet."
    return Verdict(Reason.NOT_ASSESSED, answer, ("monitor assess",))


def _lowest_threshold(case: Case) -> tuple[float, str]:
    named = [(each.threshold, f"the digest {each.label}") for each in case.readers]
    otherwise = (case.wishes.settings.watchlist.threshold, "relevance")
    return min(named, key=lambda pair: pair[0], default=otherwise)


def missing_sides(case: Case) -> list[str]:
    """The sides that the gate missed; all of them where nothing of the beat was found at all."""
    sides = [side.id for side in case.wishes.beat.sides]
    rules = [line.rule for line in case.judgement.receipt]
    if not any(rule.startswith("entity:") for rule in rules):
        return sides
    return [side for side in sides if f"gate:{side}" in rules]


def evidence(case: Case, side: str) -> list[str]:
    """What was found of a side: ``Lithuania in the title``."""
    sides_of = {f"entity:{each.id}": each.sides for each in case.wishes.beat.entities}
    return [
        f"{line.form} in the {line.field}"
        for line in case.judgement.receipt
        if line.form and side in sides_of.get(line.rule, ())
    ]


def gate_sentence(case: Case) -> str:
    """What stood on either side of the gate: ``of Nordic countries Sweden in the title``."""
    missing = missing_sides(case)
    told = [
        f"nothing of {side.name}"
        if side.id in missing
        else f"of {side.name} {listed(evidence(case, side.id), _EVIDENCE_TOLD) or 'something'}"
        for side in sorted(case.wishes.beat.sides, key=lambda side: side.id not in missing)
    ]
    return "; ".join(told)


def _gate(case: Case) -> Verdict | None:
    if not missing_sides(case):
        return None
    return Verdict(Reason.GATE, f"The gate stayed shut: {gate_sentence(case)}.")


def _score(case: Case, threshold: float, whose: str) -> Verdict:
    score = number(case.judgement.score)
    pieces = reason(case.judgement)
    told = f": {pieces}" if pieces else ""
    answer = f"{score} < {number(threshold)}: its score is below the threshold of {whose}{told}."
    return Verdict(Reason.SCORE, answer)


def _backlog(case: Case) -> Verdict:
    article, wait = case.member.article, _backlog_span(case)
    stated = f"states {moment(article.published)}" if article.published else "states an older date"
    feed_id, seen = article.feed_id, article.first_seen
    last = None if feed_id is None else case.store.history.last_good_poll(feed_id, seen)
    since = "before the feed's last good poll" if last else "before the feed's first poll"
    answer = (
        f"It is older than the backlog: it {stated}, and when it was first seen on {moment(seen)} "
        f"only what was newer than {moment((last or seen) - wait)} could enter a digest, "
        f"{duration(wait)} {since}."
    )
    return Verdict(Reason.BACKLOG, answer)


def _backlog_span(case: Case) -> timedelta:
    return timedelta(days=case.wishes.settings.monitor.backlog_days)


def _judged_before(case: Case, threshold: float) -> Verdict:
    at = f" on {moment(case.reading.at)}" if case.reading.at else ""
    answer = (
        f"Its score of {number(case.judgement.score)} is over the threshold of "
        f"{number(threshold)} now, but was not when it was judged{at}; lowering a threshold takes "
        "up nothing from the archive."
    )
    return Verdict(Reason.JUDGED_BEFORE, answer)


# --- in one digest -------------------------------------------------------------------------------


def _in_digest(case: Case, readers: Readers) -> Verdict:
    """What became, or will become, of an eligible article in one variant of a digest."""
    own = [each for each in case.own if _is_of(each, readers)]
    if own:
        return carried(case, own[0])
    if case.judgement.score < readers.threshold:
        return _score(case, readers.threshold, f"the digest {readers.label}")
    if not any(map(readers.wants, (case.member, *case.others))):
        return _filtered(case, readers)
    its_window = _next_window(case, readers)
    edition = readers.draft(its_window)
    told = [each for each in case.carriages if _is_of(each, readers)]
    section = _section_of(edition, case.member.story_id)
    if told:
        held = any(story.id == case.member.story_id for story in edition.held)
        return _folded(case, readers, told[-1], _coming(section, held), its_window)
    if section:
        return _next_edition(case, readers, section, its_window)
    return _left_out(case, readers, edition, its_window)


def _filtered(case: Case, readers: Readers) -> Verdict:
    judgement = case.judgement
    spoken_of = listed([*judgement.countries, *judgement.topics]) or "nothing of the kind"
    answer = (
        f"The filters of {readers.label} leave it out: they ask for "
        f"{listed(readers.filters, len(readers.filters))}, and its story speaks of {spoken_of}."
    )
    return Verdict(Reason.FILTERED, answer)


def _next_window(case: Case, readers: Readers) -> Window:
    """The window of the edition that comes next; one whose slot has passed is due now.

    Readers who had none yet go on where the digest stands.
    """
    digest, latest = readers.digest, case.store.editions.latest
    last = latest(digest.name, readers.key) or latest(digest.name)
    if digest.when is not None:
        return window(last.frozen_at if last else None, case.now, case.now)
    slot = latest_slot(digest.schedule, readers.zone, case.now)
    if slot is None or (last is not None and last.slot >= slot):
        slot = next_slot(digest.schedule, readers.zone, case.now)
    return window(last.frozen_at if last else None, slot, case.now)


def _section_of(edition: Edition, story_id: int | None) -> Section | None:
    """The section that prints a story; None where the edition does not."""
    return next(
        (
            section
            for section in edition.sections
            if any(story.id == story_id for story in section.stories)
        ),
        None,
    )


def _due(case: Case, readers: Readers, its_window: Window) -> str:
    slot = its_window.slot
    when = "due now" if slot <= case.now else f"due on {moment(slot, readers.zone)}"
    return f"the next edition of {readers.label}, {when}"


def _next_edition(case: Case, readers: Readers, section: Section, its_window: Window) -> Verdict:
    story = next(story for story in section.stories if story.id == case.member.story_id)
    answer = f"It will be in {_due(case, readers, its_window)}, below “{section.name}”"
    answer += f"{_led_by(case, story.lead)}, as things stand."
    return Verdict(Reason.NEXT_EDITION, answer)


def _led_by(case: Case, lead: JudgedArticle) -> str:
    """The story and who leads it, unless the article does so itself."""
    if lead.article.id == case.member.article.id:
        return ""
    return (
        f", folded into story {case.member.story_id}, which is led by "
        f"article {lead.article.id} of {lead.article.outlet}"
    )


def _folded(
    case: Case,
    readers: Readers,
    told: Carriage,
    coming: str,
    its_window: Window,
) -> Verdict:
    lead = _lead(case, told)
    leads = f" with article {lead.article.id} of {lead.article.outlet} in the lead" if lead else ""
    due = _due(case, readers, its_window)
    answer = (
        f"It is folded into story {told.story_id}, which the edition of {readers.label} of "
        f"{moment(told.issue.slot, readers.zone)} carried already{leads}; it {coming} {due}."
    )
    return Verdict(Reason.FOLDED, answer)


def _coming(section: Section | None, held: bool) -> str:
    """What an edition does with more of a story that was told."""
    if section:
        return f"will stand below “{section.name}” in"
    return "brings nothing new and is not told again by" if held else "finds no room any more in"


def _left_out(case: Case, readers: Readers, edition: Edition, its_window: Window) -> Verdict:
    digest = readers.digest
    eligible = case.member.article.eligible_at or case.now
    reach = _reach(case, its_window.since, its_window.until)
    if eligible >= reach:
        answer = (
            f"It is over the limit: {_weightier(digest.limit)} "
            f"{'fills' if digest.limit == 1 else 'fill'} {_due(case, readers, its_window)}, "
            "as things stand."
        )
        return Verdict(Reason.OVER_LIMIT, answer, (f"limit = {digest.limit + edition.omitted}",))
    issue = case.store.history.first_issue(digest.name, eligible, readers.key)
    if issue and issue.story_count >= digest.limit and eligible >= _reach_of(case, issue):
        answer = (
            f"It was over the limit: the edition of {readers.label} of "
            f"{moment(issue.slot, readers.zone)} had {_weightier(issue.story_count)}, and "
            "later ones no more room."
        )
        return Verdict(Reason.OVER_LIMIT, answer)
    answer = (
        f"It became eligible on {moment(eligible)}, too early for the digest {readers.label}: "
        f"{_due(case, readers, its_window)}, reaches back to {moment(reach)}."
    )
    return Verdict(Reason.TOO_OLD_FOR_DIGEST, answer)


def _weightier(count: int) -> str:
    return plural(count, "weightier story", "weightier stories")


def _reach(case: Case, since: datetime | None, until: datetime) -> datetime:
    """How far back an edition takes up what became eligible and was not carried."""
    return (since or until) - max(_backlog_span(case), _DAY)


def _reach_of(case: Case, issue: Issue) -> datetime:
    return _reach(case, issue.since, issue.until)


# --- in an edition -------------------------------------------------------------------------------


def carried(case: Case, carriage: Carriage) -> Verdict:
    """The edition that carried the article: as the lead of a story, or folded into one."""
    issue = carriage.issue
    readers = readers_of(case, issue)
    zone = readers.zone if readers else case.wishes.zone(issue.digest)
    lead = _lead(case, carriage)
    whose = readers.label if readers else issue.digest
    slot = f"the edition of {whose} of {moment(issue.slot, zone)}, “{issue.subject}”"
    sent = arrivals(case.store.history.dispatches([issue.id]).get(issue.id, []), zone)
    if lead is None or lead.article.id == case.member.article.id:
        return Verdict(Reason.CARRIED, f"It is in {slot}: {sent}.")
    answer = (
        f"It is folded into story {carriage.story_id}, led by article {lead.article.id} of "
        f"{lead.article.outlet}, in {slot}: {sent}."
    )
    return Verdict(Reason.FOLDED, answer)


def _lead(case: Case, carriage: Carriage) -> JudgedArticle | None:
    """The article that speaks for the story in that edition, by the scores of today."""
    ids = {
        each.article_id
        for each in case.carriages
        if (each.story_id, _kind(each.issue)) == (carriage.story_id, _kind(carriage.issue))
        and each.issue.id <= carriage.issue.id
    }
    members = [each for each in case.story if each.article.id in ids]
    readers = readers_of(case, carriage.issue)
    return order_articles(members, readers.lang if readers else "en")[0] if members else None


def arrivals(dispatches: list[Dispatch], zone: str) -> str:
    """Who got an edition, and when: ``sent on … to a@x.example and b@x.example``."""
    if not dispatches:
        return "it had no recipient"
    by_state: dict[str, list[str]] = {}
    for each in dispatches:
        by_state.setdefault(_state(each, zone), []).append(each.subscriber)
    return "; ".join(f"{state} to {listed(who)}" for state, who in by_state.items())


def _state(dispatch: Dispatch, zone: str) -> str:
    settled = f" on {moment(dispatch.settled_at, zone)}" if dispatch.settled_at else ""
    error = f" ({dispatch.error})" if dispatch.error else ""
    retry = (
        f", to be tried again on {moment(dispatch.retry_at, zone)}," if dispatch.retry_at else ""
    )
    match dispatch.state:
        case DeliveryState.SENT:
            return f"sent{settled}"
        case DeliveryState.NEW:
            return "not sent yet"
        case DeliveryState.SENDING:
            return "being sent"
        case DeliveryState.DEAD:
            return f"given up{settled}{error}"
        case DeliveryState.UNKNOWN:
            return f"perhaps sent{settled}{error}{retry}"
        case DeliveryState.RETRY:
            return f"not sent yet{error}{retry}"
