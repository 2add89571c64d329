"""Who is quoted with what: words in quotation marks, a speaking verb, and somebody known. Pure.

The words around a quotation are read as a row of letters, one for each of them (`_Row`),
and a pattern says which rows make it whose (`_patterns`). Rather none than one under a wrong name:
a clause that has any word more than its pattern, a second person, or a name that stands in an
inflected form makes it nobody's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from monitor.match.matching import Occurrence, Watchlist
from monitor.model import Entity, JudgedArticle, Quotation, Wording
from monitor.text.normalise import fold_key
from monitor.text.scripts import han_runs, has_han
from monitor.text.sentences import spans

_READ = 4_000  # characters of an article
_ARTICLES_READ = 8
_MOST = 2
_FEWEST_WORDS = 5  # fewer are a term or a title
_FEWEST_HAN = 12
_LONGEST = 300
_AROUND = 200  # characters in which a speaker is looked for

# Letters of a row, in the order in which each is tried; the others are those of the data file.
_PERSON, _OFFICE, _NAME, _VERB, _THAT = "P", "O", "N", "V", "Q"
_SMALL, _CAPITAL, _MARK, _COLON, _END = "l", "U", ",", ":", "."
_LISTS = {
    _VERB: "verbs",
    "R": "of",
    "C": "joins",
    "D": "articles",
    "T": "titles",
    _THAT: "that",
    "A": "after",
    "X": "not",
}
_ORDER = ("X", _VERB, "B", "R", "C", "D", "T", _THAT, "A")
_HOLDS = {_PERSON: "\ue000", _OFFICE: "\ue001", _NAME: "\ue002"}
_QUOTED = re.compile(r"“([^“”\n]+)”|«([^«»\n]+)»|「([^」\n]+)」|„([^„“”\n]+)[“”]|\"([^\"\n]+)\"")
_OPENING, _STRAIGHT = '“«「„"', '"'
_WORD = r"\w+(?:['’‘ʻʼ`-]\w+)*"
_APOSTROPHE = "['’‘ʻʼ`]"
_STOPS, _OPEN_ENDS = ".!?…。！？；;", ",，!?！？…"
_GOING_ON = (",", "，", "—", "–", "-")
_HAN = "zh"


class _Spoken(NamedTuple):
    """A quotation of one field, and who says it, as written there."""

    words: str
    speaker: str
    entity: Entity


class _Row(NamedTuple):
    """The letters of a clause's words and marks, and the names by their places among them."""

    letters: str
    names: Mapping[int, tuple[str, Entity]]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Rows of one language: behind a quotation, before it, and around it, if that is used."""

    behind: re.Pattern[str]
    before: re.Pattern[str]
    subject: re.Pattern[str] | None
    closing: re.Pattern[str]


def quotations(
    articles: Sequence[JudgedArticle],
    lang: str,
    watchlist: Watchlist,
    names: Mapping[str, str],
    beside: str = "",
) -> tuple[Quotation, ...]:
    """At most two quotations from the first articles of a story, of different speakers.

    Those in ``lang`` come first; the others have the speaker's name from ``names`` (by entity id)
    beside them. What stands in ``beside``, the lead, is not said again.
    """
    found: list[Quotation] = []
    for each in sorted(articles[:_ARTICLES_READ], key=lambda one: _lang(one) != lang):
        for spoken in _spoken(each.article.wording, watchlist):
            is_new = all(spoken.entity.id != one.entity for one in found)
            if is_new and len(found) < _MOST and spoken.words not in beside:
                name = "" if _lang(each) == lang else names.get(spoken.entity.id, "")
                found.append(_quotation(each, spoken, name))
    return tuple(found)


def said_by(
    articles: Sequence[JudgedArticle], entity: str, watchlist: Watchlist
) -> Iterator[tuple[JudgedArticle, Quotation]]:
    """What ``entity`` is quoted with in some articles, in their order; the same words once."""
    told: set[str] = set()
    for each in articles:
        for spoken in _spoken(each.article.wording, watchlist) if may_quote([each]) else ():
            if spoken.entity.id == entity and spoken.words not in told:
                told.add(spoken.words)
                yield each, _quotation(each, spoken, "")


def may_quote(articles: Sequence[JudgedArticle]) -> bool:
    """Whether the first articles of a story have a sentence in quotation marks at all."""
    return any(
        _is_sentence(quoted[0])
        for each in articles[:_ARTICLES_READ]
        for _, text in each.article.wording.fields()
        for quoted in _QUOTED.finditer(text[:_READ])
    )


def _lang(each: JudgedArticle) -> str:
    return each.article.wording.lang


def _quotation(each: JudgedArticle, spoken: _Spoken, known: str) -> Quotation:
    article = each.article
    return Quotation(
        words=spoken.words,
        speaker=spoken.speaker,
        entity=spoken.entity.id,
        lang=article.wording.lang,
        outlet=article.outlet,
        article_id=article.id,
        url=article.url,
        known="" if fold_key(known) == fold_key(spoken.speaker) else known,
    )


def _spoken(wording: Wording, watchlist: Watchlist) -> Iterator[_Spoken]:
    """The quotations of summary and text, in reading order; each once."""
    if wording.lang not in _table():
        return
    reader = _Reader(watchlist, wording.lang)
    told: set[str] = set()
    for name, text in wording.fields():
        for spoken in () if name == "title" else reader.spoken(text[:_READ]):
            if spoken.words not in told:
                told.add(spoken.words)
                yield spoken


class _Reader:
    """Reads the clauses around quotations in one language."""

    def __init__(self, watchlist: Watchlist, lang: str) -> None:
        self._watchlist = watchlist
        self._lang = lang
        self._patterns = _patterns(lang)

    def spoken(self, text: str) -> Iterator[_Spoken]:
        """The quotations of ``text`` that are surely somebody's."""
        for quoted in _QUOTED.finditer(text):
            inside = next(filter(None, quoted.groups()))
            words = _whole(inside.strip())
            if words and _is_sentence(inside) and _is_paired(text, quoted):
                speaker = None if self._is_interrupted(inside) else self._speaker(text, quoted)
                if speaker:
                    yield _Spoken(words, *speaker)

    def _is_interrupted(self, inside: str) -> bool:
        """Whether its speaker is named within the marks: «We agreed, — he said, — and go on»."""
        parts = re.split(r"[,.!?…]\s*[—–-]", inside)[1:]
        return any(_VERB in self._row(part).letters[:2] for part in parts)

    def _speaker(self, text: str, quoted: re.Match[str]) -> tuple[str, Entity] | None:
        """Who says it, by the clause before or behind; nobody where both name somebody."""
        before = self._row(_before(text, quoted.start()))
        behind = self._row(_behind(text, quoted.end()))
        goes_on = behind.letters.startswith(_THAT) or _goes_on(text, quoted)
        found = [
            self._named(row, match)
            for row, match in (
                (before, self._patterns.before.fullmatch(before.letters)),
                (behind, self._patterns.behind.match(behind.letters) if goes_on else None),
                (before, self._framed(before, behind)),
            )
            if match
        ]
        return found[0] if len(found) == 1 else None

    def _framed(self, before: _Row, behind: _Row) -> re.Match[str] | None:
        """Where the speaker stands before and the verb behind, as Turkic languages have it."""
        if self._patterns.subject is None or not self._patterns.closing.match(behind.letters):
            return None
        return self._patterns.subject.fullmatch(before.letters)

    def _named(self, row: _Row, match: re.Match[str]) -> tuple[str, Entity] | None:
        """The speaker as written, with all names of theirs that stand side by side."""
        letters = row.letters[: match.end()]
        role = _PERSON if _PERSON in letters else _OFFICE
        those = [row.names[place] for place, letter in enumerate(letters) if letter == role]
        if len({entity.id for _, entity in those}) != 1:
            return None
        return ("" if self._lang == _HAN else " ").join(form for form, _ in those), those[0][1]

    def _row(self, clause: str) -> _Row:
        """The letters of ``clause``, in which the beat's names are one word each."""
        found = self._watchlist.find([("clause", clause)], self._lang)
        held, names = _held(clause, found, self._lang)
        tokens = list(_tokens(self._lang).finditer(held))
        places = {place: token.start() for place, token in enumerate(tokens)}
        return _Row(
            "".join(map(_letter, tokens)),
            {place: names[start] for place, start in places.items() if start in names},
        )


