"""How well the judge selects, beside the rule of thumb of two words, in the same run.

    python tests/bench/bench_judge.py [labelled.jsonl …]

Without files those of the shared folder beside the repository are read. A rule finds an article
that has a word of each side (``two_words.toml``), of countries, peoples and capitals, or of their
leaders too; all are measured by the same code.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
LABELLED = ROOT.parent / "shared" / "relevance"
sys.path.insert(0, str(ROOT))

from monitor.cli.evaluate import labelled  # noqa: E402
from monitor.config import Configuration, default_source, parse  # noqa: E402
from monitor.desk.evaluate import Evaluation, Labelled, Verdict, evaluate  # noqa: E402
from monitor.match.scoring import judge  # noqa: E402
from monitor.model import Judgement, Wording  # noqa: E402
from monitor.pipeline.setup import prepare  # noqa: E402
from monitor.text.scripts import has_han  # noqa: E402

Judge = Callable[[Wording], Judgement]


def main() -> None:
    """Print a line a judge and file, and how the rules compare."""
    setup = prepare(Configuration(ROOT / "config.toml", parse(default_source())))
    threshold = setup.settings.watchlist.threshold
    rules = {"two words": two_words("names"), "and leaders": two_words("names", "leaders")}
    for file in map(Path, sys.argv[1:] or map(str, sorted(LABELLED.glob("*.jsonl")))):
        articles = labelled(file)
        print(f"{file.name}: {len(articles)} articles, found from a score of {threshold:g}")
        ours = measured("judge", partial(judge, setup.watchlist), articles, threshold)
        for name, rule in rules.items():
            compare(ours, measured(name, rule, articles, threshold))


def two_words(*lists: str) -> Judge:
    """100 for a text with a word of each side's ``lists``, otherwise 0."""
    source = (Path(__file__).parent / "two_words.toml").read_text(encoding="utf-8")
    sides = [
        re.compile("|".join(_pattern(word) for name in lists for word in side[name]))
        for side in tomllib.loads(source)["sides"]
    ]

    def rule(wording: Wording) -> Judgement:
        text = "\n".join(text for _, text in wording.fields()).casefold()
        return Judgement(100.0 if all(side.search(text) for side in sides) else 0.0)

    return rule


def _pattern(word: str) -> str:
    return word if has_han(word) else rf"\b{re.escape(word)}"


def measured(
    name: str, one: Judge, articles: Sequence[Labelled], threshold: float
) -> tuple[Evaluation, float]:
    """Print what one judge is worth; returns it with the processor time of an article in ms."""
    started = time.process_time()
    verdicts = [Verdict(article, one(article.wording)) for article in articles]
    cost = (time.process_time() - started) * 1000 / len(articles)
    result = evaluate(verdicts, threshold, Random(1))
    counts = result.overall.counts
    low, high = result.interval or (0.0, 0.0)
    print(
        f"  {name:<11} precision {counts.precision or 0:.3f}  recall {counts.recall or 0:.3f}  "
        f"F1 {counts.f1 or 0:.3f} ({low:.3f}–{high:.3f})  "
        f"average precision {result.overall.average_precision or 0:.3f}  "
        f"mistakes {counts.wrong + counts.missed:>3}  {cost:.3f} ms an article"
    )
    return result, cost


def compare(judge: tuple[Evaluation, float], rule: tuple[Evaluation, float]) -> None:
    """Print the judge's figures divided by a rule's."""
    (ours, our_cost), (its, its_cost) = judge, rule
    mistakes = [one.overall.counts.wrong + one.overall.counts.missed for one in (ours, its)]
    print(
        f"    judge / rule   F1 {(ours.overall.counts.f1 or 0) / (its.overall.counts.f1 or 1):.2f}"
        f"  mistakes {mistakes[0] / (mistakes[1] or 1):.2f}  time {our_cost / its_cost:.1f}"
    )


if __name__ == "__main__":
    main()
