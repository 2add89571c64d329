"""Where a stored article stands: every answer, on a database filled by the real steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from monitor.desk.accounts import Reason


def test_an_article_that_waits_for_its_judgement(world: Any, now: datetime) -> None:
    """Between poll and assess an article has no verdict yet."""
    world.show(world.rss(world.cable))
    world.poll(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.NOT_ASSESSED
    assert account.answer == "It was stored on 12 June 2026, 18:00 UTC and is not assessed yet."
    assert account.verdict.advice == ("monitor assess",)


def test_a_new_wording_waits_for_its_judgement(world: Any, now: datetime) -> None:
    """An edit puts a judged article back into the queue."""
    world.show(world.rss(world.harbour))
    world.poll(now)
    world.assess(now)
    world.show(world.rss(("harbour", "A loud day at the harbour", "")))
    world.poll(now + timedelta(hours=2))
    account = world.why_not("harbour", now + timedelta(hours=2))

    assert account.verdict.reason is Reason.NOT_ASSESSED
    assert account.answer.startswith("Its wording changed on 12 June 2026, 20:00 UTC")
    assert "awaits a judgement" in world.told(account, "assessment")


def test_the_gate_names_the_missing_side_and_what_the_other_had(world: Any, now: datetime) -> None:
    """One side only: the other is named as missing, with the evidence that was there."""
    world.show(world.rss(world.one_sided))
    world.all_steps(now)
    account = world.why_not("polls", now)

    assert account.verdict.reason is Reason.GATE
    assert account.answer == (
        "The gate stayed shut: nothing of Nordic countries; "
        "of Baltic states Lithuania in the title."
    )


def test_the_gate_names_both_sides_when_nothing_was_found(world: Any, now: datetime) -> None:
    """An article about something else altogether has nothing of either side."""
    world.show(world.rss(world.harbour))
    world.all_steps(now)
    account = world.why_not("harbour", now)

    assert account.verdict.reason is Reason.GATE
    assert "nothing of Nordic countries; nothing of Baltic states" in account.answer


def test_a_score_below_the_threshold_is_a_comparison(world: Any, now: datetime) -> None:
    """Both sides are there but it is not enough: the score, the threshold and the arithmetic."""
    world.configure(world.both_feeds, world.daily + "threshold = 99\n")
    world.show(world.rss(world.faint))
    world.all_steps(now)
    account = world.why_not("visit", now)

    member = world.store.articles.by_url(world.link + "visit")
    assert member is not None
    score = f"{member.judgement.score:g}"
    assert account.verdict.reason is Reason.SCORE
    assert account.answer.startswith(
        f"{score} < 99: its score is below the threshold of the digest daily: "
    )
    assert account.answer.endswith(f"= {score}.")


def test_an_old_entry_of_a_first_poll_is_backlog(world: Any, now: datetime) -> None:
    """What a new feed states to be a week old: the stated date and the limit are told."""
    world.show(world.rss(world.cable, at=now - timedelta(days=7)))
    world.all_steps(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.BACKLOG
    assert "it states 5 June 2026, 18:00 UTC" in account.answer
    assert "newer than 9 June 2026, 18:00 UTC" in account.answer
    assert account.answer.endswith("3 days before the feed's first poll.")


def test_backlog_is_counted_from_the_last_good_poll(world: Any, now: datetime) -> None:
    """An old entry that turns up later is measured against the poll before."""
    world.show(world.rss(world.harbour))
    world.all_steps(now)
    later = now + timedelta(days=1)
    world.show(world.rss(world.harbour, world.cable, at=now - timedelta(days=4)))
    world.all_steps(later)
    account = world.why_not("cable", later)

    assert account.verdict.reason is Reason.BACKLOG
    assert "newer than 9 June 2026, 18:00 UTC" in account.answer
    assert account.answer.endswith("before the feed's last good poll.")


def test_a_threshold_that_was_lowered_takes_up_nothing(world: Any, now: datetime) -> None:
    """A score that would do today was too low when it was judged."""
    high = ("threshold = 50", "threshold = 100")
    world.configure(world.both_feeds, world.daily, replacing=high)
    world.show(world.rss(world.faint))
    world.all_steps(now)
    world.configure(world.both_feeds, world.daily, replacing=("threshold = 50", "threshold = 1"))
    account = world.why_not("visit", now)

    assert account.verdict.reason is Reason.JUDGED_BEFORE
    assert "lowering a threshold takes up nothing" in account.answer


def test_a_changed_watchlist_says_what_it_would_give_today(world: Any, now: datetime) -> None:
    """The verdict stands until it is judged again; the difference is told."""
    world.show(world.rss(world.faint))
    world.all_steps(now)
    world.configure(world.both_feeds, world.daily, "[watchlist.keywords]\nchoir = -100\n")
    account = world.why_not("visit", now)

    assert "today's would give it 0" in world.told(account, "assessment")


# --- digests -------------------------------------------------------------------------------------


def test_without_a_digest_there_is_nothing_to_enter(world: Any, now: datetime) -> None:
    """An article over the threshold, and nobody asked for a digest."""
    world.configure(world.both_feeds)
    world.show(world.rss(world.cable))
    world.all_steps(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.NO_DIGEST
    assert account.verdict.advice[0] == "[[digests]]"


def test_an_eligible_article_will_be_in_the_next_edition(world: Any, now: datetime) -> None:
    """The edition, when it is due, and the section that will have it."""
    world.show(world.rss(world.harbour))
    world.all_steps(now)
    later = now + timedelta(hours=2)
    world.show(world.rss(world.harbour, world.cable))
    world.poll(later)
    world.assess(later)
    account = world.why_not("cable", later)

    assert account.verdict.reason is Reason.NEXT_EDITION
    assert account.answer == (
        "It will be in the next edition of daily, due on 13 June 2026, 07:30 UTC, "
        "below “Top stories”, as things stand."
    )


def test_an_edition_that_is_late_is_due_now(world: Any, now: datetime) -> None:
    """A slot that has passed without an edition is due at once."""
    world.show(world.rss(world.cable))
    world.poll(now)
    world.assess(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.NEXT_EDITION
    assert "the next edition of daily, due now" in account.answer


def test_a_second_report_is_behind_the_one_that_leads(world: Any, now: datetime) -> None:
    """Before the edition: two reports of one event are one story, and one of them leads it."""
    world.show(world.rss(world.cable), world.rss(world.same))
    world.poll(now)
    world.assess(now)
    accounts = [world.why_not(name, now) for name in ("cable", "kabel")]

    assert {account.verdict.reason for account in accounts} == {Reason.NEXT_EDITION}
    behind = [account for account in accounts if "folded into story" in account.answer]
    assert len(behind) == 1
    assert "is led by article" in behind[0].answer


def _full_editions(world: Any, start: datetime, count: int) -> None:
    """One edition a day, each filled by a weighty event of its own."""
    for day in range(count):
        # Events months apart are never one story.
        event = start + timedelta(days=60 * (day + 1))
        fresh = world.rss((f"cable-{day}", *world.cable[1:]), at=event)
        faint = world.rss(world.faint, at=start + timedelta(days=400))
        world.show(fresh, faint)
        world.poll(start + timedelta(days=day))
        world.publish(start + timedelta(days=day))


def test_more_stories_than_the_limit(world: Any, now: datetime) -> None:
    """The lighter of two stories finds no room, and what limit would give it some is told."""
    world.configure(world.both_feeds, world.limited)
    world.show(world.rss(world.cable), world.rss(world.faint, at=now + timedelta(days=60)))
    world.poll(now)
    world.assess(now)
    account = world.why_not("visit", now)

    assert account.verdict.reason is Reason.OVER_LIMIT
    assert account.verdict.advice == ("limit = 2",)
    assert account.answer == (
        "It is over the limit: 1 weightier story fills the next edition of daily, due now, "
        "as things stand."
    )


def test_an_article_that_never_found_room(world: Any, now: datetime) -> None:
    """Full editions day after day: the first that had no room for it is named."""
    world.configure(
        world.both_feeds, world.limited, replacing=("backlog_days = 3", "backlog_days = 0")
    )
    _full_editions(world, now, 4)
    account = world.why_not("visit", now + timedelta(days=4))

    assert account.verdict.reason is Reason.OVER_LIMIT
    assert account.answer == (
        "It was over the limit: the edition of daily of 12 June 2026, 07:30 UTC had "
        "1 weightier story, and later ones no more room."
    )


def test_a_digest_that_began_after_the_article(world: Any, now: datetime) -> None:
    """A new digest reaches back as far as the backlog and no further."""
    world.configure(world.both_feeds)
    world.show(world.rss(world.cable))
    world.all_steps(now)
    world.configure(world.both_feeds, world.daily)
    account = world.why_not("cable", now + timedelta(days=10))

    assert account.verdict.reason is Reason.TOO_OLD_FOR_DIGEST
    assert "became eligible on 12 June 2026, 18:00 UTC, too early" in account.answer
    assert "reaches back to 19 June 2026, 18:00 UTC" in account.answer


def test_a_report_of_a_story_told_before(world: Any, now: datetime) -> None:
    """A later report goes into the story that an edition carried; a copy is not told again."""
    world.show(world.rss(world.cable))
    world.all_steps(now)
    later = now + timedelta(hours=2)
    world.show(world.rss(world.cable), world.rss(world.same))
    world.poll(later)
    world.assess(later)
    account = world.why_not("kabel", later)

    assert account.verdict.reason is Reason.FOLDED
    assert "the edition of daily of 12 June 2026, 07:30 UTC carried already" in account.answer
    assert "with article 1 of Grid Post in the lead" in account.answer
    assert "it brings nothing new and is not told again by the next edition" in account.answer
    assert "due on 13 June 2026, 07:30 UTC" in account.answer


def test_a_new_figure_moves_its_story(world: Any, now: datetime) -> None:
    """What nobody had quoted is news of the story; the same outlet again is none."""
    world.show(world.rss(world.cable))
    world.all_steps(now)
    later = now + timedelta(hours=2)
    costly = ("kosten", f"{world.same[1]} for 40 million euros", "")
    world.show(world.rss(world.same, costly))
    world.poll(later)
    world.assess(later)
    moved, again = (world.why_not(name, later) for name in ("kosten", "kabel"))

    assert moved.verdict.reason is again.verdict.reason is Reason.FOLDED
    assert "will stand below “What moved” in the next edition of daily" in moved.answer


def test_a_story_told_before_may_find_no_room(world: Any, now: datetime) -> None:
    """What is new goes before what goes on, so a full edition leaves an update out."""
    world.configure(world.both_feeds, world.limited)
    world.show(world.rss(world.cable))
    world.all_steps(now)
    later = now + timedelta(hours=2)
    costly = ("kabel", f"{world.same[1]} for 40 million euros", "")
    world.show(
        world.rss(costly),
        world.rss(("cable-2", *world.cable[1:]), at=now + timedelta(days=60)),
    )
    world.poll(later)
    world.assess(later)
    account = world.why_not("kabel", later)

    assert account.verdict.reason is Reason.FOLDED
    assert "finds no room any more in the next edition of daily" in account.answer


# --- editions ------------------------------------------------------------------------------------


def test_an_article_that_was_sent(world: Any, now: datetime) -> None:
    """Edition, slot, subject, recipient and time: it is there already."""
    world.show(world.rss(world.cable))
    world.all_steps(now)
    account = world.why_not("cable", now + timedelta(days=3))

    assert account.verdict.reason is Reason.CARRIED
    assert account.answer == (
        "It is in the edition of daily of 12 June 2026, 07:30 UTC, "
        "“Sweden and Lithuania repair the NordBalt cable · 1 story”: "
        "sent on 12 June 2026, 18:00 UTC to editions folder."
    )


def test_an_article_whose_edition_waits(world: Any, now: datetime) -> None:
    """Between publish and deliver an edition is frozen and not sent yet."""
    world.show(world.rss(world.cable))
    world.poll(now)
    world.publish(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.CARRIED
    assert account.answer.endswith("not sent yet to editions folder.")


def test_an_edition_that_could_not_be_sent(world: Any, now: datetime) -> None:
    """A mail server that is down: the error, and when the next attempt is due."""
    world.configure(
        world.both_feeds,
        world.daily + 'to = ["a@example.org"]\nzone = "Asia/Almaty"\n',
        '[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "m@example.org"\n',
    )
    world.show(world.rss(world.cable))
    world.all_steps(now)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.CARRIED
    assert "the edition of daily of 12 June 2026, 07:30 Asia/Almaty" in account.answer
    assert "not sent yet (" in account.answer
    assert account.answer.endswith(
        "to be tried again on 12 June 2026, 23:05 Asia/Almaty, to a@example.org."
    )


def test_a_report_behind_another_outlets_headline(world: Any, now: datetime) -> None:
    """Of two reports in one edition one leads; the other is folded into its story."""
    world.show(world.rss(world.cable), world.rss(world.same))
    world.all_steps(now)
    accounts = {name: world.why_not(name, now) for name in ("cable", "kabel")}
    folded = [name for name, each in accounts.items() if each.verdict.reason is Reason.FOLDED]

    assert len(folded) == 1
    (leader,) = accounts.keys() - set(folded)
    lead = accounts[leader].member
    assert lead is not None
    assert accounts[leader].verdict.reason is Reason.CARRIED
    assert (
        f"led by article {lead.article.id} of {lead.article.outlet}, in the edition of daily"
        in accounts[folded[0]].answer
    )


def test_of_several_digests_the_furthest_answers(world: Any, now: datetime) -> None:
    """Sent by one digest, below the threshold of another: the first answers, both are told."""
    strict = '[[digests]]\nname = "strict"\nschedule = "daily 07:30"\nthreshold = 99\n'
    world.configure(world.both_feeds, strict, world.daily + "threshold = 1\n")
    world.show(world.rss(world.faint))
    world.all_steps(now)
    account = world.why_not("visit", now)

    assert account.verdict.reason is Reason.CARRIED
    assert "the threshold of the digest strict" in world.told(account, "digest")
    assert "It is in the edition of daily" in world.told(account, "digest")


def test_an_edition_of_a_digest_that_is_gone(world: Any, now: datetime) -> None:
    """What was sent was sent, whatever is configured today."""
    world.show(world.rss(world.cable))
    world.all_steps(now)
    world.configure(world.both_feeds)
    account = world.why_not("cable", now)

    assert account.verdict.reason is Reason.CARRIED
    assert "the edition of daily of 12 June 2026, 07:30 UTC" in account.answer


# --- several variants ----------------------------------------------------------------------------

_VARIANTS = """
[[digests]]
name = "daily"
schedule = "daily 07:30"

