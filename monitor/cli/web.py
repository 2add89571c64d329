"""The page on which subscribers leave, served until it is stopped."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from monitor.cli.opening import archive, configuration, stop_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.pipeline.setup import Setup
    from monitor.store import Store


def web(context: typer.Context) -> None:
    """Serve the page on which subscribers unsubscribe, until stopped."""
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with (
        archive(setup.configuration) as store,
        stop_event() as stop,
        unsubscribing(store, setup) as address,
    ):
        public = setup.settings.web and setup.settings.web.public_url
        known = f" for {public}" if public else "; mails link to it once [web] public_url is set"
        print(f"Listening on {address}{known}", file=sys.stderr)
        stop.wait()


@contextmanager
def unsubscribing(store: Store, setup: Setup) -> Iterator[str]:
    """The page, on the archive ``store``, while the block runs; the address it is at."""
    from monitor.config import WebSettings
    from monitor.pipeline.subscribers import unsubscribe
    from monitor.web.unsubscribe import serving

    def leave(token: str) -> bool:
        return unsubscribe(store, setup, token, datetime.now(UTC))

    with serving(setup.settings.web or WebSettings(), leave) as address:
        yield address


@contextmanager
def unsubscribing_if_wanted(store: Store, setup: Setup) -> Iterator[None]:
    """The page while the block runs, where the settings have ``[web]``."""
    if setup.settings.web is None:
        yield
        return
    with unsubscribing(store, setup) as address:
        logging.info("subscribers leave at %s", address)
        yield
