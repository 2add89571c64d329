"""Subscribers in the settings: what each transport needs, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import SubscriberSettings, parse, written
from monitor.errors import ConfigError, InputError

DIGEST = '[[digests]]\nname = "daily"\nschedule = "daily 07:30"\nto = ["Ada <ada@example.org>"]\n'


def mistake(rows: str) -> str:
    """What is said of a subscriber's rows."""
    with pytest.raises(ConfigError) as caught:
        parse(f"{DIGEST}[[digests.subscribers]]\n{rows}")
    return str(caught.value)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ('to = "nobody"', '"nobody" is no mail address'),
        ('to = "a@x.example, b@x.example"', "more than one mail address"),
        ('to = "ADA@example.org"', "ADA@example.org stands here twice"),
        ('name = "x"\nto = "b@example.org"', "named by the address alone"),
        ('transport = "slack"\nsecret_env = "S"', "needs a name"),
        ('transport = "slack"\nname = "x"', "slack needs a secret"),
        ('transport = "slack"\nname = "x"\nto = "y"\nsecret_env = "S"', '"to" is not for slack'),
        ('transport = "telegram"\nname = "x"\nsecret_env = "S"', 'telegram needs "to"'),
        ('transport = "webhook"\nname = "x"\nsecret_env = "S"\nto = "ftp://x"', "no web address"),
        ('transport = "pigeon"\nname = "x"', "must be one of"),
        ('to = "b@example.org"\nzone = "Mars/Base"', "no time zone"),
        ('to = "b@example.org"\nlang = "fr"', "must be one of 'en', 'ru' or 'zh'"),
        ('to = "b@example.org"\ncountries = ["Kazakhstan"]', "must be a code like KZ"),
        ('to = "b@example.org"\ntreshold = 5', 'did you mean "threshold"?'),
        ('to = "ы@example.org"', "ASCII"),
    ],
)
def test_mistakes(rows: str, sentence: str) -> None:
    """One sentence each, with the place."""
    said = mistake(rows)

    assert sentence in said and said.startswith("config.toml:")


def test_two_addresses_in_one_field_are_refused_everywhere() -> None:
    """A recipient or a sender is one mailbox; a name with a comma is quoted."""
    for source in (
        DIGEST.replace("Ada <ada@example.org>", "a@x.example, b@x.example"),
        '[smtp]\nsender = "a@x.example, b@x.example"',
    ):
        with pytest.raises(ConfigError, match="more than one mail address"):
            parse(source)
    assert parse(DIGEST.replace("Ada", '\\"Ada, L.\\"')).digests[0].to


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example", "two words", "http://mail"])
def test_a_mail_host_is_a_name(host: str) -> None:
    """What cannot be looked up is told when the file is read."""
    with pytest.raises(ConfigError, match="is no host name"):
        parse(f'[smtp]\nhost = "{host}"')


@pytest.mark.parametrize("url", ["http://news.example", "news.example", "https://", "https://a b"])
def test_the_public_address_is_https(url: str) -> None:
    """Mailboxes click no other."""
    with pytest.raises(ConfigError):
        parse(f'[web]\npublic_url = "{url}"')


def test_receivers_are_those_of_to_and_the_others() -> None:
    """Each of ``to`` is a subscriber by mail without wishes."""
    rows = (
        '[[digests.subscribers]]\ntransport = "files"\nname = "desk"\nto = "out"\nthreshold = 9\n'
    )
    settings = parse(DIGEST + rows)

    assert [each.identity for each in settings.digests[0].receivers] == [
        "Ada <ada@example.org>",
        "desk",
    ]
    assert settings.thresholds() == (9, 50), "what enters a filtered edition has to be eligible"


def test_a_secret_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """X14: what is missing is named by its reference."""
    (tmp_path / "key").write_text("from-file\n")
    wanted = {"name": "desk", "transport": "slack"}
    in_file = SubscriberSettings.model_validate({**wanted, "secret_file": "key"})
    in_environment = SubscriberSettings.model_validate({**wanted, "secret_env": "SLACK"})

    assert in_file.secret(tmp_path) == "from-file"
    assert in_environment.secret(tmp_path, {"SLACK": "from-env"}) == "from-env"
    with pytest.raises(InputError, match="subscriber desk: secret_env names SLACK"):
        in_environment.secret(tmp_path, {})


@pytest.mark.parametrize("words", ["News for {subscriber}", "{{ date }}", "%(title)s", "${WHO}"])
def test_a_template_variable_is_refused(words: str) -> None:
    """Nothing is filled in: who writes a variable hears so before readers see it."""
    titled = f'[[digests]]\nname = "daily"\nschedule = "daily 07:30"\ntitle = "{words}"\n'
    for source in (titled, f'[smtp]\nsender = "{words} <a@example.org>"\n'):
        with pytest.raises(ConfigError, match="there is no variable"):
            parse(source)
    assert parse(titled.replace(words, "{1} of 5: 50 % {")).digests[0].title == "{1} of 5: 50 % {"


def test_a_zone_is_known_without_opening_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each subscriber may have one, and the system's zones are some six hundred files."""

    def opened() -> set[str]:
        raise AssertionError("all zones were opened")

    monkeypatch.setattr(written, "available_timezones", opened)

    assert parse(f'{DIGEST}zone = "America/Nuuk"').digests[0].zone == "America/Nuuk"
