"""`litpool new DIR`: a review to start from; its files lie in `review/` beside this module."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.overrides.appending import new_file
from pipeline.overrides.guide import guide

REVIEW = Path(__file__).parent / "review"


def default_config() -> Path:
    """config/ of the review in the working folder, else the one that a new review starts with."""
    here = Path("config")
    return here if (here / "config.yaml").is_file() else REVIEW / "config"


def new(folder: Path) -> None:
    """Make a review in `folder`, which must be new or empty. Raises UserError otherwise."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: exists and is not an empty folder; choose another name")
    shutil.copytree(REVIEW, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("corpus", "overrides"):
        (folder / name).mkdir(exist_ok=True)
    for name, row in FILES.items():
        (folder / "overrides" / name).write_bytes(new_file(row))
    (folder / "overrides" / "README.md").write_text(guide(), encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the new review's folder")


def run(args: argparse.Namespace) -> int:
    new(args.folder)
    print(f"{args.folder} is ready: put files into {args.folder}/corpus, then `cd {args.folder} && snakemake all`")
    return 0
