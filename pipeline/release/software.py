"""Which software: versions of packages, and a fingerprint of each stage's code."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.workflow import PACKAGE, closure, hash_of

#: those whose code can change a result, in the order of the data; the report's can not
STAGES = ("parse", "extract", "link", "resolve", "pool")
PACKAGES = ("litpool", "numpy", "scipy", "statsmodels", "spacy", "lxml", "pypdfium2")


@cache
def code() -> dict[str, str]:
    """Stage → fingerprint of the files that make it the program it is, as rules take them for input."""
    return {stage: fingerprint(closure(stage)) for stage in STAGES}


def fingerprint(files: list[str]) -> str:
    digest = hashlib.sha256()
    for name in files:
        path = Path(name)
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(bytes.fromhex(hash_of(path)))
    return digest.hexdigest()[:16]


def software() -> dict[str, str]:
    return {package: version_of(package) for package in PACKAGES}


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
