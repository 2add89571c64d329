"""Editions as files are whole, named after slot and digest, and safe to write twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from monitor.errors import TransportError
from monitor.model import Delivery, FrozenEdition, Rendered
from monitor.publish.transports.files import FilesTransport

SLOT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
EDITION = FrozenEdition(1, "daily", SLOT, SLOT, Rendered("Kulma opens", "Текст\n", "<p>中</p>"), 1)
DELIVERY = Delivery(1, EDITION, "editions folder", "files", "<abc@localhost>")


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in the folder, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_form(tmp_path: Path) -> None:
    """HTML and text as rendered, Markdown, JSON, and a message that a mail program opens."""
    FilesTransport(tmp_path / "editions").send(DELIVERY)
    written = contents(tmp_path / "editions")

    assert set(written) == {
        f"2026-11-24T0230Z-daily{suffix}" for suffix in (".html", ".txt", ".md", ".json", ".eml")
    }
    assert written["2026-11-24T0230Z-daily.txt"].decode() == "Текст\n"
    assert written["2026-11-24T0230Z-daily.html"].decode() == "<p>中</p>"
    assert written["2026-11-24T0230Z-daily.md"].decode() == "# Kulma opens\n"
    assert json.loads(written["2026-11-24T0230Z-daily.json"])["subject"] == "Kulma opens"
    message = message_from_bytes(written["2026-11-24T0230Z-daily.eml"], policy=default)
    assert (message["Subject"], message["Message-ID"]) == ("Kulma opens", "<abc@localhost>")


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    """A delivery that is repeated leaves the same bytes."""
    FilesTransport(tmp_path).send(DELIVERY)
    once = contents(tmp_path)
    FilesTransport(tmp_path).send(DELIVERY)

    assert contents(tmp_path) == once


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "a/b", "..", "x" * 300, "每日" * 60])
def test_digest_name_stays_in_the_folder(tmp_path: Path, name: str) -> None:
    """No name leads out of the folder or past what a file system takes."""
    folder = tmp_path / "deep" / "editions"
    FilesTransport(folder).send(replace(DELIVERY, edition=replace(EDITION, digest=name)))

    assert len(list(folder.iterdir())) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


def test_unusable_folder_is_a_sentence(tmp_path: Path) -> None:
    """A file where the folder should be: said with its name, tried again later."""
    (tmp_path / "editions").write_text("in the way")
    with pytest.raises(TransportError, match=r"cannot write to .*editions") as caught:
        FilesTransport(tmp_path / "editions").send(DELIVERY)

    assert caught.value.retry


def test_names_that_are_cut_stay_apart(tmp_path: Path) -> None:
    """Two digests whose long names begin alike have files of their own; variants, too."""
    names = ["每日" * 60 + end for end in ("一", "二")]
    editions = [replace(EDITION, digest=name) for name in names]
    editions.append(replace(EDITION, digest=names[0], variant="lang=ru"))
    for edition in editions:
        FilesTransport(tmp_path).send(replace(DELIVERY, edition=edition))

    assert len(list(tmp_path.iterdir())) == 15


def test_a_subscriber_may_have_a_folder(tmp_path: Path) -> None:
    """Whoever has none shares the common one."""
    folders = {("daily", "desk"): tmp_path / "desk"}
    transport = FilesTransport(tmp_path / "editions", folders=folders)
    transport.send(replace(DELIVERY, subscriber="desk"))

    assert [path.name for path in tmp_path.iterdir()] == ["desk"]
