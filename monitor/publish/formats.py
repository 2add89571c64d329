"""An edition as Markdown, and as JSON for programs. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from monitor.model import FrozenEdition, OutlinedPromise, OutlinedStory

_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
# What would begin a list or a heading at the beginning of a line.
_LINE_START = re.compile(r"^(\s*\d*)([-+=.)])")


def as_markdown(edition: FrozenEdition) -> str:
    """CommonMark, in which nobody's words are taken for marks."""
    return "\n\n".join(_paragraphs(edition)) + "\n"


def _paragraphs(edition: FrozenEdition) -> Iterator[str]:
    outline = edition.outline
    yield f"# {_escaped(edition.rendered.subject)}"
    yield from (f"*{_escaped(notice)}*" for notice in outline.notices)
    for group in outline.promises:
        yield f"## {_escaped(group.name)}"
        yield from map(_promise, group.promises)
    for section in outline.sections:
        yield f"## {_escaped(section.name)}"
        yield from map(_story, section.stories)
    if outline.more:
        yield f"{_escaped(outline.more)} `{outline.archive_hint}`"


def _promise(each: OutlinedPromise) -> str:
    told = _escaped(", ".join(filter(None, (each.actor, each.deadline))))
    lines = [f"**{_escaped(each.standing)}:** {_escaped(each.promise)} ({told})"]
    if each.sentence:
        quote = f"“{_escaped(each.sentence)}” — [{_escaped(each.outlet)}](<{_address(each.url)}>)"
        lines.append(f"> {quote}")
    return "\n\n".join(lines)


def _address(url: str) -> str:
    return re.sub(r"[<>\s]", lambda mark: f"%{ord(mark[0]):02X}", url)


def _story(story: OutlinedStory) -> str:
    link = f"[{_escaped(story.headline)}](<{_address(story.url)}>)"
    lines = [f"### {link}", _escaped(", ".join(story.outlets))]
    return "\n\n".join([*lines, _escaped(story.lead)] if story.lead else lines)


def _escaped(words: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", words))


def as_json(edition: FrozenEdition) -> bytes:
    """One object; the same edition gives the same bytes."""
    return json.dumps(as_object(edition), ensure_ascii=False, indent=2).encode("utf-8", "replace")


def as_object(edition: FrozenEdition) -> dict[str, Any]:
    """What programs are told of an edition; times are in UTC."""
    outline = edition.outline
    return {
        "digest": edition.digest,
        "variant": edition.variant,
        "slot": edition.slot.isoformat(),
        "frozen_at": edition.frozen_at.isoformat(),
        "zone": edition.zone,
        "title": outline.title,
        "subject": edition.rendered.subject,
        "notices": list(outline.notices),
        "promises": [asdict(group) for group in outline.promises],
        "sections": [asdict(section) for section in outline.sections],
        "omitted": outline.omitted,
    }
