"""Everything that can go wrong in words a user can act on.

::

    MonitorError                  base; ``str(error)`` is one sentence, printed as it is
    ├── ConfigError               config.toml: all mistakes at once, each with its line
    ├── BeatError                 seeds/<beat>: file, line and reason
    ├── QueryError                a search that cannot be read, with the column
    ├── InputError                a file given on the command line that cannot be used
    ├── FetchError                a request that brought nothing (``retry``: whether to ask again)
    │   ├── UnansweredError       a request that was sent; nobody knows what became of it
    │   ├── BlockedAddressError   an address that the door refuses to connect to
    │   └── RobotsError           a page that its site asks programs not to read
    ├── StoreError                the database cannot be used
    │   ├── NewerDatabaseError    it was written by a newer version
    │   ├── BusyError             another process holds it
    │   └── MissingDriverError    the extra that speaks to it is not installed
    ├── AssistError               a language model that gave no words, or no embeddings
    ├── AlreadyRunningError       a second ``monitor run``
    └── TransportError            a delivery that failed (``retry`` tells whether to try again)
"""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import east_asian_width


class MonitorError(Exception):
    """Base of all errors that a user can cause; its text is shown without a traceback."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a file: where, what, and what was probably meant."""

    line: int | None
    column: int | None
    where: str
    problem: str
    suggestion: str | None = None

    def sentence(self, path: str) -> str:
        """``config.toml:11:5: feeds[1].urll: unknown key; did you mean "url"?``"""
        place = ":".join(str(part) for part in (path, self.line, self.column) if part is not None)
        hint = f'; did you mean "{self.suggestion}"?' if self.suggestion else ""
        subject = f"{self.where}: " if self.where else ""
        return f"{place}: {subject}{self.problem}{hint}"


class _FileError(MonitorError):
    """Mistakes in one file, one sentence a line."""

    def __init__(self, path: str, mistakes: list[Mistake]) -> None:
        self.path = path
        self.mistakes = mistakes
        super().__init__("\n".join(mistake.sentence(path) for mistake in mistakes))


class ConfigError(_FileError):
    """``config.toml`` cannot be used."""


class BeatError(_FileError):
    """A file of the beat cannot be used."""


class QueryError(MonitorError):
    """A search that cannot be read; ``column`` counts characters from 0."""

    def __init__(self, query: str, column: int, problem: str) -> None:
        self.column = column
        # A Chinese character is two columns wide.
        before = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in query[:column])
        super().__init__(f"{problem}\n  {query}\n  {' ' * before}^")


class InputError(MonitorError):
    """A file or value given on the command line that cannot be used."""


class FetchError(MonitorError):
    """A request that brought nothing."""

    def __init__(self, message: str, *, retry: bool = True, status: int | None = None) -> None:
        self.retry = retry
        self.status = status
        super().__init__(message)


class UnansweredError(FetchError):
    """A request that was sent and brought no answer: the server may have done what it asks."""


class BlockedAddressError(FetchError):
    """An address that is not public and not allowed in ``[network] allow_private``."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class RobotsError(FetchError):
    """A page that the site's robots.txt asks programs not to read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class StoreError(MonitorError):
    """The database cannot be used."""


class NewerDatabaseError(StoreError):
    """The database was written by a newer version of this program."""


class BusyError(StoreError):
    """Another process holds the database for too long."""


class MissingDriverError(StoreError):
    """The database is of a kind that needs an extra, which is not installed."""


class AssistError(MonitorError):
    """A language model that gave no answer; ``is_gone``: it has none for anybody at the moment."""

    def __init__(self, message: str, *, is_gone: bool = True) -> None:
        self.is_gone = is_gone
        super().__init__(message)


class AlreadyRunningError(MonitorError):
    """Another ``monitor run`` uses this database."""


class TransportError(MonitorError):
    """A delivery that failed; ``unknown`` means that the receiver may have it all the same."""

    def __init__(self, message: str, *, retry: bool, unknown: bool = False) -> None:
        self.retry = retry
        self.unknown = unknown
        super().__init__(message)
