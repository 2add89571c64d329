"""An edition in the words of the page: every line that text and HTML both print, cleaned.

Nothing here knows markup; ``plain`` and ``layout`` only set these lines. All words of its own come
from ``frame``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model import (
    Coverage,
    Edition,
    FeedState,
    Section,
    Story,
    StoryFigure,
    Trend,
    Trends,
    Verdict,
    Window,
)
from monitor.publish.digest import MOVED
from monitor.publish.frame import Frame, frame_of
from monitor.publish.lines import (
    NAME_LENGTH,
    Headline,
    StoryLines,
    headline_of,
    near_miss,
    reachable,
    story_lines,
    title_of,
)
from monitor.publish.machine import note
from monitor.publish.promises import COMMAND, PromiseLines, promise_lines
from monitor.publish.remarks import Remark, remarks
from monitor.publish.typography import clean, cut

_SUBJECT_LENGTH = 110
_FIGURES_OF_THE_PERIOD = 6
_LONGEST_CHART = 28
_TALLEST = 48
# States of feeds that answer and yet have stopped speaking.
_STALE = {FeedState.STALE, FeedState.ZOMBIE, FeedState.QUIET}


@dataclass(frozen=True, slots=True)
class SectionLines:
    """A section as printed; ``moved`` are updates, told shortly."""

    name: str
    moved: bool
    stories: tuple[StoryLines, ...]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A number of the period: as this language writes it, whose story it is, how many say it."""

    figure: str
    headline: Headline
    by: str


