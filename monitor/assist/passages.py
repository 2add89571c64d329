"""What a model is asked about a story, and what its answer says. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.model import MachineWords

# Of an answer; two sentences in any script need less.
ANSWER_TOKENS = 500
_LONGEST_GIVEN = 1_000
_LONGEST_ANSWER = 8_000
# A token of common models is about four letters of English or one Chinese character, which is
# three bytes: this errs on the dear side for all languages here.
_BYTES_PER_TOKEN = 3
# What some models think aloud before they answer.
_THOUGHTS = re.compile(r"<think>.*?</think>", re.S)


@dataclass(frozen=True, slots=True)
class Passage:
    """Headline and lead as outlets wrote them, each in its language, wanted in ``target``.

    What is not wanted is empty.
    """

    headline: str
    lead: str
    lang: str
    lead_lang: str
    target: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, as it came, and how many tokens the server counted, if it did."""

    content: str
    tokens: int | None = None


def key(model: str, passage: Passage) -> str:
    """64 hex digits: a hash of everything that the answer depends on."""
    return hashlib.sha256(b"\0".join((_prompt_hash(), question(model, passage)))).hexdigest()


def question(model: str, passage: Passage) -> bytes:
    """The body of a POST to ``/chat/completions``."""
    given = {
        "headline": passage.headline[:_LONGEST_GIVEN],
        "lead": passage.lead[:_LONGEST_GIVEN],
    }
    prompt = _prompt()
    system = prompt["system"].format(language=prompt["languages"][passage.target])
    body = {
        "model": model,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": json.dumps(given, ensure_ascii=False)},
        ],
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
    }
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def most_tokens(body: bytes) -> int:
    """What asking ``body`` may cost at most, its answer included."""
    return tokens_of(body) + ANSWER_TOKENS


def affordable(costs: Mapping[str, int], tokens: int) -> list[str]:
    """The first of what is wanted, by the most that each may cost, that ``tokens`` pay for."""
    found: list[str] = []
    for wanted, cost in costs.items():
        if cost > tokens:
            break
        tokens -= cost
        found.append(wanted)
    return found


def tokens_of(text: bytes) -> int:
    """About how many tokens ``text`` in UTF-8 is."""
    return -(-len(text) // _BYTES_PER_TOKEN)


def answer_in(body: bytes) -> Answer | None:
    """The answer in what a server sent; None where there is none in it."""
    try:
        read = json.loads(body)
        content = read["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    if not isinstance(content, str) or len(content) > _LONGEST_ANSWER:
        return None
    return Answer(content, _counted(read.get("usage")))


def _counted(usage: object) -> int | None:
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and 0 <= total <= 10**9 else None


def words_in(content: str) -> MachineWords | None:
    """Headline and lead in an answer; None where it is not what was asked for."""
    bare = _THOUGHTS.sub("", content)
    start, end = bare.find("{"), bare.rfind("}")
    try:
        read = json.loads(bare[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    headline, lead = read.get("headline", ""), read.get("lead", "")
    if not isinstance(headline, str) or not isinstance(lead, str):
        return None
    return MachineWords(" ".join(headline.split()), " ".join(lead.split()))


@cache
def _prompt() -> dict[str, Any]:
    source = files("monitor.assist").joinpath("data", "prompt.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _prompt_hash() -> bytes:
    return hashlib.sha256(json.dumps(_prompt(), sort_keys=True).encode()).digest()
