"""Editions as files in a folder: what a monitor without a mail server does with them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from monitor.errors import TransportError
from monitor.model import Delivery
from monitor.publish.transports.email import build_message

_SENDER = "monitor@localhost"


class FilesTransport:
    """Writes ``<slot>-<digest>.html``, ``.txt`` and ``.eml``; writing twice changes nothing."""

    def __init__(self, folder: Path, sender: str = _SENDER) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, delivery: Delivery) -> None:
        """Write the three files, each as a whole or not at all."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for suffix, content in self._contents(delivery).items():
                _write(self._folder / f"{stem(delivery)}{suffix}", content)
        except OSError as error:
            reason = error.strerror or str(error)
            raise TransportError(f"cannot write to {self._folder}: {reason}", retry=True) from error

    def _contents(self, delivery: Delivery) -> dict[str, bytes]:
        rendered = delivery.edition.rendered
        # A folder has no address; its message goes from the monitor to itself.
        to_itself = replace(delivery, subscriber=self._sender)
        return {
            ".html": rendered.html.encode("utf-8", "replace"),
            ".txt": rendered.text.encode("utf-8", "replace"),
            ".eml": build_message(to_itself, self._sender).as_bytes(),
        }


def stem(delivery: Delivery) -> str:
    """``2026-11-24T0230Z-daily``: the slot in UTC and the digest, safe as a file name."""
    digest = re.sub(r"[^\w-]+", "-", delivery.edition.digest).strip("-")[:80] or "digest"
    return f"{delivery.edition.slot:%Y-%m-%dT%H%MZ}-{digest}"


def _write(path: Path, content: bytes) -> None:
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
