"""X14: whatever goes wrong, no secret is printed, logged, exported, mailed or kept in the database.

Every setting that holds a secret holds a canary; every command that can print is run, and
deliveries fail in two hundred ways.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.cli.loglines import log_to_stderr
from monitor.config import load
from monitor.demo.servers import Document, FeedServer
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.setup import prepare
from monitor.store import open_store

BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
CANARY = "CANARY"
CONFIG = f"""
[monitor]
beat = "{BEAT}"
beat_feeds = false
tick_seconds = 1
ping_url = "http://127.0.0.1:HOOKS/CANARY-PING?id=CANARY-PING-KEY"

[[feeds]]
url = "http://FEEDS/grid?token=CANARY-FEED-TOKEN"

[[feeds]]
url = "http://FEEDS/missing?api_key=CANARY-FEED-KEY"

[[digests]]
name = "daily"
schedule = "* * * * *"
to = ["reader@example.org"]

[[digests.subscribers]]
name = "hook"
transport = "webhook"
to = "http://127.0.0.1:HOOKS/hook?token=CANARY-HOOK-ADDRESS"
secret_env = "TEST_HOOK"

[[digests.subscribers]]
name = "slack"
transport = "slack"
secret_env = "TEST_SLACK"

[[digests.subscribers]]
name = "telegram"
transport = "telegram"
to = "@desk"
secret_file = "telegram"

[smtp]
host = "127.0.0.1"
port = 1
security = "none"
username = "monitor"
password_env = "TEST_SMTP"

[web]
public_url = "https://news.example.org"

[assist]
address = "http://127.0.0.1:HOOKS/v1"
model = "m"
key_env = "TEST_KEY"

[stories]
embeddings = "http://127.0.0.1:HOOKS/v1"
embeddings_model = "m"
embeddings_key_env = "TEST_EMBEDDINGS"

[network]
allow_private = ["FEEDS", "127.0.0.1:HOOKS"]
host_spacing_seconds = 0
timeout_seconds = 2
"""
ENVIRON = {
    "TEST_HOOK": "CANARY-HOOK-SECRET",
    "TEST_SLACK": "http://127.0.0.1:HOOKS/services/CANARY-SLACK",
    "TEST_SMTP": "CANARY-SMTP",
    "TEST_KEY": "CANARY-ASSIST",
    "TEST_EMBEDDINGS": "CANARY-EMBEDDINGS",
}
FEED = Document(
    b"<rss version='2.0'><channel><item><title>Sweden and Lithuania agree on NordBalt</title>"
    b"<link>https://press.example/1</link><description>The Swedish and Lithuanian operators of the "
    b"cable.</description></item></channel></rss>",
    ".xml",
)
COMMANDS = """
config check | config show | doctor | doctor --network | doctor --format json | once | poll
assess | assess --again | publish | deliver | search cable | search cable --format json
search cable --format csv | search cable --format html | search cable --format md | count
show 1 | show 99 | why 1 | why-not https://press.example/1 | figures | commitments | score -
stories | dossier sweden | evaluate nowhere.jsonl | tune nowhere.jsonl | keywords list
feeds list | feeds list --format json | feeds list --format csv | feeds check | feeds export
feeds add http://FEEDS/none?token=CANARY-ADDED | feeds add http://a:CANARY-LOGIN@FEEDS/grid
feeds pause nobody | feeds show http://FEEDS/grid?token=CANARY-FEED-TOKEN
subscribers list | subscribers list --format json | subscribers pause daily nobody
digest list | digest show 1 | digest preview daily | digest send daily | digest test daily
digest resend 1 --to other@example.org | db check | db backup | db vacuum | db reindex
db restore nowhere.db --yes | import nowhere.jsonl | web --no-such-option | no-such-command
"""


class Hooks(ThreadingHTTPServer):
    """Refuses everything, and repeats in its answer all that it was sent."""

    daemon_threads = True
    status = 403

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Repeating)


class _Repeating(BaseHTTPRequestHandler):
    server: Hooks

    def do_GET(self) -> None:
        """Answer with the status of the moment, the address and the headers."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = json.dumps({"error": self.path, "description": str(self.headers)}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", f"http://elsewhere.example{self.path}")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the library's name

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def hooks() -> Iterator[Hooks]:
    """A receiver at a port of its own."""
    with Hooks() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Hooks, str]]:
    """A folder whose settings have a canary wherever a secret may be; and the feeds' address."""
    with hooks() as server, FeedServer().serving() as feeds:
        feeds.documents = {"grid?token=CANARY-FEED-TOKEN": FEED}
        port = str(server.server_address[1])
        source = CONFIG.replace("HOOKS", port).replace("FEEDS", feeds.address)
        (tmp_path / "config.toml").write_text(source)
        (tmp_path / "telegram").write_text("123:CANARY-TELEGRAM\n")
        for name, value in ENVIRON.items():
            monkeypatch.setenv(name, value.replace("HOOKS", port))
        monkeypatch.chdir(tmp_path)
        yield server, feeds.address


def leaks(text: str) -> list[str]:
    """The lines in which a secret stands."""
    return [line for line in text.splitlines() if CANARY in line]


def printed(words: list[str]) -> str:
    """All that a command says, its error and what that came from included."""
    result = CliRunner().invoke(app, words, input="")
    error, told = result.exception, ""
    while error is not None:
        told += f"\n{error!r}"
        error = error.__cause__
    return result.output + told


def commands(address: str) -> list[list[str]]:
    """Every command line, split into words."""
    lines = COMMANDS.replace("\n", " | ").replace("FEEDS", address).split("|")
    return [line.split() for line in lines if line.strip()]


