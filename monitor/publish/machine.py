"""Words of a model, marked as such: what is printed in place of a story's own. Pure.

The mark is a part of the words, so that no transport can lose it.
"""

from __future__ import annotations

from monitor.model import Edition, Story
from monitor.publish.frame import Frame
from monitor.publish.typography import clean

_HEADLINE_LENGTH = 240
_LEAD_LENGTH = 400


def machine_headline(story: Story, frame: Frame) -> str:
    """The headline that a model wrote, with the mark behind it; empty where none did."""
    return _marked(story.machine.headline if story.machine else "", _HEADLINE_LENGTH, frame)


def machine_lead(story: Story, frame: Frame) -> str:
    """The lead that a model wrote, likewise."""
    return _marked(story.machine.lead if story.machine else "", _LEAD_LENGTH, frame)


def note(edition: Edition, frame: Frame) -> str:
    """What the mark means, for an edition that has it somewhere; empty for all others."""
    is_there = any(story.machine is not None for story in edition.stories)
    return frame.say("machine_note", mark=frame.say("machine")) if is_there else ""


def _marked(words: str, limit: int, frame: Frame) -> str:
    said = clean(words, limit)
    return f"{said} {frame.say('machine')}" if said else ""
