"""Why an article is where it is, and why one is not where it was expected; read-only.

::

    feed ── polls ── archive ── assessment ── gate ── score ── story ── digest ── edition

``why_not`` walks this path to the first thing that decides; ``why`` starts from the article.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from monitor.desk.accounts import Account, Step, Verdict, Wishes, listed, moment
from monitor.desk.naming import address, find
from monitor.desk.placing import (
    Case,
    arrivals,
    gate_sentence,
    open_case,
    places,
    readers_of,
    verdict,
)
from monitor.desk.unseen import unseen
from monitor.errors import InputError
from monitor.match.scoring import judge
from monitor.model import JudgedArticle
from monitor.publish.reasons import number, reason
from monitor.store import Store
from monitor.text.amounts import plural

_PIECES = 6
_SUMMARY_LENGTH = 240  # three lines
_OTHERS_TOLD = 8


def why(store: Store, wishes: Wishes, name: str, now: datetime) -> Account:
    """Why the article called ``name``, an id or an address, is where it is.

    InputError when the archive has no such article.
    """
    member = find(store, name)
    if member is None:
        raise InputError(
            f"there is no article {name} in the archive; `monitor why-not {name}` tells why"
        )
    case = open_case(store, wishes, member, now)
    steps = [_score(case), _feeds(case), _story(case), *_editions(case)]
    return _account(case, name, steps, places(case))


def why_not(store: Store, wishes: Wishes, name: str, now: datetime) -> Account:
    """Why the article called ``name``, an address or an id, came in no edition, or in which.

    InputError for a name that is neither, and for an id that was never given.
    """
    member = find(store, name)
    if member is None:
        return unseen(store, wishes, address(name), now)
    case = open_case(store, wishes, member, now)
    in_digests = places(case)
    return _account(case, name, _walk(case, in_digests), in_digests)


def _account(
    case: Case, name: str, steps: list[Step], in_digests: list[tuple[str, Verdict]]
) -> Account:
    told = tuple(step for step in steps if step.lines)
    return Account(name, told, verdict(case, in_digests), case.member)


# --- the walk ------------------------------------------------------------------------------------


def _walk(case: Case, in_digests: list[tuple[str, Verdict]]) -> list[Step]:
    steps = [_feeds(case), _archive(case), _assessment(case)]
    if case.reading.at is not None:
        steps += [Step("gate", (gate_sentence(case),)), _score(case), _story(case)]
    if len(in_digests) > 1:  # of a single one the answer tells
        steps += [Step("digest", (each.answer,)) for _, each in in_digests]
    return steps


def _archive(case: Case) -> Step:
    article = case.member.article
    stated = f", published on {moment(article.published)}" if article.published else ""
    seen = f"article {article.id} of {article.outlet}, first seen on {moment(article.first_seen)}"
    lines = [f"{seen}{stated}"]
    if case.reading.worded_at > article.first_seen:
        lines.append(f"its wording changed on {moment(case.reading.worded_at)}")
    return Step("archive", tuple(lines))


def _assessment(case: Case) -> Step:
    reading, watchlist = case.reading, case.wishes.watchlist
    if reading.at is None:
        return Step("assessment", ("none yet",))
    lines = [f"judged on {moment(reading.at)}"]
    if reading.pending:
        lines.append("its new wording awaits a judgement")
    if reading.fingerprint != watchlist.fingerprint:
        score = judge(watchlist, case.member.article.wording).score
        lines.append(f"the watchlist has changed since; today's would give it {number(score)}")
    return Step("assessment", tuple(lines))


def _score(case: Case) -> Step:
    if case.reading.at is None:
        return Step("score", ("not assessed yet",))
    told = (reason(case.judgement, limit) for limit in range(_PIECES, 0, -1))
    summary = next((each for each in told if len(each) <= _SUMMARY_LENGTH), None)
    return Step("score", (summary or number(case.judgement.score),))


def _story(case: Case) -> Step:
    story_id = case.member.story_id
    if story_id is None:
        return Step("story", ())
    if not case.others:
        return Step("story", (f"story {story_id}, told by nobody else",))
    outlets = Counter(each.article.outlet for each in case.others)
    lines = [f"story {story_id}, also told by {plural(len(outlets), 'outlet')}:"]
    lines += [_told(each) for each in case.others[:_OTHERS_TOLD]]
    if len(case.others) > _OTHERS_TOLD:
        lines.append(f"and {plural(len(case.others) - _OTHERS_TOLD, 'more article')}")
    return Step("story", tuple(lines))


def _feeds(case: Case) -> Step:
    """The feeds that show the article itself, where there are several."""
    outlets = case.store.history.outlets_showing(case.member.article.id)
    lines = (f"shown by {listed(outlets, _OTHERS_TOLD)}",) if len(outlets) > 1 else ()
    return Step("feeds", lines)


def _told(member: JudgedArticle) -> str:
    article = member.article
    return f"{article.id}  {article.outlet} ({article.wording.lang}): {article.wording.title}"


def _editions(case: Case) -> list[Step]:
    """The editions that carried the article, each with its deliveries."""
    sent = case.store.history.dispatches([each.issue.id for each in case.own])
    steps = []
    for issue in (each.issue for each in case.own):
        readers = readers_of(case, issue)
        zone = readers.zone if readers else case.wishes.zone(issue.digest)
        whose = readers.label if readers else issue.digest
        lines = (
            f"{whose} of {moment(issue.slot, zone)}: {issue.subject}",
            arrivals(sent.get(issue.id, []), zone),
        )
        steps.append(Step("edition", lines))
    return steps
