"""``./run bench [name [argument …]]``: the measurements by name, or one of them run.

Without a name they are listed. What stands behind a name is for that measurement.
"""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """List the measurements or run the named one; 2 for a name that there is not."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    if not arguments or arguments[0] in ("-h", "--help"):
        print("./run bench NAME [ARGUMENT …] runs one of these:\n")
        for name, path in known.items():
            print(f"  {name:<10} {_purpose(path)}")
        return 0
    name, *rest = arguments
    if name not in known:
        print(f'bench: there is no "{name}"; there are {", ".join(known)}', file=sys.stderr)
        return 2
    sys.argv = [str(known[name]), *rest]
    runpy.run_path(str(known[name]), run_name="__main__")
    return 0


def _purpose(path: Path) -> str:
    """The first line of a measurement's docstring."""
    told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return told.partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
