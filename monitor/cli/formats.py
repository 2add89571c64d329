"""Articles and numbers as text for programs, spreadsheets, notes and bibliographies.

Everything here takes rows as they come and gives text piece by piece, so that an answer of any
length needs no more memory than one row.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from monitor.cli.jsonlines import written
from monitor.text.plain import one_line

if TYPE_CHECKING:
    from monitor.desk.snippets import Snippet
    from monitor.model import JudgedArticle

Row = dict[str, Any]


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MD = "md"
    BIBTEX = "bibtex"
    HTML = "html"


COLUMNS = ("id", "score", "first_seen", "published", "outlet", "lang", "title", "url",
           "countries", "topics", "entities", "story")  # fmt: skip


def row(judged: JudgedArticle, found: Snippet | None) -> Row:
    """An article as a flat object; the names of its fields never change their meaning."""
    article, judgement = judged.article, judged.judgement
    return {
        "id": article.id,
        "score": round(judgement.score, 1),
        "first_seen": article.first_seen.isoformat(),
        "published": article.published.isoformat() if article.published else None,
        "outlet": article.outlet,
        "camp": article.camp,
        "lang": article.wording.lang,
        "title": article.wording.title,
        "url": article.url,
        "summary": article.wording.summary,
        "snippet": found.marked("**{}**".format) if found else None,
        "countries": list(judgement.countries),
        "topics": list(judgement.topics),
        "entities": list(judgement.entities),
        "story": judged.story_id,
    }


def as_json(rows: Iterable[Row]) -> Iterator[str]:
    """One array, an object a line."""
    lead = "[\n"
    for each in rows:
        yield f"{lead}  {written(each)}"
        lead = ",\n"
    yield "[]\n" if lead == "[\n" else "\n]\n"


def as_jsonl(rows: Iterable[Row]) -> Iterator[str]:
    """An object a line."""
    yield from (f"{written(each)}\n" for each in rows)


def as_csv(rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> Iterator[str]:
    """A line a row, as spreadsheets read it, under a line with the names of the columns."""
    yield _line(columns)
    yield from (_line([_cell(each[column]) for column in columns]) for each in rows)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    """A cell that a spreadsheet would run as a formula is made plain by an apostrophe."""
    stated = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    text = one_line(stated)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def as_markdown(rows: Iterable[Row]) -> Iterator[str]:
    """A list of links with outlet and date, and the words found below each."""
    for each in rows:
        title, url = _plain(each["title"]), each["url"].replace(")", "%29").replace(" ", "%20")
        date = (each["published"] or each["first_seen"])[:10]
        yield f"- [{title}]({one_line(url)}) – {_plain(each['outlet'])}, {date}\n"
        if each["snippet"]:
            yield f"  {one_line(each['snippet'])}\n"


_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))


def as_bibtex(rows: Iterable[Row]) -> Iterator[str]:
    """Entries of the kind ``online``, as biblatex knows it."""
    for each in rows:
        fields = {
            "title": f"{{{_tex(each['title'])}}}",
            "organization": f"{{{_tex(each['outlet'])}}}",
            "date": (each["published"] or each["first_seen"])[:10],
            "url": re.sub(r"[{}\\\s]", "", one_line(each["url"])),
            "urldate": each["first_seen"][:10],
            "langid": each["lang"],
        }
        stated = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        yield f"@online{{monitor{each['id']},\n{stated}}}\n"


_TEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def _tex(text: str) -> str:
    return one_line(text).translate(_TEX)


def as_html(rows: Iterable[Row]) -> Iterator[str]:
    """A page without scripts; only http and https addresses become links."""
    yield (
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>Articles</title></head><body>\n'
        "<ul>\n"
    )
    for each in rows:
        date = (each["published"] or each["first_seen"])[:10]
        told = f" – {_escaped(each['outlet'])}, {date}"
        said = f"<br>{_marked(each['snippet'])}" if each["snippet"] else ""
        yield f'<li lang="{_escaped(each["lang"])}">{_link(each)}{told}{said}</li>\n'
    yield "</ul>\n</body></html>\n"


def _link(each: Row) -> str:
    title = _escaped(each["title"])
    if not each["url"].lower().startswith(("http://", "https://")):
        return title
    return f'<a href="{_escaped(each["url"])}" rel="noreferrer">{title}</a>'


def _marked(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<mark>\1</mark>", _escaped(text))


def _escaped(text: str) -> str:
    return html.escape(one_line(text))


WRITERS = {
    Format.JSON: as_json,
    Format.JSONL: as_jsonl,
    Format.CSV: as_csv,
    Format.MD: as_markdown,
    Format.BIBTEX: as_bibtex,
    Format.HTML: as_html,
}
