"""Evidence of promises, on sentences written for it, and where a promise then stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.beat import load_beat
from monitor.match.commitments import evidence, fingerprint, state
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.model import (
    Alias,
    Beat,
    Claim,
    Commitment,
    CommitmentStatus,
    Entity,
    Evidence,
    Proof,
    Side,
    Target,
    Wording,
)

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "tests" / "data" / "evidence.jsonl"
NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
CANAL = Commitment(
    id="canal",
    actor="Arland and Bergia",
    promise="A canal of 900 metres joins both rivers by 2027",
    made=date(2025, 6, 17),
    document="paper",
    passage="second paragraph",
    deadline="2027",
    due=date(2027, 12, 31),
    about=("canal",),
    sides=("near", "far"),
    acts=("started", "signed"),
    done=("opened", "completed"),
)


def thing(name: str, side: str, **aliases: str) -> Entity:
    """An entity with one alias a language."""
    forms = tuple(Alias(text, lang) for lang, text in aliases.items())
    return Entity(name, name, "thing", (side,), forms, 8.0)


def watching(*commitments: Commitment) -> Watchlist:
    """A small beat with these promises."""
    beat = Beat(
        id="test",
        title="Test",
        sides=(Side("near", "Near", ("AA",)), Side("far", "Far", ("BB",))),
        topics=(),
        entities=(
            thing("arland", "near", en="Arland", zh="阿兰国"),
            thing("bergia", "far", en="Bergia", zh="贝尔格国"),
            thing("canal", "far", en="Long Canal", zh="长渠"),
            thing("ferry", "far", en="Night Ferry", zh="夜渡"),
        ),
        terms=(),
        rivals=(),
        traps=(),
        weights={},
        fingerprint="test",
        commitments=commitments,
    )
    return compile_watchlist(beat, {})


@cache
def shipped() -> Watchlist:
    """The watchlist of the beat that ships."""
    return compile_watchlist(load_beat(ROOT / "seeds" / "china-central-asia"), {})


def rows() -> Iterator[dict[str, Any]]:
    """Texts written for this test, with what an analyst would take from each."""
    return (json.loads(line) for line in ROWS.read_text("utf-8").splitlines())


def claims(
    commitments: tuple[Commitment, ...], title: str, summary: str = "", lang: str = "en"
) -> dict[str, Claim]:
    """What a text claims of each promise."""
    found = evidence(watching(*commitments), Wording(title, summary, lang=lang))
    return {each.commitment: each.claim for each in found}


def test_evidence_is_right_nine_times_in_ten() -> None:
    """Of the rows found in these texts, in eight languages, 90 % are what a reader finds too."""
    right, found, wanted = 0, 0, 0
    for row in rows():
        wording = Wording(row["title"], row["summary"], lang=row["lang"])
        told = {each.commitment: each.claim for each in evidence(shipped(), wording)}
        right += sum(row["expect"].get(name) == claim for name, claim in told.items())
        found += len(told)
        wanted += len(row["expect"])

    assert found >= 40
    assert right >= 0.9 * found
    assert right >= 0.85 * wanted


def test_the_texts_are_of_every_kind() -> None:
    """Each language has texts with evidence and texts without."""
    kinds = Counter((row["lang"], bool(row["expect"])) for row in rows())

    assert {lang for lang, _ in kinds} == {"en", "ru", "zh", "kk", "uz", "ky", "tg", "tk"}
    assert len(kinds) == 16


def test_the_sentence_is_quoted_as_it_stands() -> None:
    """Evidence says where its sentence stands, so that anybody can look."""
    summary = "It rained. Arland and Bergia opened the Long Canal. It cleared."
    wording = Wording("News", summary, lang="en")

    (found,) = evidence(watching(CANAL), wording)

    assert (found.claim, found.act, found.field) == (Claim.DONE, "opened", "summary")
    assert found.sentence == "Arland and Bergia opened the Long Canal."
    assert wording.summary[found.start : found.end] == found.sentence


def test_term_and_act_must_share_a_sentence() -> None:
    """An act in the next sentence is not one upon what was promised."""
    assert claims((CANAL,), "Arland and Bergia", "The Long Canal is long. A shop opened.") == {}


def test_both_sides_must_be_near() -> None:
    """A sentence is not enough when nothing around it names the other side."""
    assert claims((CANAL,), "Bergia opened the Long Canal") == {}
    assert claims((CANAL,), "Arland", "Bergia opened the Long Canal.") == {"canal": Claim.DONE}


def test_a_part_is_progress_and_no_more() -> None:
    """The first section is not the canal, unless parts count."""
    text = "Arland and Bergia opened the first section of the Long Canal"

    assert claims((CANAL,), text) == {"canal": Claim.PROGRESS}
    assert claims((replace(CANAL, parts=True),), text) == {"canal": Claim.DONE}


def test_a_target_must_be_reached() -> None:
    """With a figure in the promise, less than it is progress; rounded is near enough."""
    promise = replace(CANAL, targets=(Target(900, "m"),))
    told = "Arland and Bergia completed {} metres of the Long Canal"

    assert claims((promise,), told.format(400)) == {"canal": Claim.PROGRESS}
    assert claims((promise,), told.format(895)) == {"canal": Claim.DONE}
    assert claims((promise,), "Arland and Bergia completed the Long Canal") == {
        "canal": Claim.PROGRESS
    }


def test_words_narrow_what_a_sentence_must_say() -> None:
    """A promise may ask for a word besides its entities."""
    promise = replace(CANAL, words={"en": "second"})

    assert claims((promise,), "Arland and Bergia opened the Long Canal") == {}
    assert claims((promise,), "Arland and Bergia opened the second Long Canal") == {
        "canal": Claim.DONE
    }


def test_each_clause_of_a_list_tells_of_its_own() -> None:
    """What happened to one thing in a list did not happen to the next one."""
    ferry = replace(CANAL, id="ferry", about=("ferry",))
    both = (CANAL, ferry)

    assert claims(both, "阿兰国与贝尔格国:长渠启用,夜渡停航。", lang="zh") == {"canal": Claim.DONE}
    assert claims(both, "Arland and Bergia: the Long Canal opened; the Night Ferry sank") == {
        "canal": Claim.DONE
    }


def test_years_before_the_promise_are_history() -> None:
    """What a sentence dates to earlier years proves nothing."""
    assert claims((CANAL,), "Arland and Bergia opened the Long Canal in 2019") == {}
    assert claims((CANAL,), "Arland and Bergia opened the Long Canal in 2026")


def test_a_beat_without_promises_finds_nothing() -> None:
    """Nor does a text without anything of the beat."""
    assert evidence(watching(), Wording("Arland opened the Long Canal", lang="en")) == ()
    assert evidence(watching(CANAL), Wording("", "")) == ()


def test_the_fingerprint_follows_the_promises() -> None:
    """Another promise means another reading of the archive; the same beat the same one."""
    one = fingerprint(watching(CANAL))

    assert one == fingerprint(watching(CANAL))
    assert one != fingerprint(watching(replace(CANAL, acts=("built",))))


# --- where a promise stands ----------------------------------------------------------------------


def proof(days_ago: float, claim: Claim = Claim.PROGRESS, article_id: int = 1) -> Proof:
    """Evidence told some days before now."""
    told = Evidence("canal", claim, "started", "It started.", "title", 0, 11)
    at = NOW - timedelta(days=days_ago)
    return Proof(told, at, article_id, "Post", "en", "It started", "https://post.example/1", 7)


@pytest.mark.parametrize(
    ("proofs", "deadline", "status", "days"),
    [
        ([], date(2027, 12, 31), CommitmentStatus.SILENT, 162),
        ([proof(10)], date(2027, 12, 31), CommitmentStatus.PROGRESS, 10),
        ([proof(10)], None, CommitmentStatus.PROGRESS, 10),
        ([proof(130)], date(2027, 12, 31), CommitmentStatus.SILENT, 130),
        ([proof(10)], date(2026, 6, 11), CommitmentStatus.OVERDUE, 10),
        ([proof(10)], date(2026, 6, 12), CommitmentStatus.PROGRESS, 10),
        ([proof(5, Claim.DONE)], date(2026, 6, 11), CommitmentStatus.DONE, 5),
        ([proof(1), proof(300, Claim.DONE)], None, CommitmentStatus.DONE, 300),
        ([proof(3_000)], date(2027, 12, 31), CommitmentStatus.SILENT, 162),
        ([proof(-3)], date(2027, 12, 31), CommitmentStatus.SILENT, 162),
    ],
)
def test_status_follows_from_evidence_and_time(
    proofs: list[Proof], deadline: date | None, status: CommitmentStatus, days: int
) -> None:
    """Done beats overdue, overdue beats silent; old and future evidence counts for nothing."""
    found = state(replace(CANAL, due=deadline), proofs, SINCE, NOW)

    assert (found.status, found.days_silent) == (status, days)


def test_nobody_is_silent_before_anybody_listened() -> None:
    """An archive that has just begun calls nothing silent."""
    found = state(CANAL, [], NOW - timedelta(days=2), NOW)

    assert (found.status, found.days_silent, found.last) == (CommitmentStatus.OPEN, 2, None)


def test_a_promise_may_be_patient() -> None:
    """What takes years says how long its silence means nothing."""
    patient = replace(CANAL, silent_after=400)

    assert state(patient, [proof(130)], SINCE, NOW).status is CommitmentStatus.PROGRESS


def test_the_order_of_proofs_does_not_matter() -> None:
    """The last evidence is the last in time, of equal times the youngest article."""
    proofs = [proof(3, article_id=2), proof(3, article_id=9), proof(8, article_id=4)]
    found = [state(CANAL, each, SINCE, NOW) for each in (proofs, proofs[::-1])]

    assert found[0] == found[1]
    assert found[0].last is not None
    assert (found[0].last.article_id, found[0].proofs) == (9, 3)
