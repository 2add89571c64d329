"""The text part of an edition: as carefully set as the HTML, for readers who prefer it."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.publish.presentation import OutletLine, Page, SectionLines, StoryLines
from monitor.publish.typography import NO_BREAK_SPACE, width, wrap

COLUMNS = 76
_INDENT = "    "


def set_text(page: Page) -> str:
    """The whole page in lines of at most 76 columns; only addresses may be longer."""
    blocks = [*_masthead(page), *_body(page), *_footer(page)]
    text = "\n\n".join(block for block in blocks if block) + "\n"
    return text.replace(NO_BREAK_SPACE, " ")


def _masthead(page: Page) -> Iterator[str]:
    yield "\n".join((wrap(page.title.upper(), COLUMNS), page.date, page.counts, "=" * COLUMNS))
    for notice in page.notices:
        yield wrap(notice, COLUMNS, "! ", "  ")
    if page.quiet:
        yield wrap(page.quiet, COLUMNS)


def _body(page: Page) -> Iterator[str]:
    place = 0
    for section in page.sections:
        yield _heading(section.name)
        yield from _stories(section, place)
        place += len(section.stories)
    if page.omitted:
        typed = page.archive_hint and f"{_INDENT}{page.archive_hint}"
        yield _block(wrap(page.omitted, COLUMNS), typed)


def _footer(page: Page) -> Iterator[str]:
    if page.near_misses:
        yield _heading("Just below the threshold")
        yield "\n".join(_brief(miss) for miss in page.near_misses)
    yield _heading("What was checked")
    yield "\n".join(wrap(line, COLUMNS) for line in page.coverage)
    if page.failures:
        lines = (f"- {failure.outlets}: {failure.error}" for failure in page.failures)
        yield "\n".join(wrap(line, COLUMNS, hanging="  ") for line in lines)
    if page.unsubscribe:
        yield f"To stop this digest:\n{page.unsubscribe}"


def _stories(section: SectionLines, place: int) -> Iterator[str]:
    if section.brief:
        yield "\n".join(_brief(story) for story in section.stories)
        return
    for number, story in enumerate(section.stories, start=place + 1):
        yield _story(number, story)


def _story(number: int, story: StoryLines) -> str:
    label = f"{number:>2}. "
    return _block(
        wrap(story.headline.words, COLUMNS, label, " " * len(label)),
        story.lead and wrap(story.lead, COLUMNS, _INDENT),
        _outlet(story.byline),
        *(_outlet(line) for line in story.others),
        story.more and wrap(story.more, COLUMNS, _INDENT),
        story.evidence and wrap(f"Why: {story.evidence} = {story.score}", COLUMNS, _INDENT),
    )


def _outlet(line: OutletLine) -> str:
    """``> outlet [zh · state]``, its headline where it differs, and its address."""
    tags = f" [{line.tags}]" if line.tags else ""
    title = f": {line.headline.words}" if line.headline else ""
    return _block(
        wrap(f"{line.outlet}{tags}{title}", COLUMNS, f"{_INDENT}> ", f"{_INDENT}  "),
        line.url and f"{_INDENT}  {line.url}",
    )


def _brief(story: StoryLines) -> str:
    tags = f" [{story.byline.tags}]" if story.byline.tags else ""
    words = f"{story.headline.words} ({story.byline.outlet}{tags}, {story.score})"
    return _block(
        wrap(words, COLUMNS, "- ", "  "), story.headline.url and f"  {story.headline.url}"
    )


def _heading(name: str) -> str:
    return f"{wrap(name.upper(), COLUMNS)}\n{'-' * max(4, width(name))}"


def _block(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)
