"""Reading a search: pieces, then a recursive descent over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.errors import QueryError
from monitor.query.fields import Field
from monitor.query.nodes import And, FigureReader, Node, Not, Or, Query, Word
from monitor.text.cutting import has_words

MAX_LENGTH = 2_000
MAX_PARTS = 100
MAX_DEPTH = 20
_SHOWN = 60  # characters of a search that is too long

# What Chinese and Russian keyboards give for the signs of the language; one for one, so that
# columns stay what they are.
_SIGNS = str.maketrans("“”„«»：（）－＊", '""""":()-*')
_UNSEARCHABLE = re.compile("[\0\ud800-\udfff]")
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<sign>[()])
    | (?P<minus>-)(?=[^\s-])
    | (?P<field>[^\W\d_]+(?:-[^\W\d_]+)*):(?P<value>"[^"]*"|[^\s()"]*)
    | "(?P<phrase>[^"]*)"\*?
    | (?P<quote>")
    | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "NOT")
# A field that is compared, with the sign right behind it.
_COMPARED = re.compile(r"(?:score|figure|published|first-seen)(?=[<>=])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Token:
    """One piece of a search; ``kind`` is the piece itself for signs and operators."""

    kind: str
    text: str
    column: int
    field: str = ""
    exact: bool = False


def parse(text: str, threshold: float = 50.0, read: FigureReader = lambda *figure: None) -> Query:
    """Read a search; an empty one finds everything. QueryError names the column of a mistake.

    ``is:matched`` asks for scores of ``threshold`` or more; ``read`` knows figures in words.
    """
    if bad := _UNSEARCHABLE.search(text):
        shown = _UNSEARCHABLE.sub("?", text)
        raise QueryError(shown, bad.start(), "this character cannot be searched for")
    if len(text) > MAX_LENGTH:
        problem = f"a search may have {MAX_LENGTH:,} characters, this one has {len(text):,}"
        raise QueryError(f"{text[:_SHOWN]}…", _SHOWN, problem)
    return Query(text, _Parser(text, threshold, read).root())


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
                ending = "prefix" if found[0].endswith("*") else "phrase"
                yield _Token(ending, piece, start - 1, exact=True)
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

    def __init__(self, text: str, threshold: float, read: FigureReader) -> None:
        self._text = text
        self._threshold = threshold
        self._read = read
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
                return self._field(token)
            case _:
                return self._word(token)

    def _group(self, opening: _Token, depth: int) -> Node:
        node = self._either(depth + 1)
        if self._peek() != ")":
            raise QueryError(self._text, opening.column, "this bracket is not closed; add a )")
        self._next += 1
        return node

    def _field(self, token: _Token) -> Node:
        place = (self._text, token.column, token.field, token.text)
        return Field(*place, self._threshold, self._read).node()

    def _word(self, token: _Token) -> Word:
        if not has_words(token.text):
            shown = token.text if token.text or token.exact else "*"
            problem = f'there is no letter or digit to search for in "{shown}"'
            raise QueryError(self._text, token.column, problem)
        if not token.exact and (compared := _COMPARED.match(token.text)):
            field = compared[0].casefold()
            raise QueryError(
                self._text, token.column + compared.end(), f"a colon is missing behind {field}"
            )
        if "*" in token.text:
            column = token.column + token.text.index("*")
            raise QueryError(self._text, column, "a * may stand at the end of a word only")
        return Word(token.text, token.kind == "prefix", token.exact)

    def _peek(self) -> str:
        """The kind of the next token, empty at the end."""
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _error(self, problem: str) -> QueryError:
        rest = self._tokens[self._next :]
        return QueryError(self._text, rest[0].column if rest else len(self._text), problem)
