"""The main job on recordings: the bundled one, strangers' ones, and real polls of real outlets."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.config import SmtpSettings
from monitor.config import load as load_config
from monitor.demo.dates import moved, newest
from monitor.demo.recording import load, read
from monitor.errors import InputError

Program = Callable[..., subprocess.CompletedProcess[str]]
Search = Callable[..., list[dict[str, Any]]]
ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "monitor" / "demo" / "recording"
EVENTS = json.loads((ROOT / "tests" / "data" / "demo_events.json").read_text("utf-8"))
AT = "2026-06-12T18:00:00Z"


@pytest.fixture(scope="module")
def demo(replayed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a run of the bundled demo left, made where the shipped settings count."""
    return Path(shutil.copytree(replayed, tmp_path_factory.mktemp("demo") / "demo"))


@pytest.fixture
def search(demo: Path, program: Program) -> Search:
    """Articles that the demo's archive answers with."""

    def ask(*words: str) -> list[dict[str, Any]]:
        typed = ("--config", "demo-out/config.toml", "search", "--limit", "1000")
        found: list[dict[str, Any]] = json.loads(
            program(*typed, "--format", "json", *words, cwd=demo).stdout
        )
        return found

    return ask


def test_the_demo_leaves_a_mail_its_parts_and_an_archive(demo: Path) -> None:
    """What a newcomer is promised lies in the folder, and the terminal shows the digest itself."""
    kept = {path.name for path in (demo / "demo-out").iterdir()}
    printed = (demo / "printed.txt").read_text("utf-8")

    assert {"digest.html", "digest.txt", "digest.eml", "monitor.db", "config.toml"} <= kept
    assert "26 feeds, 2 polls: 290 new articles" in printed
    assert (demo / "demo-out" / "digest.txt").read_text("utf-8").splitlines()[0] in printed


def test_nobody_else_may_read_the_archive(demo: Path) -> None:
    """`monitor doctor` has nothing to say of what the demo itself has made."""
    assert (demo / "demo-out" / "monitor.db").stat().st_mode & 0o077 == 0


def test_the_demo_mail_is_what_receivers_require(demo: Path) -> None:
    """The mail has a text and an HTML part, one of each header, and says it is automatic."""
    message = message_from_bytes(
        (demo / "demo-out" / "digest.eml").read_bytes(), policy=policy.default
    )

    assert message.get_body(("plain",)) is not None
    assert message.get_body(("html",)) is not None
    assert message["Auto-Submitted"] == "auto-generated"
    for name in ("Message-ID", "Date", "List-Id", "Subject", "From", "To"):
        assert len(message.get_all(name, [])) == 1
    assert len((demo / "demo-out" / "digest.html").read_bytes()) < 90_000


def test_the_demo_archive_answers_in_every_script(search: Search) -> None:
    """Chinese words are found as well as Latin and Cyrillic ones, and fields narrow a search."""
    assert search("khorgos")
    assert search("铁路")
    assert search("霍尔果斯")
    assert all("KG" in row["countries"] for row in search("country:KG"))
    assert {row["lang"] for row in search("lang:zh")} == {"zh"}


def test_the_demo_judges_its_own_recording_well(search: Search) -> None:
    """The recording's on-beat links are nearly all relevant, and hardly any other is."""
    told = {link for event in EVENTS for link in event["links"]}
    relevant = {row["url"] for row in search("score:>=50")}

    assert len(told & relevant) >= 0.9 * len(told)
    assert len(relevant - told) <= 0.1 * len(relevant)


def test_one_event_is_one_story_across_languages(search: Search) -> None:
    """At least five events that outlets told in several languages are one story each."""
    rows = {row["url"]: row for row in search("since:2026")}
    together = 0
    for event in EVENTS:
        known = [rows[link] for link in event["links"] if link in rows]
        languages = {row["lang"] for row in known}
        stories = {row["story"] for row in known}
        together += len(known) > 1 and len(languages) > 1 and len(stories) == 1

    assert together >= 5


def test_the_demo_again_in_the_same_folder_starts_anew(
    demo: Path, program: Program, tmp_path: Path
) -> None:
    """An earlier demo's archive is replaced, so that the same entries are new again."""
    shutil.copytree(demo / "demo-out", tmp_path / "out")
    done = program("demo", "--at", AT, "--out", "out", "--format", "json", cwd=tmp_path)
    report = json.loads(done.stdout)
    new = sum(len(poll["new"]) for polls in report["feeds"].values() for poll in polls)

    assert new == 290
    assert report["delivered"] == 1
    assert report["stories"] > 10


