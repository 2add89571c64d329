"""An edition is set so that any mailbox shows it, whatever strangers wrote into it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import Edition, FeedHealth, FeedState, JudgedArticle, Rendered, Story, Window
from monitor.publish.layout import HTML_LIMIT, fitted
from monitor.publish.typography import width

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "publish"
# Set this variable to rewrite the golden pair after a wanted change, and read the difference.
REWRITE = "MONITOR_REWRITE_GOLDEN"
HINT = "monitor search 'since:2026-11-23'"
VOID = {"meta", "br", "img", "hr", "link", "input"}


def rendered(edition: Edition, unsubscribe: str | None = None, **fields: object) -> Rendered:
    """The edition as set, with a fixed archive hint."""
    return fitted(edition, unsubscribe=unsubscribe, archive_hint=HINT, **fields)[1]  # type: ignore[arg-type]


def with_title(story: Story, title: str, url: str | None = None) -> Story:
    """``story`` with another title (and address) of its lead article."""
    first, *rest = story.articles
    wording = replace(first.article.wording, title=title)
    article = replace(first.article, wording=wording, url=url or first.article.url)
    return replace(story, articles=(replace(first, article=article), *rest))


def with_stories(edition: Edition, *stories: Story) -> Edition:
    """``edition`` with nothing but one section of these stories."""
    return replace(edition, sections=(replace(edition.sections[1], stories=stories),))


@dataclass(frozen=True)
class Element:
    """An element as a reader of the markup meets it, with the text right inside it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[Element, ...]
    text: str = ""


class Markup(HTMLParser):
    """Collects the elements and their texts; fails on tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.elements: list[Element] = []
        self.texts: list[Element] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the element and who holds it."""
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Insist on what was opened last."""
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Remember the text with its element."""
        if data.strip() and self.open:
            self.texts.append(replace(self.open[-1], text=data))


# --- contrast ------------------------------------------------------------------------------------


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute or rule."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def dark_rules(html: str) -> dict[str, dict[str, str]]:
    """Declarations of the dark scheme by class or tag name."""
    block = re.search(
        r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{((?:[^{}]*\{[^{}]*\})*)", html
    )
    assert block
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block[1]):
        for selector in selectors.split(","):
            found.setdefault(selector.strip().lstrip("."), {}).update(declarations(body))
    return found


def styles(element: Element, dark: dict[str, dict[str, str]]) -> dict[str, str]:
    """The element's own colours, with the dark scheme's over them."""
    own = declarations(element.attributes.get("style", ""))
    for name in (element.tag, *element.attributes.get("class", "").split()):
        own.update(dark.get(name, {}))
    return own


def colours(element: Element, dark: dict[str, dict[str, str]]) -> tuple[str, str]:
    """Foreground and background that a text in ``element`` gets, inherited where unset."""
    chain = [styles(each, dark) for each in (*element.parents, element)]
    ink = [style["color"] for style in chain if "color" in style]
    ground = [style["background-color"] for style in chain if "background-color" in style]
    return ink[-1], ground[-1]


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def visible_texts(html: str) -> Iterator[Element]:
    """All texts but the hidden preview and what is no text."""
    hidden = {"title", "style"}
    for text in Markup(html).texts:
        around = (*text.parents, text)
        if text.tag not in hidden and not any("display: none" in styled(e) for e in around):
            yield text


def styled(element: Element) -> str:
    """The element's style attribute."""
    return element.attributes.get("style", "").replace("display:none", "display: none")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(promising: Edition, single: Edition, scheme: str) -> None:
    """Every text has at least 4.5 : 1 against its ground, in both schemes."""
    full = replace(promising, omitted=3, window=single.window)
    html = rendered(full, "https://monitor.example/stop").html
    dark = dark_rules(html) if scheme == "dark" else {}
    pairs = {colours(text, dark) for text in visible_texts(html)}

    assert len(pairs) >= 6
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


