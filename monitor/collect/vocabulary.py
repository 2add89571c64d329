"""What the elements of RSS, Atom and their modules are, by their names. Pure but for its table."""

from __future__ import annotations

import tomllib
from enum import Enum, auto
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


class Role(Enum):
    """What an element is to a reader of feeds."""

    TITLE = auto()
    LINK = auto()
    ID = auto()
    SUMMARY = auto()
    CONTENT = auto()
    WHOLE_TEXT = auto()
    PUBLISHED = auto()
    UPDATED = auto()
    AUTHOR = auto()
    PERSON = auto()
    LANGUAGE = auto()
    ORIGIN = auto()
    PICTURE = auto()
    MEDIA = auto()
    MEDIA_TITLE = auto()
    MEDIA_SUMMARY = auto()
    HARMLESS = auto()
    DOUBTFUL = auto()


@lru_cache(maxsize=1000)
def role(tag: str) -> Role:
    """The role of an element called ``{namespace}name``, as ElementTree writes it."""
    space, _, name = tag.removeprefix("{").rpartition("}")
    roles = _table()["roles"]
    known = roles.get(space)
    if known is not None:
        return Role[known.get(name) or known.get("*") or _unknown(name)]
    # A slip for a module that is known: its name has no s.
    if space.startswith("https:") and f"http{space[5:]}" in roles:
        return Role.DOUBTFUL
    return Role[_unknown(name)]


def _unknown(name: str) -> str:
    """An element of a module that nobody knows may be taken for another of the same name."""
    return "DOUBTFUL" if name.lower() in _table()["names"]["telling"] else "HARMLESS"


def is_markup(name: str) -> bool:
    """Whether ``name`` is an element of HTML that means nothing to a feed."""
    return name in _table()["names"]["markup"]


@cache
def _table() -> dict[str, Any]:
    source = files("monitor.collect").joinpath("data/vocabulary.toml").read_text("utf-8")
    return tomllib.loads(source)
