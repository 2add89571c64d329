"""Receipts read as reasons, and their sums are right."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Judgement, ReceiptLine
from monitor.publish.reasons import full, reason

KHORGOS = (
    ReceiptLine(
        "entity:khorgos", 10, alias="Khorgos", form="Khorgos", field="summary", start=3, end=10
    ),
    ReceiptLine(
        "entity:khorgos", 4, alias="Khorgos", form="Khorgos", field="title", start=0, end=7
    ),
    ReceiptLine("near:both_in_sentence", 10, "China", "Chinese", "title", 30, 37),
    ReceiptLine("term:freight-train", 6, "freight train", "freight trains", "summary", 20, 34),
)


def test_evidence_first_and_the_sum_last() -> None:
    """What was found stands before what the rules made of it; lines of one rule are added up."""
    assert reason(Judgement(30, KHORGOS)) == (
        "Khorgos in the title +14 · freight train +6 · both sides in one sentence +10 = 30"
    )


def test_pieces_left_out_are_counted() -> None:
    """With a limit the remainder is named with its points."""
    assert reason(Judgement(30, KHORGOS), limit=1) == "Khorgos in the title +14 · 2 more +16 = 30"


def test_nothing_to_say() -> None:
    """An empty receipt gives no reason."""
    assert reason(Judgement(0)) == ""


def test_full_receipt() -> None:
    """The table shows each line with points, rule, evidence and place, then the sum."""
    assert full(Judgement(30, KHORGOS)) == [
        "+10  entity:khorgos         Khorgos in summary 3–10",
        " +4  entity:khorgos         Khorgos in title 0–7",
        "+10  near:both_in_sentence  Chinese (China) in title 30–37",
        " +6  term:freight-train     freight trains (freight train) in summary 20–34",
        " 30  score",
    ]


def test_what_lowers_is_said_too() -> None:
    """Rules that name no find are said in words, their sides by name."""
    lowered = (
        ReceiptLine("gate:north-sea", -30.0),
        ReceiptLine("cap:terms", -7.5),
        ReceiptLine("length: the first 200000 characters judged", 0.0),
    )

    assert reason(Judgement(0, lowered)) == (
        "nothing of north sea −30 · limit for topic words −7.5 = 0"
    )


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-30, 30)), min_size=1),
    st.integers(1, 4),
)
def test_printed_points_sum_to_the_score(lines: list[tuple[str, int]], limit: int) -> None:
    """Whatever is left out, the printed numbers add up to the printed score."""
    receipt = tuple(ReceiptLine(rule, points) for rule, points in lines)
    said = reason(Judgement(sum(points for _, points in lines), receipt), limit)

    numbers = [int(n.replace("−", "-")) for n in re.findall(r"[+−]\d+", said)]
    assert sum(numbers) == (int(said.rpartition(" = ")[2]) if said else 0)
