"""JSON Lines from a file or standard input, every mistake with the place where it stands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import InputError
from monitor.text.plain import escaped

if TYPE_CHECKING:
    from monitor.model import Wording


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file; ``place`` is ``news.jsonl:12``, or ``-:12`` for standard input."""

    place: str
    fields: dict[str, Any]

    def text(self, name: str) -> str:
        """The text of a field, empty where it is missing; raises ``InputError`` for others."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.mistake(name, "must be a text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list, none where it is missing; raises ``InputError`` for others."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(member, str) for member in value):
            raise self.mistake(name, "must be a list of texts")
        return tuple(value)

    def wording(self) -> Wording:
        """Title, summary and text, all that the score may depend on, and the language found."""
        from monitor.model import Wording
        from monitor.text.language import identify

        title, summary, text = (self.text(name) for name in ("title", "summary", "text"))
        return Wording(title, summary, text, identify(title, summary or text, self.text("lang")))

    def mistake(self, name: str, wanted: str) -> InputError:
        """The sentence that says what a field must be, ready to be raised."""
        return InputError(f'{self.place}: "{name}" {wanted}, not {self.fields.get(name)!r}')


def rows(file: Path) -> Iterator[Row]:
    """The objects of a JSON Lines file; raises ``InputError`` with the line that cannot be read."""
    try:
        stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    with stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield _row(line, f"{file}:{number}")


def written(value: object, indent: int | None = None) -> str:
    """``value`` as JSON that any terminal takes; what could steer one is escaped."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent))


def _row(line: bytes, place: str) -> Row:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8 ({error.reason})") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise InputError(f"{place}: a line must be a JSON object")
    return Row(place, fields)
