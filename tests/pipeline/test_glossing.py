"""Names beside those of another language: never that of another thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.match.scoring import judge
from monitor.model import Article, Coverage, Edition, JudgedArticle, Section, Story, Window, Wording
from monitor.pipeline.setup import prepare
from monitor.pipeline.telling import enriched

NOW = datetime(2026, 6, 12, tzinfo=UTC)
ROW = """
[[entities]]
id = "locks"
name = "Smaller locks"
kind = "infrastructure"
SEVERAL
sides = ["near"]
aliases.ru = ["Верхний шлюз", "Нижний шлюз"]
aliases.zh = ["上闸"]
"""
Glosses = tuple[tuple[str, str], ...]


@pytest.fixture
def glosses(
    canal: Callable[..., Path], configured: Callable[[str], Configuration]
) -> Callable[[str], Glosses]:
    """Tell a Russian story of the lower lock in Chinese, with a row of the beat as it is given."""

    def told(several: str) -> Glosses:
        beat = canal("", ROW.replace("SEVERAL", several))
        setup = prepare(configured(f'[monitor]\nbeat = "{beat}"\n'))
        wording = Wording("Нижний шлюз открыт", "Сегодня Нижний шлюз открыли для судов.", "", "ru")
        article = Article(1, 1, "https://a.example/1", "A", wording, NOW)
        member = JudgedArticle(article, judge(setup.watchlist, wording))
        section = Section("top", "Top", (Story(1, (member,)),))
        window = Window(NOW, NOW - timedelta(days=1), NOW)
        edition = Edition(
            "daily", "Daily", window, "UTC", (section,), Coverage((), 1, 1), lang="zh"
        )
        (story,) = enriched(edition, setup).stories
        return (*story.names, *(story.words.glosses if story.words else ()))

    return told


def test_a_name_stands_beside_what_it_names(glosses: Callable[[str], Glosses]) -> None:
    """A row for one thing has one name in each language, whichever alias was written."""
    assert glosses("") == (("Нижний шлюз", "上闸"),)


def test_no_name_of_one_stands_beside_another(glosses: Callable[[str], Glosses]) -> None:
    """A row for several things has no name to put beside one of them."""
    assert glosses("several = true") == ()
