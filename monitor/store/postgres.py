"""All that is PostgreSQL's own: addresses, sessions, its lock for writers, its errors in words.

Full text has ``postgres_text``. The driver, psycopg, is an extra; SQLAlchemy imports it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from monitor.errors import BusyError, MissingDriverError, StoreError
from monitor.store.places import BUSY_SECONDS, Access, Identity, Stamp
from monitor.store.postgres_text import read_form
from monitor.text.addresses import SHOWN_OPTIONS
from monitor.text.plain import one_line

_BACKEND = "postgresql"
_CONNECT_SECONDS = 10
# Every writer that needs to be alone takes this lock until its transaction ends; any number that
# no other program of the database uses will do.
_WRITERS = 0x6D6F6E69746F72
_ALONE = f"SELECT pg_advisory_xact_lock({_WRITERS})"
_SETTINGS = (
    "-c timezone=UTC",
    f"-c lock_timeout={BUSY_SECONDS}s",
    "-c idle_in_transaction_session_timeout=0",
    "-c synchronous_commit=on",  # what was acknowledged survives a power cut
)


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server, as a ``Place``."""

    url: URL = field(repr=False)  # it may hold a password

    def __str__(self) -> str:
        url = self.url
        query = {key: value for key, value in url.query.items() if key in SHOWN_OPTIONS}
        return URL.create(
            _BACKEND, url.username, None, url.host, url.port, url.database, query
        ).render_as_string()

    def stamp(self) -> Stamp:
        """Read the stamp; StoreError where nobody answers, or the tables are another program's."""
        engine = self.engine(Access.READING, pooled=False)
        try:
            with engine.connect() as connection:
                return _read_stamp(connection, self)
        except DBAPIError as error:
            raise self.explain(error) from error
        finally:
            engine.dispose()

    def engine(self, access: Access, *, pooled: bool = True) -> Engine:
        """Readers see one moment; writers what is committed, alone unless they ask otherwise."""
        self.check_driver()
        engine = create_engine(
            self._for_driver(),
            connect_args=self._arguments(access),
            poolclass=None if pooled else NullPool,
            pool_pre_ping=pooled,  # a server may have been restarted meanwhile
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _for_driver(self) -> URL:
        return self.url.set(drivername=f"{_BACKEND}+psycopg")

    def check_driver(self) -> None:
        """StoreError where nothing is installed that can talk to a server, as the URL asks."""
        if find_spec("psycopg") is None:
            raise MissingDriverError(_NO_DRIVER)
        dialect: Any = self._for_driver().get_dialect()
        try:
            driver = dialect.import_dbapi()
        except ImportError as error:  # of the library below it, which has a package of its own
            raise MissingDriverError(f"{_NO_DRIVER} ({one_line(str(error))})") from error
        known = {each.keyword.decode() for each in driver.pq.Conninfo.get_defaults()}
        if unknown := sorted(set(self.url.query) - known):
            raise StoreError(_UNKNOWN_OPTION.format(option=one_line(unknown[0])))
        try:
            dialect().create_connect_args(self.url)
        except ArgumentError as error:  # of hosts and ports among the options
            raise StoreError(_UNREACHABLE.format(place=self, error=one_line(str(error)))) from error

    def _arguments(self, access: Access) -> Mapping[str, Any]:
        readonly = ["-c default_transaction_read_only=on"] if access is Access.READING else []
        asked = self.url.query.get("options", "")
        options = " ".join([*_SETTINGS, *readonly, *([asked] if isinstance(asked, str) else asked)])
        return {"options": options, "connect_timeout": _CONNECT_SECONDS, **_CLIENT}

    def explain(self, error: BaseException) -> StoreError:
        """A driver's error as a sentence, in which no password can be."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlstate", None) or ""
        words = one_line(str(cause))[:_LONGEST_REASON]
        if code == _LOCK_TIMEOUT:
            return BusyError(
                f"another process has held {self} for {BUSY_SECONDS} s; try again later"
            )
        sentence = _SENTENCES.get(code) or _CLASSES.get(code[:2])
        if sentence is None and _is_lost(error):
            sentence = _UNREACHABLE
        if sentence is None:
            raise error
        return StoreError(sentence.format(place=self, error=words))

    def hint(self) -> str:
        """How to put a dump in its place."""
        name = shlex.quote(str(self))
        return f"`pg_restore --clean --if-exists --dbname={name} FILE` puts a dump in its place"

    def identity(self) -> Identity | None:
        """The server lets nobody replace a database that is in use."""
        return None

    def check_room(self, opened: Identity | None) -> None:
        """The server looks after its disk; when that is full, writing breaks off whole."""

    def check_references(self, connection: Connection) -> None:
        """The server has checked each of them when it was written."""

    def log_size(self) -> int:
        """Readers keep nothing from being written back here."""
        return 0

    def write_back(self, connection: Connection) -> bool:
        """There is no log that waits for readers."""
        return True


# What the driver is told of itself: to pass on texts as they are, and who is asking.
_CLIENT = {"client_encoding": "utf8", "application_name": "monitor"}


def _begin(connection: Connection) -> None:
    # Said of each: what a server does by itself is set by whoever owns the database.
    writing = connection.get_execution_options().get("writing")
    level = "READ COMMITTED" if writing else "REPEATABLE READ"
    connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
    if writing == "alone":
        # Within READ COMMITTED, what is read behind the lock is what the one before left.
        connection.exec_driver_sql(_ALONE)


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def _read_stamp(connection: Connection, place: Server) -> Stamp:
    tables = set(connection.exec_driver_sql(_TABLES).scalars())
    if not tables:
        return Stamp(None, 0)
    if "alembic_version" not in tables:
        raise StoreError(
            f"{place} has tables of another program; they were left as they are: "
            "name an empty database, or another schema in the URL (?options=-csearch_path=monitor)"
        )
    revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    return Stamp(revisions.first(), read_form(connection))


_SIZE = "SELECT pg_database_size(current_database())"


def vacuum_server(place: Server) -> tuple[int, int]:
    """Write all tables anew without their gaps: the bytes of the database before and after."""
    engine = place.engine(Access.MIGRATING, pooled=False)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            before = connection.exec_driver_sql(_SIZE).scalar_one()
            connection.exec_driver_sql("VACUUM (FULL, ANALYZE)")
            return before, connection.exec_driver_sql(_SIZE).scalar_one()
    except DBAPIError as error:
        raise place.explain(error) from error
    finally:
        engine.dispose()


# --- errors --------------------------------------------------------------------------------------

_LOCK_TIMEOUT = "55P03"
_UNREACHABLE = "{place} cannot be used ({error})"
_DAMAGED = "{place} is damaged ({error}); it was left as it is: restore a dump of it"
_REFUSED = "{place} does not take that ({error}); nothing was changed"
_SENTENCES = {
    "25006": "{place} may not be written to ({error})",
    "42501": "{place} may not be written to ({error})",
    "53100": "there is no space left for {place}; nothing was changed",
    "42P01": _DAMAGED,  # a table or column of ours is missing
    "42703": _DAMAGED,
    "3F000": "{place} has no schema to write to ({error}); make the one that the URL names, with "
    "CREATE SCHEMA",
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
# By the first two characters: no connection, no access, no such database, no resources, shut down;
# in each other's way; a value that is too long, or that the encoding of the database has not.
_CLASSES = {
    **dict.fromkeys(("08", "28", "3D", "53", "57", "58"), _UNREACHABLE),
    "40": "others were in the way at {place} ({error}); nothing was changed: try again",
    **dict.fromkeys(("22", "54"), _REFUSED),
}
_LONGEST_REASON = 200
_UNKNOWN_OPTION = (
    'the URL of the database has an option "{option}", which PostgreSQL does not know; its manual '
    "lists sslmode, options and all others as libpq's parameter key words"
)
_NO_DRIVER = "a PostgreSQL database needs the extra postgres: pip install 'monitor[postgres]'"


def _is_lost(error: BaseException) -> bool:
    """Whether there is no connection, or none any more: such errors have no code.

    Of an option that means nothing the driver says so before it asks a server anything.
    """
    from sqlalchemy.exc import OperationalError

    if not isinstance(error, DBAPIError) or getattr(error.orig, "sqlstate", None) is not None:
        return False
    return isinstance(error, OperationalError) or error.statement is None
