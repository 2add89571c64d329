"""One or two sentences that speak for a story, chosen from its articles, never invented. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from monitor.match.figures import figures
from monitor.model import JudgedArticle, Lead
from monitor.text.graphemes import fitting
from monitor.text.scripts import han_runs
from monitor.text.sentences import spans

_LONGEST = 320
_SHORTEST = 30  # columns of a terminal: a character of Chinese says as much as two letters
_READ = 4_000
_UNSPACED = frozenset({"zh"})
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

    The articles come in the order in which they may speak (`monitor.publish.digest` puts those in
    ``lang`` first); who writes in the language of the first goes before others. Sentences in
    another language than ``lang`` have the recognised ``names`` (by entity id) beside them.
    """
    for each in sorted(articles, key=lambda one: _lang(one) != _lang(articles[0])):
        chosen = _chosen(each)
        if chosen:
            glosses = () if _lang(each) == lang else tuple(_glosses(each, chosen, names))
            text = _said(chosen, _lang(each))
            return Lead(text, _lang(each), each.article.outlet, each.article.id, glosses)
    return None


def _lang(each: JudgedArticle) -> str:
    return each.article.wording.lang


def _said(chosen: Sequence[_Sentence], lang: str) -> str:
    """The sentences on one line; the only one may be too long and ends in an ellipsis then."""
    between = "" if lang in _UNSPACED else " "
    line = between.join(" ".join(one.text.split()) for one in chosen)
    if len(line) <= _LONGEST:
        return line
    kept = fitting(line, _LONGEST - 1)
    spaced = kept[: kept.rfind(" ")] if kept.rfind(" ") > _LONGEST // 2 else kept
    return f"{spaced.rstrip(' ,;:.–—-')}…"


def _chosen(each: JudgedArticle) -> list[_Sentence]:
    """The best sentence with the one before it, the first with the one behind it, if both fit."""
    found = list(_sentences(each)) or list(_openings(each))
    if not found:
        return []
    best = max(found, key=lambda one: (one.points, -one.place))
    # What stands in the middle is understood with the sentence before it.
    beside = best.place - 1 if best.place else 1
    pair = sorted((best, *(one for one in found if one.place == beside)), key=_place)
    return pair if sum(len(one.text) for one in pair) < _LONGEST else [best]


def _place(one: _Sentence) -> int:
    return one.place


def _sentences(each: JudgedArticle) -> Iterator[_Sentence]:
    """The first sentences of the summary, and of the text where the summary has none."""
    for field, text in _bodies(each):
        inside = [
            (start, end)
            for start, end in _told(each, text)
            if _columns(text[start:end]) >= _SHORTEST and end - start <= _LONGEST
        ]
        for place, (start, end) in enumerate(inside[:_FIRST]):
            points = _points(each, field, place, text, start, end)
            yield _Sentence(text[start:end], field, place, start, end, points)
        if inside:
            return


def _columns(words: str) -> int:
    return len(words) + sum(end - start for start, end in han_runs(words))


def _openings(each: JudgedArticle) -> Iterator[_Sentence]:
    """The first two sentences, where all are very short or very long."""
    for field, text in _bodies(each):
        first = list(islice(_told(each, text), 2))
        for place, (start, end) in enumerate(first):
            yield _Sentence(text[start:end], field, place, start, end, -place)
        if first:
            return


def _bodies(each: JudgedArticle) -> Iterator[tuple[str, str]]:
    wording = each.article.wording
    return ((name, text[:_READ]) for name, text in wording.fields() if name != "title")


def _told(each: JudgedArticle, text: str) -> Iterator[tuple[int, int]]:
    """The places of the sentences that do not say the title again."""
    title = _bare(each.article.wording.title)
    return ((start, end) for start, end in spans(text) if _bare(text[start:end]) != title)


def _bare(words: str) -> str:
    return " ".join(words.split()).rstrip(".。…!?").casefold()


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
