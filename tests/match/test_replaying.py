"""Replaying: the quick way gives what judging everything gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.beat import load_beat
from monitor.match.matching import compile_watchlist, fingerprint
from monitor.match.replaying import Replay, Trial
from monitor.match.scoring import judge
from monitor.model import Alias, Beat, Entity, Stored, Term, Wording

BEAT = load_beat(Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic")
WORDS = (
    "Sweden", "Lithuania", "NordBalt", "cable", "cables", "Estonia", "herring", "Herring", "wool",
    "prices", "harbour", "the", "Estlink", "Finland", "铁路", "中国铁路", "wind", "power", "link",
)  # fmt: skip
KEYWORDS = (
    "herring", "wool prices", "wool", "harbour*", "cable", "cables", "nordbalt", "铁路",
    "power link", "中国铁路", "Sweden", "prices",
)  # fmt: skip

texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
wordings = st.builds(Wording, texts, texts, texts, st.sampled_from(["en", "zh", "und"]))
keywords = st.dictionaries(
    st.sampled_from(KEYWORDS),
    st.sampled_from([-100.0, -60.0, -20.0, -1.0, 2.3, 15.0, 60.0, 100.0]),
    max_size=6,
)


def with_rows(beat: Beat) -> Beat:
    """The beat with a new entity, a new term, and one entity that is gone."""
    added = Entity("gotland", "Gotland", "place", (beat.sides[0].id,), (Alias("Herring", "en"),), 9)
    word = Term("wool", (Alias("wool", "en"), Alias("铁路", "zh")), 4.0)
    return replace(
        beat,
        entities=(*beat.entities[1:], added),
        terms=(*beat.terms, word),
        fingerprint="another",
    )


def reweighed(beat: Beat) -> Beat:
    """The beat with another factor for titles."""
    return replace(beat, weights={**beat.weights, "title": 1.0}, fingerprint="heavier")


def reordered(beat: Beat) -> Beat:
    """The beat with its rows the other way round."""
    return replace(beat, entities=beat.entities[::-1], fingerprint="reordered")


changes = st.sampled_from([lambda beat: beat, with_rows, reweighed, reordered])


def stored_by(trial: Trial, wording: Wording) -> Stored:
    """A wording as the archive has it after ``trial`` judged it."""
    watchlist = compile_watchlist(trial.beat, trial.keywords)
    return Stored(1, judge(watchlist, wording).score, watchlist.fingerprint, wording)


@settings(max_examples=60, deadline=None)
@given(
    wording=st.lists(wordings, min_size=1, max_size=6),
    kept=keywords,
    before=keywords,
    after=keywords,
    change=changes,
    aged=changes,
)
def test_replaying_gives_what_judging_everything_gives(
    wording: list[Wording],
    kept: dict[str, float],
    before: dict[str, float],
    after: dict[str, float],
    change: Callable[[Beat], Beat],
    aged: Callable[[Beat], Beat],
) -> None:
    """Whatever was changed, and by whichever keywords an article was judged last."""
    old, new, archived = Trial(BEAT, before), Trial(change(BEAT), after), Trial(aged(BEAT), kept)
    replay = Replay(old, new, {fingerprint(archived.beat, kept): archived})

    for each in wording:
        got = replay.replayed(stored_by(archived, each))

        judged = judge(old.watchlist, each), judge(new.watchlist, each)
        assert (got.before, got.after) == (judged[0].score, judged[1].score)
        rules = {line.rule for line in {*judged[0].receipt} ^ {*judged[1].receipt}}
        named = {rule for rule in got.rules if rule.startswith("keyword:")}
        assert named == {rule for rule in rules if rule.startswith("keyword:")}
        assert got.rules or got.before == got.after


def test_what_the_change_cannot_reach_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """An article without the changed words keeps its score, though nobody looks at the beat."""
    replay = Replay(
        Trial(BEAT, {}), Trial(BEAT, {"wool": 60.0}), {fingerprint(BEAT, {}): Trial(BEAT, {})}
    )
    monkeypatch.setattr("monitor.match.replaying.judge", None)

    article = Stored(1, 72.5, fingerprint(BEAT, {}), Wording("Sweden and Lithuania", "", "", "en"))
    assert replay.replayed(article) == (72.5, 72.5, ())


def test_an_article_of_an_unknown_watchlist_is_judged() -> None:
    """Whatever score it has."""
    wording = Wording("Sweden and Lithuania repair the NordBalt cable", "", "", "en")
    replay = Replay(Trial(BEAT, {}), Trial(BEAT, {"cable": -5.0}), {})

    got = replay.replayed(Stored(1, 3.0, "long ago", wording))

    assert got.before == judge(compile_watchlist(BEAT, {}), wording).score
    assert got == (got.before, got.before - 5, ("keyword:cable",))
