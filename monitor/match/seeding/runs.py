"""Runs of capitalised words with the small words that bind them: of, and, the, dashes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.match.seeding.corpus import Corpus, rooted, written
from monitor.match.seeding.reading import Sentence, Word
from monitor.text.vocabulary import Vocabulary, vocabulary

_SPACE = re.compile(r"\s+")
_DASH = re.compile(r"[-‐‑–]")
_COMMA = re.compile(r",\s+")
_LONGEST_NAME = 16

Counts = Counter[str] | None


@dataclass(frozen=True, slots=True)
class Run:
    """The words ``first`` to ``last`` (not included) of a sentence, all of one name."""

    sentence: Sentence
    first: int
    last: int

    @property
    def words(self) -> tuple[Word, ...]:
        """The run's words."""
        return self.sentence.words[self.first : self.last]

    @property
    def key(self) -> str:
        """What other spellings and forms of the run share with it."""
        return rooted(written(self.sentence, self.words), self.sentence.lang)

    def part(self, first: int, last: int) -> Run:
        """The words ``first`` to ``last`` of the run as a run of their own."""
        return Run(self.sentence, self.first + first, self.first + last)

    def __len__(self) -> int:
        return self.last - self.first


def runs_of(corpus: Corpus, sentence: Sentence, standing: Counts) -> Iterator[Run]:
    """The capitalised runs of a sentence, none in another.

    ``standing`` counts the names that stand by themselves; an "and" between two of these joins
    none, and before they are counted no "and" does.
    """
    known = vocabulary(sentence.lang)
    index = 0
    while index < len(sentence.words):
        if not _begins_name(corpus, sentence, index, known):
            index += 1
            continue
        run = _full(corpus, Run(sentence, index, index + 1), standing, known)
        index = run.last
        yield _with_adjective(run, known)


def _full(corpus: Corpus, run: Run, standing: Counts, known: Vocabulary) -> Run:
    """The run with all the words that belong to it."""
    while len(run) < _LONGEST_NAME:
        further = _extended(corpus, run, standing, known)
        if further == run.last:
            break
        run = Run(run.sentence, run.first, further)
    return run


def _begins_name(corpus: Corpus, sentence: Sentence, index: int, known: Vocabulary) -> bool:
    """Whether a name begins here; a sentence's first word must be seen capitalised elsewhere.

    If it never is, a further capital behind it will do; a word for a kind needs an "of" behind it.
    """
    word = sentence.words[index]
    if not corpus.is_name_word(word, known):
        return False
    if not word.begins or corpus.capital[word.lower] or word.text.isupper():
        return True
    following = sentence.words[index + 1 : index + 2]
    if not following or word.owner:
        return False
    if known.kind(word.lower) is not None:
        return known.lists_word("openers", following[0].lower)
    return corpus.is_name_word(following[0], known) and _binds(sentence.gap(index + 1))


def _with_adjective(run: Run, known: Vocabulary) -> Run:
    """With the sentence's first word, if the name ends with what it may belong to.

    International Monetary Fund, but not: Official Beijing.
    """
    if not run.first or known.kind(run.words[-1].lower) is None or not _is_space_before(run):
        return run
    before = run.sentence.words[run.first - 1]
    is_adjective = known.lists_word("weak", before.lower) or known.is_adjective(before.lower)
    if before.begins and before.is_capital and is_adjective:
        return Run(run.sentence, run.first - 1, run.last)
    return run


def _is_space_before(run: Run) -> bool:
    return _SPACE.fullmatch(run.sentence.gap(run.first)) is not None


def _extended(corpus: Corpus, run: Run, standing: Counts, known: Vocabulary) -> int:
    """Where the run ends with one more word of the name in it, or where it ended before."""
    sentence, end = run.sentence, run.last
    words = sentence.words
    if end >= len(words) or words[end - 1].owner:
        return end
    gap, following = sentence.gap(end), words[end]
    if corpus.is_name_word(following, known) and _binds(gap):
        return end + 1
    if _COMMA.fullmatch(gap):
        return _over_comma(corpus, run, standing, known)
    if not _SPACE.fullmatch(gap):
        return end
    if known.lists_word("conjunctions", following.lower):
        return _over_and(corpus, run, end + 1, standing, known)
    if _may_connect(run, following.lower, known):
        return _over_connector(corpus, run, known)
    return end


