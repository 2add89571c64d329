"""``./run test [--slow | --long]``: everything, in parallel.

``--slow`` runs what takes long instead, ``--long`` what takes a quarter of an hour by itself.
"""

from __future__ import annotations

import sys

import pytest


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    wanted = next((word for word in ("--slow", "--long") if word in arguments), None)
    rest = [argument for argument in arguments if argument != wanted]
    marker = {"--slow": "slow and not long", "--long": "long"}.get(
        wanted or "", "not slow and not long"
    )
    parallel = [] if any(word.startswith("-n") for word in rest) else ["-n", "auto"]
    code = pytest.main(["-m", marker, "-ra", "-q", *parallel, *rest])
    return 0 if wanted and code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