[[digests.subscribers]]
name = "all"
transport = "files"
to = "all"

[[digests.subscribers]]
name = "vilnius"
transport = "files"
to = "vilnius"
zone = "Europe/Vilnius"
lang = "ru"

[[digests.subscribers]]
name = "oslo"
transport = "files"
to = "oslo"
countries = ["NO"]

[[digests.subscribers]]
name = "strict"
transport = "files"
to = "strict"
topics = ["security"]
"""


def test_each_variant_has_its_own_answer(world: Any, now: datetime) -> None:
    """Who gets the article, and whose filters leave it out."""
    world.configure(world.both_feeds, _VARIANTS)
    world.show(world.rss(world.cable))
    world.poll(now)
    world.assess(now)
    account = world.why_not("cable", now)
    told = world.told(account, "digest").split("\n")

    assert account.verdict.reason is Reason.NEXT_EDITION
    assert len(told) == 4
    assert "the next edition of daily, due now" in told[0]
    assert "the next edition of daily for vilnius, due now" in told[1]
    assert told[2] == (
        "The filters of daily for oslo leave it out: they ask for NO, and its story speaks of "
        "SE, LT and energy."
    )
    assert told[3].startswith("The filters of daily for strict leave it out: they ask for security")


def test_an_edition_names_whose_it_is(world: Any, now: datetime) -> None:
    """Every variant that carried the article, in its own zone, with its deliveries."""
    world.configure(world.both_feeds, _VARIANTS)
    world.show(world.rss(world.cable))
    world.all_steps(now)
    account = world.why("1", now)
    told = world.told(account, "edition")

    assert account.verdict.reason is Reason.CARRIED
    assert "daily of 12 June 2026, 07:30 UTC: " in told and "to all" in told
    assert "daily for vilnius of 12 June 2026, 07:30 Europe/Vilnius: " in told
    assert "to vilnius" in told
    assert "oslo" not in told and "strict" not in told


def test_an_edition_that_goes_to_nobody_is_no_answer(world: Any, now: datetime) -> None:
    """Where everybody has wishes, the digest's own edition is made for the archive only."""
    wishful = _VARIANTS.replace('name = "all"\n', 'name = "all"\ncountries = ["FI"]\n')
    world.configure(world.both_feeds, wishful)
    world.show(world.rss(world.cable))
    world.all_steps(now)
    account = world.why_not("1", now)

    assert account.verdict.reason is Reason.CARRIED
    assert account.answer.startswith("It is in the edition of daily for vilnius of 12 June")
    assert "The filters of daily for all leave it out" in world.told(account, "digest")
