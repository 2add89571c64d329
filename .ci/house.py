"""The house measures: sizes, docstrings, names, and what no file may contain.

A number that has to be broken is broken with a reason beside it: a comment
``# house: reason`` on the ``def`` line or on the first line of the file.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_LONGEST_FILE = 500
_LONGEST_FUNCTION = 60
_MEDIAN = 6
_NINE_IN_TEN = 25
_FORBIDDEN = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
_BAD_NAMES = {"item", "post", "channel", "hit", "data", "info", "process", "handle", "manager",
              "util", "utils", "helper", "helpers", "common", "misc", "service"}  # fmt: skip
# Names that a library calls or hands over.
_NAMED_BY_OTHERS = {
    "handle_DATA",  # aiosmtpd calls it for a mail
    "post",  # a method of HTTP …
    "do_POST",  # … which http.server calls
    "get_extra_info",  # httpcore asks a stream for its socket …
    "info",  # … by a keyword
    "process_bind_param",  # sqlalchemy calls it for a value on its way into the database …
    "process_result_value",  # … and on its way out
    "__post_init__",  # a dataclass calls it
}


def tracked(pattern: str) -> list[Path]:
    """Files of the working tree that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Path(name) for name in listed.stdout.splitlines() if Path(name).is_file()]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions of a module, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a module gives, with its line: functions, classes, arguments, variables."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr


def says_nothing(name: str) -> bool:
    """Whether one of the words of ``snake_case`` or ``CamelCase`` is to be kept out."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
    return not _BAD_NAMES.isdisjoint(words) and name not in _NAMED_BY_OTHERS


def faults(path: Path, sizes: list[int]) -> Iterator[str]:
    """What is wrong with one module of the program."""
    text = path.read_text("utf-8")
    lines = text.splitlines()
    excused = bool(lines) and "# house:" in lines[0]
    if len(lines) > _LONGEST_FILE and path.name != "schema.py" and not excused:
        yield f"{path}: {len(lines)} lines, more than {_LONGEST_FILE}"
    if path.stem in _BAD_NAMES:
        yield f"{path}: a name that says nothing"
    for number, line in enumerate(lines, start=1):
        if _FORBIDDEN.search(line):
            yield f"{path}:{number}: unfinished work is not kept in comments"
    tree = ast.parse(text)
    for number, name in names(tree):
        if says_nothing(name):
            yield f"{path}:{number}: {name} is a name that says nothing"
    for function in functions(tree):
        size = body_lines(function)
        sizes.append(size)
        if size > _LONGEST_FUNCTION and "# house:" not in lines[function.lineno - 1]:
            yield f"{path}:{function.lineno}: {function.name} has {size} lines"


def test_faults(path: Path) -> Iterator[str]:
    """What is wrong with one test module: every test says in a sentence what it shows."""
    for function in functions(ast.parse(path.read_text("utf-8"))):
        if function.name.startswith("test_") and not ast.get_docstring(function):
            yield f"{path}:{function.lineno}: {function.name} has no docstring"


def main() -> int:
    """Print every fault; 0 when there is none."""
    sizes: list[int] = []
    found = [fault for path in tracked("monitor/**.py") for fault in faults(path, sizes)]
    found += [fault for path in tracked("tests/**.py") for fault in test_faults(path)]
    sizes.sort()
    median, ninth = statistics.median(sizes), sizes[int(len(sizes) * 0.9) - 1]
    print(
        f"{len(sizes)} functions: median {median:g} lines, "
        f"nine in ten at most {ninth}, longest {sizes[-1]}"
    )
    if median > _MEDIAN:
        found.append(f"the median function has {median:g} lines, more than {_MEDIAN}")
    if ninth > _NINE_IN_TEN:
        found.append(f"one function in ten has more than {_NINE_IN_TEN} lines")
    print("\n".join(found) or "the house measures hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
