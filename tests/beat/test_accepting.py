"""Rows added to a beat: comments stay, and a beat that would not load stays as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.beat.accepting import accept, kinds_of, with_watchlist
from monitor.errors import InputError

NORDIC = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
FORUM = {
    "id": "oslo-riga-forum",
    "name": "Oslo–Riga Forum",
    "kind": "event",
    "sides": ["nordic", "baltic"],
    "countries": [],
    "topics": [],
    "from": "A “quoted” report\nof two lines",
    "aliases": {"en": ["Oslo–Riga Forum", "ORF"]},
}
CABLE = {"id": "sea-cable", "topics": [], "from": "a report", "aliases": {"en": ["sea cable"]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Nordic–Baltic beat."""
    return Path(shutil.copytree(NORDIC, tmp_path / "beat"))


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_accepted_rows_are_loaded_with_the_beat(folder: Path) -> None:
    """Entities and terms go to files of their own, as rows that a person can edit."""
    written = accept(folder, {"entities": [FORUM], "terms": [CABLE]})
    beat = load_beat(folder)

    assert [path.relative_to(folder).as_posix() for path in written] == [
        "entities/accepted.toml",
        "terms-accepted.toml",
    ]
    assert 'aliases.en = ["Oslo–Riga Forum", "ORF"]' in written[0].read_text(encoding="utf-8")
    entity = next(entity for entity in beat.entities if entity.id == "oslo-riga-forum")
    assert (entity.sides, entity.origin) == (("nordic", "baltic"), FORUM["from"])
    assert "sea-cable" in {term.id for term in beat.terms}


def test_comments_and_order_of_the_file_are_kept(folder: Path) -> None:
    """Adding rows changes no byte of what stands before them."""
    path = folder / "terms-accepted.toml"
    own = (
        '# mine\n\n[[terms]]\nid = "tide"   # why\naliases.en = [ "tidal power",\n  "tide mill" ]\n'
    )
    path.write_text(own, encoding="utf-8")
    accept(folder, {"terms": [CABLE]})
    accept(folder, {"terms": [{**CABLE, "id": "sea-bed", "aliases": {"en": ["sea bed"]}}]})
    text = path.read_text(encoding="utf-8")

    assert text.startswith(own)
    assert [text.count(f'id = "{name}"') for name in ("tide", "sea-cable", "sea-bed")] == [1, 1, 1]


def test_a_beat_that_would_not_load_stays_as_it_was(folder: Path) -> None:
    """A clash of aliases is told with its place, and nothing is left behind."""
    before = files(folder)
    clash = {**FORUM, "aliases": {"en": ["Oslo–Riga Forum", "Sweden"]}}

    with pytest.raises(InputError, match='"Sweden" already belongs to'):
        accept(folder, {"terms": [CABLE], "entities": [clash]})
    assert files(folder) == before


def test_a_file_in_another_form_is_not_touched(folder: Path) -> None:
    """Rows cannot be added to an inline list; the sentence says how to write it."""
    path = folder / "terms-accepted.toml"
    path.write_text("terms = []\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"write terms as \[\[terms\]\] tables"):
        accept(folder, {"terms": [CABLE]})
    assert path.read_text(encoding="utf-8") == "terms = []\n"


def test_the_kinds_are_those_of_the_beat(folder: Path) -> None:
    """Without a table of kinds any will do."""
    assert kinds_of(folder) == ()
    with (folder / "beat.toml").open("a", encoding="utf-8") as stream:
        stream.write('[kinds]\n"cable" = 9\n')
    assert kinds_of(folder) == ("cable",)


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("", '[watchlist]\nthreshold = 45\n\n[watchlist.keywords]\n"a b" = 3.5\n'),
        (
            "[watchlist.keywords]\n# mine\nx = 1 # one\n\n# the end\n",
            '[watchlist.keywords]\n# mine\nx = 1 # one\n"a b" = 3.5\n\n# the end\n',
        ),
        (
            "[watchlist]\nthreshold = 50 # half\n[watchlist.keywords]\n# mine\n\n# feeds\n[web]\n",
            "[watchlist]\nthreshold = 45 # half\n[watchlist.keywords]\n# mine\n"
            '"a b" = 3.5\n\n# feeds\n[web]\n',
        ),
        (
            "[watchlist]\nkeywords = { x = 1 }\n",
            '[watchlist]\nkeywords = { x = 1, "a b" = 3.5}\n',
        ),
        (
            "# a\x85b\u2028c\u2029d\n[watchlist.keywords]\nx = 1\n[web]\n",
            '# a\x85b\u2028c\u2029d\n[watchlist.keywords]\nx = 1\n"a b" = 3.5\n[web]\n',
        ),
        (
            "watchlist.keywords.x = 1\n",
            'watchlist.keywords.x = 1\nwatchlist.keywords."a b" = 3.5\n',
        ),
    ],
)
def test_keywords_are_written_where_they_belong(source: str, changed: str) -> None:
    """Below those that are there or the heading; comments stay, whichever way it is written."""
    threshold = 45.0 if "threshold" in changed else None
    path = Path("config.toml")

    assert with_watchlist(source, threshold, {"a b": 3.5}, path) == changed
    assert with_watchlist(changed, None, {"a b": None, "none": None}, path) != changed
