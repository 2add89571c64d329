"""How a subscriber leaves: the token that says who it is, and the place of its link in editions.

A token is HMAC-SHA256 over digest, subscriber and transport, under a key that only this
installation has: it names nobody, and nobody can make one for somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

from monitor.model import Rendered

# Editions are frozen once for many subscribers; this stands where each has a link of their own.
# It is as long as such links are, since the size of an edition is limited.
PLACE = f"https://leave.invalid/{'-' * 120}"
_EACH_HAS_ONE = "(each recipient has a link of their own here)"
PATH = "/unsubscribe/"
# What names the language of the page in a link.
LANG = "lang"


def page(public_url: str, token: str, lang: str) -> str:
    """Where the holder of ``token`` leaves, in a language of the frames."""
    return f"{public_url}{PATH}{token}" + (f"?{LANG}={lang}" if lang != "en" else "")


def token(key: str, digest: str, subscriber: str, transport: str) -> str:
    """43 characters that are safe in an address, the same for ever."""
    who = "\0".join(("unsubscribe", digest, subscriber, transport))
    code = hmac.new(key.encode(), who.encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def for_nobody(rendered: Rendered) -> Rendered:
    """``rendered`` for looking at: where each subscriber has a link, the text says so."""
    return replace(
        rendered,
        text=rendered.text.replace(PLACE, _EACH_HAS_ONE),
        html=rendered.html.replace(PLACE, "#"),
    )


def for_subscriber(rendered: Rendered, link: str) -> Rendered:
    """``rendered`` with ``link`` where the edition has a place for it."""
    if PLACE not in rendered.text and PLACE not in rendered.html:
        return rendered
    in_html = link.replace("&", "&amp;").replace('"', "%22")
    return replace(
        rendered,
        text=rendered.text.replace(PLACE, link),
        html=rendered.html.replace(PLACE, in_html),
    )
