"""What the articles that a search finds are counted by."""

from __future__ import annotations

from enum import StrEnum


class Grouping(StrEnum):
    """What articles may be counted by; times are those of being first seen, in UTC."""

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
