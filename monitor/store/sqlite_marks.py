"""SQLite's own way to keep very many marks at once, and to look them up, each with a limit.

A statement of its own for each, or an arm of a union, takes several times as long; other databases
have ``LATERAL``. What is looked up is one parameter, a JSON array.
"""

from __future__ import annotations

from sqlalchemy import JSON, Integer, String, column, text

from monitor.store.columns import Utc

# Keeps each [mark, day, story]: as parameters of their own they take twice as long.
KEEP = text("""
INSERT INTO marks (mark, day, story_id)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(:kept) WHERE true ON CONFLICT DO NOTHING""")

# Of each [mark, day] the days and stories of the newest ``most`` articles ``within`` days of it,
# as "[day,day],[story,story]".
POSTED = text("""
SELECT asked.key, (
    SELECT '[' || group_concat(day) || '],[' || group_concat(story_id) || ']' FROM (
        SELECT day, story_id FROM marks
        WHERE mark = json_extract(asked.value, '$[0]')
        AND day BETWEEN json_extract(asked.value, '$[1]') - :within
        AND json_extract(asked.value, '$[1]') + :within
        ORDER BY day DESC, story_id DESC LIMIT :most
    )
) AS found FROM json_each(:asked) AS asked""")

# The signatures of the newest ``most`` articles of each story.
MEMBERS = text("""
SELECT asked.value AS story_id, signatures.article_id, signatures.at, signatures.lang,
    signatures.body
FROM json_each(:asked) AS asked CROSS JOIN signatures
WHERE signatures.article_id IN (
    SELECT articles.id FROM articles
    WHERE articles.story_id = asked.value ORDER BY articles.id DESC LIMIT :most
)""").columns(
    column("story_id", Integer),
    column("article_id", Integer),
    column("at", Utc),
    column("lang", String),
    column("body", JSON),
)
