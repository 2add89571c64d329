"""`monitor seed` as it is typed: reading, printing, and writing only when asked to."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from monitor.beat import load_beat
from monitor.cli import main
from monitor.cli.seed import refuse_installed
from monitor.errors import InputError

NORDIC = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
KEYS = ["name", "kind", "sides", "countries", "lang", "aliases", "sentences", "documents",
        "example", "score"]  # fmt: skip
REPORT = """Two grids grow together

The Sweden–Lithuania Power Forum met in Klaipeda. Swedish minister Ida Berg came to Klaipeda.
The offshore wind farm feeds NordBalt. Every offshore wind farm needs a harbour.
"""
PAGE = f"<html><head><title>Grid news</title></head><body><p>{REPORT}</p></body></html>"


class Pages(BaseHTTPRequestHandler):
    """A web server with one page, one file that is no text, and nothing else."""

    def do_GET(self) -> None:
        """Answer a request by its path."""
        known = {
            "/report": (200, "text/html", PAGE.encode()),
            "/report.pdf": (200, "application/pdf", b"%PDF-1.7"),
        }
        status, kind, body = known.get(self.path, (404, "text/plain", b"no"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def address() -> Iterator[str]:
    """The host and port of the loopback web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report, a beat of the user's own, and settings that name it."""
    shutil.copytree(NORDIC, tmp_path / "mine")
    settings = '[monitor]\nbeat = "mine"\nbeat_feeds = false\n'
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "report.txt").write_text(REPORT, encoding="utf-8")
    return tmp_path


@dataclass(frozen=True)
class Done:
    """What a command left behind: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


Seed = Callable[..., Done]


@pytest.fixture
def seed(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Seed:
    """Run the command as a user would who stands in the folder."""
    monkeypatch.chdir(folder)

    def run(*words: str, given: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["monitor", "seed", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Done(int(left.value.code or 0), printed.out, printed.err)

    return run


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_proposals_are_printed_and_nothing_is_written(folder: Path, seed: Seed) -> None:
    """JSON has its promised keys, the table its names; no file appears or changes."""
    before = files(folder)
    found = json.loads(seed("report.txt", "--format", "json").stdout)
    shown = seed("report.txt", "--limit", "2").stdout

    assert all(list(one) == KEYS for one in found)
    names = [one["name"] for one in found]
    assert {"Sweden–Lithuania Power Forum", "Klaipeda", "Ida Berg"} <= set(names)
    assert not {"Sweden", "Swedish", "NordBalt"} & set(names)
    assert found[0]["documents"] == ["Two grids grow together"]
    assert found[0]["name"] in shown
    assert f"2 of {len(found)} proposals" in shown
    assert files(folder) == before


def test_all_that_are_listed_are_accepted(folder: Path, seed: Seed) -> None:
    """`--accept` with no name writes the listed ones, and then they are known."""
    done = seed("report.txt", "--limit", "3", "--accept")
    beat = load_beat(folder / "mine")

    assert done.returncode == 0
    assert "3 rows written to" in done.stderr
    written = {row.id for row in (*beat.entities, *beat.terms) if "Two grids" in row.origin}
    assert len(written) == 3
    left = json.loads(seed("report.txt", "--format", "json").stdout)
    assert "Klaipeda" not in [one["name"] for one in left]


def test_proposals_are_accepted_by_name(folder: Path, seed: Seed) -> None:
    """A name may be given several times; a comment in the file stays."""
    own = "# accepted by hand\n"
    (folder / "mine" / "entities").mkdir()
    (folder / "mine" / "entities" / "accepted.toml").write_text(own, encoding="utf-8")
    done = seed(
        "report.txt", "--accept", "Ida Berg", "--accept", "offshore wind farm", "--limit", "1",
    )  # fmt: skip
    beat = load_beat(folder / "mine")

    assert done.returncode == 0
    assert [(one.name, one.sides) for one in beat.entities[3:]] == [("Ida Berg", ("nordic",))]
    assert "offshore-wind-farm" in {term.id for term in beat.terms}
    assert (folder / "mine" / "entities" / "accepted.toml").read_text().startswith(own)


def test_a_name_that_is_not_proposed_is_a_sentence(folder: Path, seed: Seed) -> None:
    """It suggests the nearest one, exit 2, and writes nothing."""
    before = files(folder)
    done = seed("report.txt", "--accept", "Ida Bergh")

    assert done.returncode == 2
    assert 'did you mean "Ida Berg"?' in done.stderr
    assert files(folder) == before


def test_a_beat_without_the_kind_is_told_what_to_add(folder: Path, seed: Seed) -> None:
    """The sentence names the proposal and the kinds that would do; nothing is written."""
    with (folder / "mine" / "beat.toml").open("a", encoding="utf-8") as stream:
        stream.write("[kinds]\n" + "".join(f'"{kind}" = 8\n' for kind in ("country", "project")))
    before = files(folder)
    done = seed("report.txt", "--accept", "Ida Berg")

    assert done.returncode == 2
    assert 'no kind for "Ida Berg"' in done.stderr
    assert '"person"' in done.stderr
    assert files(folder) == before


def test_the_beats_of_an_installed_program_are_not_written_to(tmp_path: Path) -> None:
    """They say how to make a copy; a folder of one's own and a checkout are fine."""
    shipped = tmp_path / "lib" / "monitor" / "_bundled" / "seeds"
    (shipped / "nordic").mkdir(parents=True)

    with pytest.raises(InputError, match=r'copy that folder .* beat = "nordic"'):
        refuse_installed(shipped / "nordic", shipped)
    refuse_installed(tmp_path / "nordic", shipped)
    refuse_installed(tmp_path / "seeds" / "nordic", tmp_path / "seeds")


