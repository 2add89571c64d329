"""Parsing in a killable process: what hostile bytes break there, breaks nothing here.

``Parsers`` owns child processes that run ``python -m monitor.collect.worker`` and call a parser
for one document at a time::

    with Parsers() as parsers:
        future = parsers.submit(ParseRequest(body, url))
        result = future.result()        # Parsed(feed, killed)

A new interpreter (and no fork) is started, since threads are running; it imports only what
parsing needs, and is kept. ``multiprocessing`` would do the same with a second process for its
semaphores, with pickles in both directions, and without a deadline.

Towards the child go marshalled values, which it may trust; back comes plain text (``wire``).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import marshal
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from monitor.collect import wire
from monitor.errors import MonitorError
from monitor.model import FeedState, ParsedFeed, Recipe

PARSER = "monitor.collect.feeds:parse"
_LONGEST_ANSWER = 64 * 2**20
_LARGE = 2**18
_START_SECONDS = 60.0
_OUT_OF_MEMORY = 77
_READY, _FRESH, _WORN = b"+", b"=", b"-"
_SIZE = struct.Struct("!I")
# What a Python needs to start; the child has no use for secrets that stand in other variables.
_INHERITED = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may use, and when a child is replaced though it did nothing wrong.

    ``cpu_seconds`` count on the processor, ``seconds`` on the wall: on a busy machine a document
    may wait for no fault of its own. ``memory`` is address space in bytes above that of a child
    which waits for its first document. A child is replaced after so many ``documents``, and when
    it keeps more than ``resident`` bytes after one.
    """

    cpu_seconds: float = 10.0
    seconds: float = 30.0
    memory: int = 512 * 2**20
    documents: int = 5000
    resident: int = 128 * 2**20


@dataclass(frozen=True, slots=True)
class ParseRequest:
    """One document as fetched; ``seen`` are the stamps of the entries of the last one.

    With a ``recipe`` it is a list page.
    """

    body: bytes
    url: str
    content_type: str = ""
    seen: frozenset[str] = frozenset()
    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document said; ``killed`` tells that it took its reader down and may do so again."""

    feed: ParsedFeed
    killed: bool = False


class Parsers:
    """Children that parse, started when the first document comes.

    ``submit`` may be called from any thread. Leaving the ``with`` block cancels what has not been
    answered and ends the children; when this process is killed, they end too.
    """

    def __init__(
        self, children: int = 1, *, parser: str = PARSER, limits: Limits | None = None
    ) -> None:
        self._children = [_Child(parser, limits or Limits()) for _ in range(children)]
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        # Linux ends a child together with the thread that started it: these last as long as it.
        self._threads = ThreadPoolExecutor(
            children, thread_name_prefix="parse", initializer=_leave_stopping_to_others
        )

    def submit(self, request: ParseRequest) -> Future[Parsed]:
        """Have one document parsed; documents are taken in the order in which they come.

        The future raises ``MonitorError`` when no child can be started, and ``CancelledError``
        when the ``with`` block was left first; what a document did is in the result.
        """
        return self._threads.submit(self._parse, request)

    def _parse(self, request: ParseRequest) -> Parsed:
        child = self._idle.get()
        try:
            return child.parse(request)
        finally:
            self._idle.put(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.close()
        self._threads.shutdown(wait=True)
        for child in self._children:
            child.stop()


class _Child:
    """One child process, as the thread that parses with it sees it."""

    def __init__(self, parser: str, limits: Limits) -> None:
        self._parser = parser
        self._limits = limits
        self._running: _Running | None = None
        self._closed = False

    def parse(self, request: ParseRequest) -> Parsed:
        """Have the document parsed; a child that dies of it is replaced at the next one."""
        child = self._started()
        try:
            answer = child.exchange(_question(request), self._limits.seconds)
            feed = wire.read(answer[1:])
        except (OSError, EOFError, ValueError, OverflowError) as error:
            self.stop()
            if self._closed:
                raise CancelledError from error
            return Parsed(ParsedFeed(FeedState.BROKEN, error=self._cause(error, child)), True)
        if answer[:1] == _WORN or child.served >= self._limits.documents:
            self.stop()
        return Parsed(feed)

    def close(self) -> None:
        """End the child for good; may be called while another thread parses with it."""
        self._closed = True
        if running := self._running:
            running.kill()

    def _started(self) -> _Running:
        if self._running is None:
            self._running = _start(self._parser, self._limits)
        if self._closed:
            self.stop()
            raise CancelledError
        return self._running

    def stop(self) -> None:
        """End the process and clean up after it; no other thread may parse with it meanwhile."""
        running, self._running = self._running, None
        if running:
            running.end()

    def _cause(self, error: Exception, child: _Running) -> str:
        """Why the document at hand could not be read, as a sentence."""
        megabytes = self._limits.memory // 2**20
        if child.status == -signal.SIGXCPU:
            return f"reading the document needs more than {self._limits.cpu_seconds:g} s"
        if isinstance(error, TimeoutError):
            return f"reading the document took longer than {self._limits.seconds:g} s"
        if child.status == _OUT_OF_MEMORY:
            return f"reading the document needs more than {megabytes} MB of memory"
        if not isinstance(error, OSError | EOFError):
            return "the reader of the document answered nonsense"
        return f"the reader broke down over the document ({_ending(child.status)})"


def _leave_stopping_to_others() -> None:
    """Block the signals that a terminal sends to all; what this thread starts inherits it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))


def _ending(status: int | None) -> str:
    if status is None or status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


