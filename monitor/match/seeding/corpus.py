"""What all sentences together say of their words: which are names, which are common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.match.seeding.reading import Sentence, Word
from monitor.text.normalise import fold_key
from monitor.text.vocabulary import Vocabulary, vocabulary

_EVERYDAY = ("function", "weak", "general", "titles")


@dataclass(frozen=True, slots=True)
class Mention:
    """A possible name or term at ``start:end`` of the sentence with that number.

    ``kind`` is what the place tells of it, if anything; ``is_name`` parts names from concepts,
    of which ``termhood`` says how much they look like terms.
    """

    name: str
    sentence: int
    start: int
    end: int
    kind: str | None = None
    is_name: bool = True
    termhood: float = 0.0


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences, and how often words stand in them in lower case and, inside one, capitalised."""

    sentences: tuple[Sentence, ...]
    small: Counter[str]
    capital: Counter[str]

    def is_name_word(self, word: Word, known: Vocabulary) -> bool:
        """Whether a capital is there for a name and not for the beginning of a sentence."""
        if not word.is_capital or known.lists_word("dates", word.lower):
            return False
        if len(word.text) > 1 and word.text.isupper() and not word.begins:
            return True
        if known.lists_word("function", word.lower):
            return not word.begins and known.lists_word("namesakes", word.lower)
        if not word.begins:
            return True
        small, capital = self.small[word.lower], self.capital[word.lower]
        return capital > small or not (small or is_everyday(word.lower, known))


def is_everyday(word: str, known: Vocabulary) -> bool:
    """Whether a word of a sentence, in lower case, is one of everyday language."""
    if known.is_verb(word) or known.is_adverb(word) or known.is_adjective(word):
        return True
    return "-" in word or any(known.lists_root(name, word) for name in _EVERYDAY)


def gathered(sentences: Iterable[Sentence]) -> Corpus:
    """The sentences with their words counted; headings in title case tell nothing of names."""
    kept = tuple(sentences)
    body = [word for sentence in kept if not sentence.is_heading for word in sentence.words]
    small = Counter(word.lower for word in body if not word.is_capital)
    capital = Counter(word.lower for word in body if word.is_capital and not word.begins)
    return Corpus(kept, small, capital)


def key(text: str, lang: str) -> str:
    """What two spellings of one name have in common."""
    folded = f"{fold_key(text)} "
    for spelling, usual in vocabulary(lang).spellings:
        folded = folded.replace(spelling, usual)
    return folded.strip()


def rooted(text: str, lang: str) -> str:
    """What the forms of one name have in common: its key with each word's root."""
    return " ".join(map(vocabulary(lang).root, key(text, lang).split()))


def written(sentence: Sentence, words: Sequence[Word]) -> str:
    """Some neighbouring words as they stand, on one line."""
    return " ".join(sentence.text[words[0].start : words[-1].end].split())
