"""An edition in the words of the page: every line that text and HTML both print, cleaned.

Nothing here knows markup; ``plain`` and ``layout`` only set these lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.model import Coverage, Edition, FeedHealth, JudgedArticle, Section, Story, Window
from monitor.publish.digest import AGAIN, lead
from monitor.publish.reasons import number, reason
from monitor.publish.typography import NO_BREAK_SPACE, clean, cut, direction
from monitor.publish.windows import zone_of

_SUBJECT_LENGTH = 110
_HEADLINE_LENGTH = 240
_NAME_LENGTH = 80
_ERROR_LENGTH = 200
_LONGEST_LINK = 2000
# Outlets that are printed with their own headline; the others are only named.
_OUTLETS_IN_FULL = 6
_OUTLETS_NAMED = 20
_FAILURES_NAMED = 150


@dataclass(frozen=True, slots=True)
class Headline:
    """An article's title as printed: its link, language and direction of writing."""

    words: str
    url: str | None
    lang: str
    dir: str


@dataclass(frozen=True, slots=True)
class OutletLine:
    """Who carries a story; ``headline`` is None where it would repeat the story's."""

    outlet: str
    tags: str
    url: str | None
    headline: Headline | None


@dataclass(frozen=True, slots=True)
class StoryLines:
    """A story as printed; ``evidence`` is the reason without its sum, ``more`` names the rest."""

    headline: Headline
    lead: str
    byline: OutletLine
    others: tuple[OutletLine, ...]
    more: str
    evidence: str
    score: str


