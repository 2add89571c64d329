"""The text part of an edition: as carefully set as the HTML, for readers who prefer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.publish.frame import Frame
from monitor.publish.lines import OutletLine, QuotationLines, StoryLines
from monitor.publish.presentation import FigureLine, Page, SectionLines, TrendLines
from monitor.publish.promises import PromiseLine, PromiseLines
from monitor.publish.typography import NO_BREAK_SPACE, width, wrap

COLUMNS = 72
_INDENT = "    "
_BARS = "·▁▂▃▄▅▆▇█"


def set_text(page: Page) -> str:
    """The whole page in lines of at most 72 columns; only addresses may be longer."""
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
    yield from _opening(page)
    place = 0
    for section in page.fresh:
        yield _heading(section.name)
        yield from _stories(section, place, page.frame)
        place += len(section.stories)
    yield _block(page.held and wrap(page.held, COLUMNS))
    if page.omitted:
        typed = page.archive_hint and f"{_INDENT}{page.archive_hint}"
        yield _block(wrap(page.omitted, COLUMNS), typed)
    if page.figures:
        yield _heading(page.frame.section("figures"))
        yield "\n".join(_figure(line) for line in page.figures)
    if page.trend:
        yield _heading(page.frame.section("trend"))
        yield from _trend(page.trend)


def _opening(page: Page) -> Iterator[str]:
    """What moved, promises before stories, and what has gone quiet."""
    yield from _promises(page.moved, page.promises_hint, page.frame)
    for section in page.updates:
        if page.moved is None:
            yield _heading(section.name)
        yield from _stories(section, 0, page.frame)
    yield from _promises(page.gone_quiet, page.promises_hint, page.frame)


def _promises(group: PromiseLines | None, typed: str, frame: Frame) -> Iterator[str]:
    if group is None:
        return
    yield _heading(group.name)
    yield from (_promise(line, frame) for line in group.lines)
    if group.more:
        yield _block(wrap(group.more, COLUMNS), f"{_INDENT}{typed}")


def _promise(line: PromiseLine, frame: Frame) -> str:
    """How a promise stands, whose it is below it, then the sentence with its outlet."""
    return _block(
        wrap(f"{line.standing}{frame.colon}{line.promise}", COLUMNS, "  » ", _INDENT),
        wrap(line.aside, COLUMNS, _INDENT),
        wrap(f"“{line.quote.words}”", COLUMNS, _INDENT) if line.quote else "",
        line.told and wrap(line.told, COLUMNS, f"{_INDENT}> ", f"{_INDENT}  "),
        f"{_INDENT}  {line.quote.url}" if line.quote and line.quote.url else "",
    )


def _footer(page: Page) -> Iterator[str]:
    if page.near_misses:
        yield _heading(page.frame.section("near"))
        yield "\n".join(_brief(miss) for miss in page.near_misses)
    yield _heading(page.frame.section("checked"))
    yield "\n".join(wrap(line, COLUMNS) for line in page.coverage)
    if page.remarks:
        colon = page.frame.colon
        lines = (f"- {remark.outlets}{colon}{remark.words}" for remark in page.remarks)
        yield "\n".join(wrap(line, COLUMNS, hanging="  ") for line in lines)
    if page.unsubscribe:
        yield f"{page.frame.say('stop_below')}\n{page.unsubscribe}"


def _stories(section: SectionLines, place: int, frame: Frame) -> Iterator[str]:
    for number, story in enumerate(section.stories, start=place + 1):
        yield _story("» " if section.moved else f"{number:>2}. ", story, frame)


def _story(label: str, story: StoryLines, frame: Frame) -> str:
    label = f"{label:>{len(_INDENT)}}"
    return _block(
        wrap(story.headline.words, COLUMNS, label, _INDENT),
        _labelled("new", story.new, frame),
        story.lead and wrap(story.lead, COLUMNS, _INDENT),
        _labelled("names", story.names, frame),
        _quotation(story.quotation),
        _labelled("quoted", story.figures, frame),
        _outlet(story.byline),
        *(_outlet(line) for line in story.others),
        story.more and wrap(story.more, COLUMNS, _INDENT),
        _labelled("carried_by", story.camps, frame),
        _labelled("one_camp", story.sole, frame),
        _labelled("why", story.evidence and f"{story.evidence} = {story.score}", frame),
    )


def _quotation(said: QuotationLines | None) -> str:
    return wrap(f"“{said.words.words}” — {said.told}", COLUMNS, _INDENT) if said else ""


def _labelled(key: str, words: str, frame: Frame) -> str:
    return wrap(frame.labelled(key, words), COLUMNS, _INDENT) if words else ""


def _figure(line: FigureLine) -> str:
    """The number, whose it is below it."""
    return _block(
        wrap(f"{line.figure} ({line.by})", COLUMNS, "- ", "  "),
        wrap(line.headline.words, COLUMNS, "  "),
    )


def _trend(trend: TrendLines) -> Iterator[str]:
    yield _block(
        wrap(trend.sentence, COLUMNS),
        *(wrap(f"{subject}: {words}", COLUMNS, "- ", "  ") for subject, words in trend.unusual),
        f"{_INDENT}{sparkline(trend.bars)}" if trend.bars else "",
        trend.note and wrap(trend.note, COLUMNS),
    )


def sparkline(numbers: Sequence[int]) -> str:
    """A bar of one to eight eighths for each number, a dot for nothing."""
    most = max((*numbers, 1))
    return "".join(_BARS[-(-number * 8 // most)] for number in numbers)


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
