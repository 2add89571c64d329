"""Whose text an article says that it is."""

from __future__ import annotations

import pytest

from monitor.text.credits import agency, credited

CREDITED = [
    ("BEIJING, June 10 (Xinhua) -- Trade grew by a tenth in May.", "xinhua"),
    ("Trade grew by a tenth in May. (Xinhua)", "xinhua"),
    ("Trade grew.\nSource: Kazinform", "kazinform"),
    ("МОСКВА, 10 июня. /ТАСС/. Товарооборот вырос.", "tass"),
    ("Товарооборот вырос на десятую часть. — ТАСС", "tass"),
    ("ТАСС — Товарооборот вырос.", "tass"),
    ("Товарооборот вырос.\nИсточник: Казинформ", "kazinform"),
    ("据新华社电 五月贸易额增长一成。", "xinhua"),
    ("新华社北京6月10日电 五月贸易额增长一成。", "xinhua"),
    ("五月贸易额增长一成。（新华社）", "xinhua"),
    ("五月贸易额增长。\n来源:中新社", "cns"),
    ("Savdo hajmi oshdi. (UzA)", "uza"),
]
SILENT = [
    "The agency Xinhua was founded in 1931 and employs thousands.",
    "Reuters journalists were barred from the hall.",
    "Глава ТАСС выступил на форуме в Астане, сообщили организаторы.",
    "新华社社长会见来宾。",
    "Trade grew (by a tenth) in May.",
]


@pytest.mark.parametrize(("text", "wanted"), CREDITED)
def test_credits_are_found(text: str, wanted: str) -> None:
    """At the beginning, at the end and behind a word for source."""
    assert wanted in {agency(name) for name in credited(text)}


@pytest.mark.parametrize("text", SILENT)
def test_an_agency_that_is_only_spoken_of_is_no_credit(text: str) -> None:
    """An agency may be news itself."""
    assert {agency(name) for name in credited(text)} <= {None}


def test_an_agency_has_many_spellings() -> None:
    """In any script and case, and what is none has no id."""
    assert {agency(name) for name in ("Xinhua", "СИНЬХУА", "新华社", "新華社")} == {"xinhua"}
    assert agency("Steppe Courier") is None
