"""What no XML may have, but many feeds do, is put right before an XML reader sees it. Pure."""

from __future__ import annotations

import re
from html.entities import html5

# Left out by XML 1.0; they come from copy and paste, and stop every XML reader.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.I)
# The two halves of a character outside the basic plane, each as a reference.
_HALVES = re.compile(r"&#(?:x([0-9a-f]{4})|(\d{5}));&#(?:x([0-9a-f]{4})|(\d{5}));", re.I)
_OWN_ENTITIES = re.compile(r"<!ENTITY\b")
_DEFINITION = re.compile(r"<!(?:DOCTYPE|ENTITY)\b")
_LONG_DEFINITION = re.compile(r"<!ENTITY\b[^<>]{500}")
# An ampersand outside CDATA and comments, with the name that it refers to, if it refers to one.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[(?:(?:(?!\]\]>).)*+\]\]>|.*+)|<!--(?:(?:(?!-->).)*+-->|.*+)"
    r"|&(?!#)(?:([A-Za-z][A-Za-z0-9]*);)?",
    re.S,
)
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_PREFIXED = re.compile(
    r"<(?:([\w.-]+):(?:channel|feed|item|entry)|(atom|a10):(?:link|updated)|(news):news)[\s>]", re.I
)
_DECLARED = re.compile(r"xmlns:([\w.-]+)")
_PREFIX = re.compile(r"(</?)([\w.-]+):")
_EMPTY_LINK = re.compile(r"<link>\s*</link>|<link\s*/>")
# The address beside that of a link, in a scheme of its own.
_SECOND_ADDRESS = re.compile(r"<link\s+uri\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')\s*>(?=[^<\s])")
# Plug-ins that turn every http into https do so to the names of namespaces.
_SECURED_SPACE = re.compile(
    r"""(\sxmlns(?::[\w.-]+)?\s*=\s*["'])https(?=://(?:purl\.org|search\.yahoo\.com|www\.w3\.org"""
    r"""|www\.itunes\.com|www\.google\.com|news\.yandex\.ru|turbo\.yandex\.ru)/)"""
)
_ENTRY = re.compile(r"<(item|entry)\b(?:(?!</?\1\b).)*+", re.S)
_OWN_TEXT = re.compile(r"<(?:description|summary|content|content:encoded)\b")
_CAPTION = re.compile(
    r"<media:description\b(?:(?!</?media:description\b).)*+</media:description>", re.S
)
_IN_PICTURE = re.compile(r"<image\b[^<>]*>\s*<(?:(?!</?(?:image|item)\b).)*+</image>", re.S)


def legible(text: str) -> str:
    """``text`` without the characters that XML forbids, and without references to them.

    A link without an address is left out too: it would hide the guid that stands in for it. Each
    definition of a document gets a line of its own, where feedparser looks for them.
    """
    legal = _SECURED_SPACE.sub(r"\1http", _ILLEGAL.sub("", text))
    # A long one would be put in at every reference to it.
    lines = legal if _LONG_DEFINITION.search(legal) else _DEFINITION.sub(r"\n\g<0>", legal)
    joined = _HALVES.sub(_joined, lines)
    plain = _SECOND_ADDRESS.sub("<link>", _EMPTY_LINK.sub("", _CODE.sub(_legal, joined)))
    return _without_prefix(_without_pictures(plain))


def _without_pictures(text: str) -> str:
    """``text`` without what its entries' pictures are called: it would be taken for the entry's.

    A caption stays where the entry has no text of its own.
    """
    if "<image" not in text and "<media:description" not in text:
        return text
    return _ENTRY.sub(_without_captions, text)


def _without_captions(entry: re.Match[str]) -> str:
    told = _IN_PICTURE.sub("", entry[0])
    return _CAPTION.sub("", told) if _OWN_TEXT.search(told) else told


def _without_prefix(text: str) -> str:
    """``text`` without the prefixes that its elements have and no declaration explains."""
    used = {found[found.lastindex or 0] for found in _PREFIXED.finditer(text)}
    bare = used.difference(_DECLARED.findall(text))
    if not bare:
        return text
    return _PREFIX.sub(lambda found: found[1] if found[2] in bare else found[0], text)


def _joined(references: re.Match[str]) -> str:
    high, low = (
        int(references[place], 16) if references[place] else int(references[place + 1])
        for place in (1, 3)
    )
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return references[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _legal(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits.lstrip("0")) < 8 else 0
    is_legal = code in (9, 10, 13) or 31 < code < 0xD800 or 0xDFFF < code < 0x110000
    return reference[0] if is_legal and not _ILLEGAL.match(chr(code)) else "\ufffd"


def with_plain_ampersands(text: str) -> str:
    """``text`` with HTML's entities as numbers, and ``&amp;`` where ``&`` stands for itself.

    So ``?a=1&lang=ru`` in a link stays what it is. A document that defines entities of its own is
    left alone.
    """
    return text if _OWN_ENTITIES.search(text) else _AMPERSAND.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found[0][0] == "<" or found[1] in _XML_NAMES:
        return found[0]
    characters = html5.get(f"{found[1]};", "") if found[1] else ""
    if characters:
        return "".join(f"&#{ord(character)};" for character in characters)
    return f"&amp;{found[0][1:]}"
