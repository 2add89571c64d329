"""Types of columns: times with their zone, numbers of any size, keys, and strangers' words.

What cannot be told from one database to the next ends here: a value that one of them would not
take is stored as one that all of them do.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator

_LARGEST_ID = 2**63 - 1


class Utc(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC, also where the database keeps no zone."""
        if value is None or value.tzinfo is None:
            return value if value is None else value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


# Ids and numbers of any size, be it one that a person made up.
Whole = BigInteger().with_variant(Integer(), "sqlite")
# Text in the order of its code points, whatever the language of a server is.
Key = Text().with_variant(Text(collation="C"), "postgresql")


class Words(TypeDecorator[str]):
    """What strangers wrote, stored as ``readable`` has it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        return None if value is None else readable(value)


def readable(text: str) -> str:
    """``text`` as it can be stored: lone surrogates, which no encoding has, become ``?``.

    So does NUL, which not every database takes.
    """
    kept = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return kept.replace("\0", "?")


def is_id(number: int) -> bool:
    """Whether a row can have ``number``: no database can even be asked for one beyond that."""
    return 0 < number <= _LARGEST_ID
