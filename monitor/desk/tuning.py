"""What a change of the watchlist would do to the archive, told before it is saved; read-only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from monitor.beat.kept import keywords_of, read
from monitor.config import Settings
from monitor.match.matching import fingerprint
from monitor.match.replaying import Replay, Replayed, Trial
from monitor.match.scoring import judge
from monitor.model import Article, JudgedArticle, Judgement, Rated, Rating, Stored
from monitor.store import Store

THRESHOLD = "threshold"  # the rule of what crosses a line though its score is the same
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A score from which articles appear, before and after; ``digest`` None is the watchlist's."""

    digest: str | None
    before: float
    after: float

    def risen(self, scores: Replayed) -> bool:
        """Whether an article gets over the line that was below it."""
        return scores.before < self.before and scores.after >= self.after

    def fallen(self, scores: Replayed) -> bool:
        """Whether an article falls below the line that was over it."""
        return scores.before >= self.before and scores.after < self.after


@dataclass(frozen=True, slots=True)
class Example:
    """An article with both judgements."""

    article: Article
    before: Judgement
    after: Judgement


@dataclass(frozen=True, slots=True)
class Crossing:
    """The articles that cross a line upwards or downwards, counted, with the best of them."""

    line: Line
    is_rise: bool
    articles: int
    outlets: Mapping[str, int]
    langs: Mapping[str, int]
    countries: Mapping[str, int]
    rules: Mapping[str, int]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the articles that a user rated: those that appear, and all that were useful."""

    useful: int
    noise: int
    useful_in_all: int

    @property
    def share(self) -> float | None:
        """Useful articles among those that appear, 0 to 1; None when nobody rated any."""
        shown = self.useful + self.noise
        return self.useful / shown if shown else None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does: how many articles match, which cross a line, and what is lost.

    ``rated`` are the replayed articles that a user rated, by which precision is measured.
    """

    replayed: int
    matched_before: int
    matched_after: int
    crossings: tuple[Crossing, ...]
    rated: int
    precision_before: Precision
    precision_after: Precision
    dropped: tuple[Rated, ...]


@dataclass(frozen=True)
class State:
    """Settings with their beat, ready to be tried."""

    settings: Settings
    trial: Trial


def difference(
    store: Store,
    before: State,
    after: State,
    on_batch: Callable[[int], None] = lambda replayed: None,
) -> Difference:
    """Replay every article that was judged or rated by both; ``on_batch`` hears how many were.

    Backlog and imported articles count like all others: it is scores that are compared, not
    what editions carried.
    """
    kept = {
        name: _kept(name, body, before.trial) for name, body in store.replays.watchlists().items()
    }
    replay = Replay(before.trial, after.trial, kept)
    tally = _Tally(lines(before.settings, after.settings), store.ratings.all())
    for batch in store.replays.batches():
        tally.add(store, [(stored, replay.replayed(stored)) for stored in batch])
        on_batch(tally.replayed)
    return tally.difference(before.trial, after.trial)


def _kept(name: str, body: str, now: Trial) -> Trial:
    """The watchlist with that fingerprint; mostly only its keywords are not those of ``now``."""
    words = keywords_of(body)
    return Trial(now.beat, words) if fingerprint(now.beat, words) == name else Trial(*read(body))


def lines(before: Settings, after: Settings) -> list[Line]:
    """The watchlist's line, and those of digests that do not share it."""
    first = Line(None, before.watchlist.threshold, after.watchlist.threshold)
    had = {digest.name: before.digest_threshold(digest) for digest in before.digests}
    own = [
        Line(digest.name, had[digest.name], after.digest_threshold(digest))
        for digest in after.digests
        if digest.name in had
    ]
    return [first, *(line for line in own if (line.before, line.after) != _ends(first))]


def _ends(line: Line) -> tuple[float, float]:
    return line.before, line.after


