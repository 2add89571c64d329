"""`monitor subscribers`: who gets what, who is stopped; wishes go into the file, comments kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.app import app
from monitor.config import load
from monitor.errors import InputError
from monitor.pipeline.doctor.wishes import of_wishes
from monitor.pipeline.receivers import transports
from monitor.pipeline.setup import prepare

NOW = datetime(2026, 6, 12, tzinfo=UTC)
BEATS = Path(__file__).parents[1] / "data" / "beats"
CONFIG = f"""\
# my file
[monitor]
beat = "{BEATS}/nordic-baltic"
beat_feeds = false

[[digests]]
name = "daily"  # the first
schedule = "daily 07:30"
to = ["Ada <ada@example.org>"]

[[digests.subscribers]]
name = "desk"
transport = "slack"
secret_env = "MONITOR_TEST_SLACK"
countries = ["SE"]
threshold = 70

[[digests]]
name = "weekly"
schedule = "weekly mon 07:30"
to = ["ada@example.org"]

[smtp]
host = "127.0.0.1"
security = "none"
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in a folder with those settings."""
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_TEST_SLACK", "https://hooks.slack.example/CANARY")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


def told(cli: Any) -> dict[tuple[str, str], str]:
    """The standings, by digest and subscriber."""
    rows = json.loads(cli("subscribers", "list", "--format", "json").stdout)
    return {(row["digest"], row["subscriber"]): row["standing"] for row in rows}


def test_the_list(cli: Any) -> None:
    """Everyone with transport, zone, wishes and standing; no secret."""
    cli("db", "upgrade")
    shown = cli("subscribers", "list").stdout

    assert "Ada <ada@example.org>" in shown and "SE from 70" in shown and "slack" in shown
    assert "CANARY" not in shown
    assert set(told(cli).values()) == {"active"}


def test_pause_and_resume(cli: Any) -> None:
    """By address, in all digests or in one; twice says so."""
    assert (
        "is paused now"
        in cli("subscribers", "pause", "ADA@example.org", "--digest", "daily").stdout
    )
    assert (
        "was paused already"
        in cli("subscribers", "pause", "ada@example.org", "--digest", "daily").stdout
    )
    assert told(cli)["daily", "Ada <ada@example.org>"] == "paused"
    assert told(cli)["weekly", "ada@example.org"] == "active"

    shown = cli("subscribers", "resume", "ada@example.org").stdout
    assert "daily: Ada <ada@example.org> gets the next edition." in shown
    assert "weekly: ada@example.org was not stopped." in shown


def test_who_left_comes_back_by_asking_only(cli: Any) -> None:
    """Nobody is subscribed again by mistake, nor becomes merely paused."""
    cli("subscribers", "unsubscribe", "desk")
    assert "was unsubscribed already" in cli("subscribers", "pause", "desk").stdout
    refused = cli("subscribers", "resume", "desk")
    assert isinstance(refused.exception, InputError)
    assert told(cli)["daily", "desk"] == "unsubscribed"

    cli("subscribers", "resume", "desk", "--again")
    assert told(cli)["daily", "desk"] == "active"


def test_nobody_of_that_name(cli: Any) -> None:
    """The sentence says where the names stand."""
    refused = cli("subscribers", "pause", "nobody", "--digest", "daily")

    assert "nobody is no subscriber of daily" in str(refused.exception)


def test_add(cli: Any, tmp_path: Path) -> None:
    """An address joins the list, wishes become a table; comments stay, and the file is valid."""
    cli("subscribers", "add", "weekly", "bob@example.org")
    cli("subscribers", "add", "daily", "ru@example.org", "--lang", "ru", "--country", "LT")
    cli(
        "subscribers", "add", "weekly", "https://hook.example/x", "--over", "webhook",
        "--name", "crm", "--secret-env", "CRM_KEY",
    )  # fmt: skip
    text = (tmp_path / "config.toml").read_text()
    daily, weekly = load(tmp_path / "config.toml").settings.digests

    assert "# my file" in text and "# the first" in text
    assert weekly.to == ("ada@example.org", "bob@example.org")
    assert [each.identity for each in daily.subscribers] == ["desk", "ru@example.org"]
    assert (daily.subscribers[1].lang, daily.subscribers[1].countries) == ("ru", ("LT",))
    assert (weekly.subscribers[0].transport, weekly.subscribers[0].secret_env) == (
        "webhook",
        "CRM_KEY",
    )


def test_an_empty_list_of_subscribers_becomes_tables(cli: Any, tmp_path: Path) -> None:
    """As `config show` writes it; what stands below it stays the digest's own."""
    text = CONFIG.replace('name = "weekly"', 'name = "weekly"\nsubscribers = []')
    (tmp_path / "config.toml").write_text(text)
    before = load(tmp_path / "config.toml").settings.digests[1]
    cli("subscribers", "add", "weekly", "ru@example.org", "--lang", "ru")
    weekly = load(tmp_path / "config.toml").settings.digests[1]

    assert [each.identity for each in weekly.subscribers] == ["ru@example.org"]
    assert weekly.model_copy(update={"subscribers": ()}) == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["daily", "ada@example.org"], "stands here twice"),
        (["daily", "a@x.example, b@x.example"], "more than one mail address"),
        (["monthly", "c@example.org"], 'no digest "monthly"; there are: daily, weekly'),
        (["daily", "-", "--over", "slack", "--name", "x"], "needs a secret"),
        (["daily", "c@example.org", "--zone", "Mars/Base"], "no time zone"),
        (["daily", "c@example.org", "--country", "SX"], 'no country "SX"; did you mean "SE"?'),
        (["daily", "c@example.org", "--country", "QQ"], 'no country "QQ"; the beat has '),
        (["daily", "c@example.org", "--country", "Sweden"], 'did you mean "SE"?'),
        (["daily", "c@example.org", "--topic", "energi"], 'did you mean "energy"?'),
    ],
)
def test_what_cannot_be_added(cli: Any, tmp_path: Path, words: list[str], sentence: str) -> None:
    """The file is as before."""
    refused = cli("subscribers", "add", *words)

    assert sentence in str(refused.exception)
    assert (tmp_path / "config.toml").read_text() == CONFIG