@dataclass(frozen=True, slots=True)
class SectionLines:
    """A section as printed; with ``brief`` a story takes one line."""

    name: str
    brief: bool
    stories: tuple[StoryLines, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One plain-words error and the outlets whose feeds gave it."""

    error: str
    outlets: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that an edition prints."""

    subject: str
    preview: str
    title: str
    date: str
    counts: str
    notices: tuple[str, ...]
    quiet: str
    sections: tuple[SectionLines, ...]
    omitted: str
    archive_hint: str
    near_misses: tuple[StoryLines, ...]
    coverage: tuple[str, ...]
    failures: tuple[Failure, ...]
    unsubscribe: str | None


def present(
    edition: Edition,
    *,
    unsubscribe: str | None,
    archive_hint: str,
    notices: Sequence[str] = (),
    lang: str = "en",
) -> Page:
    """The page of ``edition``; ``lang`` is the language that headlines are preferred in."""
    fresh = _fresh(edition)
    return Page(
        subject=_subject(edition, fresh),
        preview=" · ".join(_title(story.lead, 90) for story in fresh[1:4]),
        title=clean(edition.title, _NAME_LENGTH),
        date=_date(edition.window.until, edition.zone),
        counts=_capitalised(_counts(fresh)),
        notices=(*_window_notices(edition.window, edition.zone), *(clean(n, 400) for n in notices)),
        quiet="" if edition.sections else _quiet(edition.coverage),
        sections=tuple(_section_lines(section, lang) for section in edition.sections),
        omitted=_omitted(edition.omitted),
        archive_hint=clean(archive_hint, 200),
        near_misses=tuple(_near_miss(member) for member in edition.near_misses),
        coverage=_coverage(edition, len(edition.stories)),
        failures=_failures(edition.coverage.failed),
        unsubscribe=unsubscribe and _reachable(unsubscribe, ("http", "https", "mailto")),
    )


def count(amount: int, one: str, many: str) -> str:
    """``1 story``, ``1,204 stories``."""
    return f"{amount:,} {one if amount == 1 else many}"


def _fresh(edition: Edition) -> list[Story]:
    """The stories that this digest has not carried before."""
    return [s for section in edition.sections if section.slug != AGAIN for s in section.stories]


# --- masthead ------------------------------------------------------------------------------------


def _subject(edition: Edition, fresh: Sequence[Story]) -> str:
    """The top story and how much else there is; for a quiet edition what was checked."""
    read = count(edition.coverage.articles_read, "article", "articles")
    if not edition.sections:
        return cut(f"{clean(edition.title, 50)}: nothing new in {read}", _SUBJECT_LENGTH)
    if not fresh:
        repeated = count(len(edition.stories), "story goes", "stories go")
        return cut(f"{clean(edition.title, 50)}: nothing new, {repeated} on", _SUBJECT_LENGTH)
    tail = f" · {_counts(fresh)}"
    # A mail header reads "=?" as the beginning of an encoded word.
    head = _title(fresh[0].lead, _SUBJECT_LENGTH - len(tail)).replace("=?", "= ?")
    return f"{head[: _SUBJECT_LENGTH - len(tail)]}{tail}"


def _counts(stories: Sequence[Story]) -> str:
    articles = [member.article for story in stories for member in story.articles]
    languages = {article.wording.lang for article in articles} - {"und"}
    parts = [count(len(stories), "story", "stories")]
    if len(articles) > len(stories):
        parts.append(count(len(articles), "article", "articles"))
    if len(languages) > 1:
        parts.append(f"{len(languages)} languages")
    return ", ".join(parts) if stories else "no new stories"


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _quiet(coverage: Coverage) -> str:
    answered = len(coverage.feeds) - len(coverage.failed)
    read = count(coverage.articles_read, "article", "articles")
    return (
        f"A quiet edition. {count(answered, 'feed', 'feeds')} of {len(coverage.feeds):,} answered "
        f"and {read} were read; none of them was new and over the threshold."
    )


def _window_notices(window: Window, zone: str) -> tuple[str, ...]:
    """Lateness said aloud, with the time that the edition makes up for."""
    if not window.late or window.since is None:
        return ()
    behind = _duration(window.until - window.slot)
    span = _duration(window.until - window.since)
    return (
        f"This edition is {behind} late; it was due {_moment(window.slot, zone)}. "
        f"It covers the whole {span} since the last one, so nothing is skipped.",
    )


# --- stories -------------------------------------------------------------------------------------


def _section_lines(section: Section, lang: str) -> SectionLines:
    stories = tuple(_story_lines(story, lang) for story in section.stories)
    return SectionLines(clean(section.name, _NAME_LENGTH), section.slug == AGAIN, stories)


def _story_lines(story: Story, lang: str) -> StoryLines:
    first, *rest = _one_per_outlet(story.articles)
    headline = _headline(first)
    others = [_outlet_line(member, headline.words) for member in rest]
    return StoryLines(
        headline=headline,
        lead=lead(story, lang),
        byline=_outlet_line(first, headline.words),
        others=tuple(others[:_OUTLETS_IN_FULL]),
        more=_more([line.outlet for line in others[_OUTLETS_IN_FULL:]]),
        evidence=_evidence(first),
        score=number(first.judgement.score),
    )


def _near_miss(member: JudgedArticle) -> StoryLines:
    headline = _headline(member)
    byline = _outlet_line(member, headline.words)
    score = number(member.judgement.score)
    return StoryLines(headline, "", byline, (), "", "", score)


def _evidence(member: JudgedArticle) -> str:
    """The reason without its sum; no line begins with a dot or with points."""
    pieces, _, _ = reason(member.judgement).rpartition(" = ")
    return re.sub(r" (?=· |[+−]\d|more [+−]\d)", NO_BREAK_SPACE, pieces)


def _one_per_outlet(members: Iterable[JudgedArticle]) -> list[JudgedArticle]:
    """The first article of each outlet, in order."""
    firsts: dict[str, JudgedArticle] = {}
    for member in members:
        firsts.setdefault(member.article.outlet, member)
    return list(firsts.values())


def _headline(member: JudgedArticle) -> Headline:
    words = _title(member, _HEADLINE_LENGTH)
    url = _reachable(member.article.url, ("http", "https"))
    return Headline(words, url, _lang(member), direction(words))


def _title(member: JudgedArticle, limit: int) -> str:
    return clean(member.article.wording.title, limit) or "(no title)"


def _outlet_line(member: JudgedArticle, repeated: str) -> OutletLine:
    headline = _headline(member)
    tags = [clean(tag, 30) for tag in (_lang(member), member.article.camp or "") if tag]
    return OutletLine(
        outlet=clean(member.article.outlet, _NAME_LENGTH),
        tags=" · ".join(tag for tag in tags if tag != "und"),
        url=headline.url,
        headline=None if headline.words.casefold() == repeated.casefold() else headline,
    )


def _lang(member: JudgedArticle) -> str:
    """The language as a tag that HTML takes."""
    lang = member.article.wording.lang
    return lang if lang.isascii() and lang.replace("-", "").isalnum() else "und"


def _more(outlets: Sequence[str]) -> str:
    if not outlets:
        return ""
    named = ", ".join(outlets[:_OUTLETS_NAMED])
    unnamed = len(outlets) - _OUTLETS_NAMED
    return f"also {named}" + (f" and {unnamed} more" if unnamed > 0 else "")


def _reachable(url: str, schemes: Sequence[str]) -> str | None:
    """The address when it may stand behind a link, otherwise None."""
    address = clean(url).replace(" ", "%20")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    well_formed = parts.scheme in schemes and bool(parts.netloc or parts.scheme == "mailto")
    return address if well_formed and len(address) <= _LONGEST_LINK else None


# --- what was checked ----------------------------------------------------------------------------


def _omitted(amount: int) -> str:
    if not amount:
        return ""
    verb = "is" if amount == 1 else "are"
    return f"{count(amount, 'more story', 'more stories')} {verb} in the archive."


def _coverage(edition: Edition, printed: int) -> tuple[str, ...]:
    """The proof: how many feeds answered, what they brought, and over which time."""
    coverage = edition.coverage
    failed = len(coverage.failed)
    feeds = f"{count(len(coverage.feeds), 'feed', 'feeds')} polled, "
    return (
        feeds + (f"{failed:,} failed." if failed else "all answered."),
        f"{count(coverage.articles_read, 'article', 'articles')} read, "
        f"{coverage.articles_matched:,} matched, {count(printed, 'story', 'stories')} printed.",
        _span(edition.window, edition.zone),
    )


def _span(window: Window, zone: str) -> str:
    until = _moment(window.until, zone)
    if window.since is None:
        return f"First edition: everything found until {until} ({zone})."
    return f"From {_moment(window.since, zone)} to {until} ({zone})."


def _failures(failed: Sequence[FeedHealth]) -> tuple[Failure, ...]:
    """Outlets grouped under their error, the commonest first."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for health in failed[:_FAILURES_NAMED]:
        words = clean(health.error or health.state.value, _ERROR_LENGTH).rstrip(".")
        grouped[words].append(clean(health.outlet, _NAME_LENGTH))
    unnamed = len(failed) - _FAILURES_NAMED
    if unnamed > 0:
        grouped["more that failed"].append(f"{unnamed:,} feeds")
    ordered = sorted(grouped.items(), key=lambda group: -len(group[1]))
    return tuple(Failure(error, ", ".join(sorted(outlets))) for error, outlets in ordered)


# --- time ----------------------------------------------------------------------------------------


def _date(moment: datetime, zone: str) -> str:
    local = moment.astimezone(zone_of(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M}"


def _moment(moment: datetime, zone: str) -> str:
    local = moment.astimezone(zone_of(zone))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def _duration(span: timedelta) -> str:
    """``2 days 3 hours``, ``3 hours 20 minutes``: the two largest units, nothing for zero."""
    minutes = int(span.total_seconds()) // 60
    units = (
        (minutes // 1440, "day", "days"),
        (minutes // 60 % 24, "hour", "hours"),
        (minutes % 60, "minute", "minutes"),
    )
    said = [count(*unit) for unit in units if unit[0]]
    return " ".join(said[:2]) or "less than a minute"
