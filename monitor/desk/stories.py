"""One story as the archive has it: lead, coverage, timeline, figures; read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.desk.figures import is_told
from monitor.errors import InputError
from monitor.match.coverage import coverage, named, told_at
from monitor.match.lead import lead
from monitor.match.matching import Watchlist
from monitor.match.quotations import quotations
from monitor.model import Account, Camp, JudgedArticle, Lead, Quotation, StoryCoverage
from monitor.publish.digest import order_articles
from monitor.store import Store


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story under its surviving id: its articles in the order in which they appeared.

    ``aliases`` are younger ids that go on in it, ``placed`` the articles that a hand put there.
    """

    id: int
    articles: tuple[JudgedArticle, ...]
    coverage: StoryCoverage
    lead: Lead | None
    figures: tuple[Account, ...] = ()
    aliases: tuple[int, ...] = ()
    placed: frozenset[int] = frozenset()
    quotations: tuple[Quotation, ...] = ()


def view(
    store: Store, watchlist: Watchlist, camps: Sequence[Camp], story_id: int, lang: str = "en"
) -> StoryView:
    """The story that an id stands for; InputError when it has no articles."""
    surviving = store.hands.surviving(story_id)
    members = store.stories.members([surviving]).get(surviving, []) if surviving else []
    if surviving is None or not members:
        raise InputError(f"there is no story {story_id} in the archive; `monitor search` shows ids")
    ids = [each.article.id for each in members]
    entities = {each.id: each for each in watchlist.beat.entities}
    called = watchlist.beat.names("en")
    ordered = order_articles(members, lang)
    spoken = lead(ordered, lang, called)
    return StoryView(
        id=surviving,
        articles=tuple(sorted(members, key=lambda each: told_at(each.article))),
        coverage=named(coverage(members, camps), entities, called),
        lead=spoken,
        figures=tuple(filter(is_told, store.figures.of_articles(ids))),
        aliases=store.hands.aliases(surviving),
        placed=frozenset(store.hands.placed(ids)),
        quotations=quotations(ordered, lang, watchlist, called, spoken.text if spoken else ""),
    )
