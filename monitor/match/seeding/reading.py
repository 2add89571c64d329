"""A document as sentences of words; what is about the page and not the subject is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.text.plain import scalar
from monitor.text.scripts import has_han
from monitor.text.sentences import spans
from monitor.text.vocabulary import Vocabulary, lowered, vocabulary

# Of longer documents only the beginning is read, as of longer articles.
_READ = 200_000
# US in US$5 is no word.
_WORD = re.compile(r"(?>[^\W_]+(?:['’‘ʻʼʹ′´`+&][^\W_]+)*)(?!\$)")
_HYPHENS = "-‐‑"
_ENDED = re.compile(r"[.!?…。！？:;][\"'”»’)\]]*\s*$")
_RESTART = re.compile(r"[:;]\s*[“«\"]?\s*$|[“«\"]\s*$")
_POSSESSIVE = re.compile(r"['’]s?$")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f]")
_LONGEST_CAPTION = 30
_LONGEST_HEADING = 20
_LONGEST_SENTENCE = 2_000
_LOOK_BACK = 8
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Document:
    """A text to find names and terms in; ``title`` is what it is called in answers."""

    title: str
    text: str
    lang: str = "und"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence at ``start:end``, the possessive ending left out.

    ``begins`` marks one that is capitalised by its place; ``owner`` one with a possessive ending.
    """

    text: str
    lower: str
    start: int
    end: int
    begins: bool = False
    owner: bool = False

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the document with that number, in its language."""

    document: int
    lang: str
    text: str
    words: tuple[Word, ...]
    is_heading: bool = False

    def gap(self, index: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[index - 1].end : self.words[index].start] if index else ""


def read(number: int, document: Document) -> Iterator[Sentence]:
    """The sentences and headings of a document, in order."""
    known = vocabulary(document.lang)
    text = _INVISIBLE.sub("", scalar(document.text[:_READ]))
    for line, is_heading in _lines(text, known):
        for sentence in _sentences(line):
            if known.page.search(sentence) is None:
                words = tuple(_words(sentence, known))
                is_fragment = len(words) < _FEWEST_WORDS and not has_han(sentence)
                is_label = is_heading or is_fragment
                yield Sentence(number, document.lang, sentence, words, is_label)


def _sentences(line: str) -> Iterator[str]:
    """The sentences of a line; what goes on too long for one is cut at a space."""
    for start, end in spans(line):
        while end - start > _LONGEST_SENTENCE:
            cut = line.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
            cut = cut if cut > 0 else start + _LONGEST_SENTENCE
            yield line[start:cut].strip()
            start = cut
        if line[start:end].strip():
            yield line[start:end].strip()


def _lines(text: str, known: Vocabulary) -> Iterator[tuple[str, bool]]:
    """Paragraphs and headings; captions, by-lines and what follows the last sentence are none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    while len(lines) > 1 and not _ENDED.search(lines[-1]) and _is_short(lines[-1]):
        lines.pop()
    for line in lines:
        is_caption = len(line.split()) <= _LONGEST_CAPTION and known.page.search(line)
        if not is_caption:
            yield line, not _ENDED.search(line) and _is_short(line)


def _is_short(line: str) -> bool:
    return len(line.split()) <= _LONGEST_HEADING


def _words(sentence: str, known: Vocabulary) -> Iterator[Word]:
    begins = True
    for start, end in _joined(sentence, known):
        written = sentence[start:end]
        bare = _POSSESSIVE.sub("", written)
        begins = begins or _RESTART.search(sentence[max(0, start - _LOOK_BACK) : start]) is not None
        yield Word(bare, lowered(bare), start, start + len(bare), begins, bare != written)
        begins = False


def _joined(sentence: str, known: Vocabulary) -> Iterator[tuple[int, int]]:
    """Spans of words; parts joined by a dash are one word unless both are names."""
    current: tuple[int, int] | None = None
    for found in _WORD.finditer(sentence):
        start, end = found.span()
        if current is not None and _is_one_word(sentence, current, (start, end), known):
            current = current[0], end
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current


def _is_one_word(
    sentence: str, before: tuple[int, int], after: tuple[int, int], known: Vocabulary
) -> bool:
    gap = sentence[before[1] : after[0]]
    if len(gap) != 1 or gap not in _HYPHENS:
        return False
    first, second = sentence[slice(*before)], sentence[slice(*after)]
    if second[0].isupper():
        return not first[0].isupper() and not first[0].isdigit()
    return not known.lists_word("trailing", second) and (second[0].islower() or first.isupper())
