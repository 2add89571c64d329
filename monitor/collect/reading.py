"""What a reader of XML makes of a feed, before any text of it is converted."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.collect.entries import NOTHING, Construct, Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as it stands in its document; ``flaw`` is what was wrong with it, in words.

    ``is_known`` tells that some kind of feed was recognised, even if it has no entries.
    """

    title: Construct = NOTHING
    link: str = ""
    lang: str = ""
    statements: tuple[Statement, ...] = ()
    flaw: str = ""
    is_known: bool = True
