"""An edition without its looks: what every transport but mail sets in its own way. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Edition, Outline, OutlinedSection, OutlinedStory, Story
from monitor.publish.digest import lead, order_articles
from monitor.publish.typography import clean


def outline(
    edition: Edition, *, archive_hint: str = "", notices: Sequence[str] = (), lang: str = "en"
) -> Outline:
    """What ``edition`` says, story by story, with words that steer nothing."""
    return Outline(
        title=clean(edition.title),
        sections=tuple(
            OutlinedSection(
                clean(section.name), tuple(_outlined(story, lang) for story in section.stories)
            )
            for section in edition.sections
        ),
        notices=tuple(map(clean, notices)),
        omitted=edition.omitted,
        archive_hint=archive_hint,
    )


def _outlined(story: Story, lang: str) -> OutlinedStory:
    articles = order_articles(story.articles, lang)
    article, judgement = articles[0].article, articles[0].judgement
    outlets = dict.fromkeys(clean(member.article.outlet) for member in articles)
    return OutlinedStory(
        headline=clean(article.wording.title) or clean(article.url),
        url=clean(article.url),
        lead=lead(story, lang),
        outlets=tuple(outlets),
        lang=article.wording.lang,
        score=story.score,
        countries=tuple(judgement.countries),
        topics=tuple(judgement.topics),
    )
