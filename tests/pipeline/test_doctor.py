"""What is wrong is said in one sentence, with the command that helps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.pipeline.doctor import (
    Finding,
    Verdict,
    of_archive,
    of_machine,
    of_network,
    of_wishes,
)
from monitor.pipeline.door import open_door
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import Setup, prepare
from monitor.store import open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"

[[feeds]]
url = "http://ADDRESS/missing"

[[digests]]
name = "daily"
schedule = "daily 07:30"

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
"""
PLAIN = CONFIG.replace("ADDRESS", "127.0.0.1:9")
FEED = Document(
    b"<rss version='2.0'><channel><item><title>Sweden and Lithuania</title>"
    b"<link>https://press.example/1</link></item></channel></rss>",
    ".xml",
)


def by_subject(found: list[Finding]) -> dict[str, Finding]:
    """The findings by what was looked at."""
    return {finding.subject: finding for finding in found}


@pytest.fixture
def polled(configured: Callable[[str], Configuration], now: datetime) -> Setup:
    """An installation after its first round: one feed brings something, the other nothing."""
    with FeedServer().serving() as feeds:
        feeds.documents = {"grid": FEED}
        setup = prepare(configured(CONFIG.replace("ADDRESS", feeds.address)))
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            once(store, door, setup, now)
    return setup


def test_an_installation_after_its_first_round(polled: Setup, now: datetime) -> None:
    """Database, polls, editions and outbox are told; what is wrong with feeds has a command."""
    found = by_subject(list(of_archive(polled, now, is_running=True)))

    assert "is sound at a glance (schema" in found["database"].sentence
    told = "The last poll was 0 minutes ago; `monitor run` works on this database."
    assert found["polls"].sentence == told
    assert found["feeds"].sentence == "1 of 2 polled feeds bring nothing: gone 1."
    assert found["feeds"].command == "monitor feeds list --state gone"
    assert (
        found["editions"].sentence == "The last edition is daily, made 0 minutes ago; none is late."
    )
    assert found["outbox"].verdict is Verdict.OK


def test_what_stands_still_is_wrong(polled: Setup, now: datetime) -> None:
    """Feeds that nobody polls and an edition that nobody makes are noticed, and what to start."""
    later = now + timedelta(days=2)
    found = by_subject(list(of_archive(polled, later, is_running=False)))

    assert (found["polls"].verdict, found["polls"].command) == (Verdict.WRONG, "monitor run")
    assert "no `monitor run` works" in found["polls"].sentence
    assert found["editions"].verdict is Verdict.WRONG
    assert "due at 2026-06-14 07:30 UTC is not made" in found["editions"].sentence


def test_mails_in_doubt_and_given_up_are_counted(polled: Setup, now: datetime) -> None:
    """A delivery that was given up is no secret of the database."""
    with closing(sqlite3.connect(polled.configuration.database_file or "")) as database, database:
        database.execute("UPDATE deliveries SET state = 'dead'")
    found = by_subject(list(of_archive(polled, now, is_running=True)))["outbox"]

    assert found.verdict is Verdict.WARNING
    assert found.sentence == "Deliveries: 0 sent, 0 waiting, 0 in doubt, 1 given up."


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"no database" * 500), "is damaged or no database"),
        (lambda path: _overwrite(path), "is damaged"),
    ],
    ids=["empty", "something else", "pages"],
)
def test_a_database_that_cannot_be_used(
    polled: Setup, now: datetime, harm: Callable[[Path], object], sentence: str
) -> None:
    """Whatever happened to the file, there is one finding, and it names what to do."""
    path = polled.configuration.database_file
    assert path is not None
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    harm(path)
    (found,) = of_archive(polled, now, is_running=False)

    assert found.verdict is Verdict.WRONG
    assert sentence in found.sentence
    assert "monitor db restore FILE" in found.sentence


