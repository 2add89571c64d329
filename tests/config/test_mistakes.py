"""Every mistake of a config.toml at once, each with its line, its column and a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Settings, default_source, load, parse
from monitor.errors import ConfigError, InputError
from monitor.model import Recipe

MANY = """\
[monitr]
beat = "x"
[monitor]
beat = 5
tick_seconds = 0
backlog_days = inf
[watchlist]
treshold = 50
keywords = { "" = 5, "a*b" = 1, "dry port" = 500, "x" = "y" }
[[feeds]]
url = "ftp://example.org/"
lang = "russian"
[[feeds]]
url = "https://example.org/feed.xml"
enabld = true
[[feeds]]
outlet = "No address"
[[feeds]]
url = "https://example.org/feed.xml"
[[digests]]
name = "a b"
schedule = "daily 25:00"
zone = "asia/almaty"
sections = "topics"
to = ["nobody", "ok@example.org",
      "a@example.org\\nBcc: b@example.org"]
[[digests]]
name = "late"
schedule = 5
title = "two\\nlines"
[[digests]]
name = "late"
schedule = "daily 07:30"
limit = 1.5
[smtp]
port = 99999
security = "startls"
[network]
contact = "Москва"
allow_private = ["http://127.0.0.1:8080", "127.0.0.1:8080"]
poll_minutes = nan
threads = "many"
"""

SENTENCES = """\
config.toml:1:1: monitr: unknown key; did you mean "monitor"?
config.toml:4:8: monitor.beat: must be a text in quotes
config.toml:5:16: monitor.tick_seconds: must be at least 1
config.toml:6:16: monitor.backlog_days: must be a finite number
config.toml:8:1: watchlist.treshold: unknown key; did you mean "threshold"?
config.toml:9:19: watchlist.keywords.: "" has no letter or digit to look for
config.toml:9:30: watchlist.keywords.a*b: "a*b": a * stands only at the end, for any ending
config.toml:9:46: watchlist.keywords.dry port: must be at most 100
config.toml:9:57: watchlist.keywords.x: must be a number
config.toml:11:7: feeds[1].url: "ftp://example.org/" is no web address; \
it starts with https:// or http://
config.toml:12:8: feeds[1].lang: "russian" must be a code like ru
config.toml:15:1: feeds[2].enabld: unknown key; did you mean "enabled"?
config.toml:16:1: feeds[3].url: is missing
config.toml:19:7: feeds[4].url: "https://example.org/feed.xml" stands already in line 14
config.toml:21:8: digests[1].name: "a b" may have letters, digits, - and _ only
config.toml:22:12: digests[1].schedule: "25:00" is no time of day; write it as 07:30
config.toml:23:8: digests[1].zone: "asia/almaty" is no time zone; \
write one like Asia/Almaty or UTC; did you mean "Asia/Almaty"?
config.toml:24:12: digests[1].sections: must be one of 'topic' or 'country'; did you mean "topic"?
config.toml:25:7: digests[1].to[1]: "nobody" is no mail address; write name@example.org
config.toml:26:7: digests[1].to[3]: a mail address has no line breaks or control characters
config.toml:29:12: digests[2].schedule: must be a text in quotes
config.toml:30:9: digests[2].title: must be one line without control characters
config.toml:32:8: digests[3].name: "late" stands already in line 28
config.toml:34:9: digests[3].limit: must be a whole number
config.toml:36:8: smtp.port: must be at most 65535
config.toml:37:12: smtp.security: must be one of 'starttls', 'tls' or 'none'; \
did you mean "starttls"?
config.toml:39:11: network.contact: must be in ASCII, since it travels in a header of HTTP
config.toml:40:18: network.allow_private[1]: "http://127.0.0.1:8080" is no host:port; \
write one like 127.0.0.1:8080
config.toml:41:16: network.poll_minutes: must be a finite number
config.toml:42:11: network.threads: must be a whole number"""


def _sentences(source: str) -> list[str]:
    with pytest.raises(ConfigError) as failure:
        parse(source)
    return str(failure.value).splitlines()


def test_every_mistake_is_told_at_once() -> None:
    """Thirty mistakes of all kinds, in the order of the lines."""
    assert _sentences(MANY) == SENTENCES.splitlines()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = daily", "config.toml:1:5: invalid value; a text stands in quotes"),
        ("[a\n", "config.toml:1:3: expected ']' at the end of a table declaration"),
        (
            'a = "x\n',
            r"config.toml:1:7: illegal character '\n'; "
            "a text ends with a quotation mark in its line",
        ),
        (
            "a = 1\na = 2\n",
            "config.toml:2:6: cannot overwrite a value; a key stands once in its table",
        ),
        (
            '[watchlist.keywords]\n"dry port" = 15\nlogist = 1\n"logist*" = 2\n"Dry  Port" = 5\n',
            'config.toml:5:1: watchlist.keywords.Dry  Port: "Dry  Port" stands already in line 2 '
            'as "dry port"',
        ),
        ("[smtp]\n[smtp]\n", "config.toml:2:6: cannot declare [smtp] twice"),
        ("[a.b]\n[a.b]\n", "config.toml:2:5: cannot declare [a.b] twice"),
        ('\n\na = """x', "config.toml:2: unterminated string"),
        ("a = " + "[" * 5000, "config.toml: a number is too long or brackets are nested too deep"),
        ("a = " + "9" * 5000, "config.toml: a number is too long or brackets are nested too deep"),
    ],
)
def test_a_syntax_error_has_its_place(source: str, sentence: str) -> None:
    """What is no TOML at all is told with line and column where the reader knows them."""
    assert _sentences(source) == [sentence]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("monitor = 5", "config.toml:1:11: monitor: must be a table"),
        ("feeds = 5", "config.toml:1:9: feeds: must be a list in brackets"),
        ("feeds = [1]", "config.toml:1:10: feeds[1]: must be a table"),
        ("watchlist.keywords = []", "config.toml:1:22: watchlist.keywords: must be a table"),
        ('monitor.beat = ""', "config.toml:1:16: monitor.beat: must not be empty"),
        ("smtp.port = true", "config.toml:1:13: smtp.port: must be a number"),
        ("network.threads = false", "config.toml:1:19: network.threads: must be a number"),
        ("watchlist.keywords.x = true", "config.toml:1:24: watchlist.keywords.x: must be a number"),
        (
            '[feeds]\nurl = "https://a.example/"',
            "config.toml:1:1: feeds: is a list of tables; write the heading of each as [[feeds]]",
        ),
        ("smtp.port = 1.5", "config.toml:1:13: smtp.port: must be a whole number"),
        ("monitor.beat_feeds = 7", "config.toml:1:22: monitor.beat_feeds: must be true or false"),
        (
            "network.timeout_seconds = 0",
            "config.toml:1:27: network.timeout_seconds: must be more than 0",
        ),
        (
            '[smtp]\nport = 25\nsecurity = "none"\nhost = "mail.example.org"',
            'config.toml:3:12: smtp.security: "none" is only for a server on this machine; '
            '"mail.example.org" is not',
        ),
        (
            'digests = [{name = "a", schedule = "daily 7:00", to = ["a@b..c"]}]',
            'config.toml:1:56: digests[1].to[1]: "a@b..c" is no mail address; '
            "write name@example.org",
        ),
        ("qqqqqqqq = 1", "config.toml:1:1: qqqqqqqq: unknown key"),
        (
            'feeds = [{url = "https://a.example/", page = {lnk = "/a/*"}}]',
            'config.toml:1:47: feeds[1].page.lnk: unknown key; did you mean "link"?',
        ),
        (
            '[[feeds]]\nurl = "https://a.example/"\npage.link = "^("',
            'config.toml:3:13: feeds[1].page.link: "^(" is no regular expression '
            "(missing ), unterminated subpattern at position 1)",
        ),
        (
            '[[feeds]]\nurl = "https://a.example/"\npage = { date = "/YYYY/MM/" }',
            'config.toml:3:17: feeds[1].page.date: "/YYYY/MM/" has to have YYYY, MM and DD in it, '
            "each once",
        ),
        (
            'digests = [{name = "a", schedule = "daily 7:00"},\n  {schedule = "hourly", name="b"}]',
            'config.toml:2:15: digests[2].schedule: "hourly" is no schedule; write daily 07:30, '
            "weekdays 07:30, weekly mon 07:30, monthly 1 07:30 or five cron fields",
        ),
    ],
)
def test_a_mistake_is_found_however_it_is_written(source: str, sentence: str) -> None:
    """Wrong types, dotted keys, and arrays of inline tables over several lines."""
    assert _sentences(source) == [sentence]


