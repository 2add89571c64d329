"""Files that were cut off, doubled or made to hang end in a sentence, soon."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]
BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic" / "beat.toml"


# A hang is a failure.
pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("rest", ["cut", "x = ["])
def test_a_cut_off_beat_is_a_sentence(program: Program, tmp_path: Path, rest: str) -> None:
    """A beat whose file breaks off is named with its problem, and nothing hangs."""
    text = BEAT.read_text("utf-8")[:-20] if rest == "cut" else rest
    (tmp_path / "beat.toml").write_text(text, encoding="utf-8")
    (tmp_path / "config.toml").write_text(f'[monitor]\nbeat = "{tmp_path}"\n', encoding="utf-8")
    done = program("config", "check", cwd=tmp_path)

    assert done.returncode == 2
    assert "not valid TOML" in done.stderr


def test_a_recipient_twice_is_a_mistake(program: Program, tmp_path: Path) -> None:
    """The same mailbox in another case would get two mails; the settings say so."""
    (tmp_path / "config.toml").write_text(
        '[[digests]]\nname = "a"\nschedule = "daily 07:30"\nto = ["a@x.org", "A@x.org"]\n'
    )
    done = program("config", "check", cwd=tmp_path)

    assert done.returncode == 2
    assert "config.toml:4:6: digests[1].to: a@x.org stands here twice" in done.stderr


def test_a_document_made_to_hang_is_replayed_soon(program: Program, tmp_path: Path) -> None:
    """Two hundred thousand tags that never close cost seconds at most."""
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    body = "<rss><channel><item><title>x</title>" + "<date " * 200_000 + "</item></channel></rss>"
    (feeds / "hang.xml").write_text(body)
    (tmp_path / "config.toml").write_text(f'[monitor]\nbeat = "{BEAT.parent}"\n')
    done = program("demo", "--feeds", "feeds", "--format", "json", cwd=tmp_path)

    assert '"hang.xml"' in done.stdout


def test_a_folder_may_be_called_anything(program: Program, tmp_path: Path) -> None:
    """Question marks and percent signs in a folder's name do not move the database elsewhere."""
    folder = tmp_path / "q?x %41"
    folder.mkdir()
    (folder / "config.toml").write_text(
        f'[monitor]\nbeat = "{BEAT.parent}"\nbeat_feeds = false\n', encoding="utf-8"
    )
    assert program("db", "upgrade", cwd=folder).returncode == 0

    assert (folder / "monitor.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["q?x %41"]
