"""Runs the commands that docs/reviewing.md shows, and gives the page with what they print.

`python -m scripts.examples` writes the page; tests/reviewing/test_reviewing_page.py holds it equal. A block of
```console holds commands after `$ `, and what they print. All blocks run one after the other in one new folder, with
the corpus of docs/example/.
"""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/reviewing.md"
#: the day that the page shows instead of today's
DAY = "2026-11-21"

_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def run(page: str, folder: Path) -> str:
    """The page with what its commands print when they run in `folder`."""
    (folder / "bin").mkdir()
    for name, module in (("litpool", "pipeline"), ("snakemake", "snakemake")):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    here = folder / "work"
    here.mkdir()
    (here / "trials.ris").write_bytes((ROOT / "docs/example/trials.ris").read_bytes())
    state = _State(folder, here)
    return _BLOCK.sub(lambda match: "".join(state.shown(c) for c in _commands(match[0])), page)


def _commands(block: str) -> list[str]:
    """Each may go on behind a backslash at the end of a line."""
    return [command.rstrip("\n") for command in re.findall(r"^\$ ((?:.*\\\n)*.*\n)", block, re.MULTILINE)]


class _State:
    """The shell's folder, which `cd` changes."""

    def __init__(self, folder: Path, here: Path) -> None:
        self.here = here
        self.environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "LITPOOL_REVIEWER": "",
        }

    def shown(self, command: str) -> str:
        """The command and what it prints."""
        if command.startswith("cd "):
            self.here = self.here / command[3:]
            return f"$ {command}\n"
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.environment[name] = value.strip('"')
            return f"$ {command}\n"
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.here,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if "snakemake" in command and done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stdout}")
        printed = "" if command.startswith("snakemake") else done.stdout
        return f"$ {command}\n{printed.replace(datetime.date.today().isoformat(), DAY)}"


def main() -> None:
    with TemporaryDirectory() as name:
        PAGE.write_text(run(PAGE.read_text("utf-8"), Path(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
