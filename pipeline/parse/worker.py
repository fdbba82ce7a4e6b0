"""Files are read in a process of their own, so that a reader that hangs, crashes or eats memory costs its file only.

The process is forked (nothing is imported again), writes its rows into a pipe as JSON lines, and is ended by its own
alarm when a record takes too long: the default action of SIGALRM also ends a loop inside a native library.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NoReturn

from pydantic import BaseModel

from pipeline.files import printable
from pipeline.limits import Limits
from pipeline.orphans import end_with
from pipeline.parse import Rows, parse
from pipeline.parsed import SetAside, as_line, as_row

Read = Callable[[Path], Iterator[BaseModel]]

#: ends the lines of one file in the pipe
_DONE = b"\n"
_OUT_OF_MEMORY = 86
#: exit code of a worker that may not write, less the system's reason: no fault of the file that it reads
_REFUSED = 100
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def read_files(files: Sequence[Path], limits: Limits) -> Rows:
    """Rows of the files, in their order, named as given; a file that ends its worker comes out as a `SetAside`."""
    with closing(read_lines(files, limits)) as lines:
        for line in lines:
            yield as_row(line)


def read_lines(files: Sequence[Path], limits: Limits) -> Generator[bytes, None, None]:
    """The same as JSON lines."""
    return guarded(files, lambda path: parse(path, str(path), limits), limits)


def guarded(files: Sequence[Path], read: Read, limits: Limits) -> Generator[bytes, None, None]:
    """JSON lines of the rows that `read`, called in the worker, gives for each file.

    A worker that somebody killed has a second try, which gives the rows that are still wanting. Raises OSError where
    the system refused to write what `read` writes.
    """
    at = given = 0
    tried_again = -1
    while at < len(files):
        child, pipe = _start(files[at:], read, limits)
        known, given = given, 0
        ended = False
        try:
            for line in pipe:
                if line == _DONE:
                    at, known, given = at + 1, 0, 0
                elif line.endswith(b"\n"):
                    given += 1
                    if given > known:
                        yield line
            ended = True
        finally:
            pipe.close()
            if not ended:  # the caller has stopped reading
                os.kill(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status - _REFUSED in _FULL:
            raise OSError(status - _REFUSED, os.strerror(status - _REFUSED))
        if status == -signal.SIGKILL and at < len(files) and tried_again != at:
            tried_again, given = at, max(known, given)
        elif at < len(files):
            yield as_line(_cost(files[at], status, limits)).encode()
            at, given = at + 1, 0


def _start(files: Sequence[Path], read: Read, limits: Limits) -> tuple[int, BinaryIO]:
    """Process id of a new worker, and the end of its pipe."""
    ours, theirs = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        end_with(parent)
        os.close(ours)
        _work(files, read, limits, os.fdopen(theirs, "wb"))
    os.close(theirs)
    return child, os.fdopen(ours, "rb")


def _work(files: Sequence[Path], read: Read, limits: Limits, pipe: BinaryIO) -> NoReturn:
    """The worker's life. It never returns into the parent's code."""
    code = 1
    try:
        _confine(limits)
        for path in files:
            signal.alarm(limits.seconds)
            for row in read(path):
                pipe.write(as_line(row).encode())
                pipe.flush()
                signal.alarm(limits.seconds)
            pipe.write(_DONE)
        pipe.close()
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BrokenPipeError:
        code = 0
    except OSError as error:
        if error.errno in _FULL:
            code = _REFUSED + error.errno
        else:
            raise
    finally:
        # The parent's own finally clauses must not run here: say what happened, and end in any case.
        if code == 1:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


def _confine(limits: Limits) -> None:
    """Memory and network of this process; no core dumps; Ctrl-C ends it without a word."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _data_bytes() + limits.memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    sys.addaudithook(_offline)


def _data_bytes() -> int:
    """Memory that the process has already, which it shares with its parent. 0 where /proc is not there."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except FileNotFoundError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))


def _offline(event: str, _: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise PermissionError(f"no network while parsing ({event})")


def _cost(path: Path, status: int, limits: Limits) -> SetAside:
    """Why there is nothing (more) of this file: what ended its worker."""
    if status == -signal.SIGALRM:
        reason = f"took more than {limits.seconds} seconds without giving a record"
        remedy = "look whether the file is damaged, split it, or raise parse.seconds in config/config.yaml"
    elif status == _OUT_OF_MEMORY or status == -signal.SIGKILL:
        reason = f"needs more than {limits.memory_mb} MB of memory"
        remedy = "look whether the file is damaged, split it, or raise parse.memory_mb in config/config.yaml"
    else:
        how = f"ended by {signal.Signals(-status).name}" if status < 0 else "stopped by an error of its own"
        reason = f"the reader crashed on it ({how})"
        remedy = "save or export it again in another way; please report the file, so that the reader can be mended"
    return SetAside(set_aside=printable(str(path)), reason=reason, remedy=remedy)