def test_pages_come_through_the_guarded_door(folder: Path, seed: Seed, address: str) -> None:
    """A page's own title and text are read; a private address must be allowed first."""
    refused = seed(f"http://{address}/report")
    with (folder / "config.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'[network]\nallow_private = ["{address}"]\nhost_spacing_seconds = 0\n')
    found = json.loads(seed(f"http://{address}/report", "--format", "json").stdout)
    missing = seed(f"http://{address}/nothing")
    binary = seed(f"http://{address}/report.pdf")

    assert refused.returncode == 1
    assert "not a public address" in refused.stderr
    assert found[0]["documents"] == ["Grid news"]
    assert (missing.returncode, "answered 404" in missing.stderr) == (1, True)
    assert (binary.returncode, "neither text nor HTML" in binary.stderr) == (2, True)


def test_files_and_standard_input_are_read_as_what_they_are(folder: Path, seed: Seed) -> None:
    """HTML by its name or its beginning, text in other charsets, several documents at once."""
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    russian = "Порт Клайпеда растёт. Из Клайпеды идут суда. Все видели Клайпеду у моря."
    (folder / "old.txt").write_bytes(russian.encode("cp1251"))
    done = seed("page.html", "old.txt", "-", "--format", "json", given=PAGE)
    found = {one["name"]: one for one in json.loads(done.stdout)}

    assert found["Ida Berg"]["documents"] == ["Grid news"]
    assert found["Клайпеда"]["documents"] == ["old.txt"]
    assert found["Клайпеда"]["lang"] == "ru"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("missing.txt", "cannot be read: No such file"),
        ("mine", "cannot be read: Is a directory"),
        ("image.png", "neither text nor HTML"),
        ("empty.txt", "has no text in it"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    folder: Path, seed: Seed, document: str, sentence: str
) -> None:
    """Exit 2 and no traceback."""
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "empty.txt").write_text(" \n", encoding="utf-8")
    done = seed(document)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_documents_with_nothing_new_say_so(folder: Path, seed: Seed) -> None:
    """An empty answer is a sentence in the table and an empty array in JSON."""
    (folder / "known.txt").write_text("Sweden met Lithuania.", encoding="utf-8")

    assert "Nothing new" in seed("known.txt").stdout
    assert json.loads(seed("known.txt", "--format", "json").stdout) == []
