"""The receipt of an article: as it was kept, or made again from the watchlist that was kept."""

from __future__ import annotations

from dataclasses import replace

from monitor.beat.kept import read
from monitor.match.matching import compile_watchlist
from monitor.match.scoring import judge
from monitor.model import JudgedArticle
from monitor.store import Store


def with_receipt(store: Store, judged: JudgedArticle) -> JudgedArticle:
    """``judged`` with its receipt; far below every threshold receipts are not kept but remade."""
    kept = store.judgements.watchlist(judged.article.id)
    if judged.judgement.receipt or not judged.judgement.score or kept is None:
        return judged
    watchlist = compile_watchlist(*read(kept[1]))
    return replace(judged, judgement=judge(watchlist, judged.article.wording))
