"""Every input that once broke a reader, and a few hundred new ones for each. `make fuzz` tries 100,000."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.parse import READERS, Reader
from tests.fuzz.targets import check, make, seeds

CRASHES = sorted(p for p in (Path(__file__).parent / "crashes").iterdir() if not p.name.startswith("."))


def reader_of(path: Path) -> Reader:
    name = path.name.rpartition("-")[0]
    (reader,) = [r for r in READERS if re.sub("[^a-z]+", "-", r.name.lower()) == name]
    return reader


@pytest.mark.parametrize("path", CRASHES, ids=lambda p: str(p.name))
def test_what_once_broke_a_reader_is_read_or_set_aside(path: Path) -> None:
    check(reader_of(path), path)


@pytest.mark.parametrize("reader", READERS, ids=lambda r: str(r.name))
def test_damaged_files(reader: Reader, tmp_path: Path) -> None:
    assert seeds()[reader.name], "a reader needs a good small file in tests/parse/data to start from"
    for number in range(40 if reader.name == "PDF" else 150):
        path = tmp_path / f"{number}"
        path.write_bytes(make(reader.name, number, seed=0))
        check(reader, path)
