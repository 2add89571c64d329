"""Names in sentences: runs without titles, cut where two names meet, with the kind they tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.match.seeding.corpus import Corpus, Mention, is_everyday, rooted, written
from monitor.match.seeding.runs import Run, runs_of
from monitor.text.suffixes import has_trait
from monitor.text.vocabulary import Vocabulary, vocabulary

_SPACE = re.compile(r"\s+")
_DASH = re.compile(r"[-‐‑–]")
_QUOTE_END = re.compile(r"[”»\"]\s+")
_QUOTES = '“”«»"'
_UNQUOTED = re.compile(f"[{_QUOTES}]")
_MOST_EXTENSION = 3
_LONGEST_PERSON = 4
_SHORTEST_OFFICE = 2


# The spans of quoted names, by the number of their sentence.
Quoted = Mapping[int, list[tuple[int, int]]]


def name_mentions(corpus: Corpus, quoted: Iterable[Mention]) -> list[Mention]:
    """Every name in the bodies of the documents, with the kind that its surroundings tell.

    Parts of ``quoted`` names are no names.
    """
    inside: dict[int, list[tuple[int, int]]] = {}
    for mention in quoted:
        if mention.is_name:
            inside.setdefault(mention.sentence, []).append((mention.start, mention.end))
    counts = _counted(corpus, inside)
    standing = Standing(counts, counts, frozenset(), frozenset())
    first = _mentioned(corpus, standing, inside)
    return _mentioned(corpus, _learned(corpus, first, standing), inside)


def _is_part(run: Run, quoted: Iterable[tuple[int, int]]) -> bool:
    """Whether a run is a part of a quoted name, and not all of it."""
    start, end = run.words[0].start, run.words[-1].end
    return any(
        first <= start and end <= last and (first, last) != (start, end) for first, last in quoted
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How often each name stands by itself, how often at all; people's full and last names.

    All are rooted.
    """

    counts: Counter[str]
    seen: Counter[str]
    people: frozenset[str]
    surnames: frozenset[str]


def _counted(corpus: Corpus, quoted: Quoted) -> Counter[str]:
    """How often each run stands by itself, neither beside an "and" nor in a longer name."""
    return Counter(
        run.key
        for number, sentence in enumerate(corpus.sentences)
        if not sentence.is_heading
        for run in runs_of(corpus, sentence, None)
        if not _is_coordinated(run) and not _is_part(run, quoted.get(number, ()))
    )


def _learned(corpus: Corpus, mentions: list[Mention], standing: Standing) -> Standing:
    """What the names found at first, without titles, add to what stands by itself."""
    seen = Counter(standing.counts)
    people = set()
    for mention in mentions:
        name = rooted(mention.name, corpus.sentences[mention.sentence].lang)
        seen[name] += 1
        if mention.kind == "person" and " " in name:
            people.add(name)
    surnames = frozenset(name.split()[-1] for name in people)
    return Standing(standing.counts, seen, frozenset(people), surnames)


def _mentioned(corpus: Corpus, standing: Standing, quoted: Quoted) -> list[Mention]:
    return [
        mention
        for number, sentence in enumerate(corpus.sentences)
        if not sentence.is_heading
        for run in runs_of(corpus, sentence, standing.counts)
        if not _is_part(run, quoted.get(number, ()))
        for mention in _mentions(number, run, standing)
    ]


def _is_coordinated(run: Run) -> bool:
    known = vocabulary(run.sentence.lang)
    words = run.sentence.words
    around = [*words[max(0, run.first - 1) : run.first], *words[run.last : run.last + 1]]
    return any(known.lists_word("conjunctions", word.lower) for word in around)


def _mentions(number: int, run: Run, standing: Standing) -> Iterator[Mention]:
    known = vocabulary(run.sentence.lang)
    title = _title(run, known)
    if title is not None and not _is_office_name(run, title[1], known):
        first, last = title
        if first:
            yield from _mentions(number, run.part(0, first), standing)
        if last < len(run):
            yield from _titled(number, run.part(last, len(run)), standing, known)
        return
    if len(run) > 1 and _is_empty_head(run, known):
        yield from _mentions(number, run.part(2, len(run)), standing)
        return
    seam = _seam(run, standing, known)
    if seam:
        yield from _mentions(number, run.part(0, seam), standing)
        yield from _mentions(number, run.part(seam, len(run)), standing)
    else:
        yield from _plain(number, run, standing, known)


