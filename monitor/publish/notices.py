"""What an owner has to hear, in the words of a frame.

Notices are kept in English, as the log has them, and said in a reader's language when an edition is
made: a sentence is known by its pattern in the English frame.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from monitor.publish.frame import filled, frame_of

_KEPT_IN = "en"
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def notice(key: str, **values: str) -> str:
    """The sentence ``key`` as it is kept, with its places filled."""
    return filled(_sentences(_KEPT_IN)[key], values)


def said_in(sentence: str, lang: str) -> str:
    """A kept sentence in ``lang``; as it is where it is none of ours."""
    for key, pattern in _patterns().items():
        if found := pattern.fullmatch(sentence):
            return filled(_sentences(lang)[key], found.groupdict())
    return sentence


def _sentences(lang: str) -> Mapping[str, str]:
    sentences: Mapping[str, str] = frame_of(lang).table["notices"]
    return sentences


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        key: re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(sentence)), re.S)
        for key, sentence in _sentences(_KEPT_IN).items()
    }
