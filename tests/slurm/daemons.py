"""A Slurm of one node on this machine, without systemd: munged, slurmctld and slurmd in a folder of their own.

Nothing of an installed Slurm's own configuration is read or changed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
#: where Debian keeps daemons, which is not on everyone's path
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
NODE = "here"
#: a node that is silent for so many seconds is down, and its jobs start again
SILENT = 30

CONFIG = """\
ClusterName=litpool
SlurmctldHost={host}
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmdTimeout={silent}
MinJobAge=300
KillWait=5
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes={node} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> list[str]:
    """Programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]


def install() -> None:
    """Debian's packages, where we may; else says what to do. Raises SystemExit."""
    if not missing():
        return
    wanted = "apt-get install --yes --no-install-recommends slurm-wlm munge"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(f"Slurm is not installed ({', '.join(missing())}); on Debian, as root: {wanted}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=True, env=environment)
    subprocess.run(wanted.split(), check=True, env=environment)


@dataclass(frozen=True)
class Process:
    pid: int

    def read(self, what: str) -> str:
        """ "" of a process that has ended, or is another user's."""
        try:
            return Path(f"/proc/{self.pid}/{what}").read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    @property
    def command(self) -> str:
        return self.read("cmdline").replace("\0", " ")

    @property
    def job(self) -> str:
        """The job that it belongs to, or ""."""
        return dict(v.partition("=")[::2] for v in self.read("environ").split("\0")).get("SLURM_JOB_ID", "")

    @property
    def lives(self) -> bool:
        """A process that has ended, and that nobody has asked how, has no command any more."""
        return self.command != ""

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """It does nothing more, as if it waited for a disk."""
        self._signal(signal.SIGSTOP)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Slurm:
    """`with Slurm(folder) as slurm:` starts it, waits until the node is idle, and ends it with all of its jobs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What Slurm's own commands need to find it."""
        return os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": f"{self.folder}/bin:{_path()}"}

    def __enter__(self) -> Slurm:
        for name in ("", "bin", "state", "spool", "munge"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        (self.folder / "slurm.conf").write_text(self._config(), "utf-8")
        self._wrap("srun")
        try:
            self._start_munge()
            self.start("slurmctld", "-D", "-i")
            self.start("slurmd", "-D", "-N", NODE)
            self.wait("the node is idle", lambda: self.node_state() == "IDLE")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if "slurmctld" in self.daemons and self.jobs():
            self.run("scancel", "--full", *(job for job, _ in self.jobs()))
            self.wait("all jobs have ended", lambda: not self.jobs())
        for name in reversed(list(self.daemons)):
            self.stop(name)

    def _config(self) -> str:
        host = socket.gethostname().split(".")[0]
        cpus = len(os.sched_getaffinity(0))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        return CONFIG.format(
            host=host, user=user, folder=self.folder, ports=_free_ports(2), cpus=cpus, memory=memory, node=NODE, silent=SILENT
        )  # fmt: skip

    def _wrap(self, name: str) -> None:
        """The command, told where the configuration is: the plugin calls it with an environment without SLURM_CONF."""
        real = shutil.which(name, path=_path())
        script = self.folder / "bin" / name
        script.write_text(f'#!/bin/sh\nSLURM_CONF="{self.folder}/slurm.conf" exec {real} "$@"\n', "utf-8")
        script.chmod(0o700)

    def _start_munge(self) -> None:
        files = {"socket": "munge.socket", "key-file": "munge.key", "log-file": "munge/log", "pid-file": "munge/pid"}
        options = [f"--{name}={self.folder / file}" for name, file in files.items()]
        self.start("munged", "--foreground", "--force", f"--seed-file={self.folder / 'munge/seed'}", *options)
        self.wait("munged listens", (self.folder / "munge.socket").exists)

    def start(self, name: str, *options: str) -> None:
        log = (self.folder / f"{name}.out").open("ab")
        with log:
            self.daemons[name] = subprocess.Popen([name, *options], env=self.environment, stdout=log, stderr=log)

    def stop(self, name: str) -> None:
        daemon = self.daemons.pop(name)
        daemon.terminate()
        try:
            daemon.wait(30)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def lose_node(self) -> None:
        """kill -9 of the node's daemon and of all that its jobs run, as when a machine loses its power."""
        self.kill_daemon()
        for process in self.processes():
            process.kill()
        self.wait_until_down()

    def kill_daemon(self) -> None:
        """kill -9 of the node's daemon alone: its jobs, and the processes that watch them, go on."""
        daemon = self.daemons.pop("slurmd")
        daemon.kill()
        daemon.wait()

    def wait_until_down(self) -> None:
        self.wait("the node counts as down", lambda: self.node_state().startswith("DOWN"))

    def processes(self) -> list[Process]:
        """What jobs run on the node, and Slurm's own processes that watch them."""
        found = [Process(int(p.name)) for p in Path("/proc").iterdir() if p.name.isdecimal()]
        ours = [p for p in found if f"{self.folder}/bin:" in p.read("environ")]
        return [p for p in ours if p.job or p.command.startswith("slurmstepd")]

    def restart_node(self) -> None:
        self.start("slurmd", "-D", "-N", NODE)
        self.wait("the node is back", lambda: self.node_state() in {"IDLE", "MIXED", "ALLOCATED"})

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else ""

    def node_state(self) -> str:
        """IDLE, MIXED, DOWN … of the node; "" before anyone answers."""
        return self.run("sinfo", "-h", "-N", "-o", "%T").strip().upper()

    def jobs(self) -> list[tuple[str, str]]:
        """(id, state) of the jobs that have not ended."""
        lines = self.run("squeue", "-h", "-o", "%A %T").splitlines()
        return [(job, state) for job, state in (line.split() for line in lines)]

    def wait(self, what: str, holds: Callable[[], bool], seconds: float = 120) -> None:
        """Raises TimeoutError with the ends of the logs."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds} s: {what}\n{self._said()}")
            time.sleep(0.5)

    def _said(self) -> str:
        logs: Sequence[Path] = [*sorted(self.folder.glob("*.log")), *sorted(self.folder.glob("*.out"))]
        return "\n".join(f"{p.name}:\n" + "\n".join(p.read_text("utf-8", "replace").splitlines()[-8:]) for p in logs)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:{SBIN}"


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports
