"""What an owner has to hear is kept once and said in every frame's language."""

from __future__ import annotations

import pytest

from monitor.publish.notices import notice, said_in


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("no_login", {}),
        ("given_up", {"digest": "daily", "transport": "slack"}),
        ("unreachable", {"digest": "weekly", "transport": "email"}),
        ("not_in_force", {"problem": "config.toml:3:1: {digest}: unknown key\\n x"}),
    ],
)
def test_each_notice_in_each_language(lang: str, key: str, values: dict[str, str]) -> None:
    """Its values are in it as they were, and nothing of the English is left around them."""
    kept = notice(key, **values)
    said = said_in(kept, lang)

    assert all(value in said for value in values.values())
    assert (said == kept) is (lang == "en")


@pytest.mark.parametrize("sentence", ["", "An older notice.", "(a+)+$", "Mail cannot be sent"])
def test_other_sentences_stay(sentence: str) -> None:
    """What an older version kept is said as it is."""
    assert said_in(sentence, "ru") == sentence
