"""Articles by what a person calls them: an id, or an address however it is written."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitor.errors import InputError
from monitor.model import JudgedArticle
from monitor.store import Store
from monitor.text.plain import scalar
from monitor.text.urls import canonical, guid_key, link_key

_LONGEST_ID = 18
_HOST = re.compile(r"(?=.{1,253}$)[\w-]+(\.[\w-]+)+\.?")


def find(store: Store, name: str) -> JudgedArticle | None:
    """The article with that id or address, however the address is written."""
    if name.isascii() and name.isdecimal():
        member = store.articles.get(int(name)) if len(name) <= _LONGEST_ID else None
        if member is None:
            raise InputError(f"there is no article {name}; `monitor search` finds them")
        return member
    stored = store.articles.by_url(name.strip())
    return stored or _by_keys(store, address(name))


def address(name: str) -> str:
    """``name`` as a web address, completed with https:// where it has no scheme.

    InputError when it can be none.
    """
    text = scalar(name.strip())
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(
            _HOST.fullmatch(parts.hostname or "")
        )
    except ValueError:
        is_address = False
    if not is_address or any(letter.isspace() for letter in text):
        raise InputError(f'"{name}" is neither the id of an article nor a web address')
    return url


def _by_keys(store: Store, url: str) -> JudgedArticle | None:
    """By the link without what names a rendering, or as the guid of any feed."""
    keys = [link_key(canonical(url))]
    keys += [guid_key(feed.id, url) for feed in store.history.feeds()]
    known = store.articles.known(keys)
    found = next((known[key] for key in keys if key in known), None)
    return None if found is None else store.articles.get(found.id)