@dataclass(frozen=True, slots=True)
class TrendLines:
    """The period against the measured past: a sentence for everything, lines for what stands out.

    ``bars`` are the numbers of the windows, the oldest first, the last one being this edition's;
    none where there is too little history. ``alt`` says them in words.
    """

    sentence: str
    unusual: tuple[tuple[str, str], ...] = ()
    bars: tuple[int, ...] = ()
    alt: str = ""
    note: str = ""

    @property
    def heights(self) -> tuple[int, ...]:
        """The bars' heights in pixels, the tallest one ``_TALLEST``; none quite invisible."""
        most = max((*self.bars, 1))
        return tuple(max(1, round(_TALLEST * bar / most)) for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that an edition prints."""

    frame: Frame
    subject: str
    preview: str
    title: str
    date: str
    counts: str
    notices: tuple[str, ...]
    quiet: str
    moved: PromiseLines | None
    gone_quiet: PromiseLines | None
    promises_hint: str
    sections: tuple[SectionLines, ...]
    held: str
    omitted: str
    archive_hint: str
    figures: tuple[FigureLine, ...]
    trend: TrendLines | None
    near_misses: tuple[StoryLines, ...]
    coverage: tuple[str, ...]
    remarks: tuple[Remark, ...]
    unsubscribe: str | None

    @property
    def updates(self) -> tuple[SectionLines, ...]:
        """What stands below what moved: one section at most."""
        return tuple(section for section in self.sections if section.moved)

    @property
    def fresh(self) -> tuple[SectionLines, ...]:
        """The sections with new stories."""
        return tuple(section for section in self.sections if not section.moved)

    @property
    def leading(self) -> SectionLines | None:
        """The section whose first story is set largest: the first one with new stories."""
        return next(iter((*self.fresh, *self.updates)), None)


def present(
    edition: Edition,
    *,
    unsubscribe: str | None,
    archive_hint: str,
    notices: Sequence[str] = (),
) -> Page:
    """The page of ``edition`` in the language of its frame."""
    frame = frame_of(edition.lang)
    fresh, moved = _parted(edition)
    late = _window_notices(edition.window, edition.zone, frame)
    moved_promises, gone_quiet = promise_lines(edition, frame)
    return Page(
        frame=frame,
        subject=_subject(edition, fresh, moved, frame),
        preview=" · ".join(title_of(story.lead, 90, frame) for story in fresh[1:4]),
        title=clean(edition.title, NAME_LENGTH),
        date=_capitalised(frame.date(edition.window.until, edition.zone)),
        counts=_capitalised(_counts(fresh, moved, frame)),
        notices=(*late, *(clean(notice, 400) for notice in notices)),
        quiet="" if edition.sections else _quiet(edition.coverage, frame),
        moved=moved_promises,
        gone_quiet=gone_quiet,
        promises_hint=COMMAND,
        sections=tuple(_section_lines(section, frame) for section in edition.sections),
        held=_held(edition, frame),
        omitted=frame.count("omitted", edition.omitted) if edition.omitted else "",
        archive_hint=clean(archive_hint, 200),
        figures=tuple(_figure_lines(edition.stories, frame)),
        trend=_trend_lines(edition.trends, frame) if edition.trends else None,
        near_misses=tuple(near_miss(member, frame) for member in edition.near_misses),
        coverage=tuple(_coverage(edition, len(edition.stories), frame)),
        remarks=remarks(edition.coverage, edition.zone, frame),
        unsubscribe=unsubscribe and reachable(unsubscribe, ("http", "https", "mailto")),
    )


def _parted(edition: Edition) -> tuple[list[Story], list[Story]]:
    """The stories that this digest has not carried before, and the updates."""
    fresh: list[Story] = []
    moved: list[Story] = []
    for section in edition.sections:
        (moved if section.slug == MOVED else fresh).extend(section.stories)
    return fresh, moved


# --- masthead ------------------------------------------------------------------------------------


def _subject(edition: Edition, fresh: Sequence[Story], moved: Sequence[Story], frame: Frame) -> str:
    """The top story and how much else there is; for a quiet edition what was checked."""
    title = clean(edition.title, 50)
    if not edition.sections and edition.promises.moved:
        promises = frame.count("promise", len(edition.promises.moved))
        return cut(frame.say("only_promises", title=title, promises=promises), _SUBJECT_LENGTH)
    if not edition.sections:
        read = frame.count("article", edition.coverage.articles_read)
        return cut(frame.say("nothing_new", title=title, articles=read), _SUBJECT_LENGTH)
    if not fresh:
        updates = frame.count("update", len(moved))
        return cut(frame.say("only_updates", title=title, updates=updates), _SUBJECT_LENGTH)
    tail = f" · {_counts(fresh, moved, frame)}"
    # A mail header reads "=?" as the beginning of an encoded word.
    head = title_of(fresh[0].lead, _SUBJECT_LENGTH - len(tail), frame).replace("=?", "= ?")
    return f"{head[: _SUBJECT_LENGTH - len(tail)]}{tail}"


def _counts(fresh: Sequence[Story], moved: Sequence[Story], frame: Frame) -> str:
    articles = [member.article for story in fresh for member in story.articles]
    languages = {article.wording.lang for article in articles} - {"und"}
    parts = [frame.count("story", len(fresh)) if fresh else frame.say("no_stories")]
    if moved:
        parts.append(frame.count("update", len(moved)))
    if len(articles) > len(fresh):
        parts.append(frame.count("article", len(articles)))
    if len(languages) > 1:
        parts.append(frame.count("language", len(languages)))
    return frame.listed(parts)


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _quiet(coverage: Coverage, frame: Frame) -> str:
    answered = len(coverage.feeds) - len(coverage.failed)
    return frame.say(
        "quiet",
        answered=frame.count("feed", answered),
        feeds=frame.number(len(coverage.feeds)),
        articles=frame.count("article", coverage.articles_read),
    )


def _window_notices(window: Window, zone: str, frame: Frame) -> tuple[str, ...]:
    """Lateness said aloud, with the time that the edition makes up for."""
    if not window.late or window.since is None:
        return ()
    behind = frame.duration(window.until - window.slot)
    span = frame.duration(window.until - window.since)
    return (frame.say("late", behind=behind, due=frame.moment(window.slot, zone), span=span),)


# --- stories and numbers -------------------------------------------------------------------------


def _section_lines(section: Section, frame: Frame) -> SectionLines:
    stories = tuple(story_lines(story, frame) for story in section.stories)
    return SectionLines(clean(section.name, NAME_LENGTH), section.slug == MOVED, stories)


def _held(edition: Edition, frame: Frame) -> str:
    if not edition.held:
        return ""
    return frame.say("held", stories=frame.count("story", len(edition.held)))


def _figure_lines(stories: Sequence[Story], frame: Frame) -> list[FigureLine]:
    """The numbers that most outlets quote, one a story, in the order of their weight."""
    best = [(story, max(story.figures, key=_spread)) for story in stories if story.figures]
    best.sort(key=lambda pair: -_spread(pair[1]))
    return [
        FigureLine(
            clean(frame.figure(quoted.figure), 60),
            headline_of(story.lead, frame),
            frame.count("outlet", quoted.outlets),
        )
        for story, quoted in best[:_FIGURES_OF_THE_PERIOD]
    ]


def _spread(quoted: StoryFigure) -> int:
    return quoted.outlets


_SAID_OF_ALL = {
    Verdict.USUAL: "trend_usual",
    Verdict.SPIKE: "trend_spike",
    Verdict.SILENCE: "trend_silence",
}


def _trend_lines(trends: Trends, frame: Frame) -> TrendLines:
    whole = trends.whole
    if whole.verdict is Verdict.SHORT:
        measured = frame.number(len(whole.earlier))
        needed = frame.count("window", trends.needed)
        return TrendLines(frame.say("trend_short", measured=measured, needed=needed))
    bars = (*whole.earlier, whole.number)[-_LONGEST_CHART:]
    windows = frame.count("window", len(whole.earlier))
    return TrendLines(
        sentence=frame.labelled("trend_all", _beside(whole, _SAID_OF_ALL, frame)),
        unusual=tuple(
            (clean(trend.subject, NAME_LENGTH), _beside(trend, _SAID_OF_ALL, frame))
            for trend in trends.unusual
        ),
        bars=bars,
        alt=frame.say("trend_alt", numbers=frame.listed(frame.number(bar) for bar in bars)),
        note=frame.say("trend_window", windows=windows, days=_days(trends.days, frame)),
    )


def _beside(trend: Trend, said: Mapping[Verdict, str], frame: Frame) -> str:
    articles, usual = frame.number(trend.number), frame.number(trend.usual)
    return frame.say(said[trend.verdict], articles=articles, usual=usual)


def _days(days: float, frame: Frame) -> str:
    return frame.count("day", max(1, round(days)))


# --- what was checked ----------------------------------------------------------------------------


def _coverage(edition: Edition, printed: int, frame: Frame) -> list[str]:
    """The proof: how many feeds answered, what they brought, and over which time."""
    coverage = edition.coverage
    return [
        _feeds(coverage, frame),
        frame.say(
            "read",
            articles=frame.count("article", coverage.articles_read),
            matched=frame.number(coverage.articles_matched),
            stories=frame.count("story", printed),
        ),
        _unseen(coverage, frame),
        _span(edition.window, edition.zone, frame),
        *filter(None, [note(edition, frame)]),
    ]


def _feeds(coverage: Coverage, frame: Frame) -> str:
    feeds, failed = len(coverage.feeds), len(coverage.failed)
    stale = sum(health.state in _STALE for health in coverage.silent)
    polled = frame.count("feed", feeds)
    if not failed and not stale:
        return frame.say("feeds_fine", feeds=polled)
    answered, failures = frame.number(feeds - failed), frame.number(failed)
    if not stale:
        return frame.say("feeds", feeds=polled, answered=answered, failed=failures)
    return frame.say(
        "feeds_stale", feeds=polled, answered=answered, failed=failures, stale=frame.number(stale)
    )


def _unseen(coverage: Coverage, frame: Frame) -> str:
    """The gaps of all feeds together, in minutes."""
    if not coverage.gaps:
        return frame.say("all_seen")
    minutes = sum(int((gap.until - gap.since).total_seconds()) // 60 for gap in coverage.gaps)
    feeds = frame.count("feed", len({gap.outlet for gap in coverage.gaps}))
    return frame.say("unseen_total", minutes=frame.count("minute", minutes), feeds=feeds)


def _span(window: Window, zone: str, frame: Frame) -> str:
    until = frame.moment(window.until, zone)
    if window.since is None:
        return frame.say("first_span", until=until, zone=zone)
    return frame.say("span", since=frame.moment(window.since, zone), until=until, zone=zone)
