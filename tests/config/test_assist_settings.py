"""What `[assist]` may say: a server and a model, and a key that stands elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import parse
from monitor.config.effective import as_toml
from monitor.errors import ConfigError, InputError

LOCAL = '[assist]\naddress = "http://127.0.0.1:11434/v1"\nmodel = "small"\n'


def test_off_unless_it_is_there() -> None:
    """The settings that ship name no model."""
    assert parse("").assist is None
    assert parse(LOCAL).assist is not None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('key = "s3cret"', "unknown key"),
        ("tokens_a_day = -1", "at least 0"),
        ("seconds = 0", "at least 1"),
        ('languages = ["kk"]', "must be one of"),
        ("headlines = 2", "true or false"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(more: str, sentence: str) -> None:
    """Each mistake names its place."""
    with pytest.raises(ConfigError, match=rf"config\.toml:4.*{sentence}"):
        parse(LOCAL + more)


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [
        ("https://api.example.org/v1", True),
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://api.example.org/v1", False),
        ("http://10.0.0.7:8000/v1", False),
    ],
)
def test_a_key_travels_in_private(address: str, is_fine: bool) -> None:
    """Over https, or not at all beyond this machine."""
    source = f'[assist]\naddress = "{address}"\nmodel = "small"\nkey_env = "KEY"\n'
    if is_fine:
        assert parse(source).assist is not None
        return
    with pytest.raises(ConfigError, match="https:// only"):
        parse(source)


def test_a_login_in_the_address_is_refused() -> None:
    """The sentence speaks of the address, which is no feed's, and does not repeat the login."""
    with pytest.raises(ConfigError, match=r"assist\.address: an address may not have") as caught:
        parse('[assist]\naddress = "https://me:s3cret@api.example.org/v1"\nmodel = "small"\n')

    assert "s3cret" not in str(caught.value)


def test_the_key_comes_from_elsewhere(tmp_path: Path) -> None:
    """A file or a variable; a file of keys is among the secret ones, and nothing shows it."""
    (tmp_path / "key").write_text("s3cret\n")
    filed, named = parse(f'{LOCAL}key_file = "key"'), parse(f'{LOCAL}key_env = "KEY"')
    assert filed.assist is not None and named.assist is not None

    assert filed.assist.key(tmp_path) == "s3cret"
    assert named.assist.key(tmp_path, {"KEY": "other"}) == "other"
    assert filed.secret_files() == ["key"]
    assert "s3cret" not in as_toml(filed)
    with pytest.raises(InputError, match="KEY, which is not set"):
        named.assist.key(tmp_path, {})
