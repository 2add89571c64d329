"""The library's model of byte sequences, made lean."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from monitor.text.sequences import Model, load_model

LANGS = ("az", "en", "fa", "kk", "ru", "tr", "uz", "wuu", "zh")
TEXTS = (
    "Trade between the two countries",
    "ТОВАРООБОРОТ МЕЖДУ ДВУМЯ СТРАНАМИ",
    "Екі ел арасындағы тауар айналымы",
    "Ikki davlat oʻrtasidagi savdo",
    "İki ölkə arasında ticarət dövriyyəsi",
    "两国贸易额 doubled",
    "تجارت بین دو کشور",
    "cafe\u0301 \U0001f682 \ue000",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that one test fills for the others."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def model(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The model of a few languages."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return load_model(LANGS)


def test_it_says_what_the_library_says(model: Model) -> None:
    """The same order, and the same likelihoods but for the library's half precision."""
    library = LanguageIdentifier.from_model_file(MODEL_FILE)
    library.set_languages(LANGS)

    for text in TEXTS:
        ours, theirs = model.rank(text, LANGS), library.rank(text)
        assert [lang for lang, _ in ours] == [lang for lang, _ in theirs]
        assert [said for _, said in ours] == pytest.approx([said for _, said in theirs], abs=0.05)


def test_only_what_is_asked_for_is_ranked(model: Model) -> None:
    """Languages that are not asked for, or not known, are left out; no text tells none apart."""
    assert {lang for lang, _ in model.rank(TEXTS[0], {"en", "ru", "xx"})} == {"en", "ru"}
    assert len({said for _, said in model.rank("", LANGS)}) == 1


def test_a_damaged_cache_is_made_again(model: Model, cache: Path) -> None:
    """One bit is enough for the file to be refused, and the answer stays the same."""
    (paper,) = (cache / "monitor" / "languages").iterdir()
    kept = bytearray(paper.read_bytes())
    kept[len(kept) // 2] ^= 1
    paper.write_bytes(kept)

    assert load_model(LANGS) == model
    assert paper.read_bytes() != kept


@pytest.mark.parametrize(
    "harm",
    [
        lambda kept: re.sub(rb'\["en", -?[0-9.]+\]', b'["en", 0.5]', kept, count=1),
        lambda kept: re.sub(rb'\["en", -?[0-9.]+\]', b'["en", null]', kept, count=1),
        lambda kept: kept.replace(b'"en"', b'"EN"', 1).replace(b'"kk"', b'"en"', 1),
        lambda kept: b"[" * 200_000,
        lambda kept: b"[]\n" + kept,
        lambda kept: b"",
    ],
    ids=["prior", "no prior", "names", "depth", "shape", "empty"],
)
def test_a_damaged_first_line_is_noticed(
    model: Model, cache: Path, harm: Callable[[bytes], bytes]
) -> None:
    """What the columns are called and weigh is as dear as what is in them."""
    (paper,) = (cache / "monitor" / "languages").iterdir()
    kept = paper.read_bytes()
    assert harm(kept) != kept
    paper.write_bytes(harm(kept))

    assert load_model(LANGS) == model
    assert paper.read_bytes() == kept


def test_no_draft_stays(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the place of the file is left alone, and nothing piles up beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_model(LANGS)
    (paper,) = (tmp_path / "monitor" / "languages").iterdir()
    paper.unlink()
    paper.mkdir()

    assert load_model(LANGS) == model
    assert list(paper.parent.iterdir()) == [paper]


def test_a_cache_that_cannot_be_written_is_done_without(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cache's folder is a file, say."""
    (tmp_path / "monitor").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert load_model(LANGS) == model
