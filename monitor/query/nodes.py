"""What a search asks for, as a tree of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.errors import QueryError

Moment = datetime | timedelta
"""A time, or a distance back from now."""
FigureReader = Callable[[str, str], tuple[float, str] | None]
"""Value and unit of a text, in a language, that is one figure and no more; None for others."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase in title, summary or text.

    With ``prefix`` its last word may go on; unless it is ``exact`` (it stood in quotation marks)
    a single word is found in its inflected forms too.
    """

    text: str
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What an article is about: any of ``ids``, which are ``value`` itself until resolved."""

    kind: str
    value: str
    ids: tuple[str, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Lang:
    """The language that an article is written in (ISO 639-1)."""

    code: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """A part of the publisher's name, in any case."""

    name: str


@dataclass(frozen=True, slots=True)
class Camp:
    """The interest that the publisher speaks for, in any case."""

    name: str


@dataclass(frozen=True, slots=True)
class FromFeed:
    """The feed that brought an article: its number, or a part of its address."""

    name: str


@dataclass(frozen=True, slots=True)
class InStory:
    """The story that an article belongs to."""

    story_id: int


@dataclass(frozen=True, slots=True)
class Score:
    """A bound on the score: ``sign`` is one of ``>= <= > < =``."""

    sign: str
    points: float


@dataclass(frozen=True, slots=True)
class Figured:
    """A quoted number: of ``unit``, of any where that is None, within all of the bounds.

    A bound is one of ``>= <= > < =`` with a value, its magnitude applied.
    """

    unit: str | None
    bounds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Is:
    """A state of the article: one of ``STATES``."""

    state: str


STATES = ("delivered", "eligible", "backlog", "pending")
CLOCKS = ("first-seen", "published")


@dataclass(frozen=True, slots=True)
class Within:
    """First seen or published (``clock``) at ``start`` or later and before ``end``."""

    clock: str
    start: Moment | None = None
    end: Moment | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but ``node``."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of ``nodes``; everything when there are none."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of ``nodes``."""

    nodes: tuple[Node, ...]


Leaf = Word | Label | Lang | Outlet | Camp | FromFeed | InStory | Score | Figured | Is | Within
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A search that was understood."""

    text: str
    root: Node

    def labels(self, kind: str) -> tuple[Label, ...]:
        """The labels of one kind (``country``, ``topic``, …), as written."""
        leaves = _leaves(self.root)
        return tuple(leaf for leaf in leaves if isinstance(leaf, Label) and leaf.kind == kind)

    @property
    def asks_for_figures(self) -> bool:
        """Whether the ledger of figures has to be read for an answer."""
        return any(isinstance(leaf, Figured) for leaf in _leaves(self.root))

    def words(self) -> tuple[Word, ...]:
        """The words and phrases that an article is wanted to have, in the order of the search."""
        return tuple(leaf for leaf in self.wanted() if isinstance(leaf, Word))

    def wanted(self) -> tuple[Leaf, ...]:
        """All that stands under no NOT, in the order of the search."""
        return tuple(_wanted(self.root))

    def demanded(self) -> tuple[Leaf, ...]:
        """What every article that is found has to be: all that stands under no NOT and no OR."""
        return tuple(_demanded(self.root))

    def resolve(
        self,
        kind: str,
        names: Callable[[str], Sequence[str]],
        hint: Callable[[str], str] = lambda name: "",
    ) -> Query:
        """Replace each label's value of one kind by the ids that ``names`` knows for it.

        QueryError at the label when there is none; ``hint`` may say what there is.
        """

        def named(leaf: Leaf) -> Leaf:
            if not isinstance(leaf, Label) or leaf.kind != kind:
                return leaf
            if ids := tuple(dict.fromkeys(names(leaf.value))):
                return replace(leaf, ids=ids)
            problem = f'no {kind} is called "{leaf.value}"'
            told = hint(leaf.value)
            raise QueryError(self.text, leaf.column, f"{problem}; {told}" if told else problem)

        return replace(self, root=_mapped(self.root, named))


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case Not():
            yield from _leaves(node.node)
        case And() | Or():
            for part in node.nodes:
                yield from _leaves(part)
        case _:
            yield node


def _wanted(node: Node) -> Iterator[Leaf]:
    """The leaves that stand under no NOT."""
    match node:
        case Not():
            return
        case And() | Or():
            for part in node.nodes:
                yield from _wanted(part)
        case _:
            yield node


def _demanded(node: Node) -> Iterator[Leaf]:
    match node:
        case Not() | Or():
            return
        case And():
            for part in node.nodes:
                yield from _demanded(part)
        case _:
            yield node


def _mapped(node: Node, change: Callable[[Leaf], Leaf]) -> Node:
    match node:
        case Not():
            return Not(_mapped(node.node, change))
        case And() | Or():
            return type(node)(tuple(_mapped(part, change) for part in node.nodes))
        case _:
            return change(node)
