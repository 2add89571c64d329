"""``./run test [--slow]``: everything, in parallel; ``--slow`` runs what takes long instead."""

from __future__ import annotations

import sys

import pytest


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    slow = "--slow" in arguments
    rest = [argument for argument in arguments if argument != "--slow"]
    marker = "slow" if slow else "not slow"
    parallel = [] if any(word.startswith("-n") for word in rest) else ["-n", "auto"]
    code = pytest.main(["-m", marker, "-ra", "-q", *parallel, *rest])
    return 0 if slow and code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
