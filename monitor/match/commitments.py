"""Promises and what was done about them: sentences that are evidence, and where a promise stands.

A sentence is evidence of progress when it names what the promise is about *and* says in it that
an act of a kind that fits has happened (`monitor.text.actions`). It is read as it stands: what
its neighbours say is not known here, and whether it is true is not asked: *done as claimed*.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from monitor.match.figures import figures
from monitor.match.gate import supported
from monitor.match.matching import Occurrence, Watchlist
from monitor.match.scoring import JUDGED_CHARACTERS
from monitor.model import (
    Claim,
    Commitment,
    CommitmentState,
    CommitmentStatus,
    Evidence,
    Proof,
    Wording,
)
from monitor.text.actions import Act, acts_in, speaks_of_part
from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.scripts import has_han, without_han
from monitor.text.sentences import spans

# Part of the fingerprint: raised when the same sentences would be read otherwise.
_ENGINE = 1
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_INTRODUCING = frozenset({"title", "summary"})
# Rounded figures of a target are near enough.
_NEARLY = 0.98


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence where it stands, with the ids named in it and their offsets from its start.

    ``sides`` are those named in it, beside it, in the title or in the summary: of whom a sentence
    speaks is often said only before.
    """

    text: str
    field: str
    start: int
    end: int
    named: tuple[tuple[int, str], ...]
    sides: frozenset[str]


