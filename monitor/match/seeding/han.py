"""Chinese terms: runs of characters that recur together, with various neighbours on either side."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from monitor.match.seeding.corpus import Corpus, Mention
from monitor.match.seeding.reading import Sentence
from monitor.text.scripts import han_runs
from monitor.text.vocabulary import Vocabulary, vocabulary

_LANG = "zh"
_LENGTHS = range(2, 10)
_OFTEN = 2
_LONGEST_PERSON = 7
# In bits: at 1 a term has two equally frequent neighbours.
_FREE = 0.9
_MOSTLY = 0.75
_EDGE = "\n"

Grams = dict[str, list[tuple[int, int]]]


def han_mentions(corpus: Corpus) -> Iterator[Mention]:
    """Recurring terms in Han characters; those whose end names a kind are names."""
    known = vocabulary(_LANG)
    grams = _grams(corpus, known)
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for gram in sorted(grams, key=len, reverse=True):
        termhood = _termhood(gram, grams[gram], corpus)
        if termhood <= 0 or _is_everyday(gram, known) or _is_explained(gram, grams[gram], covered):
            continue
        kind = _kind(gram, known) or _titled(gram, grams[gram], corpus, known)
        for number, start in grams[gram]:
            end = start + len(gram)
            covered[number].append((start, end))
            yield Mention(gram, number, start, end, kind, kind is not None, termhood)


def _grams(corpus: Corpus, known: Vocabulary) -> Grams:
    """Where each run of characters stands that no function word cuts, of those that recur."""
    places: Grams = defaultdict(list)
    for number, sentence in enumerate(corpus.sentences):
        for start, end in _pieces(sentence, known):
            for length in _LENGTHS:
                for first in range(start, end - length + 1):
                    places[sentence.text[first : first + length]].append((number, first))
    return {gram: found for gram, found in places.items() if len(found) >= _OFTEN}


def _pieces(sentence: Sentence, known: Vocabulary) -> Iterator[tuple[int, int]]:
    cut = _cutting(known)
    for start, end in han_runs(sentence.text):
        first = start
        for found in cut.finditer(sentence.text, start, end):
            if known.lists_word("function", found[0]):
                yield first, found.start()
                first = found.end()
        yield first, end


def _cutting(known: Vocabulary) -> re.Pattern[str]:
    """Finds function words, and the words that must not be cut though they contain one."""
    words = (known.lists["function"] | known.lists["whole"]) - {""}
    return re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))


def _termhood(gram: str, places: list[tuple[int, int]], corpus: Corpus) -> float:
    """Frequency and length, for a gram that is free on both sides; 0 for a part of a word."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for index, (number, start) in enumerate(places):
        text = corpus.sentences[number].text
        before[text[start - 1] if start else f"{_EDGE}{index}"] += 1
        end = start + len(gram)
        after[text[end] if end < len(text) else f"{_EDGE}{index}"] += 1
    if min(_entropy(before), _entropy(after)) < _FREE:
        return 0
    return math.log2(1 + len(places)) * math.sqrt(math.log2(len(gram)))


def _entropy(counts: Counter[str]) -> float:
    whole = sum(counts.values())
    return -sum(count / whole * math.log2(count / whole) for count in counts.values())


def _is_everyday(gram: str, known: Vocabulary) -> bool:
    """Whether it is an everyday word or a number with what it counts."""
    is_counted = len(gram) == _LENGTHS.start and known.lists_word("numerals", gram[0])
    is_number = all(known.lists_word("numerals", letter) for letter in gram)
    return is_counted or is_number or known.lists_word("general", gram)


def _is_explained(
    gram: str, places: list[tuple[int, int]], covered: dict[int, list[tuple[int, int]]]
) -> bool:
    """Whether longer terms stand at almost all of its places."""
    inside = sum(
        any(first <= start and start + len(gram) <= last for first, last in covered.get(number, ()))
        for number, start in places
    )
    return inside >= _MOSTLY * len(places)


def _kind(gram: str, known: Vocabulary) -> str | None:
    for length in (3, 2, 1):
        kind = known.kinds.get(gram[-length:])
        if kind is not None and len(gram) > length:
            return kind
    return None


def _titled(
    gram: str, places: list[tuple[int, int]], corpus: Corpus, known: Vocabulary
) -> str | None:
    """Whether the term stands behind a title, as a person's name does."""
    titles = tuple(known.lists["titles"])
    before = (corpus.sentences[number].text[:start] for number, start in places)
    is_person = len(gram) <= _LONGEST_PERSON and any(text.endswith(titles) for text in before)
    return "person" if is_person else None
