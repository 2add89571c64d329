"""What a demo leaves in its folder: the mail, its parts, the database and a ``config.toml``."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from monitor.errors import InputError

_MARK = "# Left here by `monitor demo`"
_HEAD = f"""{_MARK}: the archive beside this file holds the demo's articles.
# These are the settings that the demo used, every default filled in, and no mail server.
#
# Words of your own go below [watchlist.keywords], with points on the scale of 0 to 100:
#     "dry port" = 15
#     "horoscope" = -60

"""
DATABASE = "monitor.db"
_DATABASE = (DATABASE, *(f"{DATABASE}{end}" for end in ("-wal", "-shm", ".run")))
_MAIL = ("digest.eml", "digest.html", "digest.txt")
_CONFIG = "config.toml"


def prepare_folder(out: Path) -> None:
    """Make ``out``, or clear an earlier demo out of it; ``InputError`` when it is in use."""
    try:
        _refuse_used(out)
        out.mkdir(parents=True, exist_ok=True)
        write_config(out, "")
        for name in (*_DATABASE, *_MAIL):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{out} cannot be written to: {error.strerror}") from error


def _refuse_used(out: Path) -> None:
    config = out / _CONFIG
    if config.exists() and not config.read_text("utf-8", "replace").startswith(_MARK):
        raise InputError(f"{config} was not written by a demo; choose another folder with --out")
    if not config.exists() and (out / DATABASE).exists():
        raise InputError(f"{out} holds a {DATABASE} of yours; choose another folder with --out")


def write_config(out: Path, source: str) -> None:
    """Write the settings that a user goes on with: theirs, on the demo's archive."""
    (out / _CONFIG).write_text(_HEAD + source, encoding="utf-8")


def write_mail(out: Path, message: bytes) -> tuple[str, str]:
    """Write the mail as it arrived, and its two parts by themselves; returns text and HTML."""
    parsed = message_from_bytes(message, policy=policy.default)
    (out / "digest.eml").write_bytes(message)
    parts = []
    for kind, name in (("plain", "digest.txt"), ("html", "digest.html")):
        body = parsed.get_body((kind,))
        content = body.get_content() if body else ""
        (out / name).write_text(content, encoding="utf-8")
        parts.append(content)
    return parts[0], parts[1]
