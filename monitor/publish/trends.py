"""Whether a number is unusual, measured against the windows before it. Pure.

Counts of articles scatter with their size; F. J. Anscombe's transform 2·√(n + 3/8) (Biometrika
35, 1948) makes them scatter by about 1 whatever it is. The scatter of the earlier windows is
measured as well, by their median absolute deviation, and the greater one counts: news comes in
waves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

from monitor.model import Trend, Trends, Verdict

_ABOUT_A_DAY = timedelta(hours=36)
# How many windows are looked back at, and how many of them must have been measured.
_DAILY, _LONGER = (28, 14), (12, 8)
# How many standard deviations are more than chance: about one in 370 windows.
_UNUSUAL = 3.0
# A median absolute deviation is this much smaller than a standard deviation (normal distribution).
_DEVIATIONS = 1.4826
_MOST_UNUSUAL = 4
Counts = Mapping[str, Sequence[int]]


def looked_back(span: timedelta) -> tuple[int, int]:
    """For windows of ``span``: how many to look back at, and how many of them are needed."""
    return _DAILY if span <= _ABOUT_A_DAY else _LONGER


def trends(counts: Counts, measured: Sequence[bool], span: timedelta) -> Trends:
    """What is unusual in the last window of ``counts``.

    ``counts`` are relevant articles by subject (empty for all of them) in windows of ``span``, the
    oldest first; ``measured`` tells for each window whether anything was read in it at all. With
    fewer measured windows than are needed nothing is said of any subject.
    """
    _, needed = looked_back(span)
    found = {subject: _trend(subject, row, measured, needed) for subject, row in counts.items()}
    whole = found.pop("", None) or _trend("", [0] * len(measured), measured, needed)
    unusual = [each for each in found.values() if each.verdict in (Verdict.SPIKE, Verdict.SILENCE)]
    unusual.sort(key=lambda each: (-abs(deviation(each.number, each.earlier)), each.subject))
    return Trends(span / timedelta(days=1), needed, whole, tuple(unusual[:_MOST_UNUSUAL]))


def deviation(number: int, earlier: Sequence[int]) -> float:
    """How many standard deviations ``number`` lies above the median of ``earlier``."""
    steady = [_steadied(each) for each in earlier]
    usual = median(steady)
    scatter = _DEVIATIONS * median(abs(each - usual) for each in steady)
    return (_steadied(number) - usual) / max(scatter, 1.0)


def counted(
    subjects: Iterable[tuple[datetime, Sequence[str]]],
    until: datetime,
    span: timedelta,
    windows: int,
) -> dict[str, list[int]]:
    """Articles by subject, and all of them under "", in the ``windows`` before ``until``.

    ``subjects`` is when each article became relevant, in ``[until − windows · span, until)`` or
    left out, and what it speaks of.
    """
    numbers: Counter[tuple[str, int]] = Counter()
    for moment, spoken_of in subjects:
        place = windows - 1 - int((until - moment) / span)
        numbers.update((subject, place) for subject in {"", *spoken_of})
    names = {subject for subject, _ in numbers}
    return {name: [numbers[name, place] for place in range(windows)] for name in sorted(names)}


def _steadied(number: float) -> float:
    return 2 * sqrt(number + 3 / 8)


def _trend(subject: str, row: Sequence[int], measured: Sequence[bool], needed: int) -> Trend:
    earlier = tuple(number for number, known in zip(row[:-1], measured[:-1], strict=True) if known)
    usual = float(median(earlier)) if earlier else 0.0
    return Trend(subject, row[-1], earlier, usual, _verdict(row[-1], earlier, needed))


def _verdict(number: int, earlier: Sequence[int], needed: int) -> Verdict:
    if len(earlier) < needed:
        return Verdict.SHORT
    distance = deviation(number, earlier)
    if abs(distance) < _UNUSUAL:
        return Verdict.USUAL
    return Verdict.SPIKE if distance > 0 else Verdict.SILENCE
