"""The tables: what is kept, and which questions the indexes answer. Alembic's one target.

Nothing here belongs to one database: timestamps are UTC, nested values are JSON, ids are never
used twice. The full-text index is no table of this schema; each dialect keeps its own under the
name ``FULL_TEXT``.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Interval,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from monitor.store.columns import Key, Utc, Whole, Words

HEAD = "0008"  # the newest revision in migrations/versions; saves importing Alembic at each start
FULL_TEXT = "article_search"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- collect -------------------------------------------------------------------------------------

feeds = Table(
    "feeds",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("host", Text, nullable=False, index=True),
    Column("outlet", Text, nullable=False),
    Column("lang", String(16)),
    Column("country", String(2)),
    Column("camp", Text),
    Column("recipe", JSON(none_as_null=True)),  # how a list page is read
    Column("enabled", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Text),
    Column("moved_to", Words),  # where permanent redirects lead, and how many in a row did
    Column("moves", Whole, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Words),
    Column("failures", Whole, nullable=False),
    Column("failing_since", Utc),
    Column("first_polled_at", Utc),
    Column("polled_at", Utc),
    Column("succeeded_at", Utc),
    Column("whole_at", Utc),  # last asked without conditions, or answered in full
    Column("next_poll_at", Utc),
    Column("interval", Interval(native=False)),  # between two polls, as was found to suit the feed
    Column("stamps", Text, nullable=False),  # of the entries of the last good document
    Column("habits", JSON, nullable=False),
    Column("struck", Text),  # the hash of the body that was parsed last
    Column("strikes", Whole, nullable=False),  # how often it took its reader down
    Column("begun", Whole, nullable=False),  # how often that began since a poll was recorded
    Column("leased_until", Utc),
    Column("token", Whole, nullable=False),  # grows with each claim, so that a late one is told
    sqlite_autoincrement=True,
)

polls = Table(
    "polls",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("status", Whole),
    Column("entries", Whole, nullable=False),
    Column("new", Whole, nullable=False),
    Column("changed", Whole, nullable=False),
    Column("error", Words),
    Index(None, "feed_id", "at"),
)

# The time that nobody saw: a feed turned over completely between two polls.
gaps = Table(
    "gaps",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("at", Utc, nullable=False, index=True),
)

# That a feed has failed for days; the key makes each notice the only one of its spell.
notices = Table(
    "notices",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("failing_since", Utc, primary_key=True),
    Column("days", Whole, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("sentence", Words, nullable=False),
    sqlite_with_rowid=False,
)

stories = Table(
    "stories",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("opened_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

watchlists = Table(
    "watchlists",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("kept_at", Utc, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("url", Text, nullable=False),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False, index=True),
    Column("outlet", Text),  # where the feed only passes on what another published
    Column("first_seen", Utc, nullable=False, index=True),
    Column("published", Utc),
    Column("backlog", Boolean, nullable=False),
    # its current revision awaits a judgement
    Column("pending", Boolean, nullable=False),
    # of the judgement that counts; NULL until there is one
    Column("watchlist_id", ForeignKey("watchlists.id")),
    Column("score", Float),
    Column("eligible_at", Utc),
    Column("story_id", ForeignKey("stories.id"), index=True),
    sqlite_autoincrement=True,
)
# An address may be longer than what a sorted index of a server holds (2,704 bytes).
Index("ix_articles_url", articles.c.url, postgresql_using="hash")
Index(
    "ix_articles_outlet",
    articles.c.outlet,
    sqlite_where=articles.c.outlet.is_not(None),
    postgresql_where=articles.c.outlet.is_not(None),
)
Index(
    "ix_articles_pending",
    articles.c.id,
    sqlite_where=articles.c.pending.is_(True),
    postgresql_where=articles.c.pending.is_(True),
)
Index(
    "ix_articles_eligible_at",
    articles.c.eligible_at,
    sqlite_where=articles.c.eligible_at.is_not(None),
    postgresql_where=articles.c.eligible_at.is_not(None),
)
# Judged and in no edition: what may be forgotten one day, if it did not match.
Index(
    "ix_articles_forgettable",
    articles.c.first_seen,
    articles.c.id,
    sqlite_where=and_(articles.c.score.is_not(None), articles.c.eligible_at.is_(None)),
    postgresql_where=and_(articles.c.score.is_not(None), articles.c.eligible_at.is_(None)),
)

# Between which ids the articles first seen on a day are (days since 1970-01-01), so that a search
# within dates need not look at all others.
days = Table(
    "days",
    metadata,
    Column("day", Whole, primary_key=True, autoincrement=False),
    Column("first_id", Whole, nullable=False),
    Column("last_id", Whole, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("key", Key, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    sqlite_with_rowid=False,
)

# What each feed claims: which articles it showed, in which wording last.
entries = Table(
    "entries",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, index=True),
    Column("hash", Text, nullable=False),
    Column("seen_at", Utc, nullable=False),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("hash", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("checksum", String(16)),  # of title, summary and text, so that no damage goes unseen
    UniqueConstraint("article_id", "hash"),
    sqlite_autoincrement=True,
)
Index(
    "ix_revisions_current",
    revisions.c.article_id,
    unique=True,
    sqlite_where=revisions.c.current.is_(True),
    postgresql_where=revisions.c.current.is_(True),
)

# The languages of the current wordings, without reading their texts.
Index(
    "ix_revisions_lang",
    revisions.c.article_id,
    revisions.c.lang,
    sqlite_where=revisions.c.current.is_(True),
    postgresql_where=revisions.c.current.is_(True),
)

# Whose page was read for its text: for which wording of its feed, and when to try again.
extracts = Table(
    "extracts",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("next_at", Utc),
)

robots = Table(
    "robots",
    metadata,
    Column("site", Text, primary_key=True),
    Column("text", Words, nullable=False),
    Column("asked_at", Utc, nullable=False),
)

# --- match ---------------------------------------------------------------------------------------

judgements = Table(
    "judgements",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True),
    Column("watchlist_id", ForeignKey("watchlists.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("score", Float, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("countries", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("entities", JSON, nullable=False),
    # NULL where the receipt can be remade from the watchlist
    Column("receipt", JSON(none_as_null=True)),
    sqlite_with_rowid=False,
)

# What the judgement that counts says an article is about, turned round for searching.
labels = Table(
    "labels",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

signatures = Table(
    "signatures",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("body", JSON, nullable=False),
)

# Which stories speak of what on which day (days since 1970-01-01): they only propose candidates,
# so a mark that an article no longer carries does no harm.
marks = Table(
    "marks",
    metadata,
    Column("mark", Text, primary_key=True),
    Column("day", Whole, primary_key=True),
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# Where a model of language places articles, where one is asked; numbers of 16 bits.
embeddings = Table(
    "embeddings",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("model", Text, nullable=False),
    Column("dimension", Whole, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# What the texts of a language have in common, and up to which article; numbers of 32 bits.
embedding_means = Table(
    "embedding_means",
    metadata,
    Column("model", Text, primary_key=True),
    Column("lang", String(16), primary_key=True),
    Column("texts", Whole, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("until", Whole, nullable=False),
    sqlite_with_rowid=False,
)

# What was found for the promises of the beat, of each article the sentence that claims most.
evidence = Table(
    "evidence",
    metadata,
    Column("commitment", Text, primary_key=True),
    Column(
        "article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("claim", String(16), nullable=False),
    Column("act", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("field", String(8), nullable=False),
    Column("start", Whole, nullable=False),
    Column("end", Whole, nullable=False),
    sqlite_with_rowid=False,
)

# One row: up to which revision the archive was read for evidence, and with what.
readings = Table(
    "readings",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("revision_id", Whole, nullable=False),
    sqlite_with_rowid=False,
)

# What articles say in numbers, with the entities that each sentence is about.
figures = Table(
    "figures",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("value", Float, nullable=False),
    Column("unit", String(24), nullable=False),
    Column("text", Text, nullable=False),
    Column("field", String(8), nullable=False),
    Column("start", Whole, nullable=False),
    Column("end", Whole, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Index(None, "unit", "value"),
)

# What each figure is said of, turned round for asking.
figure_subjects = Table(
    "figure_subjects",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("figure_id", ForeignKey("figures.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# Whose figures were read: of which wording, and with what.
counted = Table(
    "counted",
    metadata,
    Column(
        "article_id",
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("revision_id", Whole, nullable=False),
    Column("fingerprint", String(64), nullable=False),
)

# What a hand decided of stories, which no folding undoes: where an article belongs, and which
# story goes on in which older one.
placements = Table(
    "placements",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
)

story_aliases = Table(
    "story_aliases",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True, autoincrement=False),
    Column("into_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
)

# What a user thinks of articles; whatever is rated is never forgotten.
ratings = Table(
    "ratings",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("rating", String(16), nullable=False),
    Column("at", Utc, nullable=False),
)

# --- publish -------------------------------------------------------------------------------------

# One row: what tells this installation from every other, so that Message-IDs are never shared.
installation = Table(
    "installation",
    metadata,
    Column("name", String(32), primary_key=True),
    sqlite_with_rowid=False,
)

editions = Table(
    "editions",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("slot", Utc, nullable=False),
    Column("variant", Text, nullable=False),
    Column("since", Utc),
    Column("until", Utc, nullable=False),
    Column("frozen_at", Utc, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("story_count", Whole, nullable=False),
    Column("zone", Text, nullable=False),
    Column("outline", JSON, nullable=False),
    UniqueConstraint("digest", "variant", "slot"),
    sqlite_autoincrement=True,
)

carried = Table(
    "carried",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Index(None, "story_id"),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
    Column("subscriber", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Whole, nullable=False),
    Column("token", Whole, nullable=False),
    Column("leased_until", Utc),
    Column("retry_at", Utc),
    Column("settled_at", Utc),
    Column("error", Words),
    Column("parts", Whole, nullable=False),
    Column("queued_at", Utc, nullable=False),
    UniqueConstraint("edition_id", "subscriber", "transport"),
    Index(None, "subscriber"),
    sqlite_autoincrement=True,
)

# What is known of a subscriber beside the settings; who is missing is active and never bounced.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("transport", Text, primary_key=True),
    Column("standing", String(16), nullable=False),
    Column("since", Utc, nullable=False),
    Column("reason", Words, nullable=False),
    Column("bounces", Whole, nullable=False),
    sqlite_with_rowid=False,
)

# What an owner has to hear of deliveries, in sentences without an address.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("sentence", Words, nullable=False),
)
