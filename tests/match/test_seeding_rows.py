"""Proposals -> rows of a beat: tables, ids, kinds, aliases."""

from __future__ import annotations

from dataclasses import replace

from monitor.match.seeding import Proposal
from monitor.match.seeding.rows import beat_kind, rows

FORUM = Proposal(
    name="Oslo–Riga Forum",
    kind="event",
    sides=("nordic", "baltic"),
    countries=("LV", "NO"),
    lang="en",
    aliases=("ORF", "Riga–Oslo Forum"),
    sentences=3,
    documents=("A report", "Another report"),
    example="The Oslo–Riga Forum met.",
    score=70.0,
)


def test_a_name_becomes_an_entity_with_its_source() -> None:
    """Name, sides, countries and aliases are kept; the source is the documents."""
    (row,), unfit = rows([FORUM], (), ())

    assert not unfit
    assert row.table == "entities"
    assert row.fields == {
        "id": "oslo-riga-forum",
        "name": "Oslo–Riga Forum",
        "kind": "event",
        "sides": ["nordic", "baltic"],
        "countries": ["LV", "NO"],
        "topics": [],
        "from": "A report and 1 more",
        "aliases": {"en": ["Oslo–Riga Forum", "ORF", "Riga–Oslo Forum"]},
    }


def test_concepts_and_names_of_no_side_become_terms() -> None:
    """What is evidence for no side must not open the gate."""
    found, _ = rows([replace(FORUM, kind="concept"), replace(FORUM, sides=())], (), ())

    assert [row.table for row in found] == ["terms", "terms"]
    assert all("sides" not in row.fields for row in found)


def test_ids_are_unique_and_ascii_in_any_script() -> None:
    """A number follows an id in use; a name in other letters gets a hash of its own."""
    names = ["Øst Forum", "Oslo–Riga Forum", "北海风电场", "Форум портов", "Форум порта"]
    found, _ = rows([replace(FORUM, name=name) for name in names], (), {"oslo-riga-forum"})
    ids = [str(row.fields["id"]) for row in found]

    assert ids[1] == "oslo-riga-forum-2"
    assert len(set(ids)) == len(ids)
    assert all(one.isascii() and one == one.lower() and " " not in one for one in ids)


def test_the_beats_own_kind_is_chosen_by_the_name_and_then_by_the_guess() -> None:
    """A kind that ends the name comes first; a kind that the beat lacks makes it unfit."""
    kinds = ("city", "railway", "summit")
    railway = replace(FORUM, name="Oslo–Riga railway", kind="project")

    assert beat_kind(railway, kinds) == "railway"
    assert beat_kind(FORUM, kinds) == "summit"
    assert beat_kind(replace(FORUM, name="Riga", kind="place"), kinds) == "city"
    assert beat_kind(FORUM, ()) == "event"
    fitting, unfit = rows([replace(FORUM, kind="person")], kinds, ())
    assert not fitting
    assert unfit[0].wished == ("person",)


def test_no_alias_is_written_twice() -> None:
    """Two rows that were accepted together do not claim the same acronym."""
    other = replace(FORUM, name="Odense–Riga Forum", aliases=("ORF",))
    first, second = (row.fields["aliases"]["en"] for row in rows([FORUM, other], (), ())[0])

    assert "ORF" in first
    assert second == ["Odense–Riga Forum"]
