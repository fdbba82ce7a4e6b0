"""Compiled templates, kept where Python keeps compiled modules: to compile them takes half a second of each run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """Nothing fails where they cannot be kept; what is damaged, or of another text, is compiled again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def compiled(folder: Path, made_by: Path) -> Compiled | None:
    """The cache of the templates in `folder`, as the code in `made_by` sets them up; None where Python keeps nothing
    there either."""
    kept = folder / "__pycache__"
    if sys.dont_write_bytecode or sys.pycache_prefix or not os.access(kept, os.W_OK):
        return None
    of = f"{jinja2.__version__}.{hashlib.sha256(made_by.read_bytes()).hexdigest()[:12]}"
    return Compiled(str(kept), f"%s.jinja-{of}")
