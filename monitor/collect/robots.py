"""What a robots.txt allows, by RFC 9309: the longest match wins, ``*`` and ``$`` are understood.

Python's own ``urllib.robotparser`` takes the first match and knows no wildcards.
"""

from __future__ import annotations

from protego import Protego

# RFC 9309, section 2.5: a parser reads at least 500 KiB; nobody needs more.
_LONGEST = 500 * 1024


def allows(robots_text: str, user_agent: str, url: str) -> bool:
    """Whether ``robots_text`` lets ``user_agent`` (``monitor/1.0 (…)``) read ``url``.

    An empty text allows everything; lines that make no sense are passed over.
    """
    rules = Protego.parse(robots_text[:_LONGEST].removeprefix("\ufeff"))
    product = user_agent.partition("/")[0].strip()
    return bool(rules.can_fetch(url, product))
