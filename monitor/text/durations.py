"""Lengths of time in few letters."""

from __future__ import annotations

from datetime import timedelta


def duration(span: timedelta) -> str:
    """``41 days``, ``3 h 20 min``, ``12 min``: as exact as its size calls for."""
    minutes = max(int(span.total_seconds()), 0) // 60
    days, hours = minutes // 1440, minutes // 60
    if days >= 3:
        return f"{days:,} days"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"
