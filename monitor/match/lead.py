"""One or two sentences that speak for a story, chosen from its articles, never invented. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from monitor.match.figures import figures
from monitor.model import JudgedArticle, Lead
from monitor.text.sentences import spans

_LONGEST = 320
_SHORTEST = 30
# How far into a text a sentence that speaks for it may stand.
_FIRST = 5
# Points: what stands first says most; named things and figures say what it is about.
_POSITION, _ENTITY, _FIGURE = 3.0, 1.0, 0.8
_MOST_COUNTED = 3


class _Sentence(NamedTuple):
    """A sentence of an article: its place among the others of its field, and its points."""

    text: str
    field: str
    place: int
    start: int
    end: int
    points: float


def lead(articles: Sequence[JudgedArticle], lang: str, names: Mapping[str, str]) -> Lead | None:
    """What speaks for the story of ``articles``; None where they have nothing but titles.

    In ``lang`` where any outlet wrote in it; otherwise as the best article has it, with the
    recognised ``names`` (by entity id, in English) beside it.
    """
    ours = [each for each in articles if each.article.wording.lang == lang]
    for each in sorted(ours or articles, key=_rank):
        chosen = _chosen(each)
        if chosen:
            wording = each.article.wording
            glosses = () if wording.lang == lang else tuple(_glosses(each, chosen, names))
            text = " ".join(" ".join(one.text.split()) for one in chosen)
            return Lead(text, wording.lang, each.article.outlet, each.article.id, glosses)
    return None


def _rank(each: JudgedArticle) -> tuple[float, int]:
    return (-each.judgement.score, each.article.id)


def _chosen(each: JudgedArticle) -> list[_Sentence]:
    """The best sentence, and the one behind it where both are short enough."""
    found = list(_sentences(each))
    if not found:
        return []
    best = max(found, key=lambda one: (one.points, -one.place))
    behind = [one for one in found if (one.field, one.place) == (best.field, best.place + 1)]
    if behind and len(best.text) + len(behind[0].text) < _LONGEST:
        return [best, behind[0]]
    return [best]


def _sentences(each: JudgedArticle) -> Iterator[_Sentence]:
    """The first sentences of the summary, and of the text where the summary has none."""
    wording = each.article.wording
    for field in ("summary", "text"):
        text = dict(wording.fields())[field]
        fitting = [
            (start, end) for start, end in spans(text) if _SHORTEST <= end - start <= _LONGEST
        ]
        for place, (start, end) in enumerate(fitting[:_FIRST]):
            if text[start:end] != wording.title:
                points = _points(each, field, place, text, start, end)
                yield _Sentence(text[start:end], field, place, start, end, points)
        if fitting:
            return


def _points(each: JudgedArticle, field: str, place: int, text: str, start: int, end: int) -> float:
    entities = {
        line.rule
        for line in each.judgement.receipt
        if line.field == field and line.start is not None and start <= line.start < end
    }
    quoted = figures(text[start:end], each.article.wording.lang)
    named = min(len(entities), _MOST_COUNTED) * _ENTITY
    return _POSITION / (place + 1) + named + min(len(quoted), _MOST_COUNTED) * _FIGURE


def _glosses(
    each: JudgedArticle, chosen: Sequence[_Sentence], names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Names in the sentences as written, each once, with what they are called in English."""
    seen: set[str] = set()
    for line in each.judgement.receipt:
        name = names.get(line.rule.removeprefix("entity:"))
        if not (name and line.form and line.start is not None) or name in seen:
            continue
        inside = (one.field == line.field and one.start <= line.start < one.end for one in chosen)
        if name.casefold() != line.form.casefold() and any(inside):
            seen.add(name)
            yield line.form, name
