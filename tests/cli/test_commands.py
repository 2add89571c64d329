"""The program as it is typed: exit codes, sentences, formats."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model import Coverage, Edition, Rendered, Window
from monitor.store import open_store

Program = Callable[..., subprocess.CompletedProcess[str]]
MISTAKEN = """
[watchlist]
treshold = 50

[[digests]]
name = "daily"
schedule = "dayly 07:30"

[network]
threads = "many"
"""

QUIET = """
[monitor]
beat = "BEAT"
beat_feeds = false
tick_seconds = 1
"""

HEAVY = (
    "sqlalchemy",
    "httpx",
    "apscheduler",
    "feedparser",
    "numpy",
    "bs4",
    "alembic",
    "jinja2",
    "pydantic_core",
)


def started(*words: str, cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        cwd=cwd, input=given, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with quiet settings: a small beat and no feeds."""
    beat = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(QUIET.replace("BEAT", str(beat)), encoding="utf-8")
    return tmp_path


def test_a_config_with_three_mistakes_reports_all_of_them(program: Program, tmp_path: Path) -> None:
    """Every mistake has its line and column and a suggestion; exit 2, and nothing is started."""
    (tmp_path / "config.toml").write_text(MISTAKEN, encoding="utf-8")
    for words in (["config", "check"], ["once"], ["run"], ["demo"]):
        done = program(*words, cwd=tmp_path)

        assert done.returncode == 2
        assert (
            'config.toml:3:1: watchlist.treshold: unknown key; did you mean "threshold"?'
            in done.stderr
        )
        assert "config.toml:7:12: digests[1].schedule" in done.stderr
        assert "config.toml:10:11: network.threads: must be a whole number" in done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_missing_config_is_one_sentence(tmp_path: Path) -> None:
    """Without a config.toml the program says which command writes one."""
    done = started("once", cwd=tmp_path)

    assert done.returncode == 2
    assert "monitor init" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_writes_settings_that_are_in_order(program: Program, tmp_path: Path) -> None:
    """What `init` writes passes `config check`, and a second `init` leaves it alone."""
    assert program("init", cwd=tmp_path).returncode == 0
    assert program("config", "check", cwd=tmp_path).returncode == 0
    assert program("init", cwd=tmp_path).returncode == 2
    assert (tmp_path / "config.schema.json").exists()


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """`--help` answers without loading the database, network or feed libraries."""
    code = (
        "import sys; sys.argv = ['monitor', '--help']\n"
        "from monitor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "[]"
    assert "demo" in done.stdout


def test_score_prints_a_judgement_a_line(folder: Path) -> None:
    """Each line has the promised fields; the receipt sums to the score and quotes the input."""
    row = {
        "id": "a",
        "title": "Sweden and Lithuania repair the NordBalt cable",
        "summary": "Lithuanian operators put the NordBalt cable back into service.",
    }
    done = started("score", "-", cwd=folder, given=json.dumps(row) + "\n")
    verdict = json.loads(done.stdout)

    assert list(verdict) == ["id", "score", "relevant", "lang", "countries", "topics", "receipt"]
    assert verdict["relevant"] is True
    assert verdict["score"] == pytest.approx(sum(line["points"] for line in verdict["receipt"]))
    for line in verdict["receipt"]:
        assert list(line) == ["rule", "points", "alias", "form", "field", "start", "end"]
        if line["field"] is not None:
            assert row[line["field"]][line["start"] : line["end"]] == line["form"]


def test_score_ignores_everything_but_the_wording(program: Program, folder: Path) -> None:
    """Outlet, address and date never move the score."""
    row = {
        "id": "a",
        "title": "Sweden and Lithuania agree",
        "summary": "Power for Lithuania from Sweden.",
    }
    more = {
        **row,
        "id": "b",
        "outlet": "Xinhua",
        "url": "https://x.example/NordBalt",
        "published": "2026",
    }
    done = program("score", "-", cwd=folder, given=f"{json.dumps(row)}\n{json.dumps(more)}\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())

    assert first["score"] == second["score"]


@pytest.mark.parametrize("line", ["{", "[1]", '{"id": 1, "title": 5}', "null"])
def test_score_names_the_line_that_it_cannot_read(
    program: Program, folder: Path, line: str
) -> None:
    """A line that is no object of texts is a sentence and exit 2."""
    done = program("score", "-", cwd=folder, given=line + "\n")

    assert done.returncode == 2
    assert done.stderr.startswith("monitor: ")
    assert "Traceback" not in done.stderr


def test_once_without_a_network_says_what_failed(folder: Path) -> None:
    """Every feed fails: each is named with its reason, exit 1, and demo is suggested."""
    with (folder / "config.toml").open("a") as config:
        config.write('\n[[feeds]]\nurl = "http://nowhere.invalid/feed"\noutlet = "Nowhere"\n')
    done = started("once", cwd=folder)

    assert done.returncode == 1
    assert "Nowhere" in done.stdout
    assert "monitor demo" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_query_that_cannot_be_read_is_pointed_at(program: Program, folder: Path) -> None:
    """A mistake in a search has a caret below it and exit 2."""
    done = program("search", "countri:KZ", cwd=folder)

    assert done.returncode == 2
    assert "^" in done.stderr


def test_show_of_an_unknown_article_is_a_sentence(program: Program, folder: Path) -> None:
    """Asking for an article that is not there is no traceback."""
    program("db", "upgrade", cwd=folder)
    done = program("show", "99999999999999999999", cwd=folder)

    assert done.returncode == 2
    assert "there is no article" in done.stderr


def _started(folder: Path) -> subprocess.Popen[str]:
    """A running `monitor run` that has said that it started."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "run"],
        cwd=folder, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    assert "started" in process.stderr.readline()
    return process


def test_run_ends_cleanly_and_a_second_one_is_refused(folder: Path) -> None:
    """A second scheduler is refused, other commands work beside it, SIGTERM ends it."""
    first = _started(folder)
    try:
        second = started("run", cwd=folder)
        beside = started("search", "cable", cwd=folder)
    finally:
        asked = time.monotonic()
        first.send_signal(signal.SIGTERM)
        code = first.wait(timeout=10)

    assert second.returncode == 1
    assert "another `monitor run`" in second.stderr
    assert (beside.returncode, beside.stdout) == (1, "Nothing found.\n")
    assert code == 0
    assert time.monotonic() - asked < 10


def test_changed_settings_take_effect_while_running(folder: Path) -> None:
    """A valid change is in force at the next tick; an invalid one is logged and changes nothing."""
    running = _started(folder)
    assert running.stderr is not None
    config = folder / "config.toml"
    valid = config.read_text()
    try:
        config.write_text(valid + "\n[watchlist]\ntreshold = 1\n")
        assert any("not in force" in line for line in iter(running.stderr.readline, ""))
        config.write_text(valid + "\n[watchlist]\nthreshold = 40\n")
        assert any(
            "changed settings are in force" in line for line in iter(running.stderr.readline, "")
        )
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=10)


def test_a_running_monitor_ends_while_a_server_keeps_it_waiting(folder: Path) -> None:
    """SIGTERM during a request that hangs ends the program within ten seconds."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = "{}:{}".format(*silent.getsockname())
        with (folder / "config.toml").open("a") as config:
            config.write(f'\n[[feeds]]\nurl = "http://{address}/"\n')
            config.write(f'[network]\nallow_private = ["{address}"]\n')
        running = _started(folder)
        silent.settimeout(10)
        connection, _ = silent.accept()
        asked = time.monotonic()
        running.send_signal(signal.SIGTERM)
        code = running.wait(timeout=10)
        connection.close()

    assert code == 0
    assert time.monotonic() - asked < 10


@contextmanager
def silence() -> Iterator[socket.socket]:
    """A server on loopback that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


def test_a_running_monitor_ends_while_a_mail_server_keeps_it_waiting(folder: Path) -> None:
    """SIGTERM during a delivery that hangs ends the program within ten seconds; it stays due."""
    at = datetime(2026, 6, 12, 18, tzinfo=UTC)
    edition = Edition("daily", "Daily", Window(at, None, at), "UTC", (), Coverage((), 0, 0))
    database = f"sqlite:///{folder}/monitor.db"
    with open_store(database) as store:
        addressed = [("reader@example.org", "email", "<1@example.org>")]
        store.editions.freeze(edition, Rendered("s", "t", "h"), addressed, at)
    with silence() as server:
        with (folder / "config.toml").open("a") as config:
            config.write(f'[smtp]\nhost = "127.0.0.1"\nport = {server.getsockname()[1]}\n')
            config.write('security = "none"\n')
        running = _started(folder)
        connection, _ = server.accept()
        asked = time.monotonic()
        running.send_signal(signal.SIGTERM)
        code = running.wait(timeout=20)
        took = time.monotonic() - asked
        connection.close()
    with open_store(database) as store:
        assert store.editions.pending() == 1

    assert code == 0
    assert took < 10


def test_an_interrupted_round_says_so_and_leaves_feeds_due(folder: Path) -> None:
    """Ctrl-C while a server keeps silent: exit 130, and the next round polls the feed."""
    with silence() as server:
        address = "{}:{}".format(*server.getsockname())
        with (folder / "config.toml").open("a") as config:
            config.write(f'\n[[feeds]]\nurl = "http://{address}/"\n')
            config.write(f'[network]\nallow_private = ["{address}"]\n')
        running = subprocess.Popen(
            [sys.executable, "-m", "monitor", "once"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        connection, _ = server.accept()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
        connection.close()
    with open_store(f"sqlite:///{folder}/monitor.db") as store:
        assert len(store.feeds.due(datetime.now(UTC))) == 1

    assert running.returncode == 130
    assert said.startswith("stopped")


@pytest.mark.parametrize("command", ["once", "run", "deliver"])
def test_a_password_that_is_not_there_is_said_at_once(
    program: Program, folder: Path, command: str
) -> None:
    """Settings with which no mail can be sent end the program before it does anything."""
    with (folder / "config.toml").open("a") as config:
        config.write('[smtp]\nhost = "127.0.0.1"\npassword_env = "MONITOR_NO_SUCH_VARIABLE"\n')
        config.write('[[feeds]]\nurl = "http://nowhere.invalid/feed"\n')
    done = program(command, cwd=folder)

    assert done.returncode == 2
    assert done.stderr.startswith("monitor: smtp.password_env names MONITOR_NO_SUCH_VARIABLE")
    assert "polled" not in done.stdout


def test_where_nothing_is_due_the_next_time_is_told(program: Program, folder: Path) -> None:
    """`poll` and `publish` say in a line what comes next, and that is no failure."""
    assert "polled    nothing: there are no feeds" in program("poll", cwd=folder).stdout
    assert "no digest is ever due" in program("publish", cwd=folder).stdout
    with (folder / "config.toml").open("a") as config:
        config.write('[[digests]]\nname = "daily"\nschedule = "daily 07:30"\n')
        config.write('[[feeds]]\nurl = "http://nowhere.invalid/feed"\n')
    program("poll", cwd=folder)
    polled, published = program("poll", cwd=folder), program("publish", cwd=folder)

    assert (polled.returncode, published.returncode) == (0, 0)
    assert polled.stdout.startswith("polled    nothing: the next feed is due 2")
    assert "published nothing: the next edition is daily, due 2" in published.stdout


def test_no_server_steers_the_terminal(program: Program, folder: Path) -> None:
    """Control characters that a server slips into an error are not printed."""
    with silence() as server:
        address = "{}:{}".format(*server.getsockname())
        with (folder / "config.toml").open("a") as config:
            config.write(f'\n[[feeds]]\nurl = "http://{address}/"\n')
            config.write(f'[network]\nallow_private = ["{address}"]\n')
        answer = b"HTTP/1.1 301 Moved\r\nLocation: http://[\x9b31m\r\nContent-Length: 0\r\n\r\n"

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        answering = threading.Thread(target=serve)
        answering.start()
        done = program("poll", cwd=folder)
        answering.join()

    assert 'a redirect leads to "http://[ 31m"' in done.stdout
