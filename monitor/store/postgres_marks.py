"""PostgreSQL's way to keep and look up very many marks at once, as ``sqlite_marks``."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, String, column, text

from monitor.store.columns import Utc

# Keeps each [mark, day, story].
KEEP = text("""
INSERT INTO marks (mark, day, story_id)
SELECT value ->> 0, CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint)
FROM jsonb_array_elements(CAST(:kept AS jsonb)) AS kept(value) ON CONFLICT DO NOTHING""")

# Of each [mark, day] the days and stories of the newest ``most`` articles ``within`` days of it,
# as "[day,day],[story,story]".
POSTED = text("""
SELECT asked.place - 1 AS key, (
    SELECT '[' || string_agg(CAST(day AS text), ',') || '],['
        || string_agg(CAST(story_id AS text), ',') || ']' FROM (
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