def test_the_demo_refuses_a_folder_that_somebody_uses(program: Program, tmp_path: Path) -> None:
    """A folder with settings or a database of the user's own is left alone."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "config.toml").write_text("[monitor]\n")
    done = program("demo", "--out", "out", cwd=tmp_path)

    assert done.returncode == 2
    assert "was not written by a demo" in done.stderr


def test_the_demo_empties_no_folder_that_it_is_to_read(program: Program, tmp_path: Path) -> None:
    """What an earlier demo left in the recording stays as it was."""
    (tmp_path / "feed.xml").write_text("<rss/>")
    (tmp_path / "demo-out").mkdir()
    kept = tmp_path / "demo-out" / "digest.txt"
    kept.write_text("an edition")
    done = program("demo", "--feeds", ".", cwd=tmp_path)

    assert done.returncode == 2
    assert "demo-out lies in the recording .; choose another folder with --out" in done.stderr
    assert kept.read_text() == "an edition"


def test_strangers_feeds_get_their_own_digest(program: Program, tmp_path: Path) -> None:
    """Single files and folders of polls work, with a second, small beat."""
    beat = ROOT / "tests" / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(f'[monitor]\nbeat = "{beat}"\n')
    feeds = tmp_path / "feeds"
    (feeds / "grid").mkdir(parents=True)
    entry = (
        "<item><title>Sweden and Lithuania repair the NordBalt cable</title><link>/nordbalt</link>"
        "<description>Swedish and Lithuanian operators put the cable back.</description>"
        "<pubDate>Mon, 03 Mar 2014 10:00:00 GMT</pubDate></item>"
    )
    site = "<link>https://grid.example/</link>"
    (feeds / "grid" / "a.xml").write_text(f"<rss version='2.0'><channel>{site}</channel></rss>")
    (feeds / "grid" / "b.xml").write_text(
        f"<rss version='2.0'><channel>{site}{entry}</channel></rss>"
    )
    (feeds / "single.xml").write_text("<rss version='2.0'><channel></channel></rss>")
    done = program("demo", "--feeds", "feeds", "--format", "json", "--out", "out", cwd=tmp_path)

    assert json.loads(done.stdout) == {
        "feeds": {
            "grid": [
                {"poll": "a.xml", "new": [], "changed": 0, "state": "empty"},
                {
                    "poll": "b.xml",
                    "new": ["https://grid.example/nordbalt"],
                    "changed": 0,
                    "state": "ok",
                },
            ],
            "single.xml": [{"poll": "single.xml", "new": [], "changed": 0, "state": "empty"}],
        },
        "stories": 1,
        "delivered": 1,
    }
    assert "NordBalt" in (tmp_path / "out" / "digest.txt").read_text("utf-8")


RSS = """<rss version='2.0'><channel><link>https://grid.example/</link>
<item><title>Sweden and Lithuania repair the NordBalt cable</title><link>/nordbalt</link>
<description>Swedish and Lithuanian operators put the cable back.</description></item>
</channel></rss>"""
MINE = """
monitor = { beat = "BEAT", database = "sqlite:////mine/news.db", editions = "/mine/editions" }
smtp.host = "mail.example.org"
smtp.password_env = "MINE"
watchlist.keywords = { "cable*" = 5, "dry port" = -1.5 }
feeds = [{ url = "https://press.example/rss?key=abc", outlet = "Press" }]
digests = [{ name = "mine", schedule = "weekly mon 07:30", to = ["me@example.org"] }]
"""


def test_the_settings_left_behind_are_ones_own_on_the_demos_archive(
    program: Program, tmp_path: Path
) -> None:
    """However they are written; but the archive is the demo's, and nobody is mailed."""
    beat = ROOT / "tests" / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(MINE.replace("BEAT", str(beat)), encoding="utf-8")
    (tmp_path / "feeds" / "grid\x1b[31m").mkdir(parents=True)
    (tmp_path / "feeds" / "grid\x1b[31m" / "a.xml").write_text(RSS)
    (tmp_path / "feeds" / "page\x1b[31m.html").write_text("<html><p>No feed.</p></html>")
    done = program("demo", "--feeds", "feeds", "--out", "my out", cwd=tmp_path)
    mine, left = (load_config(tmp_path / where / "config.toml") for where in ("", "my out"))

    assert done.returncode == 0, done.stderr
    assert left.database_file == tmp_path / "my out" / "monitor.db"
    assert left.editions == tmp_path / "my out" / "editions"
    assert left.settings.smtp == SmtpSettings()
    for part in ("watchlist", "feeds", "digests", "network"):
        assert getattr(left.settings, part) == getattr(mine.settings, part)
    assert "go below [watchlist.keywords]" in (tmp_path / "my out" / "config.toml").read_text()
    assert "\x1b" not in done.stdout
    assert "page [31m.html" in done.stdout
    _ask_what_is_suggested(partial(program, cwd=tmp_path), done.stdout)


def _ask_what_is_suggested(program: Program, printed: str) -> None:
    """The last lines name the lead story's entity and country, and find it."""
    suggested = printed.split("Next, type:\n")[1].strip().splitlines()
    assert "search entity:nordbalt" in suggested[0]
    assert "search 'country:" in suggested[1]
    assert suggested[2].endswith("show 1")
    for words in map(shlex.split, suggested):
        assert words[:3] == ["monitor", "--config", "my out/config.toml"]
        assert "NordBalt" in program(*words[1:]).stdout


