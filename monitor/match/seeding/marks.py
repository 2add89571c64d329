"""Names that punctuation or numbers mark: in quotation marks, in parentheses, anniversaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.match.seeding.corpus import Corpus, Mention, is_everyday, written
from monitor.match.seeding.reading import Sentence, Word
from monitor.text.scripts import has_han
from monitor.text.suffixes import has_trait
from monitor.text.vocabulary import Vocabulary, vocabulary

_QUOTED = re.compile(
    r"“([^“”]{2,90})”|«([^«»]{2,90})»|《([^《》]{2,40})》|「([^「」]{2,40})」"
    r"|(?<![\w\"])\"(?=\w)([^\"]{2,90})(?<=[\w,.])\"(?!\w)"
)
_SENTENCE_MARK = re.compile(r"[;:!?…。！？；]|\.\s")
_EDGE = " ,.–-—"
_PARENTHESES = re.compile(r"\s?[(（]([^()（）]{2,60})[)）]")
_OR = re.compile(r"\s*[,/;]\s*|\s+(?:or|или)\s+")
_ACRONYM = re.compile(r"(?=(?:[^\W\d_][\d+&-]*){2})[^\W\d_a-zа-яё][^\W_a-zа-яё+&-]{1,7}")
_CLAUSE_MARK = re.compile(r"[，。！？；：、,]")
_LONGEST_QUOTE = 8
_LONGEST_HAN = 12
_LOOK_BACK = 12
_LONGEST_OBJECT = 3


@dataclass(frozen=True, slots=True)
class OtherName:
    """``name`` is another name of what the mention before it is: an acronym in parentheses."""

    mention: Mention
    name: str


def quoted_mentions(corpus: Corpus) -> Iterator[Mention]:
    """What stands in quotation marks as a name or a coined phrase, and is no quotation."""
    for number, sentence in enumerate(corpus.sentences):
        if sentence.is_heading:
            continue
        known = vocabulary(sentence.lang)
        for found in _QUOTED.finditer(sentence.text):
            mention = _quoted(number, sentence, found, known)
            if mention is not None:
                yield mention


def _quoted(
    number: int, sentence: Sentence, found: re.Match[str], known: Vocabulary
) -> Mention | None:
    inner = next(group for group in found.groups() if group is not None)
    words = [word for word in sentence.words if found.start() < word.start < found.end()]
    start = found.start() + 1
    if has_han(inner):
        is_name = len(inner) <= _LONGEST_HAN and not _CLAUSE_MARK.search(inner)
        return Mention(inner, number, start, start + len(inner)) if is_name else None
    if _SENTENCE_MARK.search(inner) or not 0 < len(words) <= _LONGEST_QUOTE:
        return None
    is_name = _is_titled(words, known) or _is_capitalised(words, sentence.lang, known)
    if not is_name and not _is_coined(words, inner, known):
        return None
    kind = _kind_beside(sentence, found, known) or _kind(words, known)
    return Mention(inner.strip(_EDGE), number, start, start + len(inner), kind, is_name)


def _kind_beside(sentence: Sentence, found: re.Match[str], known: Vocabulary) -> str | None:
    """The kind that the word before or after tells: the "Safe City" programme."""
    text = sentence.text
    before = [word for word in sentence.words if word.end < found.start()][-1:]
    after = [word for word in sentence.words if word.start > found.end()][:1]
    gaps = [text[word.end : found.start()] for word in before]
    gaps += [text[found.end() : word.start] for word in after]
    for word, gap in reversed(list(zip([*before, *after], gaps, strict=True))):
        if gap.isspace() and not word.is_capital and known.kind(word.lower):
            return known.kind(word.lower)
    return None


def _kind(words: list[Word], known: Vocabulary) -> str | None:
    for index, word in enumerate(words[1:]):
        if known.lists_word("openers", word.lower):
            return known.kind(words[index].lower)
    return known.kind(words[-1].lower)


def _is_titled(words: list[Word], known: Vocabulary) -> bool:
    """Whether all words but the small ones are capitalised, and one of them is more than that."""
    large = [word for word in words if not known.lists_word("function", word.lower)]
    has_capitals = all(word.is_capital or word.text[0].isdigit() for word in large)
    if not large or not has_capitals:
        return False
    return len(large) > 1 or not (words[0].begins and is_everyday(large[0].lower, known))


def _is_capitalised(words: list[Word], lang: str, known: Vocabulary) -> bool:
    """Whether a name whose first word alone has a capital, as where words inflect."""
    if not has_trait(lang, "agrees") or not words[0].is_capital:
        return False
    return not any(known.is_verb(word.lower) for word in words)


def _is_coined(words: list[Word], inner: str, known: Vocabulary) -> bool:
    """A phrase of several words in lower case, all of which may belong to a noun."""
    if len(words) < 2 or "," in inner:
        return False
    words = words[1:] if known.lists_word("numbers", words[0].lower) else words
    ends_well = not known.is_adjective(words[-1].lower)
    return ends_well and not any(
        known.lists_word("function", word.lower)
        or known.is_verb(word.lower)
        or known.is_adverb(word.lower)
        for word in words
    )


def other_names(corpus: Corpus, mentions: list[Mention]) -> Iterator[OtherName]:
    """Names in parentheses with the name before them: an acronym with what it stands for."""
    ending = {(mention.sentence, mention.end): mention for mention in mentions if mention.is_name}
    for number, sentence in enumerate(corpus.sentences):
        for found in _PARENTHESES.finditer(sentence.text):
            before = ending.get((number, found.start()))
            for name in _OR.split(found[1]):
                named = _named(number, sentence, found.start(), name, before)
                if named is not None:
                    yield OtherName(named, name)


def _named(
    number: int, sentence: Sentence, end: int, name: str, before: Mention | None
) -> Mention | None:
    """The mention that a name in parentheses stands for."""
    if _ACRONYM.fullmatch(name) is None:
        known = vocabulary(sentence.lang)
        words = name.split()
        is_title = len(words) > 1 and all(word[:1].isupper() for word in words)
        return before if is_title and not known.ordinal.match(name) else None
    long = _long_form(number, sentence, end, name)
    if long is None:
        return before
    return before if before is not None and before.start <= long.start else long


def _long_form(number: int, sentence: Sentence, end: int, acronym: str) -> Mention | None:
    """The shortest run of words before ``end`` whose initials spell the acronym in order.

    After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text", 2003; only initials count, of parts joined by hyphens too.
    """
    letters = [letter.lower() for letter in acronym if letter.isalpha()]
    words = [word for word in sentence.words if word.end <= end][-_LOOK_BACK:]
    if not words or sentence.text[words[-1].end : end].strip(' ”»"'):
        return None
    for index in range(len(words) - 1, -1, -1):
        for initial in reversed(re.findall(r"(?<!\w)\w", words[index].lower)):
            if letters and initial == letters[-1]:
                letters.pop()
        if not letters:
            name = written(sentence, words[index:])
            return Mention(name, number, words[index].start, words[-1].end)
    return None


def anniversaries(corpus: Corpus) -> Iterator[Mention]:
    """Numbered events: 30th anniversary of diplomatic relations."""
    for number, sentence in enumerate(corpus.sentences):
        known = vocabulary(sentence.lang)
        words = sentence.words
        for index, word in enumerate(words):
            if not known.lists_root("counted", word.lower.rpartition("-")[2]):
                continue
            first = index if word.text[0].isdigit() else index - 1
            if first >= 0 and known.ordinal.match(words[first].lower):
                last = _object_end(sentence, index + 1, known)
                name = written(sentence, words[first:last])
                yield Mention(name, number, words[first].start, words[last - 1].end, "event")


def _object_end(sentence: Sentence, index: int, known: Vocabulary) -> int:
    """Where "of diplomatic relations" ends, if something like it begins at ``index``."""
    words = sentence.words
    end = index
    if end < len(words) and known.lists_word("openers", words[end].lower):
        end += 1
    first = end
    while end < len(words) and end - first < _LONGEST_OBJECT:
        word = words[end]
        is_apart = sentence.gap(end).strip() != "" or known.lists_word("function", word.lower)
        if is_apart or known.is_verb(word.lower):
            break
        end += 1
    return end if end > first else index
