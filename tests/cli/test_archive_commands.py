"""The archive's commands: exit codes, pages, exports, charts and pages in a browser."""

from __future__ import annotations

import io
import json
import sys
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.screen import chart, table
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome
from monitor.store import open_store

Asked = Callable[..., tuple[int, str, str]]
BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def finding(number: int) -> Finding:
    """A new article."""
    link = f"https://a.example/{number}"
    entry = Entry(str(number), link, f"Cable {number}", text="Two cables were repaired.")
    keys = (f"link:a.example/{number}",)
    return Finding(FindingKind.NEW, entry, link, keys, f"h{number}", lang="en")


@pytest.fixture
def asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Asked:
    """Ask an archive of five articles in three months; exit code, output and errors."""
    (tmp_path / "config.toml").write_text(
        f'[monitor]\nbeat = "{BEAT}"\nbeat_feeds = false\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store:
        store.feeds.sync([FeedListing("https://a.example/rss", "Wire")], NOW)
        for number in range(5):
            at = NOW - timedelta(days=20 * (5 - number))
            store.feeds.record(PollOutcome(1, at, FeedState.OK), [finding(number)])

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["monitor", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return ask


@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv", "md", "bibtex", "html"])
def test_the_exit_code_tells_whether_anything_was_found(asked: Asked, format: str) -> None:
    """0, 1 or 2, in every format."""
    assert asked("search", "cable", "--format", format)[0] == 0
    assert asked("search", "nothing", "--format", format)[0] == 1
    assert asked("search", "(cable", "--format", format)[0] == 2


def test_pages_follow_one_another(asked: Asked) -> None:
    """The line that a page ends with leads to the next one, until there is none."""
    seen, place = [], []
    while True:
        _, out, err = asked("search", "cable", "--limit", "2", "--format", "jsonl", *place)
        seen += [json.loads(line)["title"] for line in out.splitlines()]
        if not err:
            break
        place = err.removeprefix("more: ").split()

    assert seen == [f"Cable {number}" for number in (4, 3, 2, 1, 0)]


def test_all_of_it_is_exported(asked: Asked) -> None:
    """In the order that is asked for, and never as a table."""
    _, out, _ = asked("search", "repaired", "--all", "--format", "jsonl", "--sort", "oldest")

    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 2, 3, 4, 5]
    assert asked("search", "repaired", "--all")[0] == 2
    assert asked("search", "nothing", "--all", "--format", "csv")[0] == 1


def test_numbers_by_month(asked: Asked) -> None:
    """As a chart, as CSV and as JSON."""
    assert asked("count", "cable", "--format", "csv") == (
        0, "month,articles\n2025-11,1\n2025-12,2\n2026-01,1\n2026-02,1\n", ""
    )  # fmt: skip
    _, out, _ = asked("count", "cable", "--by", "outlet", "--format", "json")
    assert json.loads(out) == [{"outlet": "Wire", "articles": 5}]
    assert asked("count", "cable")[1].splitlines()[2].startswith("2026-01  1  ██")


def test_nothing_found_is_explained(asked: Asked) -> None:
    """Below the answer for people, beside the rows for programs."""
    why = 'No article has "nothing" in it.\n'

    for command in ("search", "count"):
        assert asked(command, "nothing") == (1, f"Nothing found.\n{why}", "")
        code, out, err = asked(command, "nothing", "--format", "json")
        assert (code, json.loads(out), err) == (1, [], why)
    assert asked("search", "nothing", "--all", "--format", "jsonl") == (1, "", why)


def test_a_chart_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """Chinese names take two columns a character, and a small number can still be seen."""
    chart([("新华", 12_000), ("en", 1), ("x", 0)])
    first, second, third = capsys.readouterr().out.splitlines()

    assert first.startswith("新华  12,000  ███")
    assert second == "en         1  ▏"
    assert third == "x          0"


def test_a_chart_is_drawn_with_what_the_terminal_can_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where blocks cannot be written, bars are made of a sign that can."""
    page = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(page, "ascii", write_through=True))
    chart([("en", 2), ("ru", 1)])
    first, second = page.getvalue().decode().splitlines()

    assert first.count("#") > second.count("#") > 0
    assert "\\u" not in first


@pytest.mark.parametrize("columns", ["24", "40"])
def test_the_narrowest_terminal_has_the_numbers_in_full(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is typed again stays; the widest of the other columns give way."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    row = ("10131", "100", "2026-06-09 15:10", "Silk Freight Review", "en", "Khorgos sees 872")
    table(("id", "score", "date", "outlet", "lang", "title"), [row], text_last=True)
    _, head, *lines = capsys.readouterr().out.splitlines()

    assert "id" in head
    assert lines[1].startswith(" 10131 ")
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.parametrize(("columns", "is_below"), [("60", True), ("160", False)])
def test_a_narrow_terminal_has_titles_below(
    columns: str,
    is_below: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where a title has no room beside the other columns it gets the lines below its row."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    titles = (
        "Khorgos sees 872 container trains in spring",
        "霍尔果斯铁路口岸5月通行班列",
    )
    rows = [(str(n), "Silk Freight", title) for n, title in enumerate(titles)]
    table(("id", "outlet", "title"), rows, text_last=True)
    lines = capsys.readouterr().out.splitlines()

    assert ("    " + titles[0] in lines) is is_below
    assert ("    " + titles[1] in lines) is is_below
    assert lines.index(next(line for line in lines if line.startswith(" 0"))) == 3
    assert all(any(title in line for line in lines) for title in titles)


@pytest.mark.parametrize("named", ["3", "https://a.example/2"])
def test_a_page_is_opened_or_its_address_printed(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """By number or address; without a browser the address is the answer."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    assert asked("open", named) == (0, "", "")
    assert opened == ["https://a.example/2"]

    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert asked("open", named) == (0, "https://a.example/2\n", "")
    assert asked("open", "99")[0] == 2
