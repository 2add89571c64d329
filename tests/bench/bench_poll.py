"""What a poll costs, scoring and storing included, beside bare loops and peers in the same run.

    python tests/bench/bench_poll.py [feeds] [--threads N] [--large N] [--no-peers] [--profile]

The feed server of the shared folder beside the repository serves feeds of 30 entries (64 kB) on
250 loopback hosts. ``monitor poll`` and ``monitor assess`` run as a user runs them, with the beat
that ships. Processor time is that of the whole process tree, best of three where nothing is used
up; memory is the peak of the sum over the tree of what is resident, pages that two share counted
twice, and beside it without that. A table shows how a cold poll and one with a new entry in each
feed divide into stages (``stages.py``). ``reader`` and ``newsboat`` run when ``$BENCH_HOME`` has
them. ``--profile`` prints where the main process spends a poll.
"""

from __future__ import annotations

import argparse
import json
import os
import pstats
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "bench"
STAGES = Path(__file__).with_name("stages.py")
BENCH_HOME = Path(os.environ.get("BENCH_HOME") or Path(tempfile.gettempdir()) / "bench")
HOSTS = 250
LATENCY_MS = 200
LATENCY_THREADS = 64
STEPS = ("poll", "assess")
# What forming stories takes; the figures are of all the others.
STORIES = ("sign", "place")
Command = Sequence[str]
# For what runs in the shared folder; what is measured keeps its bytecode, as when installed.
_NO_BYTECODE, _BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}, {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time and on the wall, and the peak of memory in MB.

    ``own`` is the peak with pages that are shared counted once. ``stages`` divide the processor
    time where it was watched; what they leave is the start and the end of processes.
    """

    cpu: float
    wall: float
    peak: float
    own: float
    stages: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: Cost) -> Cost:
        peak, own = max(self.peak, other.peak), max(self.own, other.own)
        stages = Counter(self.stages)
        stages.update(other.stages)
        return Cost(self.cpu + other.cpu, self.wall + other.wall, peak, own, stages)

    def without(self, names: Sequence[str]) -> Cost:
        """What the other stages cost."""
        return replace(self, cpu=self.cpu - sum(self.stages[name] for name in names))


def main() -> None:
    """Print a line for each measurement, and the ratios beside the goals."""
    options = _options()
    if not SHARED.is_dir():
        print("skipped: the shared bench folder is not beside the repository")
        return
    with tempfile.TemporaryDirectory() as folder, _server(options.feeds) as base:
        run = _Run(Path(folder), base, options)
        run.measure()
    if options.large:
        with tempfile.TemporaryDirectory() as folder, _server(options.large) as base:
            _scale(Path(folder), base, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("feeds", nargs="?", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--large", type=int, default=0, help="also so many feeds, e.g. 5000")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--profile", action="store_true")
    return parser.parse_args()


@contextmanager
def _server(feeds: int) -> Iterator[str]:
    """The shared feed server; yields its base URL."""
    port = _free_port()
    arguments = ["--port", str(port), "--feeds", str(feeds), "--hosts", str(HOSTS)]
    arguments += ["--pool", str(min(4000, 4 * feeds))]
    server = subprocess.Popen(
        [sys.executable, "feedserver.py", *arguments],
        cwd=SHARED,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | _NO_BYTECODE,
    )
    try:
        assert server.stdout is not None
        print(f"{feeds} feeds on {HOSTS} hosts; server {server.stdout.readline().strip()}")
        base = f"http://127.0.0.1:{port}"
        _wait_for(base)
        yield base
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(base: str) -> None:
    """The server says that it is ready a little before it listens."""
    for _ in range(100):
        with suppress(OSError):
            _get(f"{base}/control/stats")
            return
        time.sleep(0.1)
    sys.exit(f"the feed server does not listen at {base}")


class _Product:
    """``monitor`` with a configuration and database of its own."""

    def __init__(self, folder: Path, urls: Sequence[str], threads: int, spacing: int = 0) -> None:
        self._database = folder / "bench.db"
        self._config = folder / f"config-{threads}-{spacing}.toml"
        hosts = ", ".join(f'"{host}"' for host in sorted({urlsplit(url).netloc for url in urls}))
        feeds = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
        self._config.write_text(
            '[monitor]\nbeat = "china-central-asia"\nbeat_feeds = false\n'
            f'database = "sqlite:///{self._database}"\n'
            f"[network]\nallow_private = [{hosts}]\nthreads = {threads}\n"
            f"host_spacing_seconds = {spacing}\n{feeds}"
        )

    def step(self, name: str, *before: str) -> list[str]:
        """The command line of one step."""
        return [sys.executable, *before, "-m", "monitor", "-c", str(self._config), name]

    def watched(self, name: str, *options: str) -> Cost:
        """One step with its stages."""
        kept = self._database.with_name("stages.json")
        stages = [sys.executable, str(STAGES), str(kept), *options]
        whole = cost([*stages, "-c", str(self._config), name])
        return replace(whole, stages=json.loads(kept.read_text()))

    def poll(self) -> Cost:
        """Poll all feeds, and assess what is new."""
        self.make_due()
        return self.watched("poll") + self.watched("assess")

    def idle(self) -> Cost:
        """The two steps with nothing to do: process start, beat, settings."""
        return cost(self.step("poll")) + cost(self.step("assess"))

    def make_due(self) -> None:
        """Let every feed be due again, as if its interval were over."""
        if self._database.exists():
            with sqlite3.connect(self._database) as database:
                database.execute("UPDATE feeds SET next_poll_at = first_polled_at")
            database.close()

    def count(self) -> str:
        """How much stands in the database, as a control."""
        with sqlite3.connect(self._database) as database:
            counts = {
                table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("articles", "judgements", "stories")
            }
        database.close()
        megabytes = self._database.stat().st_size / 1e6
        return ", ".join(f"{n} {table}" for table, n in counts.items()) + f", {megabytes:.0f} MB"


class _Run:
    """All measurements with one server."""

    def __init__(self, folder: Path, base: str, options: argparse.Namespace) -> None:
        self._folder = folder
        self._base = base
        self._options = options
        self._urls = _get(f"{base}/urls").split()
        self._product = _Product(folder, self._urls, options.threads)
        self._costs: dict[str, Cost] = {}

    def measure(self) -> None:
        """Print all lines."""
        self._ours()
        self._loops()
        if not self._options.no_peers:
            self._peers()
        self._stages()
        self._ratios()

    def _ours(self) -> None:
        product, advance = self._product, partial(_get, f"{self._base}/control/advance?k=1")
        parts = [self._say(f"monitor {name}", partial(product.watched, name)) for name in STEPS]
        self._keep("monitor cold", parts[0] + parts[1])
        print(f"    {product.count()}")
        self._say("monitor poll, no language", self._poll_without_language)
        self._say("monitor idle", product.idle, times=3)
        self._say("monitor one new", product.poll, before=advance, times=3)
        self._say("monitor warm", product.poll, times=3)
        slow = _Product(self._folder, self._urls, LATENCY_THREADS)
        with _latency(self._base):
            self._say(f"monitor warm, {LATENCY_MS} ms", slow.poll)
        spaced = _Product(self._folder, self._urls, self._options.threads, spacing=1)
        self._say("monitor warm, spacing", spaced.poll)
        if self._options.profile:
            _profile(product, self._folder, advance)

    def _poll_without_language(self) -> Cost:
        """A cold poll that takes each feed's word for the language of its entries."""
        place = self._folder / "no-language"
        place.mkdir()
        product = _Product(place, self._urls, self._options.threads)
        return product.watched("poll", "--no-language")

    def _loops(self) -> None:
        state, threads = str(self._folder / "bare.json"), str(self._options.threads)
        bare = [sys.executable, __file__, "--bare", state, threads, *self._urls]
        cost(bare)  # leaves the validators
        self._say("bare loop idle", partial(cost, bare[:5]), times=3)
        self._say("bare loop warm", partial(cost, bare), times=3)
        loop = [sys.executable, "peer_baseline.py", "seq", str(self._folder / "seq.db"), self._base]
        self._phases("loop", partial(cost, loop))

    def _peers(self) -> None:
        python = BENCH_HOME / "venv-reader" / "bin" / "python"
        if python.exists():
            command = [str(python), "peer_reader.py"]
            tail = [str(self._folder / "reader.db"), self._base]
            cost([*command, "add", *tail])
            self._phases("reader", partial(cost, [*command, "update", *tail]))
            self._say("reader search index", partial(cost, [*command, "search", *tail]))
        else:
            print(f"reader is left out: there is no {python}")
        if shutil.which("newsboat"):
            self._phases("newsboat", partial(cost, self._newsboat()))
        else:
            print("newsboat is left out: it is not installed")

    def _newsboat(self) -> Command:
        home = self._folder / "newsboat"
        home.mkdir()
        (home / "urls").write_text("\n".join(self._urls) + "\n")
        (home / "config").write_text("reload-threads 1\nreload-only-visible-feeds no\n")
        files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
        placed = [word for flag, name in files.items() for word in (flag, str(home / name))]
        return ["newsboat", *placed, "-x", "reload"]

    def _phases(self, name: str, poll: Callable[[], Cost]) -> None:
        self._say(f"{name} cold", poll)
        self._say(f"{name} warm", poll)
        self._say(
            f"{name} one new", poll, before=partial(_get, f"{self._base}/control/advance?k=1")
        )

    def _say(
        self,
        name: str,
        measured: Callable[[], Cost],
        *,
        before: Callable[[], object] = lambda: None,
        times: int = 1,
    ) -> Cost:
        costs = []
        for _ in range(times):
            before()
            costs.append(measured())
        return self._keep(name, min(costs, key=lambda one: one.cpu))

    def _keep(self, name: str, best: Cost) -> Cost:
        self._costs[name] = best
        print(f"  {name:<24} {_line(best)}", flush=True)
        return best

    def _stages(self) -> None:
        """Where the processor time of the two polls with news goes."""
        cold, new = (self._costs[f"monitor {phase}"] for phase in ("cold", "one new"))
        print(f"\n  {'s CPU by stage':<24} {'cold':>8} {'one new':>8}")
        rests = (one.cpu - sum(one.stages.values()) for one in (cold, new))
        rows = {"start, of two commands": rests}
        rows |= {name: (cold.stages[name], new.stages[name]) for name in cold.stages}
        rows |= {"in all": (cold.cpu, new.cpu)}
        rows |= {"without stories": (one.without(STORIES).cpu for one in (cold, new))}
        for name, times in rows.items():
            print(f"  {name:<24} " + " ".join(f"{seconds:>8.2f}" for seconds in times))

    def _ratios(self) -> None:
        ours = self._costs
        warm = sum(ours["monitor warm"].stages.values())
        bare = ours["bare loop warm"].cpu - ours["bare loop idle"].cpu
        print(f"\n  {'warm / bare loop':<42} {warm / bare:>6.2f}  goal 1.5 (process start apart)")
        for peer in ("loop", "newsboat"):
            for phase in ("cold", "one new", "warm"):
                self._ratio(f"monitor {phase}", f"{peer} {phase}")
        if "reader cold" in ours:
            ours["reader with index"] = ours["reader cold"] + ours["reader search index"]
            for phase, theirs, goal in (
                ("cold", "reader with index", "1/5 = 0.20"),
                ("one new", "reader one new", "1/8 = 0.125"),
            ):
                name = f"{phase} without stories"
                ours[name] = ours[f"monitor {phase}"].without(STORIES)
                self._ratio(f"monitor {phase}", theirs, goal)
                self._ratio(name, theirs, f"{goal}; scored, stored and indexed")
        wall = ours[f"monitor warm, {LATENCY_MS} ms"].wall
        print(f"  {f'wall at {LATENCY_MS} ms':<42} {wall:>6.2f}  goal 6 s at 1,000 feeds")
        for name in (*STEPS, "poll, no language"):
            peak, own = ours[f"monitor {name}"].peak, ours[f"monitor {name}"].own
            shared = f"{own:.0f} with shared pages counted once; goal 150"
            print(f"  {f'peak memory of {name}, MB':<42} {peak:>6.0f}  {shared}")

    def _ratio(self, ours: str, theirs: str, goal: str = "") -> None:
        if theirs in self._costs:
            ratio = self._costs[ours].cpu / self._costs[theirs].cpu
            print(f"  {f'{ours} / {theirs}':<42} {ratio:>6.3f}  {f'goal {goal}' if goal else ''}")


def _scale(folder: Path, base: str, options: argparse.Namespace) -> None:
    """Processor time of a feed, for as many feeds as asked and for all that there are."""
    urls = _get(f"{base}/urls").split()
    print(f"\n  {'':<10} {'cold':>9} {'one new':>9} {'warm':>9}  ms of processor time a feed")
    for number in (options.feeds, options.large):
        place = folder / str(number)
        place.mkdir()
        product = _Product(place, urls[:number], options.threads)
        costs = [product.poll()]
        _get(f"{base}/control/advance?k=1")
        costs += [product.poll(), min(product.poll(), product.poll(), key=lambda one: one.cpu)]
        each = " ".join(f"{one.cpu * 1000 / number:>9.2f}" for one in costs)
        print(f"  {number:<10} {each}  peak {max(one.peak for one in costs):.0f} MB", flush=True)


@contextmanager
def _latency(base: str) -> Iterator[None]:
    _get(f"{base}/control/latency?ms={LATENCY_MS}")
    try:
        yield
    finally:
        _get(f"{base}/control/latency?ms=0")


def _profile(product: _Product, folder: Path, advance: Callable[[], object]) -> None:
    """Where the main process spends a poll with one new entry a feed, and judging them."""
    advance()
    product.make_due()
    for step in ("poll", "assess"):
        kept = folder / f"{step}.profile"
        subprocess.run(
            product.step(step, "-m", "cProfile", "-o", str(kept)), stdout=subprocess.DEVNULL
        )
        print(f"\n{step}: the dearest functions by their own time (one new entry in each feed)")
        pstats.Stats(str(kept)).sort_stats("tottime").print_stats(25)
        pstats.Stats(str(kept)).sort_stats("cumulative").print_stats("monitor", 30)


def cost(command: Command) -> Cost:
    """Run a command to its end; a failure ends the measurement with what was said."""
    in_shared = command[1].startswith("peer_")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=SHARED if in_shared else ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | {"TERM": "xterm"} | (_NO_BYTECODE if in_shared else _BYTECODE),
    )
    peak = [0.0, 0.0]
    sampling = threading.Thread(target=_sample, args=(process, peak), daemon=True)
    sampling.start()
    said, _ = process.communicate()
    wall = time.perf_counter() - started
    sampling.join()
    if process.returncode:
        sys.exit(f"{' '.join(command[:6])} … ended with {process.returncode}:\n{said[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, *peak)


def _sample(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Keep the most that the process and its children had resident at a time, in MB.

    To count shared pages once takes the system long, so it is asked seldom.
    """
    looks = 0
    while process.poll() is None:
        tree = _tree(process.pid)
        peak[0] = max(peak[0], sum(map(_resident, tree)) / 2**20)
        if looks % 10 == 0:
            peak[1] = max(peak[1], sum(map(_own, tree)) / 1024)
        looks += 1
        time.sleep(0.05)


def _tree(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            children += map(int, listed.read_text().split())
    return [pid, *(one for child in children for one in _tree(child))]


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _own(pid: int) -> int:
    """What a process has resident, and its part of what it shares, in kB."""
    with suppress(OSError, IndexError):
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(told.partition("Pss:")[2].split()[0])
    return 0


def _line(one: Cost) -> str:
    return f"{one.cpu:>8.2f} s CPU {one.wall:>8.2f} s wall {one.peak:>6.0f} MB"


def _get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def bare(state: Path, threads: int, urls: Sequence[str]) -> None:
    """Conditional requests and nothing else: one client, so many threads, validators in a file."""
    import httpx

    known = json.loads(state.read_text()) if state.exists() else {}
    limits = httpx.Limits(max_connections=threads, max_keepalive_connections=threads)
    with (
        httpx.Client(trust_env=False, limits=limits) as client,
        ThreadPoolExecutor(threads) as pool,
    ):

        def ask(url: str) -> tuple[str, dict[str, str]]:
            reply = client.get(url, headers=known.get(url, {}))
            return url, {
                "If-None-Match": reply.headers["etag"],
                "If-Modified-Since": reply.headers["last-modified"],
            }

        known |= dict(pool.map(ask, urls))
    state.write_text(json.dumps(known))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
    else:
        main()
