"""The search language: from what a person types to a ``Query`` that a store can answer.

::

    khorgos railway            both words, in any order and in their inflected forms
    "freight train" -bus       the phrase as written, without the word (NOT bus says the same)
    kazakh*                    every word that begins so
    steel OR (coal export)     either; groups in parentheses
    country:KZ topic:energy entity:Tokayev term:dry-port lang:zh outlet:xinhua camp:state
    feed:12 story:48 score:>=60 since:2026-01 until:7d first-seen:2026-01 published:>=2026-01-15
    figure:USD figure:>=1bn figure:"286.42 bn yuan" figure:"1..5 bn USD"
    is:delivered is:matched is:unmatched is:eligible is:backlog is:pending

Words written side by side must all occur; ``OR`` binds weaker, ``NOT`` and ``-`` stronger. Times
are a year, month or day (in UTC; ``until`` includes it), or a distance from now in hours, days,
weeks, months of 30 or years of 365 days (``24h``, ``7d``, ``2w``, ``3m``, ``1y``). ``since`` and
``until`` speak of when an article was first seen, as ``first-seen`` does. A figure is one number
of the ledger, with a unit, with a value, or with both; ``..`` stands between least and most.
"""

from __future__ import annotations

from monitor.query.fields import FIELDS, LABELS
from monitor.query.nodes import (
    STATES,
    And,
    Camp,
    Figured,
    FromFeed,
    InStory,
    Is,
    Label,
    Lang,
    Leaf,
    Moment,
    Node,
    Not,
    Or,
    Outlet,
    Query,
    Score,
    Within,
    Word,
)
from monitor.query.parsing import MAX_DEPTH, MAX_LENGTH, MAX_PARTS, parse

__all__ = [
    "FIELDS",
    "LABELS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_PARTS",
    "STATES",
    "And",
    "Camp",
    "Figured",
    "FromFeed",
    "InStory",
    "Is",
    "Label",
    "Lang",
    "Leaf",
    "Moment",
    "Node",
    "Not",
    "Or",
    "Outlet",
    "Query",
    "Score",
    "Within",
    "Word",
    "parse",
]
