"""Files that are written whole before they take their name: a kill leaves the old one, or none."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.errors import StoreError

_SUFFIX = ".part"
_BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """An empty file beside ``target`` to be filled and then ``placed``; it is gone at the end.

    StoreError where the folder cannot be written to. What a killed process left is swept away.
    """
    prefix = f".{target.name}-"
    part = target.with_name(f"{prefix}{secrets.token_hex(4)}{_SUFFIX}")
    try:
        _sweep(target.parent, prefix)
        begun = part.open("x")
        if target.exists():
            part.chmod(target.stat().st_mode & 0o7777)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    with begun:
        fcntl.flock(begun, fcntl.LOCK_EX)  # shows others that this part is being written
        try:
            yield part
        finally:
            _remove(part)


def placed(part: Path, target: Path, *, replace: bool) -> bool:
    """Give ``part`` its name, on disk for good; False when there is one and not to ``replace``."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    if replace:
        part.replace(target)
    elif not _linked(part, target):
        return False
    _settle(target.parent)
    return True


def _linked(part: Path, target: Path) -> bool:
    try:
        target.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:  # a file system without links, such as that of a memory stick
        if target.exists():
            return False
        part.rename(target)
    return True


def _settle(folder: Path) -> None:
    """Make names in ``folder`` survive a power cut, where the system can do that for a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(folder: Path, prefix: str) -> None:
    for part in folder.glob(f"{prefix}*{_SUFFIX}"):
        with suppress(OSError), part.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(part)


def _remove(part: Path) -> None:
    for name in (part, *(part.with_name(part.name + each) for each in _BESIDE)):
        name.unlink(missing_ok=True)
