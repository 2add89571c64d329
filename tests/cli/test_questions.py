"""Questions change nothing, and print nothing that is secret or steers a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main

Asked = Callable[..., tuple[int, str, str]]

QUIET = """
[monitor]
beat = "BEAT"
beat_feeds = false
[[digests]]
name = "daily"
schedule = "daily 07:30"
"""
ARTICLE = {"title": "Sweden and Lithuania repair the NordBalt cable", "relevance": 3}


@pytest.fixture
def asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Asked:
    """Ask in a folder with quiet settings; exit code, output and errors."""
    beat = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(QUIET.replace("BEAT", str(beat)), encoding="utf-8")
    (tmp_path / "news.jsonl").write_text(json.dumps(ARTICLE) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["monitor", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return ask


@pytest.mark.parametrize(
    "words",
    [("search", "cable"), ("search", "country:SE"), ("show", "1"), ("why", "1"),
     ("why-not", "https://press.example/one"), ("digest", "preview", "daily"), ("digest", "list"),
     ("digest", "show", "1"), ("digest", "resend", "1", "--to", "ada@example.org"),
     ("subscribers", "list"), ("story", "show", "1")],
)  # fmt: skip
def test_a_question_makes_no_database(asked: Asked, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Without a database the answer says how to get one, and the folder stays as it was."""
    code, out, err = asked(*words)

    assert (code, out) == (1, "")
    assert err.startswith("monitor: there is no database at ")
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "news.jsonl"}


@pytest.mark.parametrize(
    "words", [("score", "news.jsonl"), ("evaluate", "news.jsonl"), ("config", "check")]
)
def test_judging_needs_no_database(asked: Asked, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Texts from a file are judged, and settings checked, without one being made."""
    code, _, err = asked(*words)

    assert (code, err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "news.jsonl"}


def test_words_are_searched_without_the_beat(asked: Asked, tmp_path: Path) -> None:
    """Only labels need the beat: a search for words works while its files are being edited."""
    assert asked("db", "upgrade")[0] == 0
    config = tmp_path / "config.toml"
    config.write_text('[monitor]\nbeat = "nowhere"\n', encoding="utf-8")

    assert asked("search", "cable lang:en")[:2] == (1, "Nothing found.\n")
    assert asked("search", "cable country:SE")[0] == 2


def test_config_check_finds_mail_that_can_never_be_sent(asked: Asked, tmp_path: Path) -> None:
    """A password that is not there, and a server that must not be spoken to without encryption."""
    config = tmp_path / "config.toml"
    source = config.read_text("utf-8")
    mail = '[smtp]\nhost = "mail.example.org"\n'

    config.write_text(source + mail + 'password_env = "NO_SUCH_PASSWORD"\n', encoding="utf-8")
    code, out, err = asked("config", "check")
    assert (code, out) == (2, "")
    assert "NO_SUCH_PASSWORD, which is not set" in err

    config.write_text(source + mail + 'security = "none"\n', encoding="utf-8")
    code, out, err = asked("config", "check")
    assert (code, out) == (2, "")
    assert "config.toml:10:12: smtp.security: " in err


def test_keys_of_feeds_are_not_printed(asked: Asked, tmp_path: Path) -> None:
    """Neither the settings in force nor an answer about a feed shows the key in its address."""
    assert asked("db", "upgrade")[0] == 0
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[[feeds]]\nurl = "https://press.example/rss?key=CANARY"\nenabled = false\n')
    answers = [
        asked("config", "show"),
        asked("why-not", "https://press.example/one"),
        asked("why-not", "https://press.example/one", "--format", "json"),
    ]

    for code, out, _ in answers:
        assert code == 0
        assert "press.example/rss?key=***" in out
        assert "CANARY" not in out


def test_json_steers_no_terminal(asked: Asked, tmp_path: Path) -> None:
    """What a text or its id holds is escaped, also what JSON itself would let stand."""
    row = {**ARTICLE, "id": "\x9b31m\x7f\u202e"}
    (tmp_path / "news.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    _, out, _ = asked("score", "news.jsonl")

    assert json.loads(out)["id"] == row["id"]
    assert "\\u009b31m\\u007f\\u202e" in out


def test_the_settings_show_nothing_behind_the_question_mark(asked: Asked, tmp_path: Path) -> None:
    """An option that no server knows is named by `config check`, its value by nobody."""
    config = tmp_path / "config.toml"
    url = "postgresql://bob:CANARY@127.0.0.1:1/x?bogus=CANARY"
    source = QUIET.replace("[monitor]", f'[monitor]\ndatabase = "{url}"')
    config.write_text(source.replace('beat = "BEAT"', ""), encoding="utf-8")

    code, out, _ = asked("config", "show")
    assert (code, "CANARY" in out) == (0, False)
    assert 'database = "postgresql://bob@127.0.0.1:1/x"\n' in out
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    for words in (("config", "check"), ("digest", "list"), ("doctor", "--format", "json")):
        code, out, err = asked(*words)
        assert code == 1, words
        assert 'an option "bogus", which PostgreSQL' in (out + err).replace("\\", ""), words
        assert "CANARY" not in out + err


def test_a_folder_is_no_database(asked: Asked, tmp_path: Path) -> None:
    """Settings that name one are not in order, whoever reads them."""
    config = tmp_path / "config.toml"
    source = config.read_text("utf-8").replace("[monitor]", '[monitor]\ndatabase = "sqlite:///."')
    config.write_text(source, encoding="utf-8")

    for words in (("config", "check"), ("digest", "list"), ("subscribers", "list"), ("doctor",)):
        code, out, err = asked(*words)
        assert code == 1, words
        assert "is a folder" in out + err, words


@pytest.mark.parametrize(
    "words", [("show", "N"), ("merge", "N", "1"), ("split", "N", "1"), ("pin", "N", "1")]
)
def test_a_number_that_no_story_can_have(asked: Asked, words: tuple[str, ...]) -> None:
    """However many digits are typed, it is a story that there is not."""
    assert asked("db", "upgrade")[0] == 0
    number = "9" * 21
    code, out, err = asked("story", *(number if word == "N" else word for word in words))

    assert (code, out) == (2, "")
    assert err.startswith(("monitor: there is no story ", "monitor: there is no article "))
