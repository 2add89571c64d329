"""Quoted numbers with their values and units, in eight languages.

948亿美元, 94,8 млрд долларов and $94.8 billion are the same figure. Dates, clock times, ordinals
and names with digits are none. The words are in ``text/data/units.toml`` and ``counting.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from monitor.match.carried_units import with_carried_units
from monitor.match.han_figures import han_figures
from monitor.model import Figure
from monitor.text.counting import (
    Unit,
    counting,
    glued_powers,
    is_year,
    parted_units,
    signs,
    unquoted_units,
    written_number,
)
from monitor.text.normalise import fold
from monitor.text.scripts import has_han

_NUMBER = (
    r"\d{1,3}(?:[ \u00a0\u202f\u2009']\d{3})+(?:[.,]\d+)?(?!\d)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?"
)
_DOLLAR = r"(?:US|HK|NT|[ACS])\$"
# Words are tried first, since most tokens are words, and white space is no place to try at.
_TOKEN = re.compile(
    rf"(?<!\s)\s*+(?:(?P<word>(?!{_DOLLAR})"
    r"[^\W\d_]+(?:['’‘ʻʼ`][^\W\d_]+)*(?:[²³]|[23](?![^\W_]))?)"
    rf"|(?P<number>(?=\d)(?:{_NUMBER}))|(?P<sign>{_DOLLAR}|[$€£¥￥₸₽₹%％])|(?P<mark>\S))"
)
_KINDS = ("", *_TOKEN.groupindex)
# Dates, times and scores in digits, names with digits, and 1e5: nothing in them is a figure.
_NO_FIGURES = re.compile(
    r"\b\d+(?:[.,]\d+)?[eE][+-]?\d+\b|"
    r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{1,2}\b|\b\d{1,2}/\d{1,2}\b"
    r"|(?<![^\W\d_])[^\W\d_]\w*\+\w*\d\w*|(?<![^\W])[^\W\d_]+[-‑]?\d[\w-]*|№\s?\d+"
)
# What stands between white space and has a digit: of all that is no figure only № reaches beyond.
_WITH_DIGIT = re.compile(r"(?<!\S)[^\s\d]*+\d\S*")
_REACHING = "№"
_DASHES = frozenset("-–—‑−~")
_JOINERS = _DASHES | frozenset("·•⋅*./∙×")
_TIMES = "times"
_LAST_DAY = 31
# Rows of digits from here on are no quantities of anything, and no database has room for them.
_NO_QUANTITY = 10**18
_HUNDRED = 100
# How many tokens behind a year may make it a deadline: 2030 жылдың соңына дейін.
_AHEAD = 5


class Token(NamedTuple):
    """A number, a word, a sign or a mark, where it stands; words are folded as well."""

    kind: str
    text: str
    folded: str
    start: int
    end: int


class _Quantity(NamedTuple):
    """A number without its unit: ``value`` includes ``power``, tokens ``first`` to ``next - 1``."""

    value: Decimal
    power: int
    first: int
    next: int
    digits: str = ""


def figures(text: str, lang: str) -> list[Figure]:
    """The quoted numbers of ``text`` that have a unit, in reading order; a range gives two.

    Units that only tell what a number is *not* of, such as jobs, are none here.
    """
    found = with_carried_units(numbers(text, lang), text, lang)
    return [figure for figure in found if figure.unit and figure.unit not in unquoted_units()]


def numbers(text: str, lang: str) -> list[Figure]:
    """Like ``figures``, with the numbers of things that have no unit of their own."""
    if has_han(text):
        return [figure for figure in han_figures(text) if figure.value < _NO_QUANTITY]
    return numbers_among(tokens_of_figures(text), text, lang)


def numbers_among(read: Tokens, text: str, lang: str) -> list[Figure]:
    """The numbers of a ``text`` without Han characters, whose `tokens_of_figures` are ``read``."""
    read_ones = _Reader(read, text, lang).figures()
    return [figure for figure in read_ones if figure.value < _NO_QUANTITY]


def tokens_of_figures(text: str) -> Tokens:
    """The tokens of ``text`` without times, dates in digits, and names with digits."""
    if _REACHING in text:
        return Tokens(_without_names(text))
    return Tokens(_WITH_DIGIT.sub(lambda found: _without_names(found[0]), text))


def _without_names(text: str) -> str:
    return _NO_FIGURES.sub(lambda found: "\0" * len(found[0]), text)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, read: Tokens, text: str, lang: str) -> None:
        self._text = text
        self._rules = counting(lang)
        self._tokens = read
        self._at = read.__getitem__

    def figures(self) -> Iterator[Figure]:
        """All figures in reading order."""
        behind = 0
        for index in self._beginnings():
            if index < behind:
                continue
            multiple = self._multiple(index)
            quantity = None if multiple else self._quantity(index)
            if multiple:
                yield multiple
            elif quantity is not None:
                found, behind = self._read(quantity)
                yield from found

    def _beginnings(self) -> list[int]:
        """The places of the tokens that a number may begin with."""
        begins = self._rules.begins
        return [
            index
            for index, (kind, text) in enumerate(self._tokens.kinds())
            if kind == "number" or (kind == "word" and begins[text])
        ]

    def _read(self, one: _Quantity) -> tuple[list[Figure], int]:
        """The figures that begin with a quantity, and the index of the token behind them."""
        other = self._end_of_range(one)
        last = other or one
        if self._is_date(one, last):
            return [], last.next
        unit, next_index = self._unit(one, last)
        if unit is None and (one.digits and is_year(one.digits)):
            return [], last.next
        name, scale = (unit.name, unit.scale) if unit else ("", Decimal(1))
        if other and not one.power and other.power and one.value < other.value:
            one = one._replace(value=one.value.scaleb(other.power))
        ends = [self._figure(one, one.next, name, scale)] if other else []
        return [*ends, self._figure(last, next_index, name, scale)], max(next_index, last.next)

    def _figure(self, quantity: _Quantity, next_index: int, name: str, scale: Decimal) -> Figure:
        first = quantity.first - (self._sign_before(quantity.first) is not None)
        start, end = self._tokens[first].start, self._tokens[next_index - 1].end
        return Figure(plain(quantity.value * scale), name, self._text[start:end], start, end)

    def _multiple(self, index: int) -> Figure | None:
        """How many times, in one word: threefold, втрое."""
        token = self._at(index)
        multiples = self._rules.multiples
        found = multiples.pair(token.folded, self._at(index + 1).folded) or multiples.word(
            token.folded
        )
        if found is None:
            return None
        return Figure(int(found), _TIMES, token.text, token.start, token.end)

    # --- numbers ---------------------------------------------------------------------------------

    def _quantity(self, index: int) -> _Quantity | None:
        """The number that begins at ``index``; 1 million 200 thousand is one."""
        quantity = self._simple_quantity(index)
        if quantity is None or not quantity.power:
            return quantity
        more = self._simple_quantity(quantity.next)
        if more is None or not 0 < more.power < quantity.power:
            return quantity
        if more.value >= Decimal(1).scaleb(quantity.power):
            return quantity
        return quantity._replace(value=quantity.value + more.value, next=more.next)

    def _simple_quantity(self, index: int) -> _Quantity | None:
        token = self._at(index)
        if token.kind == "number":
            return self._digits(index)
        if token.kind != "word":
            return None
        return self._words(index)

    def _digits(self, index: int) -> _Quantity | None:
        token, behind = self._at(index), self._at(index + 1)
        value = written_number(token.text, groups_by_comma=self._rules.groups_by_comma)
        next_index = index + 1
        if behind.kind == "word" and behind.start == token.end:
            power = self._glued(index)
            if power is not None:
                return _Quantity(value.scaleb(power), power, index, index + 2, token.text)
            if behind.folded in self._rules.endings:
                next_index = index + 2
            elif self._rules.unit(behind.folded) is None and not self._is_magnitude(behind):
                return None
        elif self._is_hyphenated(index):
            ending = self._at(index + 2).folded
            if ending in self._rules.endings:
                next_index = index + 3
            elif not (self._joins(index + 2) or is_year(token.text)):
                return None
        return self._multiplied(value, index, next_index, token.text)

    def _glued(self, index: int) -> int | None:
        """The power of a letter right behind the digits: of $5m, but not of 5m."""
        letter = self._at(index + 1).text
        power = glued_powers().get(letter)
        if power is None:
            return None
        behind = self._at(index + 2)
        is_money = self._sign_before(index) is not None
        counts = behind.kind == "word" and self._rules.unit(behind.folded) is not None
        return power if is_money or counts else None

    def _is_hyphenated(self, index: int) -> bool:
        token, hyphen, word = (self._at(index + ahead) for ahead in range(3))
        return (
            hyphen.text in _DASHES
            and hyphen.start == token.end
            and word.kind == "word"
            and word.start == hyphen.end
        )

    def _joins(self, index: int) -> bool:
        """Whether the word at ``index`` may be joined to a number by a hyphen: it is a unit."""
        word = self._at(index)
        known = self._rules.unit(word.folded) is not None or self._is_magnitude(word)
        return (self._rules.joins and known) or self._ends_as_deadline(word)

    def _words(self, index: int) -> _Quantity | None:
        """A number in words, such as twenty-six or восемьдесят семь; None for no number."""
        total: Decimal | None = None
        at = index
        while (value := self._rules.words.get(self._at(at).folded)) is not None:
            if total is not None and value == _HUNDRED and total < 10:
                total *= value
            elif total is not None and not _adds(total, value):
                break
            else:
                total = (total or Decimal(0)) + value
            at += 1
            at += self._at(at).text == "-" and self._at(at + 1).folded in self._rules.words
        if total is None:
            return self._one(index)
        return self._multiplied(total, index, at, "")

    def _one(self, index: int) -> _Quantity | None:
        """One, a or half before a magnitude, or a magnitude before what it counts."""
        token, behind = self._at(index), self._at(index + 1)
        if token.folded in self._rules.single and self._rules.unit(behind.folded) is not None:
            power = self._power(index) or 0
            return _Quantity(Decimal(1).scaleb(power), power, index, index + 1)
        if self._is_magnitude(behind) and self._rules.halves.word(token.folded) is not None:
            value, at = Decimal("0.5"), index + 1
        elif self._rules.halves.pair(token.folded, behind.folded):
            value, at = Decimal("0.5"), index + 2
        elif token.folded in self._rules.ones and self._rules.halves.word(behind.folded):
            value, at = Decimal("1.5"), index + 2
        elif token.folded in self._rules.ones or self._is_magnitude(token):
            value, at = Decimal(1), index + (token.folded in self._rules.ones)
        else:
            return None
        if not self._is_magnitude(self._at(at)) or at == index:
            return None
        return self._multiplied(value, index, at, "")

    def _multiplied(self, value: Decimal, first: int, at: int, digits: str) -> _Quantity:
        """``value`` with the halves and magnitudes that stand behind it."""
        if self._rules.halves.word(self._at(at).folded) and self._at(at).kind == "word":
            value, at = value + Decimal("0.5"), at + 1
        elif self._rules.halves.pair(self._at(at).folded, self._at(at + 1).folded):
            width = 3 if self._at(at + 1).folded == "a" else 2
            value, at = value + Decimal("0.5"), at + width
        total = 0
        at += self._at(at).text in _DASHES and self._is_magnitude(self._at(at + 1))
        while (power := self._power(at)) is not None:
            total += power
            at += 1
            at += self._at(at).text == "." and self._goes_on(at + 1)
        return _Quantity(value.scaleb(total), total, first, at, "" if total else digits)

    def _goes_on(self, index: int) -> bool:
        """Whether a full stop before ``index`` ends an abbreviation and no sentence."""
        token = self._at(index)
        return token.text[:1].islower() or self._rules.unit(token.folded) is not None

    def _power(self, index: int) -> int | None:
        token = self._at(index)
        return self._rules.magnitude(token.folded) if token.kind == "word" else None

    def _is_magnitude(self, token: Token) -> bool:
        return token.kind == "word" and self._rules.magnitude(token.folded) is not None

    # --- ranges and dates ------------------------------------------------------------------------

    def _end_of_range(self, one: _Quantity) -> _Quantity | None:
        at = one.next
        if not (self._at(at).text in _DASHES or self._links(one, self._at(at))):
            return None
        at += 1
        at += self._at(at).kind == "sign" and self._at(at).text in signs()
        other = self._quantity(at)
        if other is None or other.value <= 0 or self._at(at).kind == "mark":
            return None
        return other

    def _links(self, one: _Quantity, link: Token) -> bool:
        if link.kind != "word":
            return False
        before = self._at(one.first - 1).folded
        before = self._at(one.first - 2).folded if self._sign_before(one.first) else before
        if link.folded in self._rules.range_words:
            return True
        return link.folded in self._rules.between and before in self._rules.between_begins

    def _is_date(self, one: _Quantity, last: _Quantity) -> bool:
        """Whether a month stands beside what may be its days, or a year's word behind a year."""
        days = one.value <= _LAST_DAY and last.value <= _LAST_DAY and not one.power
        beside = [self._at(last.next + (self._at(last.next).text in _DASHES))]
        if self._rules.month_first:
            beside.append(self._at(one.first - 1))
        return days and any(
            token.kind == "word" and self._rules.months.word(token.folded) is not None
            for token in beside
        )

    # --- units -----------------------------------------------------------------------------------

    def _unit(self, one: _Quantity, last: _Quantity) -> tuple[Unit | None, int]:
        """The unit of a quantity, and the index of the token behind it."""
        if last.digits and is_year(last.digits):
            return self._year(one, last)
        sign = self._sign_before(one.first)
        if sign is not None:
            return Unit(sign), last.next
        at = last.next
        at += self._at(at).text in _DASHES and self._joins(at + 1)
        if self._at(at).kind == "sign" and self._at(at).text in signs():
            return Unit(signs()[self._at(at).text]), at + 1
        return self._counted(at, last.next)

    def _counted(self, at: int, otherwise: int) -> tuple[Unit | None, int]:
        """What is counted at ``at``, or behind adjectives there."""
        at = self._behind_about(at)
        for gap in range(self._rules.gap + 1):
            token = self._at(at)
            if token.kind != "word":
                break
            found, width = self._unit_at(at)
            if found and (gap == 0 or self._may_part(found, gap)):
                return found, at + width
            if not self._is_adjective(token.folded):
                break
            at += 3 if self._is_hyphenated(at) else 1
        return None, otherwise

    def _behind_about(self, at: int) -> int:
        """Behind words such as astam and dan ortiq, which say that a number is not exact."""
        while self._at(at).folded in self._rules.about:
            at += 1
        return at

    def _unit_at(self, at: int) -> tuple[Unit | None, int]:
        """The unit that stands at ``at``, and of how many tokens it is: кв. км is of three."""
        token, following, third = (self._at(at + ahead) for ahead in range(3))
        joined = following.text in _JOINERS and third.kind == "word"
        beside = third.folded if joined else following.folded
        found = self._rules.unit(token.folded, beside)
        if found is None:
            return None, 0
        return found[0], found[1] + (joined and found[1] == 2)

    def _may_part(self, unit: Unit, gap: int) -> bool:
        return unit.name in parted_units() or (
            gap == 1 and len(unit.name) == 3 and unit.name.isupper()
        )

    def _is_adjective(self, word: str) -> bool:
        """Whether a word may stand between a number and what it counts."""
        words = self._rules.vocabulary
        if words.lists_word("function", word) or words.lists_word("connectors", word):
            return False
        if self._rules.months.word(word) is not None or word.endswith(self._rules.not_between):
            return False
        return not self._rules.parts_by_adjectives or words.is_adjective(word)

    def _year(self, one: _Quantity, last: _Quantity) -> tuple[Unit | None, int]:
        before, behind = self._at(one.first - 1), self._at(last.next)
        if one is last and self._is_deadline(one.first - 1, last.next):
            return Unit("year"), last.next
        if before.folded in self._rules.years_before or behind.kind != "word":
            return None, last.next
        found = self._rules.unit(behind.folded, self._at(last.next + 1).folded)
        if found is None or found[0].name in {"years", "year"}:
            return None, last.next
        return found[0], last.next + found[1]

    def _is_deadline(self, before: int, at: int) -> bool:
        while self._at(before).folded in self._rules.deadline_between:
            before -= 1
        if self._at(before).folded in self._rules.deadline_before:
            return True
        ahead = [token for token in map(self._at, range(at, at + _AHEAD)) if token.kind == "word"]
        behind = self._rules.deadline_behind
        return any(
            (behind and token.folded.startswith(behind)) or self._ends_as_deadline(token)
            for token in ahead
        )

    def _ends_as_deadline(self, token: Token) -> bool:
        endings = self._rules.deadline_endings
        return bool(endings) and token.kind == "word" and token.folded.endswith(endings)

    def _sign_before(self, index: int) -> str | None:
        token = self._at(index - 1)
        if token.kind in {"sign", "word"} and token.text not in "%％":
            return signs().get(token.text)
        return None


