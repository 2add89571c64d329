"""The text of an article from its page: by selector, by trafilatura, by our own reader."""

from __future__ import annotations

import pytest

from monitor.collect import fulltext
from monitor.collect.fulltext import article_text

PARAGRAPHS = tuple(
    f"Paragraph {number} of the story tells how the terminal was opened and what it will carry "
    "in its first year, as the operator of the line said on Wednesday." for number in range(6)
)  # fmt: skip
PAGE = f"""<html lang="en"><head><title>Terminal opened</title></head><body>
<nav><ul><li><a href="/a">World news</a></li><li>Economy</li></ul></nav>
<div class="cookies">We use cookies to improve what you see on this page.</div>
<main><article><h1>Terminal opened</h1>
{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}</article></main>
<div class="lead">{" ".join(PARAGRAPHS[:3])}</div>
<footer>All rights reserved by the publisher of this page</footer></body></html>"""


@pytest.fixture(params=[True, False], ids=["trafilatura", "own"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra where it is installed, and as if it were not."""
    if request.param:
        pytest.importorskip("trafilatura", reason="the extra fulltext is not installed")
    else:
        monkeypatch.setattr(fulltext, "_reader", lambda: None)


@pytest.mark.usefixtures("reader")
def test_the_text_is_the_articles_and_not_the_pages() -> None:
    """Every paragraph is there; menus, cookie bars and footers are not."""
    found = article_text(PAGE.encode())
    assert all(paragraph in found for paragraph in PARAGRAPHS)
    assert not any(word in found for word in ("cookies", "World news", "All rights"))


@pytest.mark.usefixtures("reader")
def test_a_selector_decides() -> None:
    """What it finds is the text; where it finds nothing, the page is read without it."""
    assert article_text(PAGE.encode(), selector=".lead") == " ".join(PARAGRAPHS[:3])
    assert PARAGRAPHS[5] in article_text(PAGE.encode(), selector=".nowhere")


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("body", [b"", b"<html><p>Subscribe to read on.", b"\xff\xfe", b"<" * 9000])
def test_a_notice_is_no_text(body: bytes) -> None:
    """Empty pages, walls and rubbish have no text."""
    assert article_text(body) == ""


@pytest.mark.usefixtures("reader")
def test_chinese_is_read_by_the_charset_of_its_page() -> None:
    """A page in GB 18030 that says so in its head only."""
    text = "中吉乌铁路建设取得新进展，三国代表在比什凯克举行会谈并签署文件。" * 8
    page = f'<html><head><meta charset="gb2312"></head><body><article><p>{text}</p></article>'
    assert text in article_text(page.encode("gb18030"), content_type="text/html")


@pytest.mark.usefixtures("reader")
def test_a_text_has_an_end() -> None:
    """What is kept of one page is bounded."""
    page = f"<article>{'<p>Words that go on and on without any end in sight.</p>' * 4000}"
    assert 1000 < len(article_text(page.encode())) <= 50_000
