"""Which software: versions of packages, and a fingerprint of each stage's code."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pipeline.workflow import hashes

#: those whose code can change a result, in the order of the data; the report's can not
STAGES = ("parse", "extract", "link", "resolve", "pool")
PACKAGES = ("litpool", "numpy", "scipy", "statsmodels", "spacy", "lxml", "pypdfium2")


@cache
def code() -> dict[str, str]:
    """Stage → fingerprint of the files that make it the program it is, as rules take them for input."""
    return {stage: _fingerprint(hashes(stage)) for stage in STAGES}


def _fingerprint(files: list[tuple[str, str]]) -> str:
    digest = hashlib.sha256()
    for name, sha256 in files:
        digest.update(name.encode() + b"\0" + bytes.fromhex(sha256))
    return digest.hexdigest()[:16]


def software() -> dict[str, str]:
    return {package: version_of(package) for package in PACKAGES}


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
