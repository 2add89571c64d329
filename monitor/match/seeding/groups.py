"""Mentions -> groups: what is written differently and is one thing becomes one proposal."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from monitor.match.seeding.corpus import Corpus, Mention, key, rooted
from monitor.match.seeding.marks import OtherName
from monitor.match.seeding.names import countries
from monitor.text.normalise import fold_key
from monitor.text.suffixes import Stem, has_trait, stem
from monitor.text.vocabulary import vocabulary

_DASH = re.compile(r"\s?[-‐‑–—]\s?")
_JOINT = re.compile(r"[-‐‑–—+]")
_LONGEST_TAIL = 14
_ACRONYM_LENGTHS = range(2, 7)


@dataclass(slots=True)
class Group:
    """All mentions of one thing, by the ``key`` of its usual form, in one language."""

    key: str
    lang: str
    mentions: list[Mention] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def is_name(self) -> bool:
        """Whether it is a name more often than a concept."""
        return 2 * sum(mention.is_name for mention in self.mentions) > len(self.mentions)

    @property
    def termhood(self) -> float:
        """How much it looks like a term; 0 for a name."""
        return max(mention.termhood for mention in self.mentions)

    @property
    def forms(self) -> Counter[str]:
        """How often each spelling stands in the texts."""
        return Counter(mention.name for mention in self.mentions)

    @property
    def kinds(self) -> Counter[str]:
        """The kinds that its mentions tell."""
        return Counter(mention.kind for mention in self.mentions if mention.kind)

    def is_person(self) -> bool:
        """Whether its mentions tell that it is a person."""
        return self.kinds["person"] > 0


Groups = dict[str, Group]
# A rule answers for each key that is another form of a group the key of that group.
Rule = Callable[[Groups], Iterator[tuple[str, str]]]


def grouped(corpus: Corpus, mentions: Iterable[Mention], others: Iterable[OtherName]) -> Groups:
    """Names by what their spellings have in common, with their other names."""
    groups: Groups = {}
    for mention in mentions:
        _entry(groups, corpus, mention).mentions.append(mention)
    for other in others:
        group = _entry(groups, corpus, other.mention)
        if not group.mentions:
            group.mentions.append(other.mention)
        group.others.append(other.name)
    groups = _without_pairs(groups)
    for rule in _RULES:
        _merge(groups, list(rule(groups)))
    return _without_pairs(groups)


def _entry(groups: Groups, corpus: Corpus, mention: Mention) -> Group:
    lang = corpus.sentences[mention.sentence].lang
    name = key(mention.name, lang)
    return groups.setdefault(name, Group(name, lang))


def _merge(groups: Groups, pairs: list[tuple[str, str]]) -> None:
    """Move each group of a pair into the other one, wherever that one itself has gone."""
    moved: dict[str, str] = {}
    for name, base in pairs:
        while base in moved:
            base = moved[base]
        if name == base or name not in groups or base not in groups:
            continue
        group = groups.pop(name)
        groups[base].mentions.extend(group.mentions)
        groups[base].others.extend(group.others)
        moved[name] = base


def _acronyms(groups: Groups) -> Iterator[tuple[str, str]]:
    """An acronym that stands in parentheses behind a name, or spells a name's initials."""
    for base, group in groups.items():
        for other in group.others:
            yield key(other, group.lang), base
    initials = _initials(groups)
    for name, group in groups.items():
        if all(form.isupper() for form in group.forms):
            spelled = initials.get(name, [])
            names = [base for base in spelled if groups[base].is_name] or spelled
            if len(names) == 1:
                yield name, names[0]


def _initials(groups: Groups) -> dict[str, list[str]]:
    """Groups of several words by the initials of these."""
    initials: dict[str, list[str]] = defaultdict(list)
    for name in groups:
        words = name.split()
        if len(words) in _ACRONYM_LENGTHS:
            initials["".join(word[0] for word in words)].append(name)
    return initials


def _inflections(groups: Groups) -> Iterator[tuple[str, str]]:
    """Plurals and cases: a form goes to the base that explains most others."""
    index = _stem_index(groups)
    explained: dict[str, list[str]] = defaultdict(list)
    for form in groups.values():
        for base in _bases(form, index):
            explained[base].append(form.key)
    for base in sorted(explained, key=lambda name: (-len(explained[name]), name)):
        yield from ((form, base) for form in explained[base])


_Place = tuple[str, tuple[str, ...], str]


def _stem_index(groups: Groups) -> dict[_Place, list[tuple[str, Stem]]]:
    """Names by their language, their beginning and the stem of their last word."""
    index: dict[_Place, list[tuple[str, Stem]]] = defaultdict(list)
    for name, group in groups.items():
        *before, last = name.split()
        inflecting = stem(last, group.lang)
        place = (group.lang, _beginning(before, group.lang), inflecting.text)
        index[place].append((name, inflecting))
    return index