def fingerprint(watchlist: Watchlist) -> str:
    """A SHA-256, in hex, of all that decides what is evidence of the beat's promises."""
    promises = [asdict(each) for each in watchlist.beat.commitments]
    said = json.dumps([_ENGINE, watchlist.fingerprint, promises], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def evidence(watchlist: Watchlist, wording: Wording) -> tuple[Evidence, ...]:
    """What a wording tells of the beat's promises: of each the sentence that claims most.

    Of sentences that claim as much the first one counts.
    """
    best: dict[str, Evidence] = {}
    for sentence in _sentences(watchlist, wording):
        for found in _read(sentence, watchlist.beat.commitments, wording.lang):
            known = best.get(found.commitment)
            if known is None or (known.claim, found.claim) == (Claim.PROGRESS, Claim.DONE):
                best[found.commitment] = found
    return tuple(best[promise] for promise in sorted(best))


def _sentences(watchlist: Watchlist, wording: Wording) -> Iterator[_Sentence]:
    """The sentences that name something of the beat, in reading order."""
    fields = [(name, text[:JUDGED_CHARACTERS]) for name, text in wording.fields()]
    occurrences = supported(watchlist.find(fields, wording.lang))
    introduced = _sides(found for found in occurrences if found.field in _INTRODUCING)
    for name, text in fields:
        inside = [found for found in occurrences if found.field == name]
        there = spans(text) if inside else ()
        named = [[found for found in inside if start <= found.start < end] for start, end in there]
        for place, (start, end) in enumerate(there):
            if not named[place]:
                continue
            beside = (_sides(each) for each in named[max(0, place - 1) : place + 2])
            sides = introduced.union(*beside)
            here = tuple((found.start - start, found.sought.subject.id) for found in named[place])
            yield _Sentence(text[start:end], name, start, end, here, sides)


def _sides(occurrences: Iterable[Occurrence]) -> frozenset[str]:
    return frozenset(side for found in occurrences for side in found.sought.sides)


def _read(sentence: _Sentence, commitments: Sequence[Commitment], lang: str) -> Iterator[Evidence]:
    concerned = [each for each in commitments if _concerns(sentence, each, lang)]
    done = acts_in(sentence.text, lang) if concerned else ()
    watched = {name for each in commitments for name in each.about}
    for commitment in concerned:
        acts = frozenset(act.kind for act in done if _is_of(act, commitment, sentence, watched))
        claim = _claim(sentence, commitment, acts, lang)
        fitting = sorted(acts & {*commitment.acts, *commitment.done})
        if claim is not None:
            yield Evidence(
                commitment=commitment.id,
                claim=claim,
                act=fitting[0],
                sentence=sentence.text,
                field=sentence.field,
                start=sentence.start,
                end=sentence.end,
            )


def _concerns(sentence: _Sentence, commitment: Commitment, lang: str) -> bool:
    """Whether a sentence names what a promise is about, and does not tell of older times."""
    if commitment.about and not any(name in commitment.about for _, name in sentence.named):
        return False
    if not sentence.sides.issuperset(commitment.sides):
        return False
    years = [int(year) for year in _YEAR.findall(sentence.text)]
    if years and max(years) < commitment.made.year:
        return False
    return not commitment.words or _has_word(sentence.text, _words(commitment, lang))


def _is_of(act: Act, commitment: Commitment, sentence: _Sentence, watched: Set[str]) -> bool:
    """Whether an act may be one upon what a promise is about.

    A clause that names something that is promised tells of that; other clauses tell of anything
    in their sentence.
    """
    here = {
        name for place, name in sentence.named if act.start <= place < act.end and name in watched
    }
    return not here or not here.isdisjoint(commitment.about)


def _claim(
    sentence: _Sentence, commitment: Commitment, acts: frozenset[str], lang: str
) -> Claim | None:
    fulfils = not acts.isdisjoint(commitment.done) and _reaches(sentence, commitment, lang)
    if fulfils and (commitment.parts or not speaks_of_part(sentence.text, lang)):
        return Claim.DONE
    fits = not acts.isdisjoint({*commitment.acts, *commitment.done})
    return Claim.PROGRESS if fits else None


def _reaches(sentence: _Sentence, commitment: Commitment, lang: str) -> bool:
    """Whether a figure of the sentence is as high as a target; so is none if none is named."""
    quoted = figures(sentence.text, lang) if commitment.targets else []
    return not commitment.targets or any(
        figure.unit == target.unit and figure.value >= _NEARLY * target.value
        for figure in quoted
        for target in commitment.targets
    )


def _words(commitment: Commitment, lang: str) -> Lexicon:
    return _lexicon(tuple(words_of(commitment.words, lang)))


@cache
def _lexicon(words: tuple[str, ...]) -> Lexicon:
    return built({"word": words})


def _has_word(sentence: str, words: Lexicon) -> bool:
    folded = fold(sentence).text
    in_han = has_han(folded) and bool(words.han_ids(folded))
    return in_han or bool(words.ids(without_han(folded).split()))


# --- where a promise stands ----------------------------------------------------------------------


def state(
    commitment: Commitment, proofs: Iterable[Proof], since: datetime, now: datetime
) -> CommitmentState:
    """Where a promise stands at ``now`` by the ``proofs`` of an archive that began at ``since``.

    What is older than the promise proves nothing. Silence counts from the last evidence, or from
    the promise, or from ``since`` where that is later: nobody was listening before.
    """
    made = datetime(
        commitment.made.year, commitment.made.month, commitment.made.day, tzinfo=now.tzinfo
    )
    valid = sorted(
        (proof for proof in proofs if made <= proof.at <= now),
        key=lambda proof: (proof.at, proof.article_id),
    )
    last = _latest(valid)
    began = last.at if last else max(made, min(since, now))
    days = max(0, (now - began).days)
    return CommitmentState(
        commitment, _status(commitment, valid, days, now), days, len(valid), last
    )


def moved(before: CommitmentState | None, now: CommitmentState) -> bool:
    """Whether there is something to tell of a promise that stood as ``before``.

    Either its last evidence is new, and not the same act in the same story told once more, or its
    deadline has passed meanwhile.
    """
    if now.status is CommitmentStatus.OVERDUE and before and before.status is not now.status:
        return True
    earlier = before.last if before else None
    if now.last is None or now.last == earlier:
        return False
    return earlier is None or _told(now.last) != _told(earlier)


def _told(proof: Proof) -> tuple[str, str, int | None]:
    alone = proof.story_id if proof.story_id is not None else -proof.article_id
    return proof.evidence.claim, proof.evidence.act, alone


def fell_silent(before: CommitmentState, now: CommitmentState) -> bool:
    """Whether the days without evidence crossed a bound meanwhile: the promise's, or twice it, …"""
    return now.status is not CommitmentStatus.DONE and _bounds(now) > _bounds(before)


def _bounds(at: CommitmentState) -> int:
    """How many times its bound a promise has been silent for."""
    return max(0, at.days_silent - 1) // (at.commitment.silent_after or _silent_after())


def _latest(proofs: Sequence[Proof]) -> Proof | None:
    """The last claim that all is done, or else the last evidence."""
    fulfilling = [proof for proof in proofs if proof.evidence.claim is Claim.DONE]
    return next(reversed(fulfilling or proofs), None)


def _status(
    commitment: Commitment, proofs: Sequence[Proof], days: int, now: datetime
) -> CommitmentStatus:
    if any(proof.evidence.claim is Claim.DONE for proof in proofs):
        return CommitmentStatus.DONE
    if commitment.due is not None and now.date() > commitment.due:
        return CommitmentStatus.OVERDUE
    if days > (commitment.silent_after or _silent_after()):
        return CommitmentStatus.SILENT
    return CommitmentStatus.PROGRESS if proofs else CommitmentStatus.OPEN


@cache
def _silent_after() -> int:
    source = files("monitor.match").joinpath("data", "commitments.toml")
    rows: dict[str, int] = tomllib.loads(source.read_text(encoding="utf-8"))
    return rows["silent_after"]