@dataclass(slots=True)
class _Counted:
    """What was counted so far of those that cross one line in one direction."""

    line: Line
    is_rise: bool
    articles: int = 0
    outlets: Counter[str] = field(default_factory=Counter)
    langs: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    best: list[tuple[float, int, Article]] = field(default_factory=list)

    def crosses(self, scores: Replayed) -> bool:
        return self.line.risen(scores) if self.is_rise else self.line.fallen(scores)

    def add(self, judged: JudgedArticle, scores: Replayed) -> None:
        """Count one article; those that score highest, then the newest, are kept as examples."""
        article = judged.article
        self.articles += 1
        self.outlets[article.outlet] += 1
        self.langs[article.wording.lang] += 1
        self.countries.update(judged.judgement.countries)
        self.rules.update(scores.rules or (THRESHOLD,))
        score = scores.after if self.is_rise else scores.before
        self.best = nlargest(_EXAMPLES, [*self.best, (score, article.id, article)])


class _Tally:
    """Adds up batches of replayed articles."""

    def __init__(self, its_lines: Sequence[Line], rated: Sequence[Rated]) -> None:
        self.replayed = 0
        self._matched = [0, 0]
        self._first = its_lines[0]
        self._lines = its_lines
        self._counted = [_Counted(line, is_rise) for line in its_lines for is_rise in (True, False)]
        self._rated = {one.article_id: one for one in rated}
        self._scores: dict[int, Replayed] = {}

    def add(self, store: Store, batch: Sequence[tuple[Stored, Replayed]]) -> None:
        crossing: dict[int, Replayed] = {}
        self.replayed += len(batch)
        for stored, scores in batch:
            self._matched[0] += scores.before >= self._first.before
            self._matched[1] += scores.after >= self._first.after
            if stored.id in self._rated:
                self._scores[stored.id] = scores
            if any(line.risen(scores) or line.fallen(scores) for line in self._lines):
                crossing[stored.id] = scores
        for judged in store.replays.articles(crossing):
            scores = crossing[judged.article.id]
            for counted in self._counted:
                if counted.crosses(scores):
                    counted.add(judged, scores)

    def difference(self, before: Trial, after: Trial) -> Difference:
        return Difference(
            replayed=self.replayed,
            matched_before=self._matched[0],
            matched_after=self._matched[1],
            crossings=tuple(_crossing(one, before, after) for one in self._counted),
            rated=len(self._scores),
            precision_before=self._precision([s.before >= self._first.before for s in self._known]),
            precision_after=self._precision([s.after >= self._first.after for s in self._known]),
            dropped=tuple(self._dropped()),
        )

    @property
    def _known(self) -> list[Replayed]:
        return list(self._scores.values())

    def _precision(self, appears: Sequence[bool]) -> Precision:
        noise = [self._rated[one].rating is Rating.NOISE for one in self._scores]
        pairs = Counter(zip(noise, appears, strict=True))
        return Precision(
            useful=pairs[False, True],
            noise=pairs[True, True],
            useful_in_all=pairs[False, True] + pairs[False, False],
        )

    def _dropped(self) -> Iterator[Rated]:
        """What must be caught and falls below a line that was over it."""
        for article_id, scores in self._scores.items():
            one = self._rated[article_id]
            if one.rating is Rating.MUST_CATCH and any(line.fallen(scores) for line in self._lines):
                yield one


def _crossing(counted: _Counted, before: Trial, after: Trial) -> Crossing:
    examples = (
        Example(
            article,
            judge(before.watchlist, article.wording),
            judge(after.watchlist, article.wording),
        )
        for _, _, article in counted.best
    )
    return Crossing(
        line=counted.line,
        is_rise=counted.is_rise,
        articles=counted.articles,
        outlets=_sorted(counted.outlets),
        langs=_sorted(counted.langs),
        countries=_sorted(counted.countries),
        rules=_sorted(counted.rules),
        examples=tuple(examples),
    )


def _sorted(numbers: Counter[str]) -> dict[str, int]:
    """The largest first, equal ones by name."""
    return dict(sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])))
