"""Words of a model in editions: asked for within a time and a price, printed only with grounds.

Whatever goes wrong, an edition goes out in time with the outlets' own words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.assist.answers import Answers
from monitor.assist.asking import Ask, Lanes
from monitor.assist.endpoint import Endpoint, sendable
from monitor.assist.grounds import objection
from monitor.assist.passages import (
    Answer,
    Passage,
    affordable,
    key,
    most_tokens,
    question,
    tokens_of,
    words_in,
)
from monitor.config import AssistSettings
from monitor.match.claims import ClaimReader
from monitor.model import Edition, MachineWords, Section, Story
from monitor.pipeline.boundary import Boundary
from monitor.pipeline.door import open_door
from monitor.pipeline.setup import Setup

_log = logging.getLogger(__name__)

Reword = Callable[[Edition], Edition]


def rewording(setup: Setup, now: datetime, clock: Callable[[], float] = time.monotonic) -> Reword:
    """What puts a model's words into the editions of this moment; nothing where none is wanted.

    All of these editions together wait for ``[assist] seconds`` at most.
    """
    wishes = setup.settings.assist
    if wishes is None:
        return lambda edition: edition
    assistant = _Assistant(setup, wishes, now, clock)
    boundary = Boundary()

    def reworded(edition: Edition) -> Edition:
        with boundary.around("asking the model for words"):
            return assistant.reworded(edition)
        return edition

    return reworded


def model_key(setup: Setup) -> str:
    """The key for the model's server, empty for none; InputError for one that cannot travel."""
    wishes = setup.settings.assist
    return sendable("[assist]", wishes.key(setup.configuration.folder)) if wishes else ""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A story's passage, and the name that its answer is kept under."""

    story: Story
    passage: Passage
    key: str


class _Assistant:
    """Asks for what is not known yet, and lets through what has its grounds."""

    def __init__(
        self, setup: Setup, wishes: AssistSettings, now: datetime, clock: Callable[[], float]
    ) -> None:
        self._setup = setup
        self._wishes = wishes
        self._now = now
        # Half of the time is for beginning requests, and half for the last one to end.
        self._lanes = Lanes(until=clock() + wishes.seconds / 2, clock=clock)

    def reworded(self, edition: Edition) -> Edition:
        """The edition with what the model says of its stories, as far as that may be printed."""
        if edition.lang not in self._wishes.languages:
            return edition
        wanted = list(self._wanted(edition))
        if not wanted:
            return edition
        path = self._setup.configuration.folder / self._wishes.cache
        answers = Answers(path, self._now)
        self._ask([one for one in wanted if answers.content(one.key) is None], answers)
        reader = ClaimReader(self._setup.watchlist, self._setup.signer)
        words = {
            one.story.id: grounded(content, one.passage, reader)
            for one in wanted
            if (content := answers.content(one.key)) is not None
        }
        return _with_words(edition, words)

    def _wanted(self, edition: Edition) -> Iterator[_Wanted]:
        for story in edition.stories:
            passage = _passage(story, edition.lang, self._wishes)
            if passage is not None:
                yield _Wanted(story, passage, key(self._wishes.model, passage))

    def _ask(self, wanted: Sequence[_Wanted], answers: Answers) -> None:
        """Ask for what there are tokens for, in the order of the edition, and keep the answers."""
        left = self._wishes.tokens_a_day - answers.spent(self._now)
        costs = {one.key: most_tokens(question(self._wishes.model, one.passage)) for one in wanted}
        once = {one.key: one for one in wanted}
        keys = affordable(costs, min(left, self._wishes.tokens_an_edition))
        paid = [once[each] for each in keys]
        if len(paid) < len(once):
            _log.info("no tokens left for %d stories", len(once) - len(paid))
        for place, answer in self._asked([one.passage for one in paid]).items():
            one = paid[place]
            tokens = _cost(self._wishes.model, one.passage, answer)
            answers.keep(one.key, answer.content if answer else "", tokens, self._now)

    def _asked(self, passages: Sequence[Passage]) -> dict[int, Answer | None]:
        if not passages or self._lanes.problem:
            return {}
        with ExitStack() as opened:
            asks = [self._open(opened) for _ in range(min(self._wishes.at_once, len(passages)))]
            found = self._lanes.run(passages, asks)
        if self._lanes.problem:
            _log.warning("%s; editions keep the outlets' words", self._lanes.problem)
        return found

    def _open(self, opened: ExitStack) -> Ask:
        """A way to ask of its own: a door asks one host one thing at a time.

        The model's server is there to be asked, so nothing is left between two requests.
        """
        wishes = self._wishes
        door = open_door(self._setup.settings, wishes.seconds / 2, spacing=0)
        opened.enter_context(door)
        return Endpoint(door, wishes.address, wishes.model, model_key(self._setup)).ask


def _cost(model: str, passage: Passage, answer: Answer | None) -> int:
    """What the server counted, or what is reckoned here where that is more."""
    content = answer.content if answer else ""
    reckoned = tokens_of(question(model, passage)) + tokens_of(content.encode("utf-8", "replace"))
    return max(reckoned, (answer and answer.tokens) or 0)


def _passage(story: Story, lang: str, wishes: AssistSettings) -> Passage | None:
    """What is wanted of a story for a reader of ``lang``; None where nothing is."""
    wording, spoken = story.lead.article.wording, story.words
    headline = wording.title if wishes.headlines and wording.lang not in (lang, "und") else ""
    lead_lang = spoken.lang if spoken else "und"
    is_wanted = wishes.leads and (lead_lang == lang or wishes.headlines) and lead_lang != "und"
    its_lead = spoken.text if spoken and is_wanted else ""
    if not headline and not its_lead:
        return None
    return Passage(headline, its_lead, wording.lang, lead_lang, lang)


def grounded(content: str, passage: Passage, reader: ClaimReader) -> MachineWords | None:
    """What of an answer may be printed; None where nothing may."""
    words = words_in(content)
    if words is None:
        return None

    def let_through(written: str, source: str, lang: str) -> str:
        if not source or not written:
            return ""
        said, given = reader.read(written, passage.target), reader.read(source, lang)
        if problem := objection(written, said, source, given):
            _log.info("a model's words were dropped: %s", problem)
            return ""
        return written

    headline = let_through(words.headline, passage.headline, passage.lang)
    its_lead = let_through(words.lead, passage.lead, passage.lead_lang)
    return MachineWords(headline, its_lead) if headline or its_lead else None


def _with_words(edition: Edition, words: Mapping[int, MachineWords | None]) -> Edition:
    def worded(section: Section) -> Section:
        stories = (replace(story, machine=words.get(story.id)) for story in section.stories)
        return replace(section, stories=tuple(stories))

    return replace(edition, sections=tuple(map(worded, edition.sections)))
