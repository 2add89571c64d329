"""What is new in a story that was told before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from monitor.model import Change, Figure, JudgedArticle, StoryFigure

# Quoted numbers this close are one: 94.8 billion and 94.76 billion.
_SAME = 0.005
_Figures = Mapping[int, Sequence[StoryFigure]]


def change(
    told: Sequence[JudgedArticle],
    new: Sequence[JudgedArticle],
    figures: _Figures,
    actors: Mapping[int, Sequence[str]],
    official: Set[str] = frozenset(),
) -> Change:
    """How ``new`` articles differ from those that an earlier edition ``told`` of their story.

    ``figures`` are those of each article by its id, ``actors`` the entities that act in its title
    and summary; ``official`` are the camps whose word confirms what others told.
    """
    camps = _new(_camps(told), _camps(new))
    is_confirmed = official.isdisjoint(_camps(told)) and not official.isdisjoint(camps)
    return Change(
        figures=tuple(_new_figures(told, new, figures)),
        camps=tuple(camp for camp in camps if camp not in official or not is_confirmed),
        actors=_new(
            (entity for member in told for entity in member.judgement.entities),
            (entity for member in new for entity in actors.get(member.article.id, ())),
        ),
        confirmed=_new((), _outlets(new, official)) if is_confirmed else (),
        others=_new(_outlets(told), _outlets(new)),
    )


def _outlets(members: Sequence[JudgedArticle], camps: Set[str] | None = None) -> Iterator[str]:
    """The outlets of articles, all or those of some camps."""
    return (
        member.article.outlet for member in members if camps is None or member.article.camp in camps
    )


def same(one: Figure, other: Figure) -> bool:
    """Whether two quoted numbers are one: the same unit, and values within half a percent."""
    close = abs(one.value - other.value) <= _SAME * max(abs(one.value), abs(other.value))
    return one.unit == other.unit and close


def merged(figures: Iterable[StoryFigure]) -> tuple[StoryFigure, ...]:
    """Each number once, at its first place, with how many outlets quote it."""
    groups: list[list[StoryFigure]] = []
    for quoted in figures:
        known = next((group for group in groups if same(group[0].figure, quoted.figure)), None)
        if known is None:
            groups.append([quoted])
        else:
            known.append(quoted)
    return tuple(_counted(group) for group in groups)


def _counted(group: Sequence[StoryFigure]) -> StoryFigure:
    first = group[0]
    outlets = {quoted.article.article.outlet for quoted in group}
    return StoryFigure(first.figure, first.sentence, first.article, len(outlets))


def _new_figures(
    told: Sequence[JudgedArticle], new: Sequence[JudgedArticle], figures: _Figures
) -> Iterator[StoryFigure]:
    known = [quoted.figure for quoted in _of(told, figures)]
    for quoted in merged(_of(new, figures)):
        if not any(same(quoted.figure, figure) for figure in known):
            yield quoted


def _of(members: Sequence[JudgedArticle], figures: _Figures) -> Iterator[StoryFigure]:
    for member in members:
        yield from figures.get(member.article.id, ())


def _camps(members: Sequence[JudgedArticle]) -> Iterator[str]:
    return (member.article.camp for member in members if member.article.camp)


def _new(known: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    """What is found and not known, each once, in the order of being found."""
    old = set(known)
    return tuple(dict.fromkeys(word for word in found if word not in old))