# --- golden pair ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_golden_pair(busy: Edition, suffix: str) -> None:
    """The fixed edition is set byte for byte as it was approved."""
    made = rendered(busy, "https://monitor.example/stop/abc")
    content = made.text if suffix == "txt" else made.html
    path = GOLDEN / f"busy.{suffix}"
    if os.environ.get(REWRITE):
        path.write_text(content, encoding="utf-8")

    assert content == path.read_text(encoding="utf-8")


# --- what a reader sees --------------------------------------------------------------------------


def test_subject(busy: Edition, quiet: Edition, single: Edition) -> None:
    """It tells the top story and the counts, or that there was nothing in what was read."""
    assert rendered(busy).subject == (
        "Tajikistan opens Kulma around the clock for Chinese freight"
        " · 15 stories, 2 updates, 32 articles, 8 languages"
    )
    assert rendered(quiet).subject == "China–Central Asia Daily: nothing new in 1,204 articles"
    assert rendered(single).subject.endswith("train of the year · 1 story, 3 articles, 3 languages")


def test_only_carried_stories(busy: Edition) -> None:
    """An edition with nothing but carried stories says so in its subject."""
    edition = replace(busy, sections=busy.sections[:1])

    assert rendered(edition).subject == "China–Central Asia Daily: no new stories, 2 updates"


@pytest.mark.parametrize("part", ["text", "html"])
def test_each_story_is_told(busy: Edition, part: str) -> None:
    """Headline, lead, outlets with language and camp, original headlines, reason, score."""
    printed = " ".join(unescape(re.sub(r"<[^>]+>", "", getattr(rendered(busy), part))).split())

    for expected in (
        "Tajikistan opens Kulma around the clock for Chinese freight",
        "Customs officers expect up to 120 lorries a day",
        "中塔阔勒买口岸12月起实行24小时通关",
        "also Интерфакс, Trend, China Daily",
        "Kulma in the title +16 · Chinese in the title +14",
        "= 86",
        "Third rail crossing to China",
        "What a common Central Asian grid would change",
    ):
        assert expected in printed


@pytest.mark.parametrize("part", ["text", "html"])
def test_coverage(busy: Edition, part: str) -> None:
    """The footer proves what was checked, and names each failed feed with its reason."""
    printed = re.sub(r"<[^>]+>", "", getattr(rendered(busy), part))

    for expected in (
        "112 feeds polled: 107 answered, 5 failed.",
        "1,204 articles read, 49 matched, 17 stories printed.",
        "From Mon 23 Nov 07:30 to Tue 24 Nov 07:30 (Asia/Almaty).",
        "Azattyk, Azattyq: no answer within 30 seconds",
        "Kloop: a web page came instead of a feed",
    ):
        assert expected in printed


@pytest.mark.parametrize("part", ["text", "html"])
def test_quiet_edition_proves_itself(quiet: Edition, part: str) -> None:
    """No story: it says what answered and what was read, and shows the near misses."""
    printed = " ".join(unescape(re.sub(r"<[^>]+>", "", getattr(rendered(quiet), part))).split())

    assert "107 feeds of 112 answered. Of 1,204 articles read, none was new" in printed
    assert "Алматы закупит двести электробусов" in printed


def test_late_edition_says_so(single: Edition) -> None:
    """Lateness and the time made up for are said in words, before the stories."""
    text = " ".join(rendered(single).text.split())

    assert "This edition is 3 hours late; it was due Tue 24 Nov 07:30." in text
    assert "the whole 2 days 3 hours since the last one" in text


def test_first_edition(single: Edition) -> None:
    """Without an earlier edition the window has no beginning, and none is claimed."""
    slot = single.window.slot
    window = Window(slot, None, slot + timedelta(minutes=20))
    text = " ".join(rendered(replace(single, window=window)).text.split())

    assert "First edition: everything found until Tue 24 Nov 07:50 (Asia/Almaty)." in text
    assert "late" not in text


def test_notices_are_printed(busy: Edition) -> None:
    """What the run has to say stands above the stories."""
    made = rendered(busy, notices=("config.toml is not valid; the old settings stay.",))

    head, _, _ = made.text.partition("TOP STORIES")
    assert "! config.toml is not valid; the old settings stay." in head
    assert "config.toml is not valid" in made.html


