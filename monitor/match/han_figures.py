"""Quoted numbers of Chinese texts: 948亿美元, 百分之三十五, 5000万至6000万吨, 三名工人."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import zip_longest

from monitor.model import Figure
from monitor.text.counting import (
    Counting,
    Unit,
    counting,
    is_year,
    signs,
    unit_rows,
    written_number,
)

_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8, "萬": 4, "億": 8}
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": 0, "两": 2, "兩": 2}
_NUMBER = re.compile(
    r"(?P<percent>百分之)?"
    r"(?:(?P<digits>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<han>[〇零一二三四五六七八九十百千两兩]"
    r"[〇零一二三四五六七八九十百千两兩点]*))"
    r"(?:[多余餘几](?=[万亿萬億]))?"
    r"(?P<powers>(?:[百万亿萬億]|千(?![瓦米克]))*)"
    r"(?P<more>(?:\d+[百千万萬]|[一二三四五六七八九][千百万萬])*)"
    r"(?P<about>[多余餘几]|左右)?"
)
_LATIN_BEFORE = re.compile(r"[A-Za-z+#№-]$")
_RANGE = re.compile(r"\s*(?:至|到|-|–|—|~|～)\s*$")
# What follows a number that is a date, a rank or a part of a name.
_DATED = re.compile(
    r"月|日(?!元|内)|号|时|点(?!\d)|分(?!之)|届|期|条(?!约)|国|周年|世纪|季度|强|[Gg]\b|方面"
)
# Full-width digits and marks, each as the narrow one.
_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), 0xFF0C, 0xFF0E)}
# Millions of "degrees" are kilowatt-hours; a few are degrees.
_DEGREES, _KILOWATT_HOURS = "度", "度电"
_ORDINAL = re.compile(r"第\s*$")
_DEADLINE = re.compile(r"年(?:[底末初]|\d{1,2}月[底末]?)?(?:之前|以前|前)")
_UNTIL = re.compile(r"(?<!截)(?:到|至)\s*$")
# A measure word and what it counts, with what lies between them: 个中方合作项目.
_WIDEST = 14
_PARTED = re.compile(
    r"(?P<measure>[个项份])(?P<between>[^\W\d]{1,8}?)(?P<noun>项目|工程|协议|文件|合同|航班|备忘录)"
)
_SHORT_WORDS = re.compile(r"[\s·]*")


def han_figures(text: str) -> list[Figure]:
    """The quoted numbers of ``text``, in reading order; those without a unit have an empty one."""
    narrow = text.translate(_NARROW)
    found = _ranged(narrow, list(_found(narrow)))
    return [replace(figure, text=text[figure.start : figure.end]) for figure in found]


def _found(text: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        figure = _figure(text, match)
        if figure is not None:
            yield figure


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    before, behind = text[max(0, match.start() - 4) : match.start()], text[match.end() :]
    if _ORDINAL.search(before) or _LATIN_BEFORE.search(before):
        return None
    digits = match["digits"] or ""
    if is_year(digits) and not match["powers"]:
        return _year(text, match, before, behind)
    value = _value(match)
    if value is None:
        return None
    unit, width = _unit(text, match, before, behind)
    if unit is None and (_DATED.match(behind) or match["han"]):
        return None
    if unit is not None and _is_vague(match, unit, behind, width):
        return None
    name, scale = (unit.name, unit.scale) if unit else ("", Decimal(1))
    start = match.start() - (_sign(before) is not None)
    return _made(text, value * scale, name, start, match.end() + width)


def _made(text: str, value: Decimal, unit: str, start: int, end: int) -> Figure:
    plain = int(value) if value == value.to_integral_value() else float(value)
    return Figure(plain, unit, text[start:end], start, end)


def _is_vague(match: re.Match[str], unit: Unit, behind: str, width: int) -> bool:
    """One and a date are no quantities: 一人, 一家公司, 十月, 三日."""
    if match["han"] == "一" and not match["powers"]:
        return True
    return unit.name == "years" and bool(is_year(match["digits"] or ""))


def _value(match: re.Match[str]) -> Decimal | None:
    if match["digits"]:
        value = written_number(match["digits"].replace("，", ","), groups_by_comma=True)
    else:
        spelt = _spelt(match["han"])
        if spelt is None:
            return None
        value = spelt
    value = value.scaleb(sum(_POWERS[sign] for sign in match["powers"]))
    return value + sum(
        map(_more, re.findall(r"(\d+|[一二三四五六七八九])([百千万萬])", match["more"]))
    )


def _more(part: tuple[str, str]) -> Decimal:
    number, power = part
    return Decimal(number if number.isdigit() else _DIGITS[number]).scaleb(_POWERS[power])


def _spelt(han: str) -> Decimal | None:
    """The value of a number in characters, such as 四十六 or 三点五; None for what is none."""
    whole, _, decimals = han.partition("点")
    if not set(whole) & _POWERS.keys():
        digits = "".join(str(_DIGITS[sign]) for sign in whole)
        tail = "".join(str(_DIGITS[sign]) for sign in decimals if sign in _DIGITS)
        return Decimal(f"{digits}.{tail}" if tail else digits) if len(whole) == 1 or tail else None
    total, current = 0, 0
    for sign in whole:
        if sign in _DIGITS:
            current = _DIGITS[sign]
        else:
            total += (current or 1) * 10 ** _POWERS[sign]
            current = 0
    return Decimal(total + current)


def _unit(text: str, match: re.Match[str], before: str, behind: str) -> tuple[Unit | None, int]:
    """The unit of a number, and how many characters behind it belong to it."""
    if match["percent"]:
        return Unit("percent"), 0
    sign = _sign(before)
    if sign is not None:
        return Unit(sign), 0
    rules = _rules()
    gap = len(_SHORT_WORDS.match(behind)[0])  # type: ignore[index]
    rest = behind[gap:]
    latin = re.match(r"[A-Za-z²³0-9]+|[%％]", rest)
    if latin:
        known = signs().get(latin[0])
        found = rules.unit(latin[0].lower())
        if known:
            return Unit(known), gap + len(latin[0])
        return (found[0], gap + len(latin[0])) if found else (None, 0)
    if match["powers"] and rest.startswith(_DEGREES):
        return _han_unit(rules, _KILOWATT_HOURS, 0)[0], gap + len(_DEGREES)
    return _han_unit(rules, rest, gap)


def _han_unit(rules: Counting, rest: str, gap: int) -> tuple[Unit | None, int]:
    found = rules.units.han_pattern.match(rest)
    if found:
        return unit_rows()[int(rules.units.han[found[0]])], gap + len(found[0])
    for noun in _PARTED.finditer(rest[:_WIDEST]):
        parted = rules.units.han_pattern.fullmatch(noun["measure"] + noun["noun"])
        if parted:
            return unit_rows()[int(rules.units.han[parted[0]])], gap + noun.end()
    return None, 0


def _sign(before: str) -> str | None:
    return signs().get(before[-1:]) if before[-1:] not in "%％" else None


def _year(text: str, match: re.Match[str], before: str, behind: str) -> Figure | None:
    deadline = _DEADLINE.match(behind)
    if deadline or (
        _UNTIL.search(before)
        and behind.startswith("年")
        and not _RANGE_OF.search(text[: match.start()])
    ):
        return _made(text, Decimal(match["digits"]), "year", match.start(), match.end())
    return None


_RANGE_OF = re.compile(r"\d年?(?:到|至)\s*$")


def _ranged(text: str, found: list[Figure]) -> Iterator[Figure]:
    """Each figure; the first end of a range takes magnitude and unit from the second."""
    for one, other in zip_longest(found, found[1:]):
        if other and not one.unit and _RANGE.fullmatch(text[one.end : other.start]):
            scale = _scale(text, other)
            grown = one.value * scale if one.value * scale <= other.value else one.value
            yield Figure(grown, other.unit, one.text, one.start, one.end)
        else:
            yield one


def _scale(text: str, figure: Figure) -> float:
    """What the digits of a figure are multiplied with to be its value."""
    digits = re.match(r"\D*(\d[\d,]*(?:\.\d+)?)", figure.text)
    return figure.value / float(digits[1].replace(",", "")) if digits else 1


@cache
def _rules() -> Counting:
    return counting("zh")
