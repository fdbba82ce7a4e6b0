"""Versions of litpool and of the packages that its results rest on."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version

from pipeline.workflow import PACKAGE

LITPOOL = "litpool"
PACKAGES = (LITPOOL, "numpy", "scipy", "statsmodels", "spacy", "lxml", "pypdfium2", "pydantic", "jinja2", "snakemake")
#: all versions with the hashes of their files, where litpool runs from its repository
LOCK = PACKAGE.parent / "requirements.txt"


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> list[tuple[str, str]]:
    return [(package, version_of(package)) for package in PACKAGES]


def lock() -> str:
    """The lock's SHA-256; empty where litpool was installed without it."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest() if LOCK.exists() else ""