def _is_office_name(run: Run, last: int, known: Vocabulary) -> bool:
    """Whether the title is a part of a name: General Administration of Customs."""
    following = run.words[last : last + 1]
    return bool(following) and known.kind(following[0].lower) is not None


def _is_empty_head(run: Run, known: Vocabulary) -> bool:
    """The East of …, the Head of …: only what follows is a name."""
    head, opener = run.words[0].lower, run.words[1].lower
    is_opener = known.lists_word("openers", opener) and known.kind(head) is None
    return is_opener and known.lists_root("general", head)


def _title(run: Run, known: Vocabulary) -> tuple[int, int] | None:
    """The first stretch of titles in a run: President of …, Prime Minister …"""
    is_title = [known.lists_root("titles", word.lower) for word in run.words]
    if True not in is_title:
        return None
    first = last = is_title.index(True)
    while last < len(run) and is_title[last]:
        last += 1
    return first, last


def _titled(number: int, run: Run, standing: Standing, known: Vocabulary) -> Iterator[Mention]:
    """What follows a title: a person, or "of" a place and then a person."""
    begin = 0
    while begin < len(run) and not run.words[begin].is_capital:
        begin += 1
    person = run.part(begin, len(run))
    if begin:
        lengths = range(len(person), 0, -1)
        places = (size for size in lengths if standing.seen[person.part(0, size).key])
        place = next(places, len(person))
        yield from _mentions(number, person.part(0, place), standing)
        person = person.part(place, len(person))
    elif _is_office(person, standing, known):
        yield from _mentions(number, person.part(0, 1), standing)
        person = person.part(1, len(person))
    if person and not all(word.is_capital for word in person.words):
        yield from _plain(number, person, standing, known)
    elif 0 < len(person) <= _LONGEST_PERSON:
        yield _mention(number, person, "person")


def _is_office(run: Run, standing: Standing, known: Vocabulary) -> bool:
    """Whether behind a title what it is the title in comes first, told by its case or not at all.

    Президент Казахстана Токаев, unlike Президента Касым-Жомарта Токаева.
    """
    if len(run) < _SHORTEST_OFFICE:
        return False
    first, last = run.words[0].lower, run.words[-1].lower
    is_case = known.root(first) != first and _is_upright(last, known)
    if has_trait(run.sentence.lang, "agrees") and is_case:
        return True
    return len(run) > _SHORTEST_OFFICE and standing.seen[run.part(0, 1).key] > 0


def _is_upright(word: str, known: Vocabulary) -> bool:
    """Whether a word is in its base form, as far as its ending tells."""
    return known.root(word) == word or word.endswith(tuple(known.lists.get("surnames", ())))


def _seam(run: Run, standing: Standing, known: Vocabulary) -> int:
    """Where two names stand side by side: Uzbek Samarkand, the Republic of X Jane Doe."""
    for size in range(1, len(run)):
        before, after = run.part(0, size), run.part(size, len(run))
        is_spaced = _SPACE.fullmatch(run.sentence.gap(run.first + size))
        if is_spaced and _are_two(before, after, standing, known):
            return size
    return 0


def _are_two(before: Run, after: Run, standing: Standing, known: Vocabulary) -> bool:
    if after.key in standing.people or before.key in standing.people | standing.surnames:
        return True
    is_place = len(before) > 1 and known.kind(before.words[0].lower) == "place"
    if is_place and len(after) > 1 and standing.seen[after.key]:
        return True
    adjectives = countries(before.key, standing.seen, known)
    stands = bool(standing.seen[before.key])
    if standing.seen[after.key] and (adjectives or stands):
        return True
    is_office = stands or _is_office(_joined(before, after), standing, known)
    if is_office and len(after) > 1 and _titles_before(before, known):
        return True
    return bool(adjectives) and len(after) == 1 and _is_telling(after, known)


def _joined(before: Run, after: Run) -> Run:
    return Run(before.sentence, before.first, after.last)


def _titles_before(run: Run, known: Vocabulary) -> bool:
    """Whether a title stands a few words before: the prime minister of X Jane Doe."""
    before = run.sentence.words[max(0, run.first - _LONGEST_TITLE) : run.first]
    return any(known.lists_root("titles", word.lower) for word in before)


_LONGEST_TITLE = 3