@pytest.mark.parametrize(
    "address",
    ["ftp://analyst:CANARY@example.org/", "https://analyst:CANARY@example.org/feed.xml",
     "https://analyst:CAN/ARY@example.org/feed.xml", "https://[CANARY@example.org/"],
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    """The sentence about a feed's address does not print what must stay secret."""
    sentences = _sentences(f'[[feeds]]\nurl = "{address}"\n[[feeds]]\nurl = "{address}"')
    assert len(sentences) == 3
    if ":" in address.removeprefix("https:").removeprefix("ftp:"):
        assert "ARY" not in " ".join(sentences)


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "::1"])
def test_mail_on_this_machine_needs_no_encryption(host: str) -> None:
    """A loopback host, or none at all, goes with "none"."""
    assert parse(f'[smtp]\nhost = "{host}"\nsecurity = "none"').smtp.security == "none"


def test_the_settings_that_ship_are_valid_and_say_the_defaults() -> None:
    """The shipped file changes nothing but to name one digest."""
    shipped = parse(default_source())
    assert [digest.name for digest in shipped.digests] == ["daily"]
    assert shipped.model_copy(update={"digests": ()}) == Settings()
    assert parse("") == Settings()


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(tmp_path: Path) -> None:
    """Editors on Windows leave their marks."""
    path = tmp_path / "config.toml"
    path.write_bytes("\ufeff[watchlist]\r\nthreshold = 60\r\n".encode())
    assert load(path).settings.watchlist.threshold == 60


