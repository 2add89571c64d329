"""The search language: from what a person types to a ``Query`` that a store can answer.

::

    khorgos railway            both words, in any order
    "freight train" -bus       the phrase, without the word (NOT bus says the same)
    kazakh*                    every word that begins so
    steel OR (coal export)     either; groups in parentheses
    country:KZ topic:energy entity:Tokayev lang:zh outlet:xinhua
    score:>=60 since:2026-01 until:7d

Words written side by side must all occur; ``OR`` binds weaker, ``NOT`` and ``-`` stronger. Times
say when an article was first seen: a year, month or day (in UTC; ``until`` includes it), or a
distance from now in hours, days or weeks (``24h``, ``7d``, ``2w``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from monitor.errors import QueryError
from monitor.text.cutting import has_words

LABELS = ("country", "topic", "entity")
FIELDS = (*LABELS, "lang", "outlet", "since", "until", "score")
MAX_LENGTH = 2_000
MAX_PARTS = 100
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase in title, summary or text; with ``prefix`` its last word may go on."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What an article is about: any of ``ids``, which are ``value`` itself until resolved."""

    kind: str
    value: str
    ids: tuple[str, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Lang:
    """The language that an article is written in (ISO 639-1)."""

    code: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """A part of the publisher's name, in any case."""

    name: str


@dataclass(frozen=True, slots=True)
class Score:
    """A bound on the score: ``sign`` is one of ``>= <= > < =``."""

    sign: str
    points: float


@dataclass(frozen=True, slots=True)
class Since:
    """First seen at this time or later; a timedelta counts back from now."""

    time: datetime | timedelta


@dataclass(frozen=True, slots=True)
class Until:
    """First seen before this time; a timedelta counts back from now."""

    time: datetime | timedelta


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but ``node``."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of ``nodes``; everything when there are none."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of ``nodes``."""

    nodes: tuple[Node, ...]


Node = Word | Label | Lang | Outlet | Score | Since | Until | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A search that was understood."""

    text: str
    root: Node

    def labels(self, kind: str) -> tuple[Label, ...]:
        """The labels of one kind (``country``, ``topic``, ``entity``), as written."""
        leaves = _leaves(self.root)
        return tuple(leaf for leaf in leaves if isinstance(leaf, Label) and leaf.kind == kind)

    def resolve(self, kind: str, names: Callable[[str], Sequence[str]]) -> Query:
        """Replace each label's value of one kind by the ids that ``names`` knows for it.

        QueryError at the label when there is none.
        """

        def named(leaf: Node) -> Node:
            if not isinstance(leaf, Label) or leaf.kind != kind:
                return leaf
            if ids := tuple(dict.fromkeys(names(leaf.value))):
                return replace(leaf, ids=ids)
            raise QueryError(self.text, leaf.column, f'no {kind} is called "{leaf.value}"')

        return replace(self, root=_mapped(self.root, named))


# --- the tree ------------------------------------------------------------------------------------


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Not():
            yield from _leaves(node.node)
        case And() | Or():
            for part in node.nodes:
                yield from _leaves(part)
        case _:
            yield node


def _mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    match node:
        case Not():
            return Not(_mapped(node.node, change))
        case And() | Or():
            return type(node)(tuple(_mapped(part, change) for part in node.nodes))
        case _:
            return change(node)


# --- reading -------------------------------------------------------------------------------------

# What Chinese and Russian keyboards give for the signs of the language; one for one, so that
# columns stay what they are.
_SIGNS = str.maketrans("“”„«»：（）－＊", '""""":()-*')
_UNSEARCHABLE = re.compile("[\0\ud800-\udfff]")
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<sign>[()])
    | (?P<minus>-)(?=[^\s-])
    | (?P<field>[^\W\d_]+):(?P<value>"[^"]*"|[^\s()"]*)
    | "(?P<phrase>[^"]*)"\*?
    | (?P<quote>")
    | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class _Token:
    """One piece of a search; ``kind`` is the piece itself for signs and operators."""

    kind: str
    text: str
    column: int
    field: str = ""


def parse(text: str) -> Query:
    """Read a search; an empty one finds everything. QueryError names the column of a mistake."""
    if bad := _UNSEARCHABLE.search(text):
        shown = _UNSEARCHABLE.sub("?", text)
        raise QueryError(shown, bad.start(), "this character cannot be searched for")
    if len(text) > MAX_LENGTH:
        problem = f"a search may have {MAX_LENGTH:,} characters, this one has {len(text):,}"
        raise QueryError(text[:MAX_LENGTH], MAX_LENGTH, problem)
    return Query(text, _Parser(text).root())


def _tokens(text: str) -> Iterator[_Token]:
    """Pieces of ``text``; what the pattern leaves out is white space only."""
    for found in _TOKEN.finditer(text.translate(_SIGNS)):
        kind = found.lastgroup or ""
        start, piece = found.start(kind), found[kind]
        match kind:
            case "sign" | "minus":
                yield _Token("NOT" if kind == "minus" else piece, piece, start)
            case "value":
                yield _Token("field", piece.strip('"'), found.start("field"), found["field"])
            case "phrase":
                yield _Token("prefix" if found[0].endswith("*") else "phrase", piece, start - 1)
            case "quote":
                raise QueryError(text, start, 'this quotation mark has no partner; add a "')
            case _:
                yield _word_token(piece, start)


def _word_token(piece: str, start: int) -> _Token:
    if piece in _OPERATORS:
        return _Token(piece, piece, start)
    return _Token("prefix" if piece.endswith("*") else "phrase", piece.rstrip("*"), start)


class _Parser:
    """Recursive descent over the tokens of one search."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0
        if len(self._tokens) > MAX_PARTS:
            column = self._tokens[MAX_PARTS].column
            raise QueryError(text, column, f"a search may have {MAX_PARTS} parts at most")

    def root(self) -> Node:
        """The whole search; And of nothing when it is empty."""
        if not self._tokens:
            return And(())
        node = self._either(0)
        if self._peek() == ")":
            raise self._error("this bracket closes nothing; remove it, or put it in quotes")
        return node

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._peek() == "OR":
            self._next += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._peek() not in ("", ")", "OR"):
            self._next += self._peek() == "AND"
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} brackets or NOTs inside one another")
        kind = self._peek()
        if kind in ("", ")", "AND", "OR"):
            raise self._error("a word to search for is missing here")
        token = self._tokens[self._next]
        self._next += 1
        match kind:
            case "NOT":
                return Not(self._one(depth + 1))
            case "(":
                return self._group(token, depth)
            case "field":
                return _Field(self._text, token).node()
            case _:
                return self._word(token)

    def _group(self, opening: _Token, depth: int) -> Node:
        node = self._either(depth + 1)
        if self._peek() != ")":
            raise QueryError(self._text, opening.column, "this bracket is not closed; add a )")
        self._next += 1
        return node

    def _word(self, token: _Token) -> Word:
        if not has_words(token.text):
            shown = token.text or "*"
            problem = f'there is no letter or digit to search for in "{shown}"'
            raise QueryError(self._text, token.column, problem)
        if "*" in token.text:
            column = token.column + token.text.index("*")
            raise QueryError(self._text, column, "a * may stand at the end of a word only")
        return Word(token.text, prefix=token.kind == "prefix")

    def _peek(self) -> str:
        """The kind of the next token, empty at the end."""
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _error(self, problem: str) -> QueryError:
        rest = self._tokens[self._next :]
        return QueryError(self._text, rest[0].column if rest else len(self._text), problem)


# --- fields --------------------------------------------------------------------------------------

_BOUND = re.compile(r"(>=|<=|>|<|=)?(\d{1,3}(?:\.\d+)?)")
_DISTANCE = re.compile(r"(\d{1,4})([hdw])")
_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?")
_DATES = ("2026", "2026-01", "2026-01-15", "7d", "24h")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class _Field:
    """``name:value`` on its way to a node."""

    def __init__(self, text: str, token: _Token) -> None:
        self._text = text
        self._token = token
        self._name = token.field.casefold()
        self._value = token.text.strip()
        self._value_column = token.column + len(token.field) + 1

    def node(self) -> Node:
        """What the field asks for; QueryError for a name or value that does not exist."""
        if self._name not in FIELDS:
            raise QueryError(self._text, self._token.column, self._unknown())
        if not self._value:
            raise self._error(f"a value is missing after {self._name}:")
        match self._name:
            case "lang":
                return Lang(self._value.casefold())
            case "outlet":
                return Outlet(self._value)
            case "score":
                return self._score()
            case "since":
                return Since(self._time()[0])
            case "until":
                return Until(self._time()[1])
            case _:
                return self._label()

    def _label(self) -> Label:
        plain = self._value.upper() if self._name == "country" else self._value.casefold()
        return Label(self._name, self._value, (plain,), self._value_column)

    def _score(self) -> Score:
        if bound := _BOUND.fullmatch(self._value):
            return Score(bound[1] or ">=", float(bound[2]))
        raise self._error("write a score as score:>=60, score:<40 or score:=75")

    def _time(self) -> tuple[datetime | timedelta, datetime | timedelta]:
        """Begin and end of what the value names; both are one for a distance from now."""
        if distance := _DISTANCE.fullmatch(self._value):
            back = int(distance[1]) * _UNITS[distance[2]]
            return back, back
        try:
            return _period(self._value)
        except (ValueError, OverflowError) as error:
            examples = ", ".join(f"{self._name}:{each}" for each in _DATES)
            raise self._error(f"this is no date; write one as {examples}") from error

    def _unknown(self) -> str:
        problem = f'there is no field "{self._token.field}"'
        if near := get_close_matches(self._name, FIELDS, n=1):
            return f'{problem}; did you mean "{near[0]}:"?'
        return f"{problem}; put the words in quotes to search for them ({', '.join(FIELDS)} exist)"

    def _error(self, problem: str) -> QueryError:
        return QueryError(self._text, self._value_column, problem)


def _period(value: str) -> tuple[datetime, datetime]:
    """The half-open time that a year, month or day names; ValueError or OverflowError for none."""
    date = _DATE.fullmatch(value)
    if not date:
        raise ValueError(value)
    year, month, day = int(date[1]), int(date[2] or 1), int(date[3] or 1)
    start = datetime(year, month, day, tzinfo=UTC)
    if date[3]:
        return start, start + timedelta(days=1)
    if date[2] and month < 12:
        return start, start.replace(month=month + 1)
    return start, datetime(year + 1, 1, 1, tzinfo=UTC)
