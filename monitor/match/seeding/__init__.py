"""Documents -> proposed names and terms for a watchlist, the likeliest first (pure).

``reading`` cuts documents into sentences, ``names``, ``marks``, ``concepts`` and ``han`` find
what may be a name or a term, ``groups`` makes one of what is written differently, ``guesses``
tells kind and side. No model is needed: the word lists are in ``monitor/text/data/vocabulary``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.match.matching import Watchlist
from monitor.match.seeding.concepts import concept_mentions
from monitor.match.seeding.corpus import Corpus, gathered, key
from monitor.match.seeding.groups import Group, grouped
from monitor.match.seeding.guesses import (
    Anchors,
    anchored,
    countries_of,
    kind_of,
    sides_of,
)
from monitor.match.seeding.han import han_mentions
from monitor.match.seeding.marks import anniversaries, other_names, quoted_mentions
from monitor.match.seeding.names import name_mentions
from monitor.match.seeding.reading import Document, read
from monitor.model import Beat
from monitor.text.normalise import fold_key
from monitor.text.vocabulary import vocabulary

__all__ = ["Document", "Proposal", "propose"]

# A name is worth as much as a term that is used about four times.
_NAME, _OFTEN, _ELSEWHERE, _TOLD, _COINED = 2.4, 1.0, 0.1, 0.4, 1.0
# Worths of 2, 4 and 12 make scores of 39, 63 and 95.
_SCALE = 4.0
_LONGEST_EXAMPLE = 400
_SHORTEST_ALIAS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that a watchlist may want: a name or term with the evidence for it.

    ``kind`` is person, organisation, place, project, treaty, event or concept; ``sentences`` how
    many speak of it; ``documents`` the titles of those that do; ``example`` one sentence;
    ``score`` 0 to 100. Kind, sides and countries are guesses.
    """

    name: str
    kind: str
    sides: tuple[str, ...]
    countries: tuple[str, ...]
    lang: str
    aliases: tuple[str, ...]
    sentences: int
    documents: tuple[str, ...]
    example: str
    score: float


def propose(documents: Sequence[Document], watchlist: Watchlist) -> list[Proposal]:
    """What ``documents`` name and ``watchlist`` does not find, the likeliest first."""
    corpus = gathered(
        sentence for number, document in enumerate(documents) for sentence in read(number, document)
    )
    anchors = anchored(corpus, watchlist)
    written = _written(watchlist.beat)
    groups = [group for group in _groups(corpus) if not _is_known(group, watchlist, written)]
    groups.sort(key=lambda group: min(mention.sentence for mention in group.mentions))
    proposals = [_proposal(group, corpus, anchors, documents) for group in groups]
    return sorted(proposals, key=lambda proposal: -proposal.score)


def _groups(corpus: Corpus) -> Iterable[Group]:
    quoted = list(quoted_mentions(corpus))
    named = [*name_mentions(corpus, quoted), *quoted, *anniversaries(corpus)]
    found = [*named, *concept_mentions(corpus), *han_mentions(corpus)]
    return grouped(corpus, found, other_names(corpus, named)).values()


def _proposal(
    group: Group, corpus: Corpus, anchors: Anchors, documents: Sequence[Document]
) -> Proposal:
    kind = kind_of(group, corpus)
    numbers = sorted({mention.sentence for mention in group.mentions})
    titles = dict.fromkeys(documents[corpus.sentences[n].document].title for n in numbers)
    example = min((corpus.sentences[number].text for number in numbers), key=_readability)
    name = _name(group)
    return Proposal(
        name=name,
        kind=kind,
        sides=sides_of(group, kind, corpus, anchors),
        countries=countries_of(group, kind, corpus, anchors),
        lang=group.lang,
        aliases=tuple(_aliases(group, name)),
        sentences=len(numbers),
        documents=tuple(titles),
        example=example[:_LONGEST_EXAMPLE],
        score=round(100 * (1 - math.exp(-_worth(group, len(numbers), len(titles)) / _SCALE)), 1),
    )


def _readability(sentence: str) -> float:
    """A sentence of some length shows most: neither a fragment nor a page."""
    return abs(len(sentence) - _GOOD_LENGTH)


_GOOD_LENGTH = 160


def _worth(group: Group, sentences: int, documents: int) -> float:
    elsewhere = 1 + _ELSEWHERE * (documents - 1)
    if not group.is_name:
        is_coined = any(mention.termhood == 0 for mention in group.mentions)
        return group.termhood * elsewhere + is_coined * _COINED
    is_told = bool(group.kinds) or " " in group.key
    return (_NAME + _OFTEN * math.log2(sentences) + is_told * _TOLD) * elsewhere


def _name(group: Group) -> str:
    """The commonest spelling of the usual form."""
    names = (mention.name for mention in group.mentions)
    usual = Counter(name for name in names if key(name, group.lang) == group.key)
    forms = usual or group.forms
    return min(forms, key=lambda form: (-forms[form], len(form), form))


def _aliases(group: Group, name: str) -> Iterator[str]:
    """Its other names and spellings, each once, those first that stand in parentheses."""
    seen = {fold_key(name)}
    forms = [form for form, _ in group.forms.most_common()]
    for form in [*group.others, *forms]:
        folded = fold_key(form)
        if folded not in seen and (len(form) >= _SHORTEST_ALIAS or form.isupper()):
            seen.add(folded)
            yield form


def _is_known(group: Group, watchlist: Watchlist, written: frozenset[str]) -> bool:
    """Whether the watchlist finds all of one of its names, but for words that say little."""
    return any(
        fold_key(form) in written or _is_found(form, group.lang, watchlist)
        for form in (*group.forms, *group.others)
        if len(form) >= _SHORTEST_ALIAS or form.isupper()
    )


def _written(beat: Beat) -> frozenset[str]:
    """The aliases of the beat, folded: one with a comma is the same as one without."""
    aliases = (
        alias
        for subjects in (beat.entities, beat.terms, beat.rivals, beat.traps)
        for subject in subjects
        for alias in subject.aliases
    )
    return frozenset(fold_key(alias.text) for alias in aliases)


def _is_found(form: str, lang: str, watchlist: Watchlist) -> bool:
    rest = form
    for found in watchlist.find([("text", form)], lang):
        rest = rest[: found.start] + " " * (found.end - found.start) + rest[found.end :]
    known = vocabulary(lang)
    left = fold_key(rest).split()
    return rest != form and all(
        known.lists_word("function", word) or known.lists_word("weak", word) for word in left
    )