class _Running:
    """A child that runs: its process, and the socket that leads to it."""

    def __init__(self, started: subprocess.Popen[bytes], link: socket.socket) -> None:
        self._started = started
        self._link = link
        self.served = 0

    @property
    def status(self) -> int | None:
        """How the process ended, as ``subprocess`` tells it; None while it runs."""
        return self._started.returncode

    def wait_until_ready(self, seconds: float) -> None:
        """Return when the child waits for documents; ``MonitorError`` when it never does."""
        stderr = self._started.stderr
        assert stderr is not None
        with stderr:
            try:
                _receive(self._link, len(_READY), time.monotonic() + seconds)
            except (OSError, EOFError) as error:
                self.end()
                said = stderr.read().decode("utf-8", "replace").strip() or "it said nothing"
                raise MonitorError(
                    f"the process that reads feeds cannot be started: {said.splitlines()[-1]}"
                ) from error

    def exchange(self, question: bytes, seconds: float) -> bytearray:
        """Send one message and return the answer; ``EOFError`` when the child died of it."""
        until = time.monotonic() + seconds
        self.served += 1
        self._link.settimeout(seconds)
        self._link.sendall(_SIZE.pack(len(question)) + question)
        (size,) = _SIZE.unpack(_receive(self._link, _SIZE.size, until))
        if size > _LONGEST_ANSWER:
            raise ValueError(f"an answer of {size} bytes")
        return _receive(self._link, size, until)

    def kill(self) -> None:
        """Kill the process; who waits for its answer gets ``EOFError``."""
        self._started.kill()

    def end(self) -> None:
        """Let the process leave by itself if it is about to, kill it, and clean up after it."""
        self._link.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._started.wait(timeout=0.2)
        self._started.kill()
        self._started.wait()


def _start(parser: str, limits: Limits) -> _Running:
    """A child that is ready; it gets this interpreter's search path as it is."""
    ours, theirs = socket.socketpair()
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    known = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    stated = (parser, limits.memory, limits.resident, limits.cpu_seconds, os.getpid())
    with theirs:
        started = subprocess.Popen(
            # -S: the search path is complete, and looking for more takes 10 ms.
            [sys.executable, "-S", "-P", "-m", __spec__.name, *map(str, stated)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=known | {"PYTHONPATH": path},
        )
    running = _Running(started, ours)
    running.wait_until_ready(_START_SECONDS)
    return running


def _receive(link: socket.socket, size: int, until: float | None) -> bytearray:
    """Exactly ``size`` bytes; ``EOFError`` when the other side is gone."""
    received = bytearray(size)
    rest = memoryview(received)
    while rest:
        if until is not None:
            link.settimeout(max(until - time.monotonic(), 0.001))
        count = link.recv_into(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return received


def _question(request: ParseRequest) -> bytes:
    recipe = astuple(request.recipe) if request.recipe else None
    return marshal.dumps((request.body, request.url, request.content_type, request.seen, recipe))


# From here on: the child's side.

_Parse = Callable[..., ParsedFeed]


def main(arguments: Sequence[str]) -> None:
    """Answer documents from standard input, which is a socket, until the other side is gone."""
    parser, memory, resident, seconds, parent = arguments
    _die_with(int(parent))
    module, _, name = parser.partition(":")
    parse: _Parse = getattr(importlib.import_module(module), name)
    gc.freeze()
    _limit_memory(int(memory))
    with socket.socket(fileno=0) as link, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
        link.sendall(_READY)
        _serve(link, parse, int(resident), float(seconds))


def _serve(link: socket.socket, parse: _Parse, resident: int, seconds: float) -> None:
    while True:
        try:
            (size,) = _SIZE.unpack(_receive(link, _SIZE.size, None))
            question = _receive(link, size, None)
        except EOFError:
            os._exit(0)
        _limit_processor(seconds)
        try:
            answer = _answer(parse, question, resident)
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        link.sendall(_SIZE.pack(len(answer)) + answer)


def _answer(parse: _Parse, question: bytearray, resident: int) -> bytes:
    body, url, content_type, seen, recipe = marshal.loads(question)
    try:
        if recipe is None:
            feed = parse(body, url=url, content_type=content_type, seen=seen)
        else:
            # Here and not above: whoever starts children needs no reader of HTML.
            from monitor.collect.pages import parse_page

            feed = parse_page(body, url=url, content_type=content_type, recipe=Recipe(*recipe))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  one document must not end the others' reader
        words = f"the document cannot be read ({type(error).__name__})"
        feed = ParsedFeed(FeedState.BROKEN, error=words)
    # A document of ordinary size leaves nothing behind that is worth the look.
    is_worn = len(question) > _LARGE and _resident_bytes() > resident
    return (_WORN if is_worn else _FRESH) + wire.written(feed)


def _die_with(parent: int) -> None:
    """Have the system end this process when ``parent`` is gone, whatever it does at that time.

    Only Linux can; elsewhere the end of the input or the limit of processor time does it.
    """
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")  # the first to go, not the parent
    if os.getppid() != parent:
        os._exit(0)


def _limit_memory(above: int) -> None:
    """No more address space than ``above`` bytes over what is used now; no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _memory_pages()[0] * resource.getpagesize() + above
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_processor(seconds: float) -> None:
    """``seconds`` from now on; the system counts whole ones since the process began."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, hard))


def _resident_bytes() -> int:
    return _memory_pages()[1] * resource.getpagesize()


def _memory_pages() -> tuple[int, int]:
    """Address space and resident memory in pages; zeros where the system does not tell."""
    try:
        size, resident = Path("/proc/self/statm").read_text("ascii").split()[:2]
    except OSError:
        return 0, 0
    return int(size), int(resident)


if __name__ == "__main__":
    main(sys.argv[1:])
