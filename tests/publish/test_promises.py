"""What an edition says of promises: those that moved first, those gone quiet behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.model import Edition, FrozenEdition, Promises, Rendered
from monitor.publish.formats import as_markdown, as_object
from monitor.publish.frame import LANGS, frame_of
from monitor.publish.layout import fitted
from monitor.publish.outline import outline
from monitor.publish.splitting import PLAIN, SLACK, TELEGRAM, Dialect, pieces
from monitor.text.graphemes import units

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def rendered(edition: Edition) -> Rendered:
    """The edition as its readers get it."""
    return fitted(edition, unsubscribe=None, archive_hint="monitor search 'since:1d'")[1]


def frozen(edition: Edition) -> FrozenEdition:
    """The edition as chats and programs get it."""
    said = outline(edition, lang=edition.lang)
    return FrozenEdition(1, "daily", NOW, NOW, Rendered("Subject", "", ""), 3, outline=said)


def test_it_opens_with_what_moved(promising: Edition) -> None:
    """Promises stand before updates under one heading, silence behind them, news after both."""
    text = rendered(promising).text
    places = [text.index(words) for words in ("WHAT MOVED", "GONE QUIET", "TOP STORIES")]

    assert places == sorted(places)
    assert text.count("WHAT MOVED") == 1
    assert "» Done as claimed: The railway is finished" in text
    assert "“Тоннель пробит на всю длину.”" in text
    assert "> Kabar · ru · Tue 24 Nov 04:30" in text


def test_silence_says_how_long_and_how_much_more(promising: Edition) -> None:
    """Five are named; the others are counted, with what to type."""
    text = rendered(promising).text

    assert text.count("Quiet for") == 5
    assert "2 more promises:\n    monitor commitments" in text


def test_promises_alone_make_an_edition(quiet: Edition, promising: Edition) -> None:
    """Without a story the subject tells of them, and the edition is not empty."""
    moved = replace(quiet, promises=Promises(promising.promises.moved))

    assert quiet.is_empty
    assert not moved.is_empty
    assert rendered(moved).subject.endswith("no new stories, 3 promises moved")


@pytest.mark.parametrize("lang", LANGS)
def test_every_frame_has_its_words(promising: Edition, lang: str) -> None:
    """No English word of the frame is left in another one's groups."""
    said = outline(replace(promising, lang=lang), lang=lang).promises
    standings = [each.standing for group in said for each in group.promises]

    assert [group.name for group in said] == [
        frame_of(lang).section("promises"),
        frame_of(lang).section("quiet"),
    ]
    assert len(set(standings[:3])) == 3
    assert lang == "en" or not any(word.isascii() for word in standings)


def test_a_promise_is_told_in_the_language_of_the_frame(promising: Edition) -> None:
    """Mails and chats in Russian have the promise and its actor in it, as the beat words them."""
    state = promising.promises.moved[0]
    worded = replace(
        state.commitment,
        actor_in={"ru": "Китай, Кыргызстан и Узбекистан"},
        promise_in={"ru": "Железная дорога достроена"},
    )
    moved = Promises((replace(state, commitment=worded),))
    russian = replace(promising, lang="ru", promises=moved)

    said = outline(russian, lang="ru").promises[0].promises[0]

    assert "Железная дорога достроена" in rendered(russian).text
    assert "Китай, Кыргызстан и Узбекистан" in rendered(russian).text
    assert "railway" not in rendered(russian).text
    assert (said.actor, said.promise) == worded.told("ru")
    assert worded.told("zh") == worded.told("en") == (worded.actor, worded.promise)


@pytest.mark.parametrize("lang", LANGS)
def test_chats_and_markdown_say_in_the_frame_what_was_left_out(busy: Edition, lang: str) -> None:
    """No English sentence ends an edition in Russian or Chinese."""
    said = outline(replace(busy, omitted=3), archive_hint="monitor search", lang=lang)
    edition = replace(frozen(busy), outline=said)
    told = frame_of(lang).count("omitted", 3)

    assert f"{told} monitor search" in list(pieces(edition, PLAIN, 4096))[-1]
    assert f"{told} `monitor search`" in as_markdown(edition)


@pytest.mark.parametrize("dialect", [PLAIN, SLACK, TELEGRAM])
@pytest.mark.parametrize("limit", [140, 300, 4096])
def test_chats_get_them_within_their_limits(
    promising: Edition, dialect: Dialect, limit: int
) -> None:
    """Each is a piece by itself, and the sentence is there where there is room."""
    found = list(pieces(frozen(promising), dialect, limit))

    assert all(units(each) <= limit for each in found)
    assert sum("Done as claimed" in each for each in found) == 1
    assert limit < 4096 or any("隧道已经贯通。" in each for each in found)


def test_programs_and_readers_of_markdown_get_them(promising: Edition) -> None:
    """JSON has the status as a word that stays; nobody's sentence is taken for marks."""
    edition = frozen(promising)
    moved, quiet = as_object(edition)["promises"]

    assert [each["status"] for each in moved["promises"]] == [
        "done as claimed",
        "overdue",
        "progress",
    ]
    assert quiet["promises"][0]["days_silent"] == 121
    assert "> “The first loan was signed \\<in May\\> & sent.” — [Kabar]" in as_markdown(edition)
