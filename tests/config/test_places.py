"""Where keys stand in TOML, however it is written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.source import Place, nearest, places

NASTY = (
    r'''# a comment [with] "brackets"
a . "b.c" = 1
  list = [ # x ]
  1, "]", 'x', """m
"] """,
  {url = "u", n.m = [1,2]},
]
[ "q#]" . z ] # t
k = 1979-05-27 07:32:00 # d
s = """a\" b""""
t = '''.lstrip()
    + "'''x'''''"
    + r"""
'k = 1' = { "a b" = "}", c = {} }
[[feeds]]
url="x"
[feeds.sub]
y = [[1], [ ]]
[[feeds]]
	url = 3.14
[[feeds.parts]]
[[feeds.parts]]
n = "\\" # "
"""
)


def test_every_key_of_a_nasty_document_has_its_place() -> None:
    """Dotted and quoted keys, comments in arrays, strings with brackets, arrays of tables."""
    assert places(NASTY) == {
        ("a", "b.c"): Place(2, 1, 13),
        ("list",): Place(3, 3, 10),
        ("list", 0): Place(4, 3, 3),
        ("list", 1): Place(4, 6, 6),
        ("list", 2): Place(4, 11, 11),
        ("list", 3): Place(4, 16, 16),
        ("list", 4): Place(6, 3, 3),
        ("list", 4, "url"): Place(6, 4, 10),
        ("list", 4, "n", "m"): Place(6, 15, 21),
        ("list", 4, "n", "m", 0): Place(6, 22, 22),
        ("list", 4, "n", "m", 1): Place(6, 24, 24),
        ("q#]", "z"): Place(8, 1, 1),
        ("q#]", "z", "k"): Place(9, 1, 5),
        ("q#]", "z", "s"): Place(10, 1, 5),
        ("q#]", "z", "t"): Place(11, 1, 5),
        ("q#]", "z", "k = 1"): Place(12, 1, 11),
        ("q#]", "z", "k = 1", "a b"): Place(12, 13, 21),
        ("q#]", "z", "k = 1", "c"): Place(12, 26, 30),
        ("feeds", 0): Place(13, 1, 1),
        ("feeds", 0, "url"): Place(14, 1, 5),
        ("feeds", 0, "sub"): Place(15, 1, 1),
        ("feeds", 0, "sub", "y"): Place(16, 1, 5),
        ("feeds", 0, "sub", "y", 0): Place(16, 6, 6),
        ("feeds", 0, "sub", "y", 0, 0): Place(16, 7, 7),
        ("feeds", 0, "sub", "y", 1): Place(16, 11, 11),
        ("feeds", 1): Place(17, 1, 1),
        ("feeds", 1, "url"): Place(18, 2, 8),
        ("feeds", 1, "parts", 0): Place(19, 1, 1),
        ("feeds", 1, "parts", 1): Place(20, 1, 1),
        ("feeds", 1, "parts", 1, "n"): Place(21, 1, 5),
    }


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = {path} if not isinstance(value, dict | list) else set()
    return found.union(*(_leaves(member, (*path, key)) for key, member in members))


def test_every_value_that_the_reader_finds_has_a_place() -> None:
    """The scanner and the TOML reader agree on what there is."""
    assert _leaves(tomllib.loads(NASTY)) <= places(NASTY).keys()


WORDS = st.sampled_from(
    ["a", "b", "'c d'", '"e.f"', " = ", "1", '"x"', "'''", '"""', "[", "]", "[[", "]]", "{", "}",
     ", ", ".", "#", "\n", "true", "\\", " "]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map("".join))
def test_whatever_the_reader_reads_is_placed(source: str) -> None:
    """Random tangles that happen to be TOML are walked to the end, nothing missed."""
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        return
    assert _leaves(document) <= places(source).keys()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("feeds", 0, "url"), Place(2, 1, 7)),
        (("feeds", 0, "lang"), Place(1, 1, 1)),
        (("smtp",), None),
        ((), None),
    ],
)
def test_what_is_missing_is_pointed_at_by_what_is_around_it(
    path: tuple[str | int, ...], place: Place | None
) -> None:
    """A key that is not there has the place of its table."""
    assert nearest(places('[[feeds]]\nurl = "x"\n'), path) == place
