"""What the Snakefile needs to know, from the standard library alone: it is imported at every start of Snakemake."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
RULES = str(PACKAGE / "rules" / "all.smk")
CONFIG = ["config/config.yaml", "config/drugs.csv", "config/outcomes.csv"]

#: files in corpus/ that are not sources
LEDGERS = {"searches.csv", "README.md"}

_MODULE = re.compile(r"pipeline(?:\.\w+)+")


def sources(corpus: Path = Path("corpus")) -> list[str]:
    """Paths below corpus/ of everything to parse, sorted. Hidden files, Office's locks and ledgers are left out."""
    found = (p for p in corpus.rglob("*") if p.is_file())
    names = (p.relative_to(corpus) for p in found)
    return sorted(
        str(n) for n in names if not any(part.startswith((".", "~$")) for part in n.parts) and str(n) not in LEDGERS
    )


def overrides(folder: Path = Path("overrides")) -> list[str]:
    """The override files that are there, so that an edit of one runs `resolve` again."""
    return sorted(str(p) for p in folder.glob("*.csv"))


@cache
def closure(stage: str) -> list[str]:
    """Files whose change makes `python -m pipeline.<stage>` another program: its import closure and packaged data.

    Snakemake does not see edits to imported modules; rules take these files as input.
    """
    todo, seen = [f"pipeline.{stage}", f"pipeline.{stage}.__main__"], set[str]()
    files = set[Path]()
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        path = _file(module)
        if path is None:
            continue
        files.add(path)
        todo += _imports(path, module)
        todo += [module.rpartition(".")[0]]
        if path.name == "__init__.py":
            files |= {p for p in path.parent.iterdir() if p.is_file() and p.suffix not in {".py", ".pyc"}}
    return sorted(str(f) for f in files if f.name != "py.typed")


def _file(module: str) -> Path | None:
    if module.partition(".")[0] != "pipeline":
        return None
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


def _imports(path: Path, module: str) -> list[str]:
    """Modules that a file may import, wherever the statement stands; `from a import b` names a and a.b.

    A string that is a module's name counts, too: a registry loads its modules by name.
    """
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module if path.name == "__init__.py" else module.rpartition(".")[0]
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, *([base] if base else [])])
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and _MODULE.fullmatch(str(node.value)):
            names.append(str(node.value))
    return names


def python() -> str:
    """The interpreter that runs Snakemake; jobs run on the same one, whatever PATH says."""
    return sys.executable