def _overwrite(path: Path) -> None:
    """Zeros in the place of every second page but the first."""
    content = bytearray(path.read_bytes())
    for start in range(8192, len(content) - 4096, 8192):
        content[start : start + 4096] = bytes(4096)
    path.write_bytes(content)


def test_a_database_that_is_not_made_yet(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """A fresh installation is told to begin, and nothing is made by looking."""
    setup = prepare(configured(PLAIN))
    (found,) = of_archive(setup, now, is_running=False)

    assert (found.verdict, found.command) == (Verdict.WARNING, "monitor once")
    assert setup.configuration.database_file is not None
    assert not setup.configuration.database_file.exists()


@pytest.mark.parametrize(
    ("database", "sentence", "command"),
    [
        ("sqlite:///new/monitor.db", "its folder is missing", "mkdir -p FOLDER/new"),
        ("sqlite:///config.toml/x.db", "config.toml is no folder", "monitor config show"),
        (f"sqlite:///{'x' * 300}/x.db", "cannot be reached", f"ls -ld FOLDER/{'x' * 300}"),
        pytest.param(
            "postgresql://me:secret@127.0.0.1:9/news",
            "postgresql://me@127.0.0.1:9/news cannot be used",
            "pg_isready --host=127.0.0.1 --port=9",
            marks=pytest.mark.skipif(
                find_spec("psycopg") is None, reason="psycopg is not installed"
            ),
        ),
    ],
    ids=["folder", "file", "unreachable", "server"],
)
def test_a_database_that_cannot_be_made_or_reached(
    configured: Callable[[str], Configuration],
    tmp_path: Path,
    now: datetime,
    database: str,
    sentence: str,
    command: str,
) -> None:
    """What would help is named, and not what says the same again."""
    source = PLAIN.replace("beat_feeds", f'database = "{database}"\nbeat_feeds')
    (found,) = of_archive(prepare(configured(source)), now, is_running=False)

    assert found.verdict is Verdict.WRONG
    assert sentence in found.sentence and "secret" not in found.sentence
    assert found.command == command.replace("FOLDER", str(tmp_path))


def test_a_server_without_a_driver(
    configured: Callable[[str], Configuration], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is what helps: whether the server answers is not even known."""
    monkeypatch.setattr("monitor.store.postgres.find_spec", lambda name: None)
    source = PLAIN.replace("beat_feeds", 'database = "postgresql://me@127.0.0.1:9/x"\nbeat_feeds')

    (found,) = of_archive(prepare(configured(source)), now, is_running=False)

    assert found.verdict is Verdict.WRONG
    assert "the extra postgres" in found.sentence
    assert found.command == "pip install 'monitor[postgres]'"


def test_secrets_that_others_may_read(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """A password's file, and a config.toml with a token in an address, are to be closed."""
    secret = tmp_path / "smtp password"
    secret.write_text("x")
    source = PLAIN.replace("/grid", "/grid?token=abc")
    configuration = configured(source + '[smtp]\npassword_file = "smtp password"\n')
    for path in (tmp_path, secret, configuration.path):
        path.chmod(0o755)
    found = [each for each in of_machine(configuration) if each.subject == "secrets"]

    assert [each.command for each in found] == [
        f"chmod 600 '{secret}'",
        f"chmod 600 {configuration.path}",
    ]
    secret.chmod(0o600)
    configuration.path.chmod(0o600)
    (closed,) = [each for each in of_machine(configuration) if each.subject == "secrets"]
    assert closed.verdict is Verdict.OK


def test_the_machine_is_looked_at(configured: Callable[[str], Configuration]) -> None:
    """Disk, zones, languages and extras each have a finding."""
    found = by_subject(list(of_machine(configured(PLAIN))))

    assert {"disk", "zones", "languages", "extras", "secrets"} == set(found)
    assert found["languages"].verdict is Verdict.OK
    assert found["zones"].sentence.startswith("Time zones follow tzdata 20")


def test_wishes_that_cannot_be_fulfilled(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """A secret that is not there is named, and so is how subscribers leave."""
    mail = '[smtp]\nhost = "127.0.0.1"\npassword_env = "MONITOR_NO_SUCH_VARIABLE"\n'
    source = PLAIN.replace('"daily 07:30"', '"daily 07:30"\nto = ["a@example.org"]')
    found = by_subject(list(of_wishes(prepare(configured(source + mail)), now)))

    assert found["transports"].verdict is Verdict.WRONG
    assert "MONITOR_NO_SUCH_VARIABLE, which is not set" in found["transports"].sentence
    assert found["leaving"].verdict is Verdict.NOTE
    assert found["digests"].sentence == "The next edition is daily, due 2026-06-13 07:30 UTC."


ASSIST = '[assist]\naddress = "ADDRESS"\nmodel = "small"\n'


@pytest.mark.parametrize(
    ("address", "key", "sentence"),
    [
        ("https://api.example.org/v1", 'key_env = "MONITOR_NO_SUCH_KEY"', "is not set"),
        ("https://api.example.org/v1", 'key_file = "no key"', "cannot be read"),
        ("http://localhost:11434/v1", "", 'put "localhost:11434" into [network] allow_private'),
        ("http://[::1]/v1", "", 'put "[::1]:80" into [network] allow_private'),
        ("https://api.example.org/v1", "", ""),
        ("http://127.0.0.1:9/v1", "", ""),
    ],
)
def test_a_model_that_cannot_be_asked(
    configured: Callable[[str], Configuration],
    now: datetime,
    address: str,
    key: str,
    sentence: str,
) -> None:
    """Its key and its address are looked at; editions go all the same, so it is a warning."""
    source = f"{PLAIN}{ASSIST.replace('ADDRESS', address)}{key}\n"
    found = by_subject(list(of_wishes(prepare(configured(source)), now)))["model"]

    assert found.verdict is (Verdict.WARNING if sentence else Verdict.OK)
    assert sentence in found.sentence


def test_a_watch_that_the_door_refuses(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """An address in one's own network has to be allowed; what is secret in it is not repeated."""
    source = PLAIN.replace("beat_feeds", 'ping_url = "http://10.0.0.7:8000/s3cret"\nbeat_feeds')
    refused = by_subject(list(of_wishes(prepare(configured(source)), now)))["watch"]
    allowed = source.replace('["127.0.0.1:9"]', '["10.0.0.7:8000"]')
    told = by_subject(list(of_wishes(prepare(configured(allowed)), now)))["watch"]

    assert refused.verdict is Verdict.WARNING and told.verdict is Verdict.OK
    assert 'put "10.0.0.7:8000" into' in refused.sentence and "s3cret" not in refused.sentence


def test_servers_tell_the_time_and_take_mail(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """A clock that is wrong by an hour is noticed; a mail server is greeted and sent nothing."""
    smtp = '[smtp]\nhost = "127.0.0.1"\nport = PORT\nsecurity = "none"\n'
    with FeedServer().serving() as feeds, MailSink().serving() as sink:
        feeds.documents = {"grid": FEED}
        source = (CONFIG + smtp).replace("ADDRESS", feeds.address).replace("PORT", str(sink.port))
        setup = prepare(configured(source))
        right = by_subject(list(of_network(setup, lambda: datetime.now(now.tzinfo))))
        wrong = by_subject(
            list(of_network(setup, lambda: datetime.now(now.tzinfo) + timedelta(hours=1)))
        )

    assert right["clock"].verdict is Verdict.OK
    assert (wrong["clock"].verdict, wrong["clock"].command) == (
        Verdict.WRONG,
        "timedatectl set-ntp true",
    )
    assert right["mail"].sentence == f"127.0.0.1:{sink.port} takes mail."
    assert sink.messages == []
    gone = by_subject(list(of_network(setup, lambda: now)))
    assert gone["clock"].verdict is Verdict.WARNING
    assert gone["mail"].verdict is Verdict.WRONG
    assert "failed" in gone["mail"].sentence
