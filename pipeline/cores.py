"""Many cores for one job: pieces of its work are done side by side, and come back in their order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from pipeline.errors import UserError
from pipeline.orphans import end_with

T = TypeVar("T")
R = TypeVar("R")

#: pieces that may be given out before the one whose turn it is has come back, for each core
_AHEAD = 4


def available() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(do: Callable[[T], R], pieces: Iterable[T], cores: int) -> Generator[R, None, None]:
    """`do` of each piece, in the order of the pieces; with more than one core, in so many processes.

    They are forked from this one, so that what it has loaded is there. Pieces are taken as they are needed, so that
    memory stays flat. Raises the UserErrors of `do`, and one for a process that ended before its work.
    """
    rest = iter(pieces)
    first = list(islice(rest, cores))
    if cores < 2 or len(first) < 2:
        yield from map(do, chain(first, rest))
        return
    team = _Team(do, len(first))
    try:
        yield from team.results(chain(first, rest))
    finally:
        team.end()


def meanwhile(do: Callable[[], R], cores: int) -> Callable[[], R]:
    """Starts `do` in a process of its own; what is returned waits for its answer. On one core, `do` is done then.

    Raises the UserErrors of `do`, and one for a process that ended before its work.
    """
    if cores < 2:
        return do
    team = _Team[None, R](lambda _: do(), 1)
    _give(team.workers[0], None)

    def answer() -> R:
        try:
            found: R = _answer(team.workers[0])
            return found
        finally:
            team.end()

    return answer


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection


class _Team(Generic[T, R]):
    """Forked processes, each with a pipe of its own. When this process dies, the pipes close, and so they end."""

    def __init__(self, do: Callable[[T], R], cores: int) -> None:
        self.workers: list[_Worker] = []
        sys.stdout.flush()
        sys.stderr.flush()
        for _ in range(cores):
            self._start(do)

    def _start(self, do: Callable[[T], R]) -> None:
        fork = get_context("fork")
        ours, theirs = fork.Pipe()
        others = [ours, *(worker.pipe for worker in self.workers)]
        process = fork.Process(target=_work, args=(do, theirs, others, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))

    def results(self, pieces: Iterator[T]) -> Iterator[R]:
        idle = list(self.workers)
        busy: dict[Connection, tuple[int, _Worker]] = {}
        done: dict[int, R] = {}
        told = 0
        numbered = enumerate(pieces)
        while True:
            while idle and len(busy) + len(done) < _AHEAD * len(self.workers):
                given = next(numbered, None)
                if given is None:
                    break
                worker = idle.pop()
                _give(worker, given[1])
                busy[worker.pipe] = given[0], worker
            if not busy:
                return
            for pipe in [pipe for pipe in wait(list(busy)) if isinstance(pipe, Connection)]:
                number, worker = busy.pop(pipe)
                done[number] = _answer(worker)
                idle.append(worker)
            while told in done:
                yield done.pop(told)
                told += 1

    def end(self) -> None:
        """None of them has anything left to do, or its work is not wanted any more."""
        for process, pipe in self.workers:
            pipe.close()
            process.terminate()
        for process, _ in self.workers:
            process.join()


def _give(worker: _Worker, piece: object) -> None:
    try:
        worker.pipe.send(piece)
    except OSError:
        _ended(worker)


def _answer(worker: _Worker) -> Any:
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):
        _ended(worker)
    if isinstance(answer, UserError):
        raise answer
    return answer


def _ended(worker: _Worker) -> NoReturn:
    worker.process.join()
    code = worker.process.exitcode or 0
    if code < 0:
        name = signal.Signals(-code).name
        raise UserError(
            f"a process of this job was ended by {name}, perhaps for want of memory: nothing of it is kept; run "
            "`snakemake all` again, with a smaller --cores if memory is short"
        )
    raise UserError("a process of this job was stopped by an error of its own, which is told above; please report it")


def _work(do: Callable[[T], R], pipe: Connection, others: list[Connection], parent: int) -> None:
    """A process's life: it ends with the pipe."""
    end_with(parent)
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks, with which this one ends
    while True:
        try:
            piece = pipe.recv()
        except EOFError:
            return
        answer: R | UserError
        try:
            answer = do(piece)
        except UserError as error:
            answer = error
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return
