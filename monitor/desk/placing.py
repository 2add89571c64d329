"""Where a stored article stands on its way into the digests: one definite answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.config import DigestSettings
from monitor.desk.accounts import Reason, Verdict, Wishes, duration, listed, moment, plural
from monitor.match.scoring import judge
from monitor.model import DeliveryState, Edition, JudgedArticle, Judgement, Section, Window
from monitor.publish.digest import order_articles
from monitor.publish.reasons import number, reason
from monitor.publish.windows import latest_slot, next_slot, window
from monitor.store import Store
from monitor.store.history import Carriage, Dispatch, Issue, Reading

_PATH = tuple(Reason)
_EVIDENCE_TOLD = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A stored article with everything that its place depends on.

    ``judgement`` has the receipt, kept or made again; ``story`` are the articles of its story,
    ``carriages`` the editions that carried any of them, the oldest first.
    """

    store: Store
    wishes: Wishes
    now: datetime
    member: JudgedArticle
    reading: Reading
    judgement: Judgement
    story: tuple[JudgedArticle, ...]
    carriages: tuple[Carriage, ...]

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
        carriages=tuple(store.history.carriages(article.id, story_ids)),
    )


def places(case: Case) -> list[tuple[str, Verdict]]:
    """Where the article stands in each digest that carried it or may have it."""
    held = _held_back(case)
    return [
        (digest.name, _in_digest(case, digest))
        for digest in case.wishes.settings.digests
        if not held or any(each.issue.digest == digest.name for each in case.own)
    ]


def verdict(case: Case, in_digests: Sequence[tuple[str, Verdict]]) -> Verdict:
    """The first thing on the path that decides; of several digests the one it came furthest in.

    ``in_digests`` are the ``places`` of the case.
    """
    if case.own:
        return carried(case, case.own[0])
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
    settings = case.wishes.settings
    named = [(settings.digest_threshold(d), f"the digest {d.name}") for d in settings.digests]
    return min(named, key=lambda pair: pair[0], default=(settings.watchlist.threshold, "relevance"))


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


def _in_digest(case: Case, digest: DigestSettings) -> Verdict:
    """What became, or will become, of an eligible article in one digest."""
    own = [each for each in case.own if each.issue.digest == digest.name]
    if own:
        return carried(case, own[0])
    threshold = case.wishes.settings.digest_threshold(digest)
    if case.judgement.score < threshold:
        return _score(case, threshold, f"the digest {digest.name}")
    its_window = _next_window(case, digest)
    edition = case.wishes.draft(digest, its_window)
    told = [each for each in case.carriages if each.issue.digest == digest.name]
    section = _section_of(edition, case.member.story_id)
    if told:
        held = any(story.id == case.member.story_id for story in edition.held)
        return _folded(case, digest, told[-1], _coming(section, held), its_window)
    if section:
        return _next_edition(case, digest, section, its_window)
    return _left_out(case, digest, edition, its_window)


def _next_window(case: Case, digest: DigestSettings) -> Window:
    """The window of the edition that comes next; one whose slot has passed is due now."""
    last = case.store.editions.latest(digest.name)
    if digest.when is not None:
        return window(last.frozen_at if last else None, case.now, case.now)
    slot = latest_slot(digest.schedule, digest.zone, case.now)
    if slot is None or (last is not None and last.slot >= slot):
        slot = next_slot(digest.schedule, digest.zone, case.now)
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


def _due(case: Case, digest: DigestSettings, its_window: Window) -> str:
    slot = its_window.slot
    when = "due now" if slot <= case.now else f"due on {moment(slot, digest.zone)}"
    return f"the next edition of {digest.name}, {when}"


def _next_edition(
    case: Case, digest: DigestSettings, section: Section, its_window: Window
) -> Verdict:
    story = next(story for story in section.stories if story.id == case.member.story_id)
    answer = f"It will be in {_due(case, digest, its_window)}, below “{section.name}”"
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
    digest: DigestSettings,
    told: Carriage,
    coming: str,
    its_window: Window,
) -> Verdict:
    lead = _lead(case, told)
    leads = f" with article {lead.article.id} of {lead.article.outlet} in the lead" if lead else ""
    due = _due(case, digest, its_window)
    answer = (
        f"It is folded into story {told.story_id}, which the edition of {digest.name} of "
        f"{moment(told.issue.slot, digest.zone)} carried already{leads}; it {coming} {due}."
    )
    return Verdict(Reason.FOLDED, answer)


def _coming(section: Section | None, held: bool) -> str:
    """What an edition does with more of a story that was told."""
    if section:
        return f"will stand below “{section.name}” in"
    return "brings nothing new and is not told again by" if held else "finds no room any more in"


def _left_out(case: Case, digest: DigestSettings, edition: Edition, its_window: Window) -> Verdict:
    eligible = case.member.article.eligible_at or case.now
    reach = _reach(case, its_window.since, its_window.until)
    if eligible >= reach:
        answer = (
            f"It is over the limit: {_weightier(digest.limit)} "
            f"{'fills' if digest.limit == 1 else 'fill'} {_due(case, digest, its_window)}, "
            "as things stand."
        )
        return Verdict(Reason.OVER_LIMIT, answer, (f"limit = {digest.limit + edition.omitted}",))
    issue = case.store.history.first_issue(digest.name, eligible)
    if issue and issue.story_count >= digest.limit and eligible >= _reach_of(case, issue):
        answer = (
            f"It was over the limit: the edition of {digest.name} of "
            f"{moment(issue.slot, digest.zone)} had {_weightier(issue.story_count)}, and "
            "later ones no more room."
        )
        return Verdict(Reason.OVER_LIMIT, answer)
    answer = (
        f"It became eligible on {moment(eligible)}, too early for the digest {digest.name}: "
        f"{_due(case, digest, its_window)}, reaches back to {moment(reach)}."
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
    zone = case.wishes.zone(issue.digest)
    lead = _lead(case, carriage)
    slot = f"the edition of {issue.digest} of {moment(issue.slot, zone)}, “{issue.subject}”"
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
        if (each.story_id, each.issue.digest) == (carriage.story_id, carriage.issue.digest)
        and each.issue.id <= carriage.issue.id
    }
    members = [each for each in case.story if each.article.id in ids]
    return order_articles(members, "en")[0] if members else None


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
