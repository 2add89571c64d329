"""An edition without its looks: what every transport but mail sets in its own way. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Edition, Outline, OutlinedSection, OutlinedStory, Story
from monitor.publish.frame import frame_of
from monitor.publish.machine import machine_headline, machine_lead
from monitor.publish.promises import outlined_promises
from monitor.publish.typography import clean


def outline(
    edition: Edition, *, archive_hint: str = "", notices: Sequence[str] = (), lang: str = "en"
) -> Outline:
    """What ``edition`` says, story by story, with words that steer nothing."""
    frame = frame_of(lang)
    return Outline(
        title=clean(edition.title),
        promises=outlined_promises(edition, frame),
        sections=tuple(
            OutlinedSection(
                clean(section.name), tuple(_outlined(story, lang) for story in section.stories)
            )
            for section in edition.sections
        ),
        notices=tuple(map(clean, notices)),
        omitted=edition.omitted,
        more=frame.count("omitted", edition.omitted) if edition.omitted else "",
        archive_hint=archive_hint,
    )


def _outlined(story: Story, lang: str) -> OutlinedStory:
    article, judgement = story.lead.article, story.lead.judgement
    frame = frame_of(lang)
    title = machine_headline(story, frame) or clean(article.wording.title)
    said = clean(story.words.text) if story.words else ""
    return OutlinedStory(
        headline=title or clean(article.url),
        url=clean(article.url),
        lead=machine_lead(story, frame) or said,
        outlets=tuple(dict.fromkeys(clean(each.article.outlet) for each in story.articles)),
        lang=article.wording.lang,
        score=story.score,
        countries=tuple(judgement.countries),
        topics=tuple(judgement.topics),
    )