@pytest.mark.parametrize(
    ("charset", "place"), [("utf-16", ""), ("latin-1", r" \(line 3\)"), ("cp1251", r" \(line 3\)")]
)
def test_a_file_in_another_charset_is_said_so(tmp_path: Path, charset: str, place: str) -> None:
    """With the line of the first letter that cannot be read, and what to do."""
    path = tmp_path / "config.toml"
    letter = "\u0416" if charset == "cp1251" else "\u00e9"
    path.write_bytes(f"[watchlist]\n\n# caf{letter}\n".encode(charset))
    with pytest.raises(InputError, match=f"it is not in UTF-8{place}; save it so$"):
        load(path)


def test_a_missing_or_unreadable_file_is_said_so(tmp_path: Path) -> None:
    """No file, a folder and bytes that are no text are input errors."""
    with pytest.raises(InputError, match="does not exist; `monitor init` writes"):
        load(tmp_path / "config.toml")
    with pytest.raises(InputError, match=r"cannot be read: Is a directory$"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'[monitor]\nbeat = "\xe9"')
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "latin.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """The database and the editions lie beside config.toml, unless they are elsewhere."""
    path = tmp_path / "config.toml"
    path.write_text("")
    configuration = load(path)
    assert configuration.database == f"sqlite:///{tmp_path / 'monitor.db'}"
    assert configuration.editions == tmp_path / "editions"
    assert configuration.folder == tmp_path
    path.write_text('[monitor]\ndatabase = "sqlite:////var/x.db"\neditions = "/var/editions"')
    assert load(path).database == "sqlite:////var/x.db"
    assert load(path).editions == Path("/var/editions")
    path.write_text('[monitor]\ndatabase = "postgresql://localhost/monitor"')
    assert load(path).database == "postgresql://localhost/monitor"


def test_thresholds_are_the_watchlists_and_the_digests_own() -> None:
    """Every score at which something may appear, lowest first, each once."""
    settings = parse(
        "[watchlist]\nthreshold = 50\n"
        '[[digests]]\nname = "a"\nschedule = "daily 07:30"\n'
        '[[digests]]\nname = "b"\nschedule = "daily 07:30"\nthreshold = 20\n'
        '[[digests]]\nname = "c"\nschedule = "daily 07:30"\nthreshold = 0\n'
    )
    assert settings.thresholds() == (0, 20, 50)
    assert [settings.digest_threshold(digest) for digest in settings.digests] == [50, 20, 0]


def test_a_feed_is_listed_under_its_name_or_its_host() -> None:
    """A wish to poll carries what was said, and the host where no outlet was."""
    first, second = parse(
        '[[feeds]]\nurl = "https://a.example/x"\nlang = "ru"\ncountry = "KZ"\ncamp = "wire"\n'
        '[[feeds]]\nurl = "https://b.example/x"\noutlet = " B "'
    ).feeds
    assert (first.listing().outlet, first.listing().lang, first.listing().country) == (
        "a.example",
        "ru",
        "KZ",
    )
    assert second.listing().outlet == "B"


def test_a_list_page_is_a_wish_with_a_recipe() -> None:
    """An empty table makes a list page too; full text is off unless it is asked for."""
    plain, open_recipe, whole = parse(
        '[[feeds]]\nurl = "https://a.example/1"\n'
        '[[feeds]]\nurl = "https://a.example/2"\npage = {}\n'
        '[[feeds]]\nurl = "https://a.example/3"\nfull_text = true\ntext = "article"\n'
        'page = { link = "/a/*", title = "h3", date = "time" }\n'
    ).feeds
    assert (plain.listing().recipe, plain.listing().full_text) == (None, False)
    assert open_recipe.listing().recipe == Recipe()
    assert whole.listing().recipe == Recipe("/a/*", "h3", "time")
    assert (whole.listing().full_text, whole.listing().text) == (True, "article")


@given(st.text(alphabet="[]{}\".'#=\\ \nab1,", max_size=30))
def test_no_text_makes_the_reader_fail(source: str) -> None:
    """Any text is settings or a list of mistakes."""
    try:
        settings = parse(source)
    except ConfigError as failure:
        assert failure.mistakes
    else:
        assert settings == Settings()


@pytest.mark.parametrize("url", ["postgres://me:geheim@host/db", "me:geheim@host", "monitor.db"])
def test_a_database_url_of_another_kind_is_named_and_not_repeated(url: str) -> None:
    """The mistake has its line, and no password that stands there."""
    with pytest.raises(ConfigError) as caught:
        parse(f'[monitor]\ndatabase = "{url}"')

    assert str(caught.value) == (
        "config.toml:2:12: monitor.database: must begin with sqlite:/// or postgresql://"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bob:geheim PW@127.0.0.1:1/x",
        "postgresql://bob:geheim@PW@127.0.0.1:1/x",
        "postgresql://bob:12/geheim@127.0.0.1/x",
        "postgresql://bob:12?geheim@127.0.0.1/x",
        "postgresql://bob:12#geheim@127.0.0.1/x",
        "postgresql://bob:geheim%PW@127.0.0.1/x",
        "postgresql://bob:geheim@127.0.0.1:notaport/news",
        "postgresql://bob:geheim@127.0.0.1:65536/news",
        "postgresql://bob:geheim@127.0.0.1:0/news",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///geheim\\u0000.db",
    ],
)
def test_a_database_url_that_names_none_is_refused_and_not_repeated(url: str) -> None:
    """A password that is not percent-encoded, a port that is none, a file without a name."""
    with pytest.raises(ConfigError) as caught:
        parse(f'[monitor]\ndatabase = "{url}"')

    told = str(caught.value)
    assert told.startswith("config.toml:2:12: monitor.database: ")
    assert "; write " in told
    assert "geheim" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bob:p%40s%20s%2Fw%25@db.example:5432/news",
        "postgresql://bob@db.example/news?options=-csearch_path=monitor&sslmode=require",
        "postgresql://postgres:@/news?host=/run/postgresql",
        "postgresql://боб:а:б@[::1]:5432/новости",
        "postgresql://localhost",
        "sqlite:////var/lib/a b@c.db",
    ],
)
def test_every_database_that_can_be_opened_may_be_named(url: str) -> None:
    """Whatever stands in its place as URLs have it is left as it is."""
    assert parse(f'[monitor]\ndatabase = "{url}"').monitor.database == url
