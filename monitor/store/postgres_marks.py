"""PostgreSQL's way to look very many things up at once, each with a limit, as ``sqlite_marks``."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, String, column, text

from monitor.store.columns import Utc

# Of each [mark, day] the days and stories of the newest ``most`` articles ``within`` days of it,
# as "[day,story],[day,story]".
POSTED = text("""
SELECT asked.place - 1 AS key, (
    SELECT string_agg('[' || day || ',' || story_id || ']', ',') FROM (
        SELECT day, story_id FROM marks
        WHERE mark = asked.value ->> 0
        AND day BETWEEN CAST(asked.value ->> 1 AS bigint) - :within
        AND CAST(asked.value ->> 1 AS bigint) + :within
        ORDER BY day DESC, story_id DESC LIMIT :most
    ) AS newest
) AS found FROM jsonb_array_elements(CAST(:asked AS jsonb)) WITH ORDINALITY AS asked(value, place)
""")

# The signatures of the newest ``most`` articles of each story.
MEMBERS = text("""
SELECT newest.story_id, signatures.article_id, signatures.at, signatures.lang, signatures.body
FROM jsonb_array_elements_text(CAST(:asked AS jsonb)) AS asked(value)
CROSS JOIN LATERAL (
    SELECT articles.id, articles.story_id FROM articles
    WHERE articles.story_id = CAST(asked.value AS bigint) ORDER BY articles.id DESC LIMIT :most
) AS newest
JOIN signatures ON signatures.article_id = newest.id
""").columns(
    column("story_id", BigInteger),
    column("article_id", BigInteger),
    column("at", Utc),
    column("lang", String),
    column("body", JSON),
)
