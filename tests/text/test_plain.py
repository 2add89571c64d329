"""Markup and stray characters come out as plain text on one line."""

from __future__ import annotations

import html
import json
import re
import time
import tomllib
import unicodedata

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.plain import escaped, from_markup, one_line, safe_markup, scalar, spaced_line


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>First.</p><p>Second.</p>", "First. Second."),
        ("a<br>b<br/>c", "a b c"),
        ("<b>bold</b>er", "bolder"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("a &amp;amp; b", "a &amp; b"),
        ("AT&T, R&D", "AT&T, R&D"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("&nbsp;x&#160;y&#x20;z", "x y z"),
        ("<script>evil()</script>Before<style>p{}</style><!-- no -->", "Before"),
        ("<img src=x onerror=evil()>after", "after"),
        ("<iframe srcdoc='<script>evil()</script>'></iframe>x", "x"),
        ("<svg><script>evil()</script></svg>x", "x"),
        ("Before<a href='javascript:evil()'>in</a>", "Beforein"),
        ("", ""),
    ],
)
def test_markup_becomes_words(markup: str, text: str) -> None:
    """Blocks part words, other tags do not; entities are read once; scripts are gone."""
    assert from_markup(markup) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a \n\t b  ", "a b"),
        ("a\x00b\x1b[31mc\x9bd\x7fe", "a b [31mc d e"),
        ("a\u2028b\u2029c\u00a0d\ufeffe", "a b c d e"),
        ("gnp.\u202eexe\u202c \u2066x\u2069", "gnp.exe x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("plain", "plain"),
        ("two  blanks", "two blanks"),
    ],
)
def test_stray_characters_are_dropped(text: str, line: str) -> None:
    """Controls and directions go, runs of white space shrink, joiners of real words stay."""
    assert one_line(text) == line


@given(st.text())
def test_any_text_is_safe_to_print(text: str) -> None:
    """No control, no direction, no line break, no half character; twice is the same as once."""
    line = one_line(text)
    assert line.encode().decode() == line
    assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in line)
    assert not any(
        "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069" for letter in line
    )
    assert one_line(line) == line


@given(st.text())
def test_an_aligned_line_is_as_safe_and_keeps_its_blanks(text: str) -> None:
    """The same characters as on a line without them, whatever the white space."""
    line = spaced_line(text)
    assert one_line(line) == one_line(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in line)
    assert spaced_line("+63  Khorgos    in title") == "+63  Khorgos    in title"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_json_and_toml_say_the_same(text: str) -> None:
    """What is written can be read back, and nothing in it steers a terminal."""
    written = escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert tomllib.loads(f"x = {written}")["x"] == text
    assert spaced_line(written) == written


@given(st.text(alphabet="<>/!-&;#x0123abp \"'=[]", max_size=60))
def test_no_markup_makes_it_fail(markup: str) -> None:
    """Any tangle of tags gives a line."""
    assert one_line(from_markup(markup)) == from_markup(markup)


_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<br/>",
            "<a href='x'>",
            '<a href="y" b=c>',
            "</a>",
            "<i x>",
        ),
        *(
            '<img alt="a>b">',
            "<img src=x/>",
            "<A B='",
            "'>",
            '">',
            "<h2>",
            "</div>",
            "<li>",
            "<table>",
        ),
        *(
            "<tr>",
            "<script>",
            "</script>",
            "&amp;",
            "&lt;b&gt;",
            "&nbsp",
            "&copy=",
            "x",
            " y ",
            "<",
            ">",
        ),
        *(
            "=",
            '"',
            "\0",
            "铁路",
            "é",
            "<!-- c -->",
            "<style>",
            "\u200c",
            "<font color=red>",
            "&#x41;",
        ),
    ]
)


@settings(max_examples=400)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_the_short_way_says_what_the_reader_of_html_says(markup: str) -> None:
    """Simple tags are cut out by patterns, which must not change a word."""
    with_blocks = re.sub(r"(?i)</?(?:p|div|br|li|h[1-6]|tr|td|th|table)\b[^<>]*>", " ", markup)
    read = one_line(html.unescape(nh3.clean(with_blocks, tags=set())))
    assert from_markup(markup) in (read, one_line(markup))


@pytest.mark.parametrize(
    "piece", ["<p ", "<a", "<b>", "<!--", "&amp", "<svg><g>", "<table><b>", "<b a='", "<b a=b "]
)
def test_no_markup_takes_long(piece: str) -> None:
    """Time grows with the size and not with its square."""
    began = time.monotonic()
    from_markup(piece * 20_000)
    assert time.monotonic() - began < 2


def test_half_characters_are_replaced_and_pairs_joined() -> None:
    """Lone surrogates cannot be stored; pairs of them are one character."""
    assert scalar("a\ud83d") == "a\ufffd"
    assert scalar("\ud83d\ude00") == "\U0001f600"
    assert scalar("ok") == "ok"


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ('<span id="">a</span>', '<span id="">a</span>'),
        ('<p style="x:y" onclick="z()">a<br/>b', "<p>a<br />b</p>"),
        ("a &amp; b <i>c", "a &amp; b <i>c</i>"),
        ("AT&T\n5 < 6", "AT&T\n5 < 6"),
        ('<a href="java\nscript:x()">a</a>', "<a>a</a>"),
        ('<a href="/1" title="</a onload=x>">a</a>', '<a href="/1">a</a>'),
        ('<img src="data:image/svg+xml,x" alt="b">', '<img alt="b" />'),
        ("a<script>b</script><textarea><img onerror=c></textarea>", "a"),
        ("<form><input>a</form>", "a"),
        ("<b>a\u202eb</b>", "<b>ab</b>"),
    ],
)
def test_markup_that_is_shown_elsewhere_is_harmless(stated: str, shown: str) -> None:
    """It keeps what carries meaning, and loses what runs, loads by itself or asks for input."""
    assert safe_markup(stated) == shown


@pytest.mark.parametrize("base", ["", "https://[bad", "http://", "javascript:x", "/x", "urn:x"])
def test_what_is_no_address_is_no_base(base: str) -> None:
    """A link is left as it is stated."""
    assert safe_markup('<a href="/b">x</a>', base) == '<a href="/b">x</a>'


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=12).map("".join))
def test_harmless_markup_has_nothing_active(markup: str) -> None:
    """Whatever is stated, no tag of it is one that could do harm."""
    shown = safe_markup(markup).lower()
    tags = "".join(re.findall("<[a-z/!][^>]*>", shown))
    assert not re.search(r"<(?:script|style|iframe|object|embed|form|meta|link|base)\b", tags)
    assert not re.search(r"\son\w+\s*=|script:", tags)
