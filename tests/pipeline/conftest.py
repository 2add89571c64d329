"""Settings that whole rounds stand on, whatever keeps their archive."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.config import Configuration
from monitor.demo.servers import FeedServer

ROUND = """
[monitor]
beat = "BEAT"
beat_feeds = false
database = "DATABASE"

[[feeds]]
url = "http://ADDRESS/grid"
outlet = "Grid Post"

[[feeds]]
url = "http://ADDRESS/sea"
outlet = "Sea Times"

[[digests]]
name = "daily"
schedule = "daily 07:30"
to = ["reader@example.org", "second@example.org"]

[smtp]
host = "MAILHOST"
port = PORT
security = "none"
sender = "monitor@example.org"

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
"""


@pytest.fixture
def two_readers(configured: Callable[[str], Configuration]) -> Callable[..., Configuration]:
    """Load settings with two feeds of a server and two readers by mail."""

    def write(
        feeds: FeedServer,
        port: int,
        *,
        host: str = "127.0.0.1",
        database: str = "sqlite:///monitor.db",
    ) -> Configuration:
        source = ROUND.replace("ADDRESS", feeds.address).replace("PORT", str(port))
        return configured(source.replace("MAILHOST", host).replace("DATABASE", database))

    return write
