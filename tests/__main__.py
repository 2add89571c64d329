"""``./run test [--server | --slow | --long]``: everything, in parallel.

``--server`` runs what needs a PostgreSQL instead (the packages of ``.ci/server.lock``), ``--slow``
what takes long, ``--long`` what takes a quarter of an hour by itself.
"""

from __future__ import annotations

import sys

import pytest

_MARKED = {
    "--server": "server and not slow and not long",
    "--slow": "slow and not long",
    "--long": "long",
}
_PARALLEL = ["-n", "auto", "--dist", "worksteal"]
_USUAL = "not server and not slow and not long"


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    wanted = next((word for word in _MARKED if word in arguments), "")
    rest = [argument for argument in arguments if argument != wanted]
    marked = _MARKED.get(wanted, _USUAL)
    parallel = [] if any(word.startswith("-n") for word in rest) else _PARALLEL
    code = pytest.main(["-m", marked, "-ra", "-q", *parallel, *rest])
    return 0 if wanted and code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
