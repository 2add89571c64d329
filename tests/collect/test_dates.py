"""Dates in every form that feeds state them in come out in UTC, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.dates import moment

EIGHT = datetime(2026, 11, 22, 8, tzinfo=UTC)
THREE = datetime(2026, 11, 22, 3, tzinfo=UTC)
FIVE = datetime(2026, 11, 22, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("Sun, 22 Nov 2026 08:00:00 +0500", THREE),
        ("Sun, 22 Nov 2026 08:00:00 +05:00", THREE),
        ("Sunday, 22 November 2026 08:00:00 +0500", THREE),
        ("22 Nov 26 08:00 +0500", THREE),
        ("Sun, 22 Nov 2026 08:00:00 MSK", FIVE),
        ("Sun, 22 Nov 2026 08:00:00 ALMT", THREE),
        ("Sat, 22 Nov 2003 08:00:00 ALMT", datetime(2003, 11, 22, 2, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 08:00:00 UZT", THREE),
        ("Sun, 22 Nov 2026 03:00:00 EST", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 Nowhere", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 UTC+5", THREE),
        ("Sun, 22 Nov 2026 08:00:00 UTC+0500", THREE),
        ("Sun, 22 Nov 2026 08:00:00 GMT+5", THREE),
        ("Sun, 22 Nov 2026 08:00:00 GMT+0500", THREE),
        ("Sun 22 Nov 2026 08:00:00 +0500", THREE),
        ("Mon, 22 Nov 26 08:00 +0500", THREE),
        ("Sun Nov 22 08:00:00 +0500 2026", THREE),
        ("Sun Nov 22 08:00:00 2026", EIGHT),
        ("Sun, 21 Nov 2026 24:00:00 GMT", MIDNIGHT),
        ("Вс, 22 Ноя 2026 08:00:00 +0500", THREE),
        ("Нд, 22 Лис 2026 05:00:00 +0200", THREE),
        ("周日, 22 十一月 2026 11:00:00 +0800", THREE),
        ("日, 22 11月 2026 11:00:00 +0800", THREE),
        ("Κυρ, 22 Νοέ 2026 08:00:00 EET", datetime(2026, 11, 22, 6, tzinfo=UTC)),
        ("Paz, 22 Kas 2026 08:00:00 +0300", FIVE),
        ("الأحد, 22 نوفمبر 2026 08:00:00 +0300", FIVE),
        ("22 نويابىر 2026 11:00:00 +0800", THREE),
        ("22 ноември 2026 10:00:00 +0200", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 Asia/Almaty", THREE),
        ("Sun, 22 Nov 2026 08:00:00 Europe/Moscow", FIVE),
        ("Sun, 22 Nov 2026 08:00:00 America/Argentina", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 Asia/Nowhere", EIGHT),
        ("2026-11-22 11:00:00 北京时间", THREE),
        ("le 22 novembre 2026 à 08h00", EIGHT),
        ("2026. 11. 22. 08:00", EIGHT),
        ("22. 11. 2026 08:00", EIGHT),
    ],
)
def test_mail_dates(stated: str, meant: datetime) -> None:
    """RFC 822 and its slips: short years, long names, offsets in all spellings, bare zones."""
    assert moment(stated) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("2026-11-22T08:00:00+05:00", THREE),
        ("2026-11-22T08:00:00.987Z", EIGHT),
        ("2026-11-22T08:00:00 +05:00", THREE),
        ("2026-11-22T08:00+0500", THREE),
        ("2026-11-22T08:00+05", THREE),
        ("2026-11-22T8:00:00Z", EIGHT),
        ("2026-11-22 08:00:00 +0500", THREE),
        ("2026-11-22 08:00:00", EIGHT),
        ("2026/11/22 8:00", EIGHT),
        ("2026-11-22", MIDNIGHT),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("20261122T080000Z", EIGHT),
        ("20261122T080000+0500", THREE),
        ("2026-11-22T03:00:00.999z", THREE),
        ("20261122080000", EIGHT),
        ("1795334400", EIGHT),
        ("1795334400000", EIGHT),
    ],
)
def test_iso_dates_and_epochs(stated: str, meant: datetime) -> None:
    """ISO 8601 with and without separators, zones and seconds; seconds since 1970."""
    assert moment(stated) == meant


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("22 ноября 2026, 08:00", EIGHT),
        ("22 ноября 2026, 08:00 (UTC+5)", THREE),
        ("22 ноября 2026 г., 08:00 (МСК)", FIVE),
        ("воскресенье, 22 ноября 2026 г. в 08:00", EIGHT),
        ("2026 жылғы 22 қараша, 08:00", EIGHT),
        ("22 қарашада 2026", MIDNIGHT),
        ("22-noyabr, 2026 08:00", EIGHT),
        ("2026-yil 22-noyabr", MIDNIGHT),
        ("22 ноябр 2026 08:00", EIGHT),
        ("2026年11月22日 08:00", EIGHT),
        ("2026年11月22日 下午3:20", datetime(2026, 11, 22, 15, 20, tzinfo=UTC)),
        ("2026年11月22日8时00分", EIGHT),
        ("2026-11-22 08:00:00", EIGHT),
        ("2026년 11월 22일 08:00:00", EIGHT),
        ("November 22, 2026 at 8:00 am", EIGHT),
        ("Nov. 22, 2026, 12:00 a.m.", MIDNIGHT),
        ("martes, 22 noviembre 2026 08:00", EIGHT),
        ("22.11.2026 08:00", EIGHT),
        ("22.11.26", MIDNIGHT),
        ("22/11/2026 08:00", EIGHT),
        ("11/22/2026 8:00 AM", EIGHT),
    ],
)
def test_dates_of_editors(stated: str, meant: datetime) -> None:
    """Months by their names in many languages, Chinese dates, figures in the European order."""
    assert moment(stated) == meant


@pytest.mark.parametrize(
    "stated",
    [
        *("", "  ", "not a date", "today", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z"),
        *("Sun, 30 Feb 2026 08:00:00 GMT", "Sun, 22 Nov 12026 08:00:00 GMT", "-1", "Yesterday"),
        *(
            "31 Feb 2026 10:00",
            "2026-13-45",
            "Mon, 99 Nov 2026 99:00:00 GMT",
            "22 ноября",
            "9" * 5000,
        ),
    ],
)
def test_what_names_no_day_is_no_date(stated: str) -> None:
    """Garbage, days that do not exist and empty dates of databases are nothing."""
    assert moment(stated) is None


@given(st.text(max_size=120) | st.from_regex(r"[\d:/. T+年月日-]{0,40}", fullmatch=True))
def test_no_words_make_it_fail(stated: str) -> None:
    """Any text is a moment in UTC or none."""
    read = moment(stated)
    assert read is None or read.utcoffset() is not None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)))
def test_what_is_written_is_read(written: datetime) -> None:
    """Any moment survives both standard forms, to the second."""
    at = written.replace(microsecond=0, tzinfo=UTC)
    assert moment(format_datetime(at)) == at
    assert moment(at.isoformat()) == at