def test_omitted_stories_have_a_query(busy: Edition) -> None:
    """What was left out is counted, with what to type."""
    made = rendered(replace(busy, omitted=3))

    assert f"3 more in the archive:\n    {HINT}" in made.text
    assert "3 more in the archive:" in made.html
    assert "since:2026-11-23" in made.html


# --- what mailboxes need -------------------------------------------------------------------------


def test_nothing_is_loaded(busy: Edition) -> None:
    """No image, script, frame, font or stylesheet comes from anywhere."""
    html = rendered(busy, "https://monitor.example/stop").html
    tags = {element.tag for element in Markup(html).elements}

    assert not tags & {"img", "script", "link", "iframe", "object", "video", "svg", "form"}
    assert not re.search(r"url\(|@import|@font-face|\bsrc=", html)


def test_set_in_tables_for_both_schemes(busy: Edition) -> None:
    """Layout tables are marked as such, 600 px wide, and both schemes are announced."""
    html = rendered(busy).html
    tables = [element for element in Markup(html).elements if element.tag == "table"]
    charts = [table for table in tables if table.attributes["role"] == "img"]

    assert len(charts) == 1 and charts[0].attributes["aria-label"].startswith("Bars: 9, 12, 7")
    assert all(t.attributes["role"] == "presentation" for t in tables if t not in charts)
    assert 'name="color-scheme" content="light dark"' in html
    assert "!important" in html.partition("prefers-color-scheme")[2]
    assert 'width="600"' in html
    assert not re.search(r"display:\s*(flex|grid)", html)


# What Outlook, Gmail, Apple Mail or Yahoo do not show (caniemail.com, checked 2026-11).
SHAKY_PROPERTIES = {
    "position", "float", "flex", "grid", "gap", "box-shadow", "animation", "transition", "filter",
    "transform", "clip-path", "object-fit", "background-image", "calc", "var",
}  # fmt: skip
SHAKY_TAGS = {
    "img", "svg", "video", "audio", "canvas", "picture", "iframe", "object", "embed", "form",
    "input", "button", "select", "script", "link", "base", "details", "dialog", "marquee",
}  # fmt: skip


def test_only_what_mailboxes_show(busy: Edition, quiet: Edition, foreign: Edition) -> None:
    """No tag and no property that a large mailbox drops; styles stand at their elements."""
    for edition in (busy, quiet, foreign):
        html = rendered(edition, "https://monitor.example/stop").html
        elements = Markup(html).elements
        used = [declarations(each.attributes.get("style", "")) for each in elements]
        displays = {style["display"] for style in used if "display" in style}

        assert not {each.tag for each in elements} & SHAKY_TAGS
        assert not {name for style in used for name in style} & SHAKY_PROPERTIES
        assert displays <= {"none", "block"}
        assert not re.search(r":(hover|root|has|is)|calc\(|var\(|@import|@font-face", html)
        assert all("style" in each.attributes for each in elements if each.tag in ("p", "h3"))


def test_right_to_left_needs_no_mirror(busy: Edition) -> None:
    """Nothing hangs on a side of the sheet but the indent of outlets: texts turn by themselves."""
    html = rendered(busy).html
    aligned = {each.attributes.get("align") for each in Markup(html).elements}

    assert aligned <= {None, "left", "center"}
    assert "text-align" not in html


def test_text_may_be_zoomed(busy: Edition) -> None:
    """No height holds a text, so larger letters push the rest down; only bars are that high."""
    elements = Markup(rendered(busy).html).elements
    high = {
        each.tag for each in elements if "height" in declarations(each.attributes.get("style", ""))
    }
    assert elements
    assert high <= {"div"}


def test_headlines_carry_language_and_direction(busy: Edition) -> None:
    """A screen reader and a Han font choice need to know; right-to-left titles are set so."""
    story = with_title(busy.stories[0], "قازاقستان چىگرانى اشتى")
    first, *rest = story.articles
    wording = replace(first.article.wording, lang="kk")
    kazakh = replace(first, article=replace(first.article, wording=wording))
    html = rendered(with_stories(busy, Story(story.id, (kazakh, *rest)))).html
    links = [element.attributes for element in Markup(html).elements if element.tag == "a"]

    assert links[0]["lang"] == "kk" and links[0]["dir"] == "rtl"
    assert {"lang": "zh", "dir": "ltr"}.items() <= links[2].items()


