"""Formats: what programs, spreadsheets and browsers are given of texts that are not trusted."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.formats import COLUMNS, WRITERS, Format, row
from monitor.model import Article, JudgedArticle, Judgement, Wording

SEEN = datetime(2026, 6, 1, tzinfo=UTC)


def article(title: str, url: str = "https://a.example/1") -> dict[str, Any]:
    """A row of an article with that title."""
    wording = Wording(title, "", "text", "en")
    judged = JudgedArticle(Article(7, 8, url, title, wording, SEEN), Judgement(50.0))
    return row(judged, None)


def written(format: Format, *rows: dict[str, Any]) -> str:
    """The whole answer."""
    return "".join(WRITERS[format](rows))


@pytest.mark.parametrize("format", list(WRITERS))
@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_format_ends_in_a_line_end(format: Format, count: int) -> None:
    """Also where nothing was found; a format without a frame then says nothing."""
    text = written(format, *[article("One")] * count)

    assert text.endswith("\n") or text == ""


@pytest.mark.parametrize("format", list(WRITERS))
@given(title=st.text(max_size=30), url=st.text(max_size=20))
def test_no_control_character_is_written(format: Format, title: str, url: str) -> None:
    """Nothing that could steer a terminal comes through, and all of it can be encoded."""
    text = written(format, article(title, url))

    text.encode()
    assert [sign for sign in text if ord(sign) < 32 and sign != "\n"] == []
    assert "\x9b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_spreadsheet_runs_no_formula(sign: str) -> None:
    """A cell that begins with a sign of formulas gets an apostrophe."""
    head, cells = csv.reader(written(Format.CSV, article(f"{sign}1+1")).splitlines())

    assert tuple(head) == COLUMNS
    assert cells[COLUMNS.index("title")] == f"'{sign}1+1"


def test_json_is_read_back() -> None:
    """An array, and an object a line, have the same articles."""
    rows = [article("One"), article("Zwei\n“x”")]

    assert json.loads(written(Format.JSON, *rows)) == rows
    assert [json.loads(line) for line in written(Format.JSONL, *rows).splitlines()] == rows


def test_a_page_runs_nothing() -> None:
    """Markup in a title is text, and an address of another kind is no link."""
    text = written(Format.HTML, article("<script>x</script>", "javascript:alert(1)"))

    assert "<script" not in text
    assert "javascript" not in text


def test_a_bibliography_keeps_its_braces() -> None:
    """Signs of TeX in a title are text."""
    text = written(Format.BIBTEX, article(r"5% of {KZ} \input x_y"))

    assert r"title = {{5\% of \{KZ\} \textbackslash{}input x\_y}}" in text