@pytest.mark.parametrize(
    ("feeds", "problem"),
    [
        (b"[[feeds]\n", "is no TOML"),
        (b'[[feeds]]\nfolder = "\xe9"', "is no TOML"),
        (b"feeds = 5", "feeds must be written as [[feeds]]"),
        (b"feeds = [5]", 'feeds[1]: "folder" must be a text in quotes'),
        (b'[[feeds]]\nfolder = "a"', 'feeds[1]: "outlet" must be a text in quotes'),
        (b'[[feeds]]\nfolder = "a"\noutlet = "A"\nlang = 5', 'feeds[1]: "lang" must be a text'),
    ],
)
def test_a_broken_description_of_feeds_is_a_sentence(
    tmp_path: Path, feeds: bytes, problem: str
) -> None:
    """What cannot be read, keys that are missing, and values of another type."""
    (tmp_path / "a.xml").write_text(RSS)
    (tmp_path / "feeds.toml").write_bytes(feeds)

    with pytest.raises(InputError) as told:
        load(tmp_path)
    assert str(told.value).startswith(f"{tmp_path / 'feeds.toml'}")
    assert problem in str(told.value)


@pytest.mark.parametrize("name", ["gone.xml", "folder/gone.xml", "feeds.toml"])
def test_a_poll_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """A file that is gone, and one that is a folder, are told before anything runs."""
    (tmp_path / "a.xml").write_text(RSS)
    (tmp_path / "folder").mkdir()
    if name == "feeds.toml":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).symlink_to(tmp_path / "nowhere")

    with pytest.raises(InputError, match=f"{name} cannot be read: "):
        load(tmp_path)


def test_a_poll_that_vanishes_is_named(tmp_path: Path) -> None:
    """A file may be taken away while the recording is replayed."""
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(tmp_path / "gone.xml")


def _sequences(shared: Path) -> Iterator[tuple[Path, dict[str, list[str]]]]:
    """Folders of real polls, with the links that were new at each."""
    for path in sorted(shared.glob("feeds/captured/*/polls/*/SEQUENCE.json")):
        steps = json.loads(path.read_text("utf-8"))["sequence"]
        yield path.parent, {step["file"]: step["new"] for step in steps}


def test_real_polls_report_exactly_the_new_links(
    program: Program, shared: Path, tmp_path: Path
) -> None:
    """Replayed through real HTTP, every sequence reports each new link once, and nothing else."""
    recordings = {folder.parent for folder, _ in _sequences(shared)}
    reported: dict[str, dict[str, list[str]]] = {}
    for number, recording in enumerate(sorted(recordings)):
        words = ("--feeds", str(recording), "--format", "json", "--out", f"out{number}")
        done = program("demo", *words, cwd=tmp_path)
        for name, polls in json.loads(done.stdout)["feeds"].items():
            reported[name] = {poll["poll"]: sorted(poll["new"]) for poll in polls}

    wanted = {folder.name: new for folder, new in _sequences(shared)}
    assert {
        name: {file: sorted(new) for file, new in polls.items()} for name, polls in wanted.items()
    } == reported


def test_dates_are_moved_each_in_its_own_format() -> None:
    """RFC 822, ISO 8601 and JSON dates are moved with their zones; nothing else changes."""
    document = (
        b"<pubDate>Fri, 12 Jun 2026 12:00:00 +0500</pubDate><title>12 Jun 2026</title>"
        b'<updated>2026-06-12T07:00:00Z</updated> "date_published": "2026-06-12T07:00:00+06:00"'
        b"<dc:date>not a date</dc:date>"
    )

    assert moved(document, timedelta(days=1)) == (
        b"<pubDate>Sat, 13 Jun 2026 12:00:00 +0500</pubDate><title>12 Jun 2026</title>"
        b"<updated>2026-06-13T07:00:00+00:00</updated> "
        b'"date_published": "2026-06-13T07:00:00+06:00"'
        b"<dc:date>not a date</dc:date>"
    )


def test_the_newest_plausible_date_counts() -> None:
    """A date in the far future is a mistake and does not tell when a poll was recorded."""
    stated = b"<pubDate>Fri, 12 Jun %d 12:00:00 GMT</pubDate>"
    document = stated % 2026 + stated % 2048

    found = newest(document, not_after=datetime(2026, 11, 1, tzinfo=UTC))

    assert found == datetime(2026, 6, 12, 12, tzinfo=UTC)


def test_rounds_keep_the_distances_that_were_recorded(now: datetime) -> None:
    """All feeds of the bundled recording were polled a day apart, and so they are in the demo."""
    assert load(RECORDING).times(now) == [now - timedelta(days=1), now]


def test_an_empty_folder_is_no_recording(tmp_path: Path) -> None:
    """A folder without feeds is one sentence."""
    with pytest.raises(InputError, match="holds no recorded feed"):
        load(tmp_path)
