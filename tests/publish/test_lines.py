"""Who carries a story, in one line: camps with their voices, and their silence."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import (
    Camp,
    CampCoverage,
    Change,
    Figure,
    Sole,
    Story,
    StoryCoverage,
    Voice,
)
from monitor.publish.frame import frame_of
from monitor.publish.lines import story_lines

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
    assert english.sole == "state: $4.7 billion, Kabar"
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
