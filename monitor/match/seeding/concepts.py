"""Terms of a subject in lower case: phrases used more, and more together, than in common language.

A phrase's frequency is lowered by what longer phrases explain of it (C-value, after Frantzi,
Ananiadou and Mima, "Automatic recognition of multi-word terms", 2000).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from monitor.match.seeding.corpus import Corpus, Mention, written
from monitor.match.seeding.reading import Sentence, Word
from monitor.text.scripts import has_han
from monitor.text.vocabulary import Vocabulary, vocabulary

_LONGEST = 4
# Of a language without this list too little is known to tell long phrases from parts of sentences.
_GENERAL_LIST, _LONGEST_UNKNOWN = "general", 2
_SHORTEST_WORD = 4
_OFTEN = 3
# What a word adds to a phrase: much if it is rare elsewhere, something if it is general.
_SPECIFIC, _GENERAL, _WEAK = 1.0, 0.3, 0.1
_ENOUGH = 0.6
# Single words are often too broad to watch for; everyday phrases may still be a slogan.
_ONE_WORD, _FLOOR = 0.8, 0.2


@dataclass(slots=True)
class Phrase:
    """A possible term: where it stands, and how often longer phrases around it do."""

    words: tuple[str, ...]
    known: Vocabulary
    mentions: list[Mention] = field(default_factory=list)
    longer: set[tuple[str, ...]] = field(default_factory=set)
    is_whole: bool = False

    @property
    def specificity(self) -> float:
        """How much of the phrase is not everyday language, 0 to 1."""
        shares = [_share(word, self.known) for word in self.words]
        return sum(shares) / len(shares)


def concept_mentions(corpus: Corpus) -> Iterator[Mention]:
    """Every place of every phrase that looks like a term, with its termhood."""
    phrases = _counted(corpus)
    texts = [sentence.text for sentence in corpus.sentences]
    for phrase in phrases.values():
        # What several documents copy from one another is said once.
        frequency = len({texts[mention.sentence] for mention in phrase.mentions})
        termhood = _termhood(phrase, frequency, phrases)
        if termhood > 0:
            yield from (replace(mention, termhood=termhood) for mention in phrase.mentions)


def _counted(corpus: Corpus) -> dict[tuple[str, ...], Phrase]:
    phrases: dict[tuple[str, ...], Phrase] = {}
    pairs = _pairs(corpus)
    for number, sentence in enumerate(corpus.sentences):
        known = vocabulary(sentence.lang)
        for chunk in _chunks(corpus, sentence, pairs, known):
            _enter(phrases, number, sentence, chunk, known)
        for bound in _bound(sentence, known):
            _note(phrases, number, sentence, bound, known)
    _nest_bound(phrases)
    return phrases


def _nest_bound(phrases: dict[tuple[str, ...], Phrase]) -> None:
    """Tell the end of each phrase with a binder, if it is a phrase, of the longer one."""
    for words, phrase in phrases.items():
        binders = (i for i, word in enumerate(words) if phrase.known.lists_word("function", word))
        last = max(binders, default=-1)
        ending = phrases.get(words[last + 1 :])
        if last >= 0 and ending is not None and len(phrase.mentions) >= _OFTEN:
            ending.longer.add(words)


def _pairs(corpus: Corpus) -> Counter[tuple[str, str]]:
    """How often two words stand side by side."""
    return Counter(
        (first.lower, second.lower)
        for sentence in corpus.sentences
        for first, second in zip(sentence.words, sentence.words[1:], strict=False)
    )


def _chunks(
    corpus: Corpus, sentence: Sentence, pairs: Counter[tuple[str, str]], known: Vocabulary
) -> Iterator[list[Word]]:
    """Stretches of words between which nothing but a space stands and that may form a term."""
    chunk: list[Word] = []
    for index, word in enumerate(sentence.words):
        if chunk and (sentence.gap(index) != " " or sentence.words[index - 1].owner):
            yield chunk
            chunk = []
        following = sentence.words[index + 1].lower if index + 1 < len(sentence.words) else ""
        is_fixed = pairs[word.lower, following] > 1
        if _is_content(corpus, word, known, is_fixed):
            chunk.append(word)
        elif chunk:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _is_content(corpus: Corpus, word: Word, known: Vocabulary, is_fixed: bool) -> bool:
    """Whether a word may belong to a term; a participle only where it is used again and again."""
    if word.is_capital and not (word.begins and corpus.small[word.lower]):
        return False
    if not word.text[0].isalpha() or has_han(word.text) or known.lists_word("function", word.lower):
        return False
    if known.is_verb(word.lower):
        return is_fixed and not known.lists_word("verbs", word.lower)
    return not known.is_adverb(word.lower)


def _enter(
    phrases: dict[tuple[str, ...], Phrase],
    number: int,
    sentence: Sentence,
    chunk: list[Word],
    known: Vocabulary,
) -> None:
    """Note every part of a chunk that may be a term, with the parts that it lies in."""
    noted: dict[tuple[int, int], Phrase] = {}
    longest = _LONGEST if _GENERAL_LIST in known.lists else _LONGEST_UNKNOWN
    for size in range(min(len(chunk), longest), 0, -1):
        for first in range(len(chunk) - size + 1):
            words = chunk[first : first + size]
            if not _may_be_term(words, known):
                continue
            phrase = _note(phrases, number, sentence, words, known)
            around = [(first - 1, first + size), (first, first + size + 1)]
            phrase.longer.update(noted[span].words for span in around if span in noted)
            phrase.is_whole = phrase.is_whole or size == len(chunk)
            noted[first, first + size] = phrase


def _may_be_term(words: list[Word], known: Vocabulary) -> bool:
    last = words[-1].lower
    if known.is_adjective(last) or known.lists_word("weak", last) or known.is_verb(last):
        return False
    is_short = len(words) == 1 and len(last) < _SHORTEST_WORD
    return not is_short and any(_share(word.lower, known) > _WEAK for word in words)


def _note(
    phrases: dict[tuple[str, ...], Phrase],
    number: int,
    sentence: Sentence,
    words: list[Word],
    known: Vocabulary,
) -> Phrase:
    roots = (*(word.lower for word in words[:-1]), known.root(words[-1].lower))
    phrase = phrases.setdefault(roots, Phrase(roots, known))
    start, end = words[0].start, words[-1].end
    name = written(sentence, words).lower()
    phrase.mentions.append(Mention(name, number, start, end, is_name=False))
    return phrase


def _bound(sentence: Sentence, known: Vocabulary) -> Iterator[list[Word]]:
    """Two nouns with a small word between them: community with a shared future."""
    words = sentence.words
    for index, word in enumerate(words):
        if not known.lists_word("binders", word.lower) or index == 0:
            continue
        before = words[index - 1]
        last = _noun_after(sentence, index, known)
        if last and _is_noun(before, known) and sentence.gap(index) == " ":
            yield list(words[index - 1 : last])


def _noun_after(sentence: Sentence, index: int, known: Vocabulary) -> int:
    """Where the noun after a binder ends; 0 when none follows."""
    words = sentence.words
    for end in range(index + 1, min(index + _LONGEST, len(words))):
        word = words[end]
        if sentence.gap(end) != " " or word.is_capital:
            return 0
        if known.lists_word("articles", word.lower) and end == index + 1:
            continue
        if known.lists_word("function", word.lower):
            return 0
        if _is_noun(word, known):
            return end + 1
    return 0


def _is_noun(word: Word, known: Vocabulary) -> bool:
    if not word.text.isalpha() or word.is_capital or known.lists_word("weak", word.lower):
        return False
    return not (
        known.lists_word("function", word.lower)
        or known.is_verb(word.lower)
        or known.is_adverb(word.lower)
        or known.is_adjective(word.lower)
    )


def _share(word: str, known: Vocabulary) -> float:
    """How far a word is from everyday language."""
    if known.lists_word("weak", word) or known.lists_word("function", word) or known.is_verb(word):
        return _WEAK
    return _GENERAL if known.lists_root("general", word) else _SPECIFIC


def _is_judged(phrase: Phrase) -> bool:
    """Whether enough is known of the language to believe in a phrase seen once."""
    return phrase.is_whole and _GENERAL_LIST in phrase.known.lists


def _termhood(phrase: Phrase, frequency: int, phrases: dict[tuple[str, ...], Phrase]) -> float:
    """Independent frequency, longer and rarer words counting more; 0 for what is no term."""
    specificity = phrase.specificity
    size = len(phrase.words)
    if frequency == 1 and not (_is_judged(phrase) and size > 1 and specificity >= _ENOUGH):
        return 0
    if size == 1 and specificity < _SPECIFIC:
        return 0
    if not phrase.is_whole and specificity < _ENOUGH and frequency < _OFTEN:
        return 0
    longer = [len(phrases[words].mentions) for words in phrase.longer]
    alone = frequency - (sum(longer) / len(longer) if longer else 0)
    length = _ONE_WORD if size == 1 else (1 + math.log2(size)) ** 0.5
    return math.log2(1 + max(alone, 0)) * length * (_FLOOR + specificity)
