"""Where a beat is: what the settings name, found among the user's folders and those that ship."""

from __future__ import annotations

from pathlib import Path

from monitor.config import Configuration
from monitor.errors import InputError
from monitor.resources import seeds


def beat_folder(configuration: Configuration) -> Path:
    """Where the beat's files are: a path beside ``config.toml``, or a folder that ships."""
    name = configuration.settings.monitor.beat
    for folder in (configuration.folder / name, seeds() / name):
        if folder.is_dir():
            return folder
    shipped = ", ".join(sorted(path.name for path in seeds().iterdir() if path.is_dir()))
    raise InputError(f'[monitor] beat: there is no folder "{name}"; these ship: {shipped}')
