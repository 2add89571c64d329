"""Editions as files in a folder: what a monitor without a mail server does with them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from monitor.errors import TransportError
from monitor.model import Delivery
from monitor.publish.formats import as_json, as_markdown
from monitor.publish.transports import ALONE, Hold, Transport
from monitor.publish.transports.email import build_message

_SENDER = "monitor@localhost"
# File systems take names of 255 bytes; the slot, the suffix and a draft's number need the rest.
_NAME_BYTES = 120


class FilesTransport(Transport):
    """Writes ``<slot>-<digest>`` as HTML, text, Markdown, JSON and mail; twice changes nothing."""

    def __init__(
        self,
        folder: Path,
        sender: str = _SENDER,
        folders: Mapping[tuple[str, str], Path] | None = None,
    ) -> None:
        """``folders`` are those of subscribers, by digest and name; the others share ``folder``."""
        self._folder = folder
        self._sender = sender
        self._folders = folders or {}

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """Write the files, each as a whole or not at all."""
        folder = self._folders.get((delivery.edition.digest, delivery.subscriber), self._folder)
        hold.renew()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for suffix, content in self._contents(delivery).items():
                write_whole(folder / f"{stem(delivery)}{suffix}", content)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TransportError(f"cannot write to {folder}: {reason}", retry=True) from error

    def _contents(self, delivery: Delivery) -> dict[str, bytes]:
        edition = delivery.edition
        # A folder has no address; its message goes from the monitor to itself.
        to_itself = replace(delivery, subscriber=self._sender)
        return {
            ".html": edition.rendered.html.encode("utf-8", "replace"),
            ".txt": edition.rendered.text.encode("utf-8", "replace"),
            ".md": as_markdown(edition).encode("utf-8", "replace"),
            ".json": as_json(edition),
            ".eml": build_message(to_itself, self._sender).as_bytes(),
        }


def stem(delivery: Delivery) -> str:
    """``2026-11-24T0230Z-daily``: the slot in UTC and the digest, safe as a file name.

    An edition out of turn has its seconds as well, so that none takes another's place. A variant
    has a number of its own, so that two of them may share a folder.
    """
    edition = delivery.edition
    variant = f"-{_short_hash(edition.variant)}" if edition.variant else ""
    moment = edition.slot.strftime("%Y-%m-%dT%H%M%SZ" if edition.slot.second else "%Y-%m-%dT%H%MZ")
    return f"{moment}-{file_name(edition.digest)}{variant}"


def file_name(words: str) -> str:
    """``words`` as part of a file name; where something is cut off or left out, a hash tells."""
    safe = re.sub(r"[^\w-]+", "-", words).strip("-") or "digest"
    if len(safe.encode("utf-8", "replace")) <= _NAME_BYTES and safe == words:
        return safe
    kept = safe.encode("utf-8", "replace")[:_NAME_BYTES].decode("utf-8", "ignore")
    return f"{kept}-{_short_hash(words)}"


def _short_hash(words: str) -> str:
    return sha256(words.encode("utf-8", "replace")).hexdigest()[:8]


def write_whole(path: Path, content: bytes) -> None:
    """Replace ``path`` at once, so that nobody ever reads half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