def test_text_lines_fit(promising: Edition, quiet: Edition) -> None:
    """The text part keeps to 72 columns, Han characters counted double, but for addresses."""
    for edition in (promising, quiet):
        for line in rendered(edition).text.splitlines():
            assert width(line) <= 72 or line.strip().startswith("https://")


def test_size_is_kept_by_leaving_stories_out(busy: Edition) -> None:
    """Too much for a mailbox: whole stories go from the end, counted, in both parts alike."""
    stories = tuple(
        replace(story, id=story.id + 100 * n) for n in range(12) for story in busy.stories[:15]
    )
    printed, made = fitted(with_stories(busy, *stories), unsubscribe=None, archive_hint=HINT)

    assert 70_000 < len(made.html.encode()) < HTML_LIMIT
    kept = made.html.count("<h3")
    assert printed.stories == stories[:kept]
    assert printed.omitted == len(stories) - kept
    assert f"{len(stories) - kept} more in the archive:" in made.html
    assert len(re.findall(r"^ *\d+\. ", made.text, re.MULTILINE)) == kept
    assert made.html.rstrip().endswith("</html>")


def test_size_holds_when_every_feed_failed(quiet: Edition) -> None:
    """A thousand failed feeds, each for its own reason, still fit."""
    feeds = tuple(
        FeedHealth(f"Газета {n}", "https://x.example", FeedState.UNREACHABLE, f"ошибка {n} " * 40)
        for n in range(1000)
    )
    made = rendered(replace(quiet, coverage=replace(quiet.coverage, feeds=feeds)))

    assert len(made.html.encode()) < HTML_LIMIT
    assert "850 feeds" in made.html


# --- strangers' words ----------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} {0.__class__} {% raw %}",
    "</title></style><svg onload=alert(1)>",
    "line\r\nBcc: victim@example.org",
    "\u202egnp.exe\u202c \x00\x1b[2J \ud800",
    "=?utf-8?q?=0ABcc:_x?=",
    "x" * 4096,
)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_title_is_only_text(busy: Edition, title: str) -> None:
    """Markup, templates and control characters in a title stay words or vanish."""
    edition = with_stories(busy, with_title(busy.stories[0], title))
    made = rendered(edition)
    plain = rendered(with_stories(busy, busy.stories[0]))

    tags = [element.tag for element in Markup(made.html).elements]
    assert tags == [element.tag for element in Markup(plain.html).elements]
    assert "49" not in made.subject
    assert len(made.subject) <= 110
    for part in (made.subject, made.text.replace("\n", ""), made.html.replace("\n", "")):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", part)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//news.example/x",
        "http://[bad",
        "https://news.example/" + "x" * 3000,
        "",
    ],
)
def test_only_web_addresses_become_links(busy: Edition, url: str) -> None:
    """Anything but http and https is printed without a link."""
    first, *_ = with_title(busy.stories[0], "Kulma").articles
    alone = Story(1, (replace(first, article=replace(first.article, url=url)),))
    made = rendered(replace(with_stories(busy, alone), near_misses=()))

    assert [e for e in Markup(made.html).elements if e.tag == "a"] == []
    assert "Kulma" in made.html and "Kulma" in made.text


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_words_can_be_set(
    busy: Edition, near_misses: tuple[JudgedArticle, ...], words: str
) -> None:
    """Whatever stands in title, outlet, camp and summary, the page is whole and encodable."""
    first = near_misses[0]
    wording = replace(first.article.wording, title=words, summary=words)
    article = replace(first.article, wording=wording, outlet=words, camp=words, url=words)
    made = rendered(with_stories(busy, Story(1, (replace(first, article=article),))))

    assert Markup(made.html).elements
    assert made.text.encode() and made.html.encode() and made.subject.encode()
    assert len(made.subject) <= 110 and len(made.subject.splitlines()) == 1
