"""Stories by hand: show one, make two one, split one, pin an article to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.figures import shown
from monitor.cli.opening import configuration, existing
from monitor.cli.screen import clean, moment, program
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.desk.stories import StoryView
    from monitor.model import Account, JudgedArticle, Lead, Quotation, Sole, StoryCoverage

app = typer.Typer(no_args_is_help=True, help="Show a story; merge, split or pin stories by hand.")
_StoryId = Annotated[int, typer.Argument(metavar="STORY", help="A story's number.")]
_Articles = Annotated[list[int], typer.Argument(metavar="ARTICLE...", help="Articles' numbers.")]
_Stories = Annotated[list[int], typer.Argument(metavar="STORY...", help="Other stories' numbers.")]
_FIGURES = 20


@app.command("show")
def show(
    context: typer.Context,
    story: _StoryId,
    lang: Annotated[str, typer.Option(help="The reader's language.")] = "en",
) -> None:
    """Print lead, coverage, timeline, figures and receipts of a story."""
    from monitor.desk.stories import view
    from monitor.pipeline.ledger import read_figures
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with existing(setup.configuration) as store:
        read_figures(store, setup)
        found = view(store, setup.watchlist, setup.camps, story, lang)
    print("\n".join(_lines(found)))


@app.command("merge")
def merge(context: typer.Context, story: _StoryId, others: _Stories) -> None:
    """Make stories one event for good; the oldest number stays, the others stand for it."""
    with existing(configuration(context)) as store:
        into = store.hands.merge([story, *others], datetime.now(UTC))
    print(f"Story {into} now has all of them; `{program()} story show {into}` shows it.")


@app.command("split")
def split(context: typer.Context, story: _StoryId, articles: _Articles) -> None:
    """Take articles out of a story for good; they become a story of their own."""
    with existing(configuration(context)) as store:
        new = store.hands.split(story, articles, datetime.now(UTC))
    print(f"{plural(len(set(articles)), 'article')} of story {story} became story {new}.")


@app.command("pin")
def pin(context: typer.Context, story: _StoryId, articles: _Articles) -> None:
    """Put articles into a story for good, whatever later folding would say."""
    with existing(configuration(context)) as store:
        into = store.hands.pin(story, articles, datetime.now(UTC))
    print(f"{plural(len(set(articles)), 'article')} pinned to story {into}.")


# --- for people ----------------------------------------------------------------------------------


def _lines(found: StoryView) -> Iterator[str]:
    yield f"Story {found.id}: {plural(len(found.articles), 'article')}"
    if found.aliases:
        yield "also known as " + ", ".join(f"story {each}" for each in found.aliases)
    if found.lead:
        yield ""
        yield from lead_lines(found.lead)
    yield from map(quotation_line, found.quotations)
    yield from ("", "Coverage")
    yield from _coverage(found.coverage)
    yield from ("", "Timeline")
    yield from (_article(each, pinned=each.article.id in found.placed) for each in found.articles)
    if found.figures:
        yield from ("", "Figures")
        yield from figure_lines(found.figures)
    yield from ("", f"Receipts: `{program()} show ID` prints how an article got its score.")


def lead_lines(lead: Lead) -> Iterator[str]:
    """The lead as its outlet wrote it, with names that the reader may not know."""
    yield f"{clean(lead.text)} — {clean(lead.outlet)} ({lead.lang})"
    if lead.glosses:
        yield "names: " + "; ".join(f"{clean(form)} = {clean(name)}" for form, name in lead.glosses)


def quotation_line(said: Quotation) -> str:
    """What somebody says, word for word, who it is and where it stands."""
    known = f" = {clean(said.known)}" if said.known else ""
    return (
        f"“{clean(said.words)}” — {clean(said.speaker)}{known}, {clean(said.outlet)} ({said.lang})"
    )


def _coverage(found: StoryCoverage) -> Iterator[str]:
    first = found.first.article
    told_first = moment(first.published or first.first_seen)
    yield f"  first: {clean(first.outlet)} ({first.wording.lang}), {told_first}"
    yield f"  independent outlets: {found.independent}"
    for each in found.camps:
        told = {voice.articles[0].article.outlet for voice in each.voices}
        yield f"  {clean(each.camp.name)}: {', '.join(map(clean, sorted(told))) or 'silent'}"
    names = {each.camp.id: each.camp.name for each in found.camps}
    for camp, words in _alone(found.sole).items():
        name = names.get(camp, camp) or "unlisted outlets"
        yield f"  only said there: {clean(name)}: {', '.join(map(clean, words))}"


def _alone(sayings: Iterable[Sole]) -> dict[str, list[str]]:
    """What only one camp says, by the camp."""
    said: dict[str, list[str]] = {}
    for sole in sayings:
        said.setdefault(sole.camp, []).append(sole.what)
    return said


def _article(each: JudgedArticle, *, pinned: bool) -> str:
    article = each.article
    at = moment(article.published or article.first_seen)
    mark = ", by hand" if pinned else ""
    title = (
        f"{clean(article.wording.title)} — {clean(article.outlet)} ({article.wording.lang}{mark})"
    )
    return f"  {at}  {article.id}  {each.judgement.score:.0f}  {title}"


def figure_lines(accounts: tuple[Account, ...]) -> Iterator[str]:
    """Figures once each, with the first outlet that quotes them."""
    seen: set[tuple[float, str]] = set()
    for each in accounts:
        figure = each.statement.figure
        if (figure.value, figure.unit) not in seen and len(seen) < _FIGURES:
            seen.add((figure.value, figure.unit))
            kind = f" ({each.statement.kind})" if each.statement.kind else ""
            yield f"  {shown(each)}{kind}: {clean(each.statement.sentence)} — {clean(each.outlet)}"
