"""The settings in force, shown without their secrets; the schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.config import schema_text
from monitor.config import SmtpSettings, default_source, json_schema, parse
from monitor.config.effective import as_toml
from monitor.errors import InputError
from monitor.text.normalise import fold_key
from monitor.text.plain import spaced_line

RICH = r"""
[monitor]
database = "sqlite:///a b.db"
backlog_days = 2.5
[watchlist]
threshold = 42
[watchlist.keywords]
"dry port" = 15
"логист*" = -5.5
plain-word_2 = 1
"tab\there \"quoted\" \\ \u007f x" = 2
[[feeds]]
url = "https://example.org:8443/@user/feed.xml?a=1"
outlet = "Пример"
enabled = false
[[digests]]
name = "daily"
schedule = "30 7 * * 1-5"
zone = "Asia/Almaty"
to = ["Ada <ada@example.org>", "b@example.org"]
threshold = 10
[[digests]]
name = "weekly"
schedule = "weekly mon 07:30"
[[feeds]]
url = "https://example.org/news"
page = { link = "^https://.*\\d", date = "/YYYY/MM/DD/" }
full_text = true
text = "article p"
[network]
allow_private = ["127.0.0.1:8080", "[::1]:80"]
"""


@pytest.mark.parametrize("source", ["", RICH, default_source()])
def test_what_is_shown_means_the_same(source: str) -> None:
    """The settings in force can be read back and are the same."""
    settings = parse(source)
    assert parse(as_toml(settings, {})) == settings


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(lambda text: "k" + text),
        st.floats(-100, 100) | st.integers(-100, 100),
        max_size=4,
    )
)
def test_any_keyword_survives(keywords: dict[str, float]) -> None:
    """Quotes, line breaks and control characters in keywords are escaped as TOML wants it."""
    kept = {fold_key(word): word for word in keywords if "*" not in word}
    rows = "".join(
        f"{json.dumps(word, ensure_ascii=False)} = {keywords[word]!r}\n" for word in kept.values()
    )
    settings = parse("[watchlist.keywords]\n" + rows.replace("\x7f", "\\u007f"))
    assert parse(as_toml(settings, {})) == settings


def test_secrets_are_told_and_not_shown(tmp_path: Path) -> None:
    """Neither the environment's password, nor the file's, nor a database's is printed."""
    (tmp_path / "secret.txt").write_text("CANARY-FILE\n")
    settings = parse(
        '[monitor]\ndatabase = "postgresql://monitor:CANARY-DB%2Fx@db.example:5432/monitor"\n'
        '[smtp]\npassword_env = "MAIL_PASSWORD"\npassword_file = "secret.txt"\n'
    )
    shown = as_toml(settings, {"MAIL_PASSWORD": "CANARY-ENV"})
    assert "CANARY" not in shown
    assert 'database = "postgresql://monitor@db.example:5432/monitor"' in shown
    assert 'password_env = "MAIL_PASSWORD"' in shown
    assert "# the password comes from the environment (set) and is not shown" in shown
    assert "(not set)" in as_toml(settings, {})


def test_keys_in_addresses_are_masked_unless_the_file_is_to_be_used() -> None:
    """What is shown has no key of a feed; what is written to be used has it."""
    source = '[[feeds]]\nurl = "https://a.example/rss?lang=en&key=CANARY"\n'
    settings = parse(source)
    assert "CANARY" not in as_toml(settings, {})
    assert "https://a.example/rss?lang=en&key=***" in as_toml(settings, {})
    assert parse(as_toml(settings, {}, shown=str)) == settings


def test_what_is_shown_steers_no_terminal() -> None:
    """An escape in a keyword or a path is shown as an escape."""
    source = '[monitor]\neditions = "a\\u009b31m"\n[watchlist.keywords]\n"b\\u001b[31m" = 1\n'
    shown = as_toml(parse(source), {})
    assert shown == "\n".join(map(spaced_line, shown.split("\n")))
    assert parse(shown) == parse(source)


@pytest.mark.parametrize(
    ("rows", "note"),
    [("", "# no password is set"), ('password_file = "x"', "# the password comes from a file")],
)
def test_where_the_password_comes_from_is_told(rows: str, note: str) -> None:
    """A note beside the mail settings says what the program will use."""
    shown = as_toml(parse(f"[smtp]\n{rows}"), {})
    assert shown[shown.index("[smtp]") :].splitlines()[1].startswith(note)


def test_a_password_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """The file wins, without its line end; what is named and missing is an error."""
    (tmp_path / "secret.txt").write_text("from-file\n")
    environ = {"MAIL_PASSWORD": "from-env"}
    both = SmtpSettings(password_file="secret.txt", password_env="MAIL_PASSWORD")
    assert both.password(tmp_path, environ) == "from-file"
    assert SmtpSettings(password_env="MAIL_PASSWORD").password(tmp_path, environ) == "from-env"
    assert SmtpSettings().password(tmp_path, environ) == ""
    with pytest.raises(InputError, match="names MAIL, which is not set"):
        SmtpSettings(password_env="MAIL").password(tmp_path, environ)
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    for name in ("nowhere", "latin.txt", "a\0b"):
        with pytest.raises(InputError, match=r"password_file cannot be read: [^\[]+; it names"):
            SmtpSettings(password_file=name).password(tmp_path, environ)


def test_the_schema_that_ships_is_the_models() -> None:
    """Whoever changes the settings writes the file for editors anew: ``monitor init`` does."""
    shipped = Path(__file__).resolve().parents[2] / "config.schema.json"
    assert shipped.read_text("utf-8") == schema_text()


def test_the_schema_explains_every_key() -> None:
    """An editor can show what each key means, and knows that no other is allowed."""
    tables = json_schema()["$defs"]
    assert len(tables) == 11
    for name, table in tables.items():
        assert table["additionalProperties"] is False, name
        for key, about in table["properties"].items():
            assert about.get("description"), f"{name}.{key}"