_NOTHING = Token("end", "", "", 0, 0)


class Tokens:
    """The numbers, words, signs and marks of a text, made where somebody looks at them.

    Most words are far from every number.
    """

    __slots__ = ("_found", "_kinds", "_made")

    def __init__(self, text: str) -> None:
        self._found = list(_TOKEN.finditer(text))
        # Groups are asked for by their numbers: by their names it takes twice the time.
        self._kinds = [(_KINDS[kind := found.lastindex or 0], found[kind]) for found in self._found]
        self._made: dict[int, Token] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, index: int) -> Token:
        """The token at a place; one of no kind before the first and behind the last."""
        made = self._made.get(index)
        if made is None:
            made = self._made[index] = self._token(index)
        return made

    def kinds(self) -> Sequence[tuple[str, str]]:
        """The kind and the text of each, in order."""
        return self._kinds

    def _token(self, index: int) -> Token:
        if not 0 <= index < len(self._found):
            return _NOTHING
        kind, text = self._kinds[index]
        folded = folded_word(text) if kind == "word" else ""
        end = self._found[index].end()
        return Token(kind, text, folded, end - len(text), end)


@lru_cache(maxsize=100_000)
def folded_word(word: str) -> str:
    """A word folded; the same words come again and again."""
    return fold(word).text.strip()


def plain(value: Decimal) -> float:
    """``value`` as a whole number where it is one."""
    return int(value) if value == value.to_integral_value() else float(value)


def _adds(total: Decimal, value: Decimal) -> bool:
    """Whether ``value`` may follow ``total`` in one number: a hundred and twenty, twenty six."""
    unit = Decimal(10) if total % _HUNDRED >= 20 and total % 10 == 0 else Decimal(0)
    return value < (unit or (Decimal(_HUNDRED) if total % _HUNDRED == 0 else Decimal(0)) or 0)
