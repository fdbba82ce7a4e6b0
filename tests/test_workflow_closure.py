"""What a rule takes as its code: found by pattern, it must be what Python itself would import."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import workflow
from pipeline.files import sha256_of
from pipeline.workflow import PACKAGE

MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "skeleton" not in p.parts)


def parsed_imports(path: Path, module: str) -> set[str]:
    """The same by Python's own parser; only names of this package."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("pipeline")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_import_is_overlooked(path: Path) -> None:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    assert parsed_imports(path, module) <= set(workflow._imports(path, module))


def test_imports_of_every_shape(tmp_path: Path) -> None:
    path = tmp_path / "shapes.py"
    path.write_text(
        "import pipeline.a, pipeline.b as c\n"
        "from pipeline.d import (\n    e,  # why, f\n    g as h,\n)\n"
        "def later():\n    from . import i\n    from ..j import k\n"
        "from pipeline.l import \\\n    m\n"
        'REGISTRY = {"name": "pipeline.n.o"}\n',
        "utf-8",
    )
    found = set(workflow._imports(path, "pipeline.sub.shapes"))
    wanted = "a b d.e d.g sub.i j.k l.m n.o".split()
    assert {f"pipeline.{name}" for name in wanted} <= found
    assert parsed_imports(path, "pipeline.sub.shapes") <= found
    assert "pipeline.d.f" not in found


def test_the_fingerprint_is_written_only_when_the_program_is_another(tmp_path: Path) -> None:
    [path] = workflow.code("pool", tmp_path / "code")
    written = Path(path).stat().st_mtime_ns
    assert workflow.code("pool", tmp_path / "code") == [path]
    assert Path(path).stat().st_mtime_ns == written
    text = Path(path).read_text("utf-8")
    assert {line.split("  ")[1] for line in text.splitlines()} == {
        str(Path(p).relative_to(PACKAGE)) for p in workflow.closure("pool")
    }
    Path(path).write_text("another\n", "utf-8")
    workflow.code("pool", tmp_path / "code")
    assert Path(path).read_text("utf-8") == text


def test_hashes_are_those_of_the_files_whether_they_were_written_or_not(tmp_path: Path) -> None:
    wanted = [(str(Path(p).relative_to(PACKAGE)), sha256_of(Path(p))) for p in workflow.closure("pool")]
    assert workflow.hashes("pool", tmp_path / "code") == wanted
    [path] = workflow.code("pool", tmp_path / "code")
    assert workflow.hashes("pool", tmp_path / "code") == wanted
    Path(path).write_text("another\n", "utf-8")
    assert workflow.hashes("pool", tmp_path / "code") == wanted


def test_where_nothing_can_be_written_the_modules_are_the_input(tmp_path: Path) -> None:
    (tmp_path / "code").write_text("a file where the folder would be", "utf-8")
    assert workflow.code("pool", tmp_path / "code") == workflow.closure("pool")


KEPT = (workflow.closure, workflow._file, workflow._imports, workflow._package_state)


@pytest.fixture
def another_start() -> Iterator[Callable[[], None]]:
    """Forgets what one start of Snakemake keeps in memory, also when the test ends."""

    def forget() -> None:
        for kept in KEPT:
            kept.cache_clear()

    yield forget
    forget()


def test_modules_are_read_again_only_when_one_of_them_may_be_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, another_start: Callable[[], None]
) -> None:
    package, folder = tmp_path / "pipeline", tmp_path / "code"
    (package / "pool").mkdir(parents=True)
    (package / "pool/__init__.py").write_text("", "utf-8")
    (package / "pool/__main__.py").write_text("from pipeline import words\n", "utf-8")
    (package / "words.py").write_text("WORD = 1\n", "utf-8")
    monkeypatch.setattr(workflow, "PACKAGE", package)
    asked = []
    monkeypatch.setattr(workflow, "hash_of", lambda path: asked.append(path.name) or str(path.stat().st_size))

    def start() -> str:
        another_start()
        [path] = workflow.code("pool", folder)
        return Path(path).read_text("utf-8")

    before = start()
    assert "words.py" in before
    assert asked
    asked.clear()
    assert start() == before
    assert not asked
    (package / "words.py").write_text("WORD = 22\n", "utf-8")
    assert start() != before
    assert asked


def test_a_setting_is_written_only_when_it_is_another(tmp_path: Path) -> None:
    [path] = workflow.setting("parse.limits", ["pages=5"], tmp_path)
    written = Path(path).stat().st_mtime_ns
    assert workflow.setting("parse.limits", ["pages=5"], tmp_path) == [path]
    assert Path(path).stat().st_mtime_ns == written
    workflow.setting("parse.limits", ["pages=6"], tmp_path)
    assert "pages=6" in Path(path).read_text("utf-8")
