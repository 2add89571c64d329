"""Scripts of texts."""

from __future__ import annotations

import pytest

from monitor.text.scripts import Script, han_runs, has_han, main_script, scripts, without_han


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Belt and Road", Script.LATIN),
        ("Пояс и путь BRI", Script.CYRILLIC),
        ("一带一路 BRI", Script.HAN),
        ("قازاقستان", Script.ARABIC),
        ("2025", Script.OTHER),
    ],
)
def test_the_main_script_is_that_of_most_letters(text: str, script: Script) -> None:
    """A foreign acronym does not change what a text is written in."""
    assert main_script(text) is script


def test_han_runs_are_found_and_blanked() -> None:
    """Words beside Han characters can be read once those are spaces."""
    text = "哈铁KTZ公司"
    assert han_runs(text) == ((0, 2), (5, 7))
    assert without_han(text) == "  KTZ  "
    assert has_han(text)
    assert not has_han("KTZ")


def test_all_scripts_of_a_text_are_told() -> None:
    """One letter is enough; digits and signs belong to none."""
    assert set(scripts("USA и 中国, 2025")) == {Script.LATIN, Script.CYRILLIC, Script.HAN}
    assert scripts("2025: 4.7%") == ()
