"""Revision hashes."""

from __future__ import annotations

from monitor.text.fingerprint import revision_hash


def test_what_a_reader_cannot_see_changes_nothing() -> None:
    """White space, composition and soft hyphens leave the hash alone."""
    one = revision_hash("Два  й\n слова", "a\u00adb")
    assert one == revision_hash("Два и\u0306 слова", "ab", "")
    assert len(one) == 64


def test_what_a_reader_sees_changes_it() -> None:
    """A letter, its case, or the field that words stand in make another revision."""
    base = revision_hash("Title", "text")
    assert len({base, revision_hash("title", "text"), revision_hash("Titletext")}) == 3


def test_any_text_can_be_hashed() -> None:
    """Lone surrogates and NULs do no harm."""
    assert revision_hash("\ud800\0") == revision_hash("\ud800 ")
