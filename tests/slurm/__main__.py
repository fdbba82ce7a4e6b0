"""`python -m tests.slurm`: reviews through a real Slurm on this machine, calm and disturbed, against local runs.

Each is built twice, by `snakemake all` and by `snakemake all --workflow-profile slurm`; extracted/ and reports/ must be
the same bytes. Exit 0 if they are, else 1. The interpreter needs requirements-cluster.txt: `make test-slurm` sees to it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.corpus import write
from tests.slurm.daemons import Process, Slurm, install
from tests.workflow import ROOT, copy_review

Disturb = Callable[[Slurm], None]
#: of the small reviews
RECORDS, FILES = 600, 6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.slurm", description=__doc__)
    parser.add_argument(
        "reviews", nargs="*", choices=["embedded", "disturbed", "unattended", "large", []], help="all, if none is named"
    )
    parser.add_argument("--records", type=int, default=30_000, help="of the large review")
    parser.add_argument("--files", type=int, default=30, help="exports that they come in")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared", help="the folder with corpora/ and gold/"
    )
    parser.add_argument(
        "--folder", type=Path, help="where to work, and to leave all (default: a new folder below /tmp)"
    )
    args = parser.parse_args()
    install()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ended early: the daemons end, too
    folder = args.folder or Path(tempfile.mkdtemp(prefix="litpool-slurm-"))
    print(f"in {folder}", flush=True)
    make: dict[str, Callable[[], tuple[Path, Disturb]]] = {
        "embedded": lambda: (copy_review(ROOT, folder / "embedded"), calm),
        "disturbed": lambda: (made(folder / "disturbed", args.shared, RECORDS, FILES), cancel_kill_and_lose),
        "unattended": lambda: (made(folder / "unattended", args.shared, RECORDS, FILES), daemon_alone),
        "large": lambda: (made(folder / "large", args.shared, args.records, args.files), cancel_kill_and_lose),
    }
    with Slurm(folder / "slurm") as slurm:
        same = [compare(slurm, *make[name]()) for name in args.reviews or make]
    return 0 if all(same) else 1


def made(folder: Path, shared: Path, records: int, files: int) -> Path:
    """The embedded review's question asked of a corpus of so many made abstracts."""
    copy_review(ROOT, folder)
    for part in ("corpus", "overrides"):
        shutil.rmtree(folder / part)
        (folder / part).mkdir()
    write(shared, folder / "corpus", records, files)
    return folder


def compare(slurm: Slurm, review: Path, disturb: Disturb) -> bool:
    """Whether Slurm makes of the review what this machine alone makes of it."""
    local = review.with_name(f"{review.name}-local")
    shutil.copytree(review, local)
    begun = time.monotonic()
    finish(run(local, dict(os.environ)), lambda: None)
    alone = time.monotonic()
    finish(run(review, slurm.environment, *profile()), lambda: disturb(slurm))
    took = time.monotonic() - alone
    different = sorted({str(p) for p, _ in digests(local) ^ digests(review)})
    jobs = len(list((review / "logs/slurm").rglob("*.log")))
    print(f"{review.name}: alone {alone - begun:.0f} s; Slurm {took:.0f} s, {jobs} jobs; {len(different)} files differ")
    print("".join(f"  {name}\n" for name in different[:20]), end="", flush=True)
    return not different


def profile() -> list[str]:
    cores = len(os.sched_getaffinity(0))
    # looked at often, for runs are short here; logs are kept to count the jobs
    often = ["--slurm-init-seconds-before-status-checks", "3", "--slurm-keep-successful-logs"]
    return ["--workflow-profile", "slurm", "--cores", str(cores), *often]


def run(review: Path, environment: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    """Snakemake, begun in the review; what it says is beside it."""
    command = [sys.executable, "-m", "snakemake", "all", *options]
    with review.with_name(f"{review.name}.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=review, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT
        )


def finish(snakemake: subprocess.Popen[bytes], meanwhile: Callable[[], None]) -> None:
    """Waits for its end, whatever happens in between. Raises SystemExit if it failed."""
    with snakemake:
        try:
            meanwhile()
            snakemake.wait()
        finally:
            snakemake.kill()
    if snakemake.returncode != 0:
        raise SystemExit(f"snakemake ended with {snakemake.returncode}: {snakemake.args!r}")


def digests(review: Path) -> set[tuple[Path, str]]:
    """Each file that was made, and its hash; hidden ones hold times of files, and no result."""
    paths = (p.relative_to(review) for part in ("extracted", "reports") for p in (review / part).rglob("*"))
    made = [p for p in paths if (review / p).is_file() and not any(part.startswith(".") for part in p.parts)]
    return {(p, hashlib.sha256((review / p).read_bytes()).hexdigest()) for p in made}


def calm(slurm: Slurm) -> None:
    """Nothing happens."""


def cancel_kill_and_lose(slurm: Slurm) -> None:
    """A job is cancelled while it extracts; kill -9 takes a process of another one; the node is lost while it links."""
    cancelled, _ = seen(slurm, "pipeline.extract")
    slurm.run("scancel", cancelled)
    print(f"  job {cancelled} is cancelled", flush=True)
    hurt, process = seen(slurm, "pipeline.extract", not_of=cancelled)
    process.kill()
    print(f"  kill -9 of a process of job {hurt}", flush=True)
    lost, _ = seen(slurm, "pipeline.link")
    slurm.lose_node()
    print(f"  the node is lost with job {lost}", flush=True)
    slurm.restart_node()
    print("  the node is back", flush=True)


def daemon_alone(slurm: Slurm) -> None:
    """The node's daemon is killed, its jobs are not: once it is back soon, and once so late that the job starts again
    while a process of it still lives."""
    job, _ = seen(slurm, "pipeline.extract")
    slurm.kill_daemon()
    time.sleep(5)
    slurm.restart_node()
    print(f"  the node's daemon was away for 5 s while job {job} went on", flush=True)
    job, process = seen(slurm, "pipeline.link")
    process.stop()
    slurm.kill_daemon()
    slurm.wait_until_down()
    slurm.restart_node()
    print(f"  it was away until job {job} was given up; process {process.pid} of it lived", flush=True)
    slurm.wait("the process has ended", lambda: not process.lives)
    print("  the process was ended", flush=True)


def seen(slurm: Slurm, stage: str, not_of: str = "") -> tuple[str, Process]:
    """A job with a process of the stage, as soon as there is one. Raises TimeoutError after ten minutes."""
    end = time.monotonic() + 600
    while time.monotonic() < end:
        for process in slurm.processes():
            if f"-m {stage} " in process.command and (job := process.job) not in {"", not_of}:
                return job, process
        time.sleep(0.1)
    raise TimeoutError(f"no job was seen at {stage}")


if __name__ == "__main__":
    raise SystemExit(main())
