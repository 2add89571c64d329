"""Wishes written into ``config.toml``: comments and order kept, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.beat.accepting import appended, appended_within
from monitor.config import Configuration, parse
from monitor.errors import ConfigError, InputError
from monitor.model import FeedListing

_MARK = "\ufeff"


def add_feeds(configuration: Configuration, listings: Iterable[FeedListing]) -> None:
    """Append a ``[[feeds]]`` row for each listing to the file of ``configuration``.

    Raises ``InputError`` where it cannot be read or written, or would no longer be valid; then it
    is as before.
    """
    rows = list(map(_row, listings))
    _change(configuration, lambda text, path: appended(text, "feeds", rows, path))


def add_subscriber(
    configuration: Configuration, digest: str, added: Mapping[str, Any] | str
) -> None:
    """Append a subscriber of ``digest``: an address to its ``to``, or fields as a table.

    Raises ``InputError`` as ``add_feeds`` does.
    """
    inner = "to" if isinstance(added, str) else "subscribers"
    place = ("digests", digest)
    _change(configuration, lambda text, path: appended_within(text, place, inner, added, path))


def source_of(path: Path) -> str:
    """The text of a file of settings; ``InputError`` where it cannot be read."""
    return _text(path).removeprefix(_MARK)


def replace_source(configuration: Configuration, source: str) -> None:
    """Write ``source`` in place of the file; raises ``InputError`` as ``add_feeds`` does."""
    _change(configuration, lambda text, path: source.removeprefix(_MARK))


def _change(configuration: Configuration, change: Callable[[str, Path], str]) -> None:
    path = configuration.path.resolve()
    text = _text(path)
    changed = change(text.removeprefix(_MARK), path)
    try:
        parse(changed, path.name)
    except ConfigError as error:
        raise InputError(f"nothing was written, since it would not be valid:\n{error}") from error
    _replace(path, (_MARK if text.startswith(_MARK) else "") + changed)


def _row(listing: FeedListing) -> dict[str, str]:
    stated = {
        "url": listing.url,
        "outlet": listing.outlet,
        "lang": listing.lang,
        "country": listing.country,
        "camp": listing.camp,
    }
    return {name: value for name, value in stated.items() if value}


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _replace(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` whole or not at all, for those who could read it before."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".config-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            part.chmod(path.stat().st_mode & 0o7777)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
