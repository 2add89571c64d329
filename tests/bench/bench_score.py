"""How fast a watchlist compiles and judges, beside ``re`` and a plain Aho-Corasick loop.

    python tests/bench/bench_score.py [articles]

Texts come from the generator of the shared bench folder beside the repository. Processor time of
one core; compare the ratios, the absolute figures are the machine's.
"""

from __future__ import annotations

import importlib
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from ahocorasick_rs import AhoCorasick

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "bench"
sys.path[:0] = [str(ROOT), str(SHARED)]

from monitor.match.matching import compile_watchlist  # noqa: E402
from monitor.match.scoring import judge  # noqa: E402
from monitor.model import Alias, Beat, Entity, Side, Wording  # noqa: E402

SIZES = (1_000, 50_000)
OCCURRING = 1_000
PATIENCE_S = 4.0
PASSES = 5
BATCH = 50

_Made = TypeVar("_Made")


def main() -> None:
    """Print one line a size: seconds to compile, MB/s of both, and their ratio."""
    gen = importlib.import_module("gen")  # the generator in the shared folder
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    texts: list[tuple[str, str, str]] = gen.texts(number)
    for size in SIZES:
        terms = _terms(gen, size)
        compiled, watchlist = min(
            (_timed(partial(compile_watchlist, _beat(terms), {})) for _ in range(PASSES)),
            key=itemgetter(0),
        )
        wordings = [Wording(title, "", body, lang) for lang, title, body in texts]
        first = _rate(wordings, partial(judge, watchlist), passes=1)
        ours = _rate(wordings, partial(judge, watchlist))
        print(
            f"{size:>6} aliases: compiled in {compiled:.2f} s, judge {ours:.1f} MB/s "
            f"({first:.1f} while every other word is new)"
        )
        for name, peer in (("re alternation", _alternation), ("plain automaton", _automaton)):
            rate = _rate(wordings, peer(terms))
            print(f"{'':>16} {name:<16} {rate:>6.2f} MB/s, judge / it {ours / rate:.1f}")


def _terms(gen: Any, size: int) -> list[tuple[str, str]]:
    """(language, word or phrase): as in a real gazetteer, all but a thousand never occur."""
    rng = random.Random(size)
    vocabularies = {lang: gen.vocab(lang, 30_000) for lang in gen.LANGS}
    terms: dict[str, str] = {}
    while len(terms) < size:
        lang = gen.LANGS[len(terms) % len(gen.LANGS)]
        text = _occurring(rng, vocabularies[lang], lang)
        if len(terms) >= OCCURRING:
            text = _absent(rng, vocabularies[lang], lang)
        if len(text) >= 2:
            terms.setdefault(text, lang)
    return [(lang, text) for text, lang in terms.items()]


def _occurring(rng: random.Random, words: Sequence[str], lang: str) -> str:
    chosen = rng.choices(words[1_500:], k=rng.choices((1, 2, 3), (5, 4, 1))[0])
    return ("" if lang == "zh" else " ").join(chosen)


def _absent(rng: random.Random, words: Sequence[str], lang: str) -> str:
    """The generator's texts use the first 8,000 words of its vocabularies."""
    chosen = rng.choices(words[8_000:], k=3 if lang == "zh" else rng.choice((1, 2)))
    return ("" if lang == "zh" else " ").join(chosen)


def _beat(terms: Sequence[tuple[str, str]]) -> Beat:
    sides = (Side("one", "One", ("AA",)), Side("other", "Other", ("BB",)))
    entities = tuple(
        Entity(f"e{number}", text, "x", (sides[number % 2].id,), (Alias(text, lang),), 8.0)
        for number, (lang, text) in enumerate(terms)
    )
    return Beat("bench", "Bench", sides, (), entities, (), (), (), {}, str(len(terms)))


def _alternation(terms: Sequence[tuple[str, str]]) -> Callable[[Wording], object]:
    words = "|".join(re.escape(text.casefold()) for lang, text in terms if lang != "zh")
    han = "|".join(re.escape(text) for lang, text in terms if lang == "zh")
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)|{han}")
    return lambda wording: pattern.findall(f"{wording.title}\n{wording.text}".casefold())


def _automaton(terms: Sequence[tuple[str, str]]) -> Callable[[Wording], object]:
    """Aho-Corasick over the aliases as they are, with a look at the letters on either side."""
    search = AhoCorasick([text.casefold() for _, text in terms], store_patterns=False)

    def found(wording: Wording) -> list[tuple[int, int, int]]:
        text = f"{wording.title}\n{wording.text}".casefold()
        return [
            (index, start, end)
            for index, start, end in search.find_matches_as_indexes(text, overlapping=True)
            if terms[index][0] == "zh"
            or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        ]

    return found


def _timed(work: Callable[[], _Made]) -> tuple[float, _Made]:
    """Seconds of processor time that ``work`` takes, and what it makes."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def _rate(
    wordings: Sequence[Wording], work: Callable[[Wording], object], passes: int = PASSES
) -> float:
    """MB of UTF-8 a second of processor time, over as many texts as patience allows."""
    work(wordings[0])
    return max(_rate_of_pass(wordings, work) for _ in range(passes))


def _rate_of_pass(wordings: Sequence[Wording], work: Callable[[Wording], object]) -> float:
    done = seconds = 0.0
    for first in range(0, len(wordings), BATCH):
        batch = wordings[first : first + BATCH]
        started = time.process_time()
        for wording in batch:
            work(wording)
        seconds += time.process_time() - started
        done += sum(len(f"{wording.title}{wording.text}".encode()) for wording in batch)
        if seconds > PATIENCE_S:
            break
    return done / seconds / 1e6


if __name__ == "__main__":
    main()