def _binds(gap: str) -> bool:
    return bool(_SPACE.fullmatch(gap) or _DASH.fullmatch(gap))


def _may_connect(run: Run, word: str, known: Vocabulary) -> bool:
    if not known.lists_word("connectors", word):
        return _is_belonging(run, word, known)
    last = run.words[-1].lower
    if known.lists_word("openers", word):
        return word == "of" or known.kind(last) is not None or known.lists_root("titles", last)
    return _opener(run, known) is not None and known.kind(run.words[0].lower) is not None


def _is_belonging(run: Run, word: str, known: Vocabulary) -> bool:
    """Ambassador to …"""
    is_title = known.lists_root("titles", run.words[-1].lower)
    return is_title and known.lists_word("belonging", word)


def _over_connector(corpus: Corpus, run: Run, known: Vocabulary) -> int:
    sentence, after = run.sentence, run.last + 1
    words = sentence.words
    if after < len(words) and known.lists_word("articles", words[after].lower):
        after += 1
    is_name = after < len(words) and corpus.is_name_word(words[after], known)
    gaps = (sentence.gap(index) for index in range(run.last, min(after + 1, len(words))))
    return after + 1 if is_name and all(map(_SPACE.fullmatch, gaps)) else run.last


def _opener(run: Run, known: Vocabulary) -> int | None:
    """Which word of the run leaves it open for an "and": the "of" in Ministry of Trade."""
    for index, word in enumerate(run.words):
        if index and known.lists_word("openers", word.lower):
            return index
    return None


def _is_open(run: Run, standing: Counts, known: Vocabulary) -> bool:
    opener = _opener(run, known)
    if opener is None or known.kind(run.words[opener - 1].lower) is None:
        return False
    return not _stands(run.part(opener + 1, len(run)), standing)


def _over_comma(corpus: Corpus, run: Run, standing: Counts, known: Vocabulary) -> int:
    """A treaty's title may be a list: Treaty of Friendship, Trade, and Navigation."""
    if known.kind(run.words[0].lower) != "treaty" or not _is_open(run, standing, known):
        return run.last
    following = run.sentence.words[run.last]
    if known.lists_word("conjunctions", following.lower):
        return _over_and(corpus, run, run.last + 1, standing, known)
    second = Run(run.sentence, run.last, run.last + 1)
    is_part = corpus.is_name_word(following, known) and not _stands(second, standing)
    return run.last + 1 if is_part else run.last


def _over_and(corpus: Corpus, run: Run, after: int, standing: Counts, known: Vocabulary) -> int:
    """Over an "and" that stands inside a name; one between two names ends the first."""
    sentence = run.sentence
    if (
        standing is None
        or after >= len(sentence.words)
        or not _SPACE.fullmatch(sentence.gap(after))
    ):
        return run.last
    if not corpus.is_name_word(sentence.words[after], known):
        return run.last
    second = _full(corpus, Run(sentence, after, after + 1), None, known)
    if _is_open(run, standing, known):
        return after + 1 if not _stands(second, standing) else run.last
    return second.last if _is_one_name(run, second, standing, known) else run.last


def _is_one_name(run: Run, second: Run, standing: Counts, known: Vocabulary) -> bool:
    """Belt and Road Initiative: neither part stands alone, and the last word names a kind."""
    if _stands(run, standing) or _stands(second, standing) or _is_in_list(run):
        return False
    heads = [part.words[-1].lower for part in (run, second)]
    is_open = len(run) == 1 or known.kind(heads[0]) is None
    return is_open and known.kind(heads[1]) is not None and len(second) > 1


def _stands(run: Run, standing: Counts) -> bool:
    return standing is not None and standing[run.key] > 0


def _is_in_list(run: Run) -> bool:
    return run.first > 0 and _COMMA.fullmatch(run.sentence.gap(run.first)) is not None