def _bases(form: Group, index: dict[_Place, list[tuple[str, Stem]]]) -> Iterator[str]:
    """The names of which ``form`` is an inflected form by its language's suffixes."""
    *before, last = form.key.split()
    beginning = _beginning(before, form.lang)
    for size in range(len(last), max(0, len(last) - _LONGEST_TAIL), -1):
        for name, inflecting in index.get((form.lang, beginning, last[:size]), ()):
            if name != form.key and last[size:] in inflecting.tails:
                yield name


def _beginning(words: list[str], lang: str) -> tuple[str, ...]:
    """What the other words of a name must have in common: all, or their roots if they inflect."""
    if not has_trait(lang, "agrees"):
        return tuple(words)
    return tuple(map(vocabulary(lang).root, words))


def _cases(groups: Groups) -> Iterator[tuple[str, str]]:
    """Forms of which none is the base form: to the commonest of those with the same roots."""
    first: dict[tuple[str, str], str] = {}
    for name in sorted(groups, key=lambda name: (-len(groups[name].mentions), len(name))):
        lang = groups[name].lang
        yield name, first.setdefault((lang, rooted(name, lang)), name)


def _adjectives(groups: Groups) -> Iterator[tuple[str, str]]:
    """Nationality adjectives, to their country."""
    counts = Counter({name: len(group.mentions) for name, group in groups.items()})
    for name, group in groups.items():
        found = countries(name, counts, vocabulary(group.lang))
        if found:
            yield name, max(found, key=lambda base: counts[base])


def _orders(groups: Groups) -> Iterator[tuple[str, str]]:
    """The same names joined by dashes in another order."""
    first: dict[tuple[str, ...], str] = {}
    for name in sorted(groups, key=lambda name: -len(groups[name].mentions)):
        if any(_DASH.search(form) for form in groups[name].forms):
            base = first.setdefault(tuple(sorted(name.split())), name)
            yield name, base


def _surnames(groups: Groups) -> Iterator[tuple[str, str]]:
    """A part of a person's name, where it is part of no other person's."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name, group in groups.items():
        words = name.split()
        if group.is_person() and len(words) > 1:
            owners[words[-1]].add(name)
            if words[0] in groups and groups[words[0]].is_person():
                owners[words[0]].add(name)
    for part, names in owners.items():
        if len(names) == 1 and part in groups:
            yield part, next(iter(names))


def _heads(groups: Groups) -> Iterator[tuple[str, str]]:
    """Names that differ only in small words before their head: the (natural) gas pipeline."""
    first: dict[tuple[str, str], str] = {}
    named = {key(other, g.lang): name for name, g in groups.items() for other in g.others}
    for name in sorted(groups, key=lambda name: -len(groups[name].mentions)):
        large, head = _capital_part(groups[name])
        if not head:
            continue
        if large in named:
            yield name, named[large]
            continue
        base = first.setdefault((large, head), name)
        yield name, base
        if large in groups and any(_JOINT.search(form) for form in groups[large].forms):
            yield large, base


def _capital_part(group: Group) -> tuple[str, str]:
    """The key of a name's capitalised beginning, and its head in lower case, if it has one."""
    words = group.mentions[0].name.split()
    large = [word for word in words if word[0].isupper() or not word[0].isalpha()]
    small = words[len(large) :]
    if not large or not small or words[: len(large)] != large:
        return "", ""
    return key(" ".join(large), group.lang), fold_key(small[-1])


def _places(groups: Groups) -> Iterator[tuple[str, str]]:
    """Republic of X to X; X to the X Region; the X Region of Y to the X Region."""
    named = {key(form, g.lang): name for name, g in groups.items() for form in g.forms}
    for name, group in groups.items():
        known = vocabulary(group.lang)
        if not group.kinds["place"] or any(_DASH.search(form) for form in group.forms):
            continue
        words = name.split()
        opener = next((i for i, word in enumerate(words) if known.lists_word("openers", word)), 0)
        if opener:
            rest = [word for word in words[opener + 1 :] if not known.lists_word("articles", word)]
            yield name, named.get(" ".join(rest if opener == 1 else words[:opener]), name)
        elif known.kind(words[-1]) == "place" and words[0] in named:
            yield (named[words[0]], name) if len(words) > _SHORT else (name, named[words[0]])


# A name of two words is the shorter one's: X and X Region; a longer one says more than it.
_SHORT = 2

_RULES: tuple[Rule, ...] = (
    _inflections,
    _cases,
    _adjectives,
    _acronyms,
    _surnames,
    _orders,
    _heads,
    _places,
)


def _without_pairs(groups: Groups) -> Groups:
    """Without names joined by a dash that tell of a relation and name nothing."""
    known = {key(form, group.lang) for group in groups.values() for form in group.forms}
    known.update(key(other, group.lang) for group in groups.values() for other in group.others)
    known.update(_initials({name: group for name, group in groups.items() if group.is_name}))
    return {
        name: group
        for name, group in groups.items()
        if not all(_is_pair(form, group.lang, known) for form in group.forms)
    }


def _is_pair(form: str, lang: str, known: set[str]) -> bool:
    parts = [key(part, lang) for part in _DASH.split(form)]
    return len(parts) > 1 and all(part in known for part in parts)