# --- clauses -------------------------------------------------------------------------------------


def _is_sentence(words: str) -> bool:
    if has_han(words):
        return sum(end - start for start, end in han_runs(words)) >= _FEWEST_HAN
    return len(re.findall(_WORD, words)) >= _FEWEST_WORDS


def _whole(words: str) -> str:
    """The whole sentences that are short enough; an ellipsis stands for the others."""
    if len(words) <= _LONGEST:
        return words.rstrip(",，")
    ends = [end for _, end in spans(words) if end <= _LONGEST]
    return f"{words[: ends[-1]]} …" if ends else ""


def _before(text: str, opening: int) -> str:
    """What stands before a quotation in its sentence; nothing where that is very much."""
    began = next((s for s, e in spans(text[: opening + 1]) if s <= opening < e), opening)
    clause = text[began:opening]
    return clause if len(clause) <= _AROUND else ""


def _behind(text: str, closing: int) -> str:
    """What stands behind a quotation, up to the next one or the line's end."""
    clause = text[closing : closing + _AROUND].partition("\n")[0]
    following = [place for mark in _OPENING if (place := clause.find(mark)) >= 0]
    return clause[: min(following)] if following else clause


def _goes_on(text: str, quoted: re.Match[str]) -> bool:
    """Whether the sentence goes on behind the quotation: a comma, a dash, no full stop."""
    behind = text[quoted.end() : quoted.end() + 2].lstrip()
    return behind.startswith(_GOING_ON) or quoted[0][-2] in _OPEN_ENDS