def test_check_says_how_subscribers_leave(cli: Any, tmp_path: Path) -> None:
    """Without a public address there is no one click, and the check says so."""
    shown = cli("config", "check").stdout
    assert "to Ada <ada@example.org>, desk" in shown
    assert "[web] public_url is not set" in shown

    with (tmp_path / "config.toml").open("a") as file:
        file.write('[web]\npublic_url = "https://news.example"\n')
    assert "public_url" not in cli("config", "check").stdout


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [(None, "MONITOR_TEST_SLACK, which is not set"), ("two words", "blanks or letters")],
)
def test_check_reads_secrets(
    cli: Any, monkeypatch: pytest.MonkeyPatch, environment: str | None, sentence: str
) -> None:
    """X14: one that is missing or cannot be one is told, and never shown."""
    monkeypatch.delenv("MONITOR_TEST_SLACK")
    if environment:
        monkeypatch.setenv("MONITOR_TEST_SLACK", environment)
    refused = cli("config", "check")

    assert sentence in str(refused.exception) and "two words" not in str(refused.exception)


def test_show_has_no_secret(cli: Any) -> None:
    """X14: the settings in force name where a secret is, and no more."""
    shown = cli("config", "show").stdout

    assert "MONITOR_TEST_SLACK" in shown and "CANARY" not in shown


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ('topics = ["astrology"]', 'there is no topic "astrology"; the beat has '),
        ('countries = ["ZZ"]', 'there is no country "ZZ"; the beat has '),
    ],
)
def test_a_filter_that_lets_nothing_through_is_a_mistake(
    cli: Any, tmp_path: Path, wish: str, sentence: str
) -> None:
    """`config check` and `doctor` name the subscriber; the others still get their editions."""
    text = CONFIG.replace('countries = ["SE"]', wish)
    (tmp_path / "config.toml").write_text(text)

    assert f"subscriber desk of daily: {sentence}" in str(cli("config", "check").exception)
    setup = prepare(load(tmp_path / "config.toml"))
    found = {each.subject: each.sentence for each in of_wishes(setup, NOW)}
    assert f"subscriber desk of daily: {sentence}" in found["subscribers"]
    assert "slack" in transports(setup)


@pytest.mark.parametrize(
    ("quotas", "sentence"),
    [
        ("{ astrology = 5 }", 'there is no topic "astrology"; the beat has '),
        ("{ energy = 3, ZZ = 1 }", 'there is no country "ZZ"; the beat has '),
    ],
)
def test_a_quota_of_nothing_is_a_mistake(
    cli: Any, tmp_path: Path, quotas: str, sentence: str
) -> None:
    """`config check` names what no story can be about."""
    text = CONFIG.replace('name = "weekly"', f'name = "weekly"\nquotas = {quotas}')
    (tmp_path / "config.toml").write_text(text)

    assert f"quotas of weekly: {sentence}" in str(cli("config", "check").exception)