def installation(folder: Path) -> str:
    """What the links for unsubscribing are made with."""
    with closing(sqlite3.connect(folder / "monitor.db")) as database:
        return str(database.execute("SELECT name FROM installation").fetchone()[0])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_command_prints_a_secret(
    planted: tuple[Hooks, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every command is run, most of them into an error, and nothing it writes has a canary."""
    caplog.set_level(logging.INFO)
    told = {" ".join(words): printed(words) for words in commands(planted[1])}
    given = {name: text.replace(name.split()[-1], "") for name, text in told.items()}

    assert {name: found for name, text in given.items() if (found := leaks(text))} == {}
    assert leaks(caplog.text) == []
    key = installation(tmp_path)
    assert [name for name, text in told.items() if key in text] == []
    assert [kept for kept in _kept(tmp_path) if kept not in _ADDRESSES] == []


# Where feeds are is their address, secrets in it or not: it is what is asked for.
_ADDRESSES = {("feeds", "url")}


def _kept(folder: Path) -> Iterator[tuple[str, str]]:
    """Files and columns with a canary in them, but for those that hold the settings themselves."""
    for path in folder.rglob("*"):
        is_own = path.name.startswith(("config.toml", "telegram", "monitor"))
        if path.is_file() and not is_own and CANARY.encode() in path.read_bytes():
            yield path.name, ""
    with closing(sqlite3.connect(folder / "monitor.db")) as database:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        for (table,) in database.execute(tables).fetchall():
            for row in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                found = f'SELECT 1 FROM "{table}" WHERE CAST("{row[1]}" AS TEXT) LIKE ?'
                if database.execute(found, [f"%{CANARY}%"]).fetchone():
                    yield table, str(row[1])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_failures_tell_no_secret(
    planted: tuple[Hooks, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each status from 400 to 599 that a receiver may answer, repeating what it was sent."""
    server, _ = planted
    printed(["once"])
    setup = prepare(load(tmp_path / "config.toml"))
    failed = 0
    with open_store(setup.configuration.database) as store:
        named = transports(setup, store.editions.installation())
        for status in range(400, 600):
            server.status = status
            # The others keep a pause of a second between two messages.
            _again(tmp_path, "webhook" if status % 50 else "%")
            for done in deliver(store, named, datetime.now(UTC)):
                failed += done.outcome.error is not None
                assert leaks(f"{done.outcome!r}") == []
    assert failed >= 200
    assert leaks(caplog.text) == []
    assert [kept for kept in _kept(tmp_path) if kept not in _ADDRESSES] == []


def _again(folder: Path, transport: str) -> None:
    """Deliveries over ``transport`` are due, and nobody is stopped."""
    due = "UPDATE deliveries SET state = 'new', retry_at = NULL, attempts = 0"
    with closing(sqlite3.connect(folder / "monitor.db", timeout=30)) as database, database:
        database.execute(f"{due} WHERE transport LIKE ?", [transport])
        database.execute("DELETE FROM subscriptions")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_running_monitor_logs_no_secret(
    planted: tuple[Hooks, str], tmp_path: Path, form: str
) -> None:
    """The log of a first round, in which all that can fails, as text and as JSON."""
    path = tmp_path / "config.toml"
    path.write_text(path.read_text().replace("tick_seconds", f'log = "{form}"\ntick_seconds'))
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "run"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    log = ""
    for line in process.stderr:
        log += line
        if "telling the watch failed" in line:
            break
    process.terminate()
    log += process.communicate(timeout=30)[1]

    assert "polled" in log
    assert "delivered" in log
    assert leaks(log) == []
    if form == "json":
        events = [json.loads(line) for line in log.splitlines()]
        assert {"polled", "published", "delivered", "message"} <= {each["event"] for each in events}
        assert all({"at", "level", "event", "message"} <= set(each) for each in events)


@pytest.mark.parametrize(
    "source",
    [
        '[monitor]\ndatabase = "postgresql://monitor:CANARY-DB@127.0.0.1:1/monitor"\n',
        '[monitor]\ndatabase = "oracle://monitor:CANARY-DB@127.0.0.1:1/monitor"\n',
        '[monitor]\nping_url = "CANARY-PING"\n',
        '[monitor]\nping_url = "https://a:CANARY-LOGIN@ping.example/x"\n',
        '[[feeds]]\nurl = "https://analyst:CANARY-LOGIN@example.org/feed.xml"\n',
        '[[feeds]]\nurl = "https://a.example/?token=CANARY"\n\n'
        '[[feeds]]\nurl = "https://a.example/?token=CANARY"\n',
    ],
    ids=["database", "unknown database", "ping", "ping login", "feed login", "feed twice"],
)
def test_settings_that_are_wrong_are_told_without_their_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """What cannot be used is not repeated where there may be a secret in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(source)

    for words in (["once"], ["config", "show"], ["doctor"], ["db", "check"], ["search", "x"]):
        assert leaks(printed(words)) == [], words


def test_a_fault_is_logged_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback may repeat an address: its keys are masked, in text and in one line of JSON."""
    for form in ("text", "json"):
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        log_to_stderr(logging.INFO, form)
        try:
            raise ValueError("GET https://u:CANARY@a.example/?token=CANARY failed")
        except ValueError:
            logging.exception("polling https://a.example/?key=CANARY failed")
    told = capsys.readouterr().err

    assert leaks(told) == []
    assert "ValueError: GET https://u:***@a.example/?token=*** failed" in told
    assert json.loads(told.splitlines()[-1])["traceback"].startswith("Traceback")