def _is_paired(text: str, quoted: re.Match[str]) -> bool:
    """Whether straight marks are sure to open and to close: their line has an even number."""
    if quoted[0][0] != _STRAIGHT:
        return True
    line = text[text.rfind("\n", 0, quoted.start()) + 1 :].partition("\n")[0]
    return line.count(_STRAIGHT) % 2 == 0 and quoted[0][1:-1] == quoted[0][1:-1].strip()


def _held(
    clause: str, named: Sequence[Occurrence], lang: str
) -> tuple[str, dict[int, tuple[str, Entity]]]:
    """``clause`` with a letter in the place of each name, and the names by their new places."""
    parts: list[str] = []
    names, end, length = {}, 0, 0
    for one in named:
        entity = one.sought.subject
        if not isinstance(entity, Entity) or one.start < end:
            continue
        form = _whole_name(clause, one, entity, lang)
        between = clause[end : one.start]
        length += len(between)
        names[length] = (form, entity)
        parts += [between, _HOLDS[_role(form, entity, lang)]]
        length, end = length + 1, one.start + len(form)
    return "".join([*parts, clause[end:]]), names


def _whole_name(clause: str, one: Occurrence, entity: Entity, lang: str) -> str:
    """A name with all that belongs to it, where two forms overlap: President Xi Jinping."""
    ends = [one.end]
    for alias in entity.aliases:
        place = clause.find(alias.text, one.start, one.end + len(alias.text))
        if alias.lang == lang and one.start <= place < one.end:
            ends.append(place + len(alias.text))
    return clause[one.start : max(ends)]


