"""Versions of litpool and of the packages that its results rest on."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

LITPOOL = "litpool"
PACKAGES = (LITPOOL, "numpy", "scipy", "statsmodels", "spacy", "snakemake")


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> list[tuple[str, str]]:
    return [(package, version_of(package)) for package in PACKAGES]
