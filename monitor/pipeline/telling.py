"""What is told of stories beside their articles: figures, who carries them, what is new in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from monitor.match.coverage import coverage, is_actor, is_measure, named
from monitor.match.figures import figures
from monitor.match.lead import lead
from monitor.match.quotations import may_quote, quotations
from monitor.model import (
    Beat,
    Camp,
    Edition,
    Entity,
    JudgedArticle,
    Quotation,
    Story,
    StoryFigure,
    Trend,
    Trends,
    Window,
)
from monitor.pipeline.setup import Setup
from monitor.publish.changes import change, merged
from monitor.publish.trends import counted, looked_back, trends
from monitor.store import Store
from monitor.text.sentences import spans

# Numbers stand in the first sentences of a news story; further down they are background. What the
# first articles of a story do not quote is hardly its figure.
_FIGURES_WITHIN = 600
_ARTICLES_READ = 8
_ENTITY = "entity:"
_INTRODUCING = ("title", "summary")


def updated(
    stories: Iterable[Story], told: frozenset[int], beat: Beat, camps: Sequence[Camp], lang: str
) -> list[Story]:
    """Stories of which articles were ``told`` before keep only their new ones, and the change."""
    called = beat.names(lang)
    acting = {
        each.id: called[each.id]
        for each in beat.entities
        if each.id in called and is_actor(each.kind)
    }
    official = frozenset(camp.id for camp in camps if camp.official)
    return [_updated(story, told, acting, official) for story in stories]


def _updated(
    story: Story,
    told: frozenset[int],
    acting: Mapping[str, str],
    official: frozenset[str],
) -> Story:
    old = [member for member in story.articles if member.article.id in told]
    new = [member for member in story.articles if member.article.id not in told]
    if not old or not new:
        return story
    quoted = {member.article.id: _figures(member) for member in story.articles}
    actors = {member.article.id: _actors(member, acting) for member in new}
    found = change(old, new, quoted, actors, official)
    names = tuple(acting[each] for each in found.actors)
    return replace(story, articles=tuple(new), change=replace(found, actors=names))


def _actors(member: JudgedArticle, acting: Mapping[str, str]) -> tuple[str, ...]:
    """Who acts in the title and the summary, by id."""
    there = (
        line.rule.removeprefix(_ENTITY)
        for line in member.judgement.receipt
        if line.field in _INTRODUCING
    )
    return tuple(each for each in there if each in acting)


def enriched(edition: Edition, setup: Setup) -> Edition:
    """The edition with lead, figures, coverage, quotations and names of what it prints."""
    known = {entity.id: entity for entity in setup.beat.entities}
    called = setup.beat.names(edition.lang)
    sections = (
        replace(
            section,
            stories=tuple(
                _enriched(story, edition.lang, known, called, setup) for story in section.stories
            ),
        )
        for section in edition.sections
    )
    return replace(edition, sections=tuple(sections))


def _enriched(
    story: Story,
    lang: str,
    known: Mapping[str, Entity],
    called: Mapping[str, str],
    setup: Setup,
) -> Story:
    words = lead(story.articles, lang, called)
    return replace(
        story,
        figures=_quoted(story),
        coverage=named(coverage(story.articles, setup.camps), known, called),
        names=tuple(_names(story.lead, lang, called)),
        words=words,
        quotations=_quotations(story, lang, called, setup, words.text if words else ""),
    )


def _quotations(
    story: Story, lang: str, called: Mapping[str, str], setup: Setup, beside: str
) -> tuple[Quotation, ...]:
    """Who says what in it; of an update the rest was told before."""
    if story.change or not may_quote(story.articles):
        return ()
    return quotations(story.articles, lang, setup.watchlist, called, beside)


def _quoted(story: Story) -> tuple[StoryFigure, ...]:
    """What most outlets quote first, then in the order of the lead article."""
    found = merged(
        quoted for member in story.articles[:_ARTICLES_READ] for quoted in _figures(member)
    )
    return tuple(sorted(found, key=lambda quoted: -quoted.outlets))


def _figures(member: JudgedArticle) -> tuple[StoryFigure, ...]:
    """The figures of title and summary, or of title and first sentences, each once."""
    wording = member.article.wording
    fields = (wording.title, (wording.summary.strip() or wording.text)[:_FIGURES_WITHIN])
    return merged(quoted for words in fields for quoted in _figures_of(words, member))


def _figures_of(words: str, member: JudgedArticle) -> Iterator[StoryFigure]:
    sentences = spans(words)
    for figure in figures(words, member.article.wording.lang):
        if is_measure(figure.unit):
            within = next((s for s in sentences if s[0] <= figure.start < s[1]), (0, len(words)))
            yield StoryFigure(figure, words[within[0] : within[1]], member)


def _names(
    member: JudgedArticle, lang: str, called: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Names of a headline that the reader may be unable to read, as written and as known."""
    if member.article.wording.lang == lang:
        return
    told: set[str] = set()
    for line in member.judgement.receipt:
        name = called.get(line.rule.removeprefix(_ENTITY))
        if name and line.form and line.field == "title" and name not in told:
            told.add(name)
            if line.form.casefold() != name.casefold():
                yield line.form, name


def country_names(beat: Beat, lang: str) -> dict[str, str]:
    """Names of countries by their codes, as the beat calls them."""
    return {
        entity.countries[0]: entity.name_in(lang)
        for entity in beat.entities
        if entity.kind == "country" and len(entity.countries) == 1
    }


def measured(
    store: Store, its_window: Window, threshold: float, named: Callable[[str], str]
) -> Trends | None:
    """The window against those before it; None for a first one, which has no length.

    ``named`` is what a reader calls a topic or a country.
    """
    if its_window.since is None or its_window.since >= its_window.until:
        return None
    until, span = its_window.until, its_window.until - its_window.since
    most, _ = looked_back(span)
    windows = [(until - span * (place + 1), until - span * place) for place in range(most, -1, -1)]
    rows = store.editions.relevant(threshold, windows[0][0], until)
    found = trends(
        counted(rows, until, span, len(windows)), store.editions.anything_read(windows), span
    )
    return replace(found, unusual=_named(found.unusual, named))


def _named(found: Sequence[Trend], named: Callable[[str], str]) -> tuple[Trend, ...]:
    return tuple(replace(trend, subject=named(trend.subject)) for trend in found)
