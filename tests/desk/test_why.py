"""How articles are named, and what `why` tells of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from monitor.demo.servers import Document
from monitor.desk.accounts import Reason
from monitor.desk.why import why, why_not
from monitor.errors import InputError


@pytest.mark.parametrize(
    "written",
    [
        "1",
        "https://press.example/cable",
        "http://www.press.example:80/cable/?utm_source=x&fbclid=y#top",
        "press.example/cable",
        " https://m.press.example/amp/cable ",
    ],
)
def test_an_address_may_be_written_in_any_way(world: Any, now: datetime, written: str) -> None:
    """Scheme, www, tracking and rendering name no other article."""
    world.show(world.rss(world.cable))
    world.poll(now)

    account = world.why(written, now)
    assert account.member is not None
    assert account.member.article.url == world.link + "cable"


def test_a_guid_that_is_an_address_is_known_too(world: Any, now: datetime) -> None:
    """Where the link is a redirector's, the guid may be the page that readers see."""
    entry = (
        "<item><title>A cable</title><link>https://redirector.example/r/7</link>"
        "<guid>https://press.example/real</guid></item>"
    )
    world.show(Document(f"<rss version='2.0'><channel>{entry}</channel></rss>".encode(), ".xml"))
    world.poll(now)

    account = world.why("http://www.press.example/real?utm_medium=rss", now)
    assert account.member is not None
    assert account.member.article.url == "https://redirector.example/r/7"


@pytest.mark.parametrize(
    "name", ["", "cable", "two words.example", "ftp://a.example/x", "http://["]
)
def test_a_name_that_is_neither_id_nor_address_is_refused(
    world: Any, now: datetime, name: str
) -> None:
    """Bad input is a sentence."""
    with pytest.raises(InputError, match="neither the id"):
        why_not(world.store, world.wishes(), name, now)


def test_what_no_encoding_has_is_replaced(world: Any, now: datetime) -> None:
    """An argument that is no text of the terminal is asked for as far as it can be read."""
    account = world.why_not("https://a.example/\udcff", now)

    assert account.answer.startswith("No feed of a.example is configured")


@pytest.mark.parametrize("name", ["7", "9" * 5000])
def test_an_id_that_was_never_given_is_refused(world: Any, now: datetime, name: str) -> None:
    """An id can only be wrong, there is nothing to explain."""
    with pytest.raises(InputError, match="there is no article"):
        why_not(world.store, world.wishes(), name, now)


# --- why -----------------------------------------------------------------------------------------


def test_why_tells_score_story_editions_and_deliveries(world: Any, now: datetime) -> None:
    """The receipt in short, who else tells the story, the edition and who got it."""
    world.show(world.rss(world.cable), world.rss(world.same))
    world.all_steps(now)
    account = world.why("1", now)

    assert [step.name for step in account.steps] == ["score", "story", "edition"]
    assert "NordBalt in the title +" in world.told(account, "score")
    assert len(world.told(account, "score")) <= 240
    assert "also told by 1 outlet:" in world.told(account, "story")
    assert f"Sea Times (en): {world.same[1]}" in world.told(account, "story")
    assert "daily of 12 June 2026, 07:30 UTC: " in world.told(account, "edition")
    assert "sent on 12 June 2026, 18:00 UTC to editions folder" in world.told(account, "edition")


def test_why_names_every_feed_that_shows_the_article(world: Any, now: datetime) -> None:
    """One article in two feeds is one article, and both are told."""
    world.show(world.rss(world.cable), world.rss(world.cable))
    world.poll(now)

    assert world.told(world.why("1", now), "feeds") == "shown by Grid Post and Sea Times"


def test_why_of_an_article_in_no_edition_says_what_holds_it(world: Any, now: datetime) -> None:
    """Without an edition the answer is that of why-not."""
    world.show(world.rss(world.one_sided))
    world.poll(now)
    before = world.why("1", now)
    world.all_steps(now)
    after = world.why("1", now)

    assert world.told(before, "score") == "not assessed yet"
    assert before.verdict.reason is Reason.NOT_ASSESSED
    assert "told by nobody else" in world.told(after, "story")
    assert after.verdict.reason is Reason.GATE


def test_why_of_an_unknown_address_points_to_why_not(world: Any, now: datetime) -> None:
    """What was never stored can only be asked the other way round."""
    with pytest.raises(InputError, match="monitor why-not"):
        why(world.store, world.wishes(), "https://press.example/none", now)
