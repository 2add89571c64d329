"""Where the folders that travel with the program live: in a checkout, and in a wheel.

A wheel carries them as ``monitor/_bundled/``, which a checkout never has; so the packaged copy is
looked for first, since beside an installed package stand the folders of strangers.
"""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def seeds() -> Path:
    """The folder with one folder per beat."""
    return _folder("seeds")


def migrations() -> Path:
    """The folder with Alembic's ``env.py`` and ``versions/``."""
    return _folder("migrations")


def cache() -> Path:
    """The user's folder for what can be made again; it need not exist."""
    stated = os.environ.get("XDG_CACHE_HOME")
    return Path(stated or os.path.expanduser("~/.cache")) / "monitor"  # noqa: PTH111  never fails


def _folder(name: str) -> Path:
    packaged = _PACKAGE / "_bundled" / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
