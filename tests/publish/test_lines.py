"""Who carries a story, in one line: camps with their voices, and their silence."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import (
    Camp,
    CampCoverage,
    Change,
    Edition,
    Figure,
    Quotation,
    Sole,
    Story,
    StoryCoverage,
    Voice,
)
from monitor.publish.frame import frame_of
from monitor.publish.layout import fitted
from monitor.publish.lines import story_lines
from monitor.publish.typography import NO_BREAK_SPACE

EXILE, STATE = Camp("exile", "Exile"), Camp("state", "State media")


def carried(story: Story) -> Story:
    """A story of three outlets, told by the state's alone."""
    voices = tuple(Voice((member,)) for member in story.articles[:3])
    sole = (
        Sole("state", "Kabar", "", 1),
        Sole("state", "$4.7 billion", "", 1, Figure(4.7e9, "USD", "$4.7 billion", 0, 12)),
    )
    camps = (CampCoverage(STATE, voices), CampCoverage(EXILE))
    coverage = StoryCoverage(story.articles[0], voices, camps, sole)
    return replace(story, articles=story.articles[:3], coverage=coverage)


def test_camps_and_their_silence(stories: tuple[Story, ...]) -> None:
    """Voices by camp, who is silent, and what one camp says, figures first."""
    story = carried(next(each for each in stories if len(each.articles) >= 3))
    english, chinese = (story_lines(story, frame_of(lang)) for lang in ("en", "zh"))

    assert english.camps == "state 3 · silent: exile"
    assert english.sole == "$4.7 billion, Kabar (state)"
    assert "沉默" in chinese.camps


def test_two_voices_and_updates_tell_of_no_silence(stories: tuple[Story, ...]) -> None:
    """That two leave somebody out means little, and of an update the rest was told before."""
    story = carried(next(each for each in stories if len(each.articles) >= 3))
    assert story.coverage is not None
    fewer = replace(story, coverage=replace(story.coverage, voices=story.voices[:2]))
    update = replace(story, change=Change(camps=("wire",)))
    found = [
        story_lines(replace(fewer, articles=story.articles[:2]), frame_of("en")),
        story_lines(update, frame_of("en")),
    ]

    assert [(each.camps, each.sole) for each in found] == [("", ""), ("", "")]


def test_a_camp_that_speaks_once_has_no_number(stories: tuple[Story, ...]) -> None:
    """Nobody writes "wire 1": the number stands where there are several."""
    story = carried(next(each for each in stories if len(each.articles) >= 3))
    assert story.coverage is not None
    one, *others = story.voices
    camps = (CampCoverage(STATE, tuple(others)), CampCoverage(EXILE, (one,)))
    parted = replace(story, coverage=replace(story.coverage, camps=camps))

    assert story_lines(parted, frame_of("en")).camps == "state 2, exile"


def test_glosses_keep_together(stories: tuple[Story, ...]) -> None:
    """A name, its sign and what it means are one; of a long one no line begins with the sign."""
    names = (("Нарын", "Naryn"), ("Кытай – Кыргызстан – Өзбекстан", "the railway of three states"))
    found = story_lines(replace(stories[0], names=names, words=None), frame_of("en")).names
    short, _, long = found.partition(" · ")

    assert short == f"Нарын{NO_BREAK_SPACE}={NO_BREAK_SPACE}Naryn"
    assert f"{NO_BREAK_SPACE}= the railway" in long
    quoted = replace(stories[0], names=(("Türkmengaz» konserni", "Turkmengas"),), words=None)
    assert "»" not in story_lines(quoted, frame_of("en")).names


SAID = Quotation(
    "Дорога принесёт пользу всем соседям",
    "Токаев",
    "tokayev",
    "ru",
    "Вестник",
    7,
    "https://press.example/7",
    "Tokayev",
)


def test_a_quotation_has_its_speaker_and_outlet(busy: Edition) -> None:
    """Word for word, in its own language, in both parts; the first that is short enough."""
    long = replace(SAID, words="Дорога " * 60)
    section, *rest = busy.sections
    story = replace(section.stories[0], quotations=(long, SAID))
    told = replace(section, stories=(story, *section.stories[1:]))
    edition = replace(busy, sections=(told, *rest))
    _, rendered = fitted(edition, unsubscribe=None, archive_hint="")
    quotation = story_lines(story, frame_of("en")).quotation

    assert quotation is not None and quotation.words.lang == "ru"
    assert f"“{SAID.words}” — Токаев = Tokayev · Вестник · ru" in " ".join(rendered.text.split())
    assert SAID.words in rendered.html and "Токаев" in rendered.html
    assert story_lines(replace(story, quotations=(long,)), frame_of("en")).quotation is None
