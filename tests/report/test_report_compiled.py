"""Compiled templates are kept as Python keeps compiled modules, and never stand in the way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from pipeline.report.compiled import compiled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "code.py").write_text("one", "utf-8")
    return tmp_path


def rendered(folder: Path, template: str) -> str:
    env = Environment(loader=DictLoader({"page": template}), bytecode_cache=compiled(folder, folder / "code.py"))
    return env.get_template("page").render(n=2)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").iterdir())


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(folder, "{{ n + 1 }}") == "3"
    monkeypatch.delattr(Environment, "_generate")
    assert rendered(folder, "{{ n + 1 }}") == "3"


def test_another_text_and_other_code_are_compiled_again(folder: Path) -> None:
    assert rendered(folder, "{{ n + 1 }}") == "3"
    assert rendered(folder, "{{ n + 2 }}") == "4"
    (folder / "code.py").write_text("two", "utf-8")
    assert rendered(folder, "{{ n + 2 }}") == "4"
    assert len(kept(folder)) == 2


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, slice(20), slice(-9)])
def test_what_is_damaged_is_compiled_again(folder: Path, damage: bytes | slice) -> None:
    assert rendered(folder, "{{ n + 1 }}") == "3"
    (path,) = kept(folder)
    path.write_bytes(damage if isinstance(damage, bytes) else path.read_bytes()[damage])
    assert rendered(folder, "{{ n + 1 }}") == "3"


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled(folder / "elsewhere", folder / "code.py") is None
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder, "{{ n }}") == "2"
    assert kept(folder) == []


def test_a_page_comes_though_its_templates_cannot_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert rendered(folder, "{{ n }}") == "2"
    assert kept(folder) == []
