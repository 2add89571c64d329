"""What tells an entry that was seen before from one that is new or edited. Pure.

A stamp is a hash of an entry's element as it stands in the document, and of its link as resolved
where the element does not say all of it: cheap to make before anything is read, the same wherever
the element stands, and the same whoever reads the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from hashlib import blake2b

_EDGE = re.compile(rb"<(/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])[^<>]*>", re.I)
_BYTES = 10


def stamp(source: bytes, link: str = "") -> str:
    """The stamp of the entry at ``link`` that stands in the document as ``source``."""
    stated = link.encode("utf-8", "replace")
    if stated in source or stated.replace(b"&", b"&amp;") in source:
        stated = b""
    return blake2b(stated + b"\0" + source, digest_size=_BYTES).hexdigest()


def are_seen(sources: Sequence[bytes], seen: Set[str]) -> bool:
    """Whether a document shows what it showed before, no more and no less, in whatever order.

    False also where a link depends on where the document stands, which takes a reader to tell.
    """
    found: set[str] = set()
    for source in sources:
        mark = stamp(source)
        if mark not in seen:
            return False
        found.add(mark)
    return bool(found) and found == seen


def elements(document: bytes) -> list[bytes]:
    """The entries' elements in order; one that is cut off at the end stands empty.

    Nothing when begins and ends do not take turns, as in a document that quotes another.
    """
    found: list[bytes] = []
    begin = None
    for edge in _EDGE.finditer(document):
        if bool(edge[1]) is (begin is None):
            return []
        if begin is None:
            begin = edge.start()
        else:
            found.append(document[begin : edge.end()])
            begin = None
    return found if begin is None else [*found, b""]