def countries(adjective: str, counts: Counter[str], known: Vocabulary) -> list[str]:
    """The standing names that ``adjective`` may be made from: Uzbek from Uzbekistan."""
    return [
        found
        for ending, formed in known.demonyms
        if adjective.endswith(formed)
        for base in [adjective[: len(adjective) - len(formed)] + ending]
        for found in [base if counts[base] else known.root(base)]
        if found != adjective and len(found) > _SHORTEST_BASE and counts[found]
    ]


_SHORTEST_BASE = 3


def _plain(number: int, run: Run, standing: Standing, known: Vocabulary) -> Iterator[Mention]:
    extended = _with_head(run, known)
    if extended is not None and not _is_adjective(run, standing, known):
        yield _mention(number, extended, known.kind(extended.words[-1].lower))
    elif _is_telling(run, known) and not _is_pair(run, standing):
        yield _mention(number, run, _kind_around(run, known))


def _is_adjective(run: Run, standing: Standing, known: Vocabulary) -> bool:
    return bool(countries(run.key, standing.seen, known))


def _is_telling(run: Run, known: Vocabulary) -> bool:
    """A single capitalised word must be more than Summit, Leaders or Economic."""
    words = [word for word in run.words if word.is_capital]
    if len(words) > 1:
        return any(not is_everyday(word.lower, known) for word in words) or len(words) > 2
    word = words[0]
    if word.text.isupper():
        return len(word.text) > 1
    return not is_everyday(word.lower, known) and known.kind(word.lower) is None


def _is_pair(run: Run, standing: Standing) -> bool:
    """Names joined by dashes are a relation, and none of their own."""
    text = written(run.sentence, run.words)
    parts = [rooted(part, run.sentence.lang) for part in _DASH.split(text)]
    return len(parts) > 1 and all(standing.seen[part] for part in parts)


def _with_head(run: Run, known: Vocabulary) -> Run | None:
    """The run with the lower-case words that end its name: … gas pipeline."""
    sentence = run.sentence
    words = sentence.words
    if run.words[-1].owner or known.kind(run.words[-1].lower) is not None:
        return None
    for end in range(run.last, min(run.last + _MOST_EXTENSION, len(words))):
        word = words[end]
        binds = _SPACE.fullmatch(sentence.gap(end)) or (end == run.last and _closes(run))
        if not binds or word.is_capital:
            return None
        if _extends(word.lower, sentence.lang, known):
            return Run(sentence, run.first, end + 1)
        if known.lists_word("function", word.lower) or known.is_verb(word.lower):
            return None
    return None


def _extends(word: str, lang: str, known: Vocabulary) -> bool:
    """In English a plural is no name; where words inflect, all their forms are."""
    finds = known.lists_root if has_trait(lang, "agrees") else known.lists_word
    return finds("extending", word)


def _closes(run: Run) -> bool:
    """Whether the run is all that stands between two quotation marks."""
    start = run.words[0].start
    opening = run.sentence.text[max(0, start - 1) : start]
    is_opened = opening != "" and opening in _QUOTES
    return is_opened and _QUOTE_END.fullmatch(run.sentence.gap(run.last)) is not None


def _kind_around(run: Run, known: Vocabulary) -> str | None:
    """The kind that the name's head tells, or a title in lower case before it."""
    for index in range(len(run)):
        if known.lists_word("openers", run.words[index].lower):
            return known.kind(run.words[index - 1].lower)
    kind = known.kind(run.words[-1].lower) or known.kind(run.words[0].lower)
    is_person = kind is None and not run.words[0].text.isupper() and _is_titled(run, known)
    return "person" if is_person else kind


def _is_titled(run: Run, known: Vocabulary) -> bool:
    """Whether a title stands directly before, or one name and a title before that."""
    words = run.sentence.words
    if run.last < len(words) and words[run.last].is_capital and run.sentence.gap(run.last) == " ":
        return False
    if run.first and known.lists_root("titles", words[run.first - 1].lower):
        return True
    is_after_name = run.first > 1 and words[run.first - 1].is_capital and len(run) > 1
    return is_after_name and _titles_before(Run(run.sentence, run.first - 1, run.last), known)


def _mention(number: int, run: Run, kind: str | None) -> Mention:
    words = run.words
    name = _UNQUOTED.sub("", written(run.sentence, words))
    return Mention(name, number, words[0].start, words[-1].end, kind)