def _role(form: str, entity: Entity, lang: str) -> str:
    """Whether a name may be that of a speaker: one of the right kind in its basic form."""
    if not _is_basic(fold_key(form), entity, lang):
        return _NAME
    if entity.kind in _table()["people"]:
        return _PERSON
    return _OFFICE if entity.kind in _table()["offices"] else _NAME


def _is_basic(form: str, entity: Entity, lang: str) -> bool:
    """Whether a name stands as it is called, and not in a case: Тоқаев, not Тоқаевтың."""
    sure = [alias for alias in entity.aliases if not alias.weak]
    if not any(form.endswith(fold_key(alias.text)) for alias in sure):
        return False
    own = (fold_key(alias.text) for alias in sure if alias.lang == lang and not has_han(alias.text))
    return not any(form[len(name) :][:1].isalpha() for name in own if form.startswith(name))


# --- rows ----------------------------------------------------------------------------------------


def _letter(token: re.Match[str]) -> str:
    """The letter of a word, a name or a mark."""
    kind = token.lastgroup or ""
    if kind == "name":
        return next(letter for letter, held in _HOLDS.items() if held == token[0])
    if kind == "word":  # the first one has its capital from its place
        return _CAPITAL if token[0][0].isupper() and token.start() else _SMALL
    return _of_mark(token[0]) if kind == "mark" else kind


def _of_mark(mark: str) -> str:
    if mark in _STOPS:
        return _END
    return _COLON if mark in ":：" else _MARK


@cache
def _tokens(lang: str) -> re.Pattern[str]:
    """What a clause is divided into; of several expressions the first kind counts."""
    row = _table()[lang]
    words = {letter: _expressions(row.get(key, "")) for letter, key in _LISTS.items()}
    between = "|".join(row["between"])
    # What stands between name and verb is known by the verb behind it.
    words["B"] = rf"(?:{between})(?:\s+(?:{between}))*(?=\s*(?:{words[_VERB]}))"
    edge, word = ("", r"\w") if lang == _HAN else (r"(?!\w)", _WORD)
    kinds = "|".join(
        rf"(?P<{letter}>(?:{words[letter]}){edge})" for letter in _ORDER if words[letter]
    )
    holds = "".join(_HOLDS.values())
    return re.compile(rf"(?P<name>[{holds}])|{kinds}|(?P<word>{word})|(?P<mark>\S)", re.IGNORECASE)


def _expressions(listed: str) -> str:
    """The alternatives of a list, the longest first, with any apostrophe and any blanks."""
    expressions = sorted(filter(None, listed.split("|")), key=len, reverse=True)
    escaped = (re.escape(words).replace(r"\ ", r"\s+") for words in expressions)
    return "|".join(words.replace("'", _APOSTROPHE) for words in escaped)


@cache
def _patterns(lang: str) -> _Patterns:
    """The rows of a language that make a quotation somebody's."""
    row = _table()[lang]
    told = "[TDNOlA]" if row.get("free") else "[TDNO]"
    # The spokesman of a country is no country, and one of a person not that person.
    who = rf"(?:(?:R[TD]*[NO]|{told})*P+D*|[DN]*O)"
    # What stands in commas behind a name: an office, or what its bearer was doing.
    aside = r"(?:,[lTDNOARQ]{1,12},)?"
    is_around = row.get("around", False)
    return _Patterns(
        # Another name right behind a comma speaks along: said Xi, Tokayev and Japarov.
        behind=re.compile(rf",*Q?,?(?:V{who}|{who}B?V)(?=[.AR]|,(?![TDN]*P)|$)"),
        before=re.compile(rf"{who}{aside}B?V(?:A[lU]{{1,3}})?,?Q?[,:]?"),
        subject=re.compile(rf"{who},?") if is_around else None,
        closing=re.compile(r",*V(?=[.,]|$)"),
    )


@cache
def _table() -> dict[str, Any]:
    source = files("monitor.match").joinpath("data", "quotations.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
