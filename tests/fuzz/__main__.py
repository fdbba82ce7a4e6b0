"""`python -m tests.fuzz`: give every reader damaged files; keep each one that crashes or hangs it under crashes/.

Exit 0 if there was none, else 1. An input is named by reader, seed and number, and is the same on every machine.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

from pipeline.parse import Reader
from tests.fuzz.targets import check, make, seeds, targets

CRASHES = Path(__file__).parent / "crashes"
#: an input that takes longer than this hangs
SECONDS = 10
_MEMORY = 1_500_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", help="readers to try (all if none is named)")
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs per reader")
    parser.add_argument("--minutes", type=float, default=0, help="stop each reader after so many minutes; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    chosen = targets(args.readers)
    seeds()  # once, before the workers are forked
    with ThreadPoolExecutor(args.jobs) as pool:
        found = list(pool.map(lambda reader: run(reader, args.inputs, args.seed, args.minutes), chosen))
    return 1 if any(found) else 0


def run(reader: Reader, inputs: int, seed: int, minutes: float) -> int:
    """Try the reader; how many inputs crashed or hung it."""
    begin = time.monotonic()
    number, crashes = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        while number < inputs and (minutes == 0 or time.monotonic() - begin < 60 * minutes):
            number, status = _series(reader, path, number, inputs, seed, begin + 60 * minutes if minutes else None)
            if status != 0:
                crashes += 1
                kept = _keep(reader, path.read_bytes())
                print(f"{reader.name}: input {number} of seed {seed}: {_how(status)}; kept as {kept}", flush=True)
                number += 1
    took = time.monotonic() - begin
    print(f"{reader.name}: {number} inputs, {crashes} crashes or hangs, {took:.0f} s", flush=True)
    return crashes


def _series(reader: Reader, path: Path, first: int, last: int, seed: int, until: float | None) -> tuple[int, int]:
    """Inputs one after the other in a process of their own: (where it ended, 0 or how it died)."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _child(reader, path, range(first, last), seed, theirs, until)
    os.close(theirs)
    number = first
    with os.fdopen(ours, "rb") as pipe:
        for line in pipe:
            number = int(line)
    return number, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _child(reader: Reader, path: Path, numbers: range, seed: int, pipe: int, until: float | None) -> NoReturn:
    code = 1
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    try:
        for number in numbers:
            if until is not None and time.monotonic() > until:
                break
            path.write_bytes(make(reader.name, number, seed))
            os.write(pipe, b"%d\n" % number)
            signal.alarm(SECONDS)
            check(reader, path)
            signal.alarm(0)
        else:
            os.write(pipe, b"%d\n" % numbers.stop)
        code = 0
    finally:
        if code == 1:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


def _how(status: int) -> str:
    if status == -signal.SIGALRM:
        return f"took more than {SECONDS} s"
    return f"ended by {signal.Signals(-status).name}" if status < 0 else "an error (above)"


def _keep(reader: Reader, data: bytes) -> str:
    name = f"{re.sub('[^a-z]+', '-', reader.name.lower())}-{hashlib.sha256(data).hexdigest()[:10]}"
    (CRASHES / name).write_bytes(data)
    return f"tests/fuzz/crashes/{name}"


if __name__ == "__main__":
    raise SystemExit(main())
