"""Receipts in words: why an article stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.model import Judgement, ReceiptLine
from monitor.publish.frame import Frame, filled, frame_of
from monitor.publish.typography import clean, width

_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class _Piece:
    """Receipt lines that say the same thing, added up."""

    words: str
    points: float
    named: bool


def reason(judgement: Judgement, limit: int = 3, lang: str = "en") -> str:
    """The ``limit`` weightiest pieces of the receipt, and the sum that all of it makes.

    ``Khorgos in the title +14 · freight train +6 · both sides in one sentence +10 = 30``; pieces
    that are left out are counted (``· 2 more −4``), so that the printed sum is always right.
    """
    frame = frame_of(lang)
    pieces = sorted(_pieces(judgement.receipt, frame), key=lambda piece: -abs(piece.points))
    # What was found reads better before what the rules made of it.
    weightiest = sorted(pieces[:limit], key=lambda piece: not piece.named)
    shown = [f"{piece.words} {frame.points(piece.points)}" for piece in weightiest]
    rest = pieces[limit:]
    if rest:
        more = filled(frame.table["reasons"]["rest"], {"n": frame.number(len(rest))})
        shown.append(f"{more} {frame.points(sum(piece.points for piece in rest))}")
    return f"{' · '.join(shown)} = {frame.number(judgement.score)}" if shown else ""


def full(judgement: Judgement) -> list[str]:
    """The whole receipt, a line each: points, rule, evidence and its place; then the sum."""
    rows = [(points(line.points), line.rule, _evidence(line)) for line in judgement.receipt]
    rows.append((number(judgement.score), "score", ""))
    first, second = (max(width(row[column]) for row in rows) for column in (0, 1))
    return [
        f"{amount:>{first}}  {rule}{' ' * (second - width(rule))}  {evidence}".rstrip()
        for amount, rule, evidence in rows
    ]


def points(value: float) -> str:
    """A signed number: ``+14``, ``−2.5``."""
    return f"{'−' if value < 0 else '+'}{number(abs(value))}"


def number(value: float) -> str:
    """At most one decimal, and none where it would be zero."""
    return f"{value:.1f}".removesuffix(".0")


def _pieces(receipt: Sequence[ReceiptLine], frame: Frame) -> list[_Piece]:
    """Lines of one rule as one piece; lines without points say nothing here."""
    lines = sorted((line for line in receipt if line.points), key=lambda line: line.rule)
    groups = (list(group) for _, group in groupby(lines, key=lambda line: line.rule))
    return [_piece(group, frame) for group in groups]


def _piece(lines: Sequence[ReceiptLine], frame: Frame) -> _Piece:
    said = _rule_in_words(lines[0].rule, frame)
    return _Piece(said or _find(lines, frame), sum(line.points for line in lines), said is None)


def _rule_in_words(rule: str, frame: Frame) -> str | None:
    """What a rule says that names no find of its own; None for a find."""
    family, _, name = rule.partition(":")
    wording = frame.table["reasons"]
    said = wording["rules"].get(rule) or wording["families"].get(family)
    return said and filled(said, {"name": name.replace("-", " ")})


def _find(lines: Sequence[ReceiptLine], frame: Frame) -> str:
    """The alias that was found, and that it stands in the title when it does."""
    best = next((line for line in lines if line.field == "title"), lines[0])
    words = best.alias or best.form or best.rule.rpartition(":")[2].replace("-", " ")
    name = clean(words, _NAME_LENGTH)
    in_title = frame.table["reasons"]["title"]
    return filled(in_title, {"name": name}) if best.field == "title" else name


def _evidence(line: ReceiptLine) -> str:
    if line.form is None:
        return ""
    place = f" in {line.field}" if line.field else ""
    span = "" if line.start is None else f" {line.start}–{line.end}"
    alias = f" ({clean(line.alias)})" if line.alias and line.alias != line.form else ""
    return f"{clean(line.form)}{alias}{place}{span}"
