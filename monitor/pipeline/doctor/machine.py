"""The machine: disk, time zones, what is installed, who may read what is secret."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from monitor.config import Configuration, Settings
from monitor.errors import MonitorError
from monitor.pipeline.doctor.findings import Finding, Verdict
from monitor.text.addresses import masked
from monitor.text.language import identify

_FULL, _NEARLY_FULL = 50_000_000, 1_000_000_000  # bytes
_SAMPLE, _SAMPLE_LANG = "The ministers of transport met in the capital on Monday morning.", "en"


def of_machine(configuration: Configuration) -> Iterator[Finding]:
    """Disk, time zones, language identification, extras, and permissions of secrets."""
    yield _disk(configuration)
    yield Finding("zones", Verdict.OK, f"Time zones follow tzdata {version('tzdata')}.")
    yield _languages()
    yield _extras(configuration.settings)
    yield from _secrets(configuration)


def _disk(configuration: Configuration) -> Finding:
    file = configuration.database_file
    is_there = file is not None and os.access(file.parent, os.X_OK)
    folder = file.parent if file is not None and is_there else configuration.folder
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1e9:,.1f} GB are free in {folder}."
    if free < _FULL:
        return Finding("disk", Verdict.WRONG, sentence, f"df -h {shlex.quote(str(folder))}")
    if free < _NEARLY_FULL:
        return Finding("disk", Verdict.WARNING, sentence, "monitor db vacuum")
    return Finding("disk", Verdict.OK, sentence)


def _languages() -> Finding:
    try:
        found = identify(_SAMPLE)
    except (ImportError, OSError, MonitorError) as error:
        return Finding(
            "languages",
            Verdict.WRONG,
            f"Languages cannot be told apart: {error}.",
            "pip install py3langid",
        )
    if found != _SAMPLE_LANG:
        sentence = f'An English sentence was taken for "{found}".'
        return Finding(
            "languages", Verdict.WRONG, sentence, "pip install --force-reinstall monitor"
        )
    return Finding("languages", Verdict.OK, "Languages are told apart.")


def _extras(settings: Settings) -> Finding:
    """What the settings ask for that is installed only where somebody wants it."""
    missing = [extra for extra, module in _wanted(settings) if find_spec(module) is None]
    if missing:
        wanted = ",".join(missing)
        return Finding(
            "extras",
            Verdict.WRONG,
            f"The settings need what is not installed: {wanted}.",
            f"pip install 'monitor[{wanted}]'",
        )
    return Finding("extras", Verdict.OK, "All that the settings need is installed.")


def _wanted(settings: Settings) -> Iterator[tuple[str, str]]:
    """Extras with the module that tells whether each is there."""
    if any(feed.full_text for feed in settings.feeds):
        yield "fulltext", "trafilatura"
    if any(each.transport == "apprise" for one in settings.digests for each in one.subscribers):
        yield "apprise", "apprise"
    if settings.monitor.database.startswith("postgres"):
        yield "postgres", "psycopg"


def _secrets(configuration: Configuration) -> Iterator[Finding]:
    """A finding for each file with secrets that others may read, or one for all."""
    paths = [configuration.folder / name for name in configuration.settings.secret_files()]
    if _holds_secrets(configuration.path):
        paths.append(configuration.path)
    if file := configuration.database_file:  # what links for unsubscribing are made with
        paths.append(file)
    open_to_others = [path for path in dict.fromkeys(paths) if _is_open(path)]
    for path in open_to_others:
        yield Finding(
            "secrets",
            Verdict.WARNING,
            f"{path} holds secrets, and other users of this machine may read it.",
            f"chmod 600 {shlex.quote(str(path))}",
        )
    if not open_to_others:
        yield Finding("secrets", Verdict.OK, "No file with secrets may be read by others.")


def _holds_secrets(path: Path) -> bool:
    """Whether addresses in the file have passwords, keys or tokens in them."""
    try:
        source = path.read_text("utf-8", "replace")
    except OSError:
        return False
    return masked(source) != source


def _is_open(path: Path) -> bool:
    """Whether others may read the file: through its own permissions and those of its folder."""
    try:
        own, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError:
        return False
    return bool(own & stat.S_IROTH and folder & stat.S_IXOTH)
