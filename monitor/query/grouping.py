"""What the articles that a search finds are counted by."""

from __future__ import annotations

from enum import StrEnum


class Grouping(StrEnum):
    """What articles may be counted by; times, in UTC, are those of being first seen.

    What was old by then, as an imported archive is, counts at the time stated of its publication.
    """

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    OUTLET = "outlet"
    COUNTRY = "country"
    TOPIC = "topic"
    ENTITY = "entity"
    TERM = "term"
    LANG = "lang"
    CAMP = "camp"


TIMES = (Grouping.MONTH, Grouping.WEEK, Grouping.DAY)
