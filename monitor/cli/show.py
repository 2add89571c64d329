"""``monitor show`` and ``monitor open``: an article with the receipt of its score, or its page."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.opening import configuration, reading
from monitor.cli.screen import clean, clean_line, moment, program
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.model import JudgedArticle
    from monitor.store import Store

Named = Annotated[str, typer.Argument(metavar="ID|URL", help="An article's id or address.")]


def show(
    context: typer.Context,
    article: Named,
) -> None:
    """Show an article with the receipt of its score."""
    from monitor.publish.reasons import full

    with reading(configuration(context)) as store:
        judged = _with_receipt(store, found(store, article))
        others = store.stories.members([judged.story_id]) if judged.story_id is not None else {}
    _print_article(judged)
    print()
    print("\n".join(map(clean_line, full(judged.judgement))))
    _print_coverage(judged, others.get(judged.story_id or 0, []))


def open_page(context: typer.Context, article: Named) -> None:
    """Open an article's page in the web browser; where there is none, print its address."""
    with reading(configuration(context)) as store:
        url = found(store, article).article.url
    safe = url.lower().startswith(("http://", "https://"))
    if not (safe and webbrowser.open(url)):
        print(clean(url))


def found(store: Store, named: str) -> JudgedArticle:
    """The article with an id or address; InputError when the archive has none."""
    from monitor.desk.naming import find

    judged = find(store, named)
    if judged is None:
        raise InputError(
            f"there is no article {named} in the archive; `{program()} search` finds them"
        )
    return judged


def _with_receipt(store: Store, judged: JudgedArticle) -> JudgedArticle:
    if judged.judgement.receipt:
        return judged
    # What remakes a receipt loads the whole matcher, and most receipts are kept.
    from monitor.desk.receipts import with_receipt

    return with_receipt(store, judged)


def _print_article(judged: JudgedArticle) -> None:
    article = judged.article
    published, seen = moment(article.published), moment(article.first_seen)
    print(clean(article.wording.title))
    print(f"{clean(article.outlet)} · {article.wording.lang} · ", end="")
    print(f"published {published} · first seen {seen} UTC")
    print(clean(article.url))
    summary, text = article.wording.summary, article.wording.text
    for words in (summary if not text.startswith(summary) else "", text):
        if words:
            print()
            print(clean(words))


def _print_coverage(judged: JudgedArticle, members: list[JudgedArticle]) -> None:
    others = [member for member in members if member.article.id != judged.article.id]
    if not others:
        return
    print()
    print(f"The same story ({judged.story_id}) elsewhere:")
    for member in others:
        outlet = f"{clean(member.article.outlet)} ({member.article.wording.lang})"
        print(f"  {member.article.id}  {outlet}: {clean(member.article.wording.title)}")
