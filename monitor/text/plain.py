"""Markup and stray characters -> plain text that is safe to print anywhere."""

from __future__ import annotations

import html
import re
import tomllib
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

import nh3

_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|article|hr)\b[^<>]*>", re.I
)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
# Tags whose like every reader of HTML understands alike: no `<` or `>` in their attributes, nothing
# that hides its inside or moves it elsewhere, as scripts and tables do.
_SIMPLE_END = (
    r"""(?:\s++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))?+)*+\s*+/?>"""
)
_SIMPLE_BLOCK = re.compile(
    rf"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|section|article|hr){_SIMPLE_END}", re.I
)
_SIMPLE_INLINE = re.compile(
    r"</?(?:a|b|i|em|strong|span|img|u|s|small|font|sub|sup|mark|cite|code|abbr|time|q|del|ins|big"
    rf"|figure|figcaption){_SIMPLE_END}",
    re.I,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# They make the text after them run backwards, in a list of other people's titles too.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_STEERING = re.compile(f"{_CONTROL.pattern}|{_DIRECTION.pattern}")
# A value that a careless program would take for markup or a script.
_ACTIVE = re.compile(r"[<>]|script:|\bon\w+\s*=", re.I)
_LINE_END = re.compile(r"[\t\n\r]")
_VOID = re.compile(r"<((?:area|br|col|hr|img|source)\b[^<>]*)>")


def from_markup(markup: str) -> str:
    """The words of an HTML fragment on one line, without its scripts and styles."""
    if ("<" not in markup and "&" not in markup) or not _MARKUP.search(markup):
        return one_line(markup)
    words = _SIMPLE_INLINE.sub("", _SIMPLE_BLOCK.sub(" ", markup))
    if "<" in words or "\0" in words:
        words = nh3.clean(_BLOCK.sub(" ", scalar(markup)), tags=set())
    return one_line(html.unescape(words))


def safe_markup(markup: str, base: str = "") -> str:
    """An HTML fragment without what could run, load frames or ask for input when it is shown.

    What has neither tags nor escapes in it is no markup, and stays as it is. Links are made
    absolute where there is a ``base``. Empty elements are written as XML has them, which HTML takes
    too.
    """
    markup = scalar(markup)
    if _MARKUP.search(markup):
        markup = _VOID.sub(r"<\1 />", _cleaner(base).clean(markup))
    return _harmless(markup).strip()


@cache
def _allowed() -> dict[str, list[str]]:
    source = files("monitor.text").joinpath("data/markup.toml").read_text("utf-8")
    return tomllib.loads(source)


@lru_cache(maxsize=8)
def _cleaner(base: str) -> nh3.Cleaner:
    if base.startswith(("http://", "https://")):
        # What only begins like an address is no base.
        with suppress(ValueError):
            return _made(("rewrite_with_base", base))
    return _made("pass_through")


def _made(
    relative: Literal["pass_through"] | tuple[Literal["rewrite_with_base"], str],
) -> nh3.Cleaner:
    allowed = _allowed()
    return nh3.Cleaner(
        url_relative=relative,
        tags=set(allowed["elements"]),
        clean_content_tags=set(allowed["dropped"]),
        attributes={"*": set(allowed["attributes"])},
        attribute_filter=lambda element, name, value: None if _ACTIVE.search(value) else value,
        url_schemes=set(allowed["schemes"]),
        link_rel=None,
    )


def one_line(text: str) -> str:
    """``text`` without control and direction characters, runs of white space as one space."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_harmless(line).split())


def spaced_line(text: str) -> str:
    """``text`` on one line as ``one_line`` has it, but with the spaces that align its columns."""
    return _LINE_END.sub(" ", _harmless(text))


def escaped(source: str) -> str:
    """JSON or TOML with an escape for each character in its strings that could steer a terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", scalar(source))


def scalar(text: str) -> str:
    """``text`` with lone surrogates replaced, so that it can be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _harmless(text: str) -> str:
    """``text`` without what steers a terminal, a space for each control character."""
    return _DIRECTION.sub("", _CONTROL.sub(" ", scalar(text)))
