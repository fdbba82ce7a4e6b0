"""Versions of litpool and of the packages that its results rest on."""

from __future__ import annotations

from pipeline.files import sha256_of
from pipeline.release.software import version_of
from pipeline.workflow import PACKAGE

LITPOOL = "litpool"
PACKAGES = (LITPOOL, "numpy", "scipy", "statsmodels", "spacy", "lxml", "pypdfium2", "pydantic", "jinja2", "snakemake")
#: all versions with the hashes of their files, where litpool runs from its repository
LOCK = PACKAGE.parent / "requirements.txt"


def versions() -> list[tuple[str, str]]:
    return [(package, version_of(package)) for package in PACKAGES]


def lock() -> str:
    """The lock's SHA-256; empty where litpool was installed without it."""
    return sha256_of(LOCK) if LOCK.exists() else ""
