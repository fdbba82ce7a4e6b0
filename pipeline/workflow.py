"""What the Snakefile needs to know, from the standard library alone: it is imported at every start of Snakemake."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from pipeline.files import sha256_of
from pipeline.runs import at_rest

PACKAGE = Path(__file__).parent
RULES = str(PACKAGE / "rules" / "all.smk")
CONFIG = ["config/config.yaml", "config/drugs.csv", "config/outcomes.csv"]

#: of config.yaml, the sections that extraction does not read; what is new there is taken to be read
NOT_EXTRACTED = frozenset(
    ["review", "parse", "link", "risk_of_bias", "certainty", "reviewing", "analysis", "living"],
)

#: files in corpus/ that are not sources
LEDGERS = {"searches.csv", "README.md"}

#: what a file name in corpus/ may not hold: braces and angle brackets (Snakemake takes them for wildcards and path
#: variables, and knows no escape), control characters, line separators, and bytes that are no characters
_AWKWARD = re.compile(r"[{}<>\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: of one record each, however large
_ARTICLES = {".pdf", ".html", ".htm", ".xhtml", ".mhtml", ".mht", ".nxml"}
#: bytes of a source for each core: about 1,000 abstracts
_BYTES_EACH = 2_000_000
_NAMED = re.compile(r"""["'](pipeline(?:\.\w+)+)["']""")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([^\n#]+))", re.MULTILINE
)
#: below corpus/: an update's note on an export whose line in searches.csv is not written yet
PENDING = ".update/pending.json"


def sources(corpus: Path = Path("corpus")) -> list[str]:
    """Paths below corpus/ of everything to parse, sorted. Hidden files, Office's locks and ledgers are left out, and an
    export whose update was cut short, until the next one completes it."""
    found = (str(p.relative_to(corpus)) for p in _entries(corpus) if _refusal(p) is None and not p.is_dir())
    cut_short = _half_done(corpus)
    return sorted(name for name in found if name != cut_short and name.partition("/")[0] != cut_short)


def not_read(corpus: Path = Path("corpus")) -> list[tuple[str, str, str]]:
    """(name, reason, remedy) of everything below corpus/ that no rule can take, sorted."""
    found = ((str(p), _refusal(p)) for p in _entries(corpus))
    return sorted((name, *refusal) for name, refusal in found if refusal is not None)


def _half_done(corpus: Path) -> str | None:
    """The export that an update's note names and no line of searches.csv does."""
    note, lines = corpus / PENDING, corpus / "searches.csv"
    if not note.exists():
        return None
    import json  # seldom needed

    name = str(json.loads(note.read_text("utf-8"))["file"])
    told = lines.read_text("utf-8", errors="replace") if lines.exists() else ""
    return None if name in re.split(r"[,;\t\"\r\n]", told) else name


def _entries(corpus: Path) -> list[Path]:
    names = ((p, p.relative_to(corpus)) for p in corpus.rglob("*"))
    return [p for p, n in names if not any(part.startswith((".", "~$")) for part in n.parts) and str(n) not in LEDGERS]


def _refusal(path: Path) -> tuple[str, str] | None:
    """Why a rule cannot take the file, and what to do; None for a good one and for a folder."""
    if path.is_symlink() and not path.exists():
        return "is a link to a file that is not there", "put a copy of the file in its place"
    if path.is_symlink() and path.is_dir():
        return "is a link to a folder, which is not followed", "put a copy of the folder in its place"
    if _AWKWARD.search(path.name) or path.name != path.name.strip():
        odd = "a brace, an angle bracket, a control character such as a line break, or a blank at an end"
        return f"has a name that tools trip over ({odd})", "give it a plain name"
    if not path.is_file() and not path.is_dir():
        return "is a device or pipe, not a file", "take it away"
    return None


def overrides(*names: str, folder: Path = Path("overrides")) -> list[str]:
    """Those of the override files that are there, so that an edit of one runs again the stage that reads it; and every
    workbook, for a sheet of it may have the name of one."""
    tables = [path for name in names if (path := folder / f"{name}.csv").exists()]
    books = sorted(p for p in folder.glob("*.[xX][lL][sS][xX]") if not p.name.startswith((".", "~$")))
    return [str(path) for path in (*tables, *books)]


def versions(folder: Path = Path("reports/versions")) -> list[str]:
    """What `litpool release` wrote; a version never changes, so that its first file stands for it."""
    return sorted(str(p) for p in folder.glob("[!.]*/release.json"))


def searches(corpus: Path = Path("corpus")) -> list[str]:
    """The list of searches, if there is one."""
    path = corpus / "searches.csv"
    return [str(path)] if path.exists() else []


class Wildcards(Protocol):
    """What Snakemake gives of a job of one source."""

    source: str


def cores_for(wildcards: Wildcards) -> int:
    """Cores that a job of the source may use: more than one for an export of thousands of records. Snakemake gives it
    no more than --cores; of small sources, several are worked on at once."""
    path = Path("corpus", wildcards.source)
    if path.suffix.lower() in _ARTICLES or not path.is_file():
        return 1
    return max(1, path.stat().st_size // _BYTES_EACH)


def lock() -> list[str]:
    """The locked requirements, where litpool runs from its repository: the report tells their hash."""
    path = PACKAGE.parent / "requirements.txt"
    return [str(path)] if path.exists() else []


@cache
def closure(stage: str) -> list[str]:
    """Files whose change makes `python -m pipeline.<stage>` another program: its import closure and packaged data.

    Snakemake does not see edits to imported modules; rules take what `code` makes of these files as input.
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


def code(stage: str, folder: Path = Path("extracted/code")) -> list[str]:
    """One small file that is another whenever the stage's program is: what each of its rules takes as input.

    A hundred modules as inputs of each of a thousand jobs would cost Snakemake ten times the time to plan. Written only
    when it differs; where it cannot be written, the rule takes the modules themselves.
    """
    path, seen = folder / stage, folder / ".seen" / stage
    if _is_current(path, seen):
        return [str(path)]
    try:
        write_if_other(path, _lines(stage))
        write_if_other(seen, _seen(path))
    except OSError:
        return closure(stage)
    return [str(path)]


def hashes(stage: str, folder: Path = Path("extracted/code")) -> list[tuple[str, str]]:
    """(path below the package, SHA-256) of each file of the stage's closure: as `code` wrote them, where nothing has
    changed since, for to find them takes a while."""
    path = folder / stage
    lines = path.read_text("utf-8") if _is_current(path, folder / ".seen" / stage) else _lines(stage)
    found = (line.partition("  ") for line in lines.splitlines())
    return [(name, sha256) for sha256, _, name in found]


def _lines(stage: str) -> str:
    return "".join(f"{hash_of(Path(p))}  {Path(p).relative_to(PACKAGE).as_posix()}\n" for p in closure(stage))


def _is_current(path: Path, seen: Path) -> bool:
    return seen.is_file() and seen.read_text("utf-8") == _seen(path)


def setting(name: str, value: Sequence[object], folder: Path = Path("extracted/code")) -> list[str]:
    """One small file that is another whenever the value is: as `params:` of a rule, Snakemake would import pandas at
    every start to compare it. None where it cannot be written."""
    path = folder / name
    try:
        write_if_other(path, "".join(f"{line!r}\n" for line in value))
    except OSError:
        return []
    return [str(path)]


def write_if_other(path: Path, text: str) -> None:
    """Not while a run goes on: what its jobs make is younger than this file, and of what the old text tells."""
    if (path.is_file() and path.read_text("utf-8") == text) or not at_rest():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{os.getpid()}.new")
    new.write_text(text, encoding="utf-8", newline="\n")
    new.replace(path)


def _seen(path: Path) -> str:
    """By what the package's files and a fingerprint made of them are known without being read, as git does it."""
    written = path.stat().st_mtime_ns if path.is_file() else 0
    return f"{_package_state()} {written}"


@cache
def _package_state() -> str:
    stats = ((path, path.stat()) for path in sorted(_below(PACKAGE)))
    told = "".join(f"{path} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns}\n" for path, s in stats)
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(base, name) for name in names)


#: a module is part of several stages, and is read once
hash_of = cache(sha256_of)


@cache
def _file(module: str) -> Path | None:
    if module.partition(".")[0] != "pipeline":
        return None
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


@cache
def _imports(path: Path, module: str) -> list[str]:
    """Modules that a file may import, wherever the statement stands; `from a import b` names a and a.b.

    A string that is a module's name counts, too: a registry loads its modules by name. Found by pattern and not by
    parsing, which made every start of Snakemake three times as long; what looks like an import in a docstring counts.
    """
    text = path.read_text("utf-8").replace("\\\n", " ")
    names = _NAMED.findall(text)
    for base, what, plain in _IMPORT.findall(text):
        if plain:
            names += _names(plain)
        else:
            base = _absolute(base, module, path)
            names += [base, *(f"{base}.{name}" for name in _names(what))]
    return names


def _names(listed: str) -> list[str]:
    """The names of "a, b as c" or "(a,  # why\n b)", without their aliases."""
    bare = re.sub(r"#[^\n]*", "", listed).strip("() \t\n")
    return [name.split()[0] for name in bare.split(",") if name.strip()]


def _absolute(base: str, module: str, path: Path) -> str:
    """ "..records" of a module by its full name."""
    level = len(base) - len(base.lstrip("."))
    if not level:
        return base
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    parts = package.split(".")[: len(package.split(".")) - level + 1]
    return ".".join([*parts, *([base[level:]] if base[level:] else [])])


def python() -> str:
    """The interpreter that runs Snakemake; jobs run on the same one, whatever PATH says."""
    return sys.executable


def limits(config: Path = Path(CONFIG[0])) -> list[str]:
    """`parse:` of the config as KEY=VALUE for the parse stage, which checks them: another limit parses again.

    A config that cannot be read gives none: the stages that read it say what is wrong.
    """
    section = (_sections(config) or {}).get("parse")
    return [f"{key}={value}" for key, value in section.items()] if isinstance(section, dict) else []


def extracted_by(config: Path = Path(CONFIG[0])) -> list[str]:
    """What extraction goes by in the config, a line for each section: an edit of the others extracts nothing again.

    A config that cannot be read is told as such: the stage says what is wrong.
    """
    chosen = _sections(config)
    if chosen is None:
        return [f"{config} cannot be read"]
    return [f"{key}: {value!r}" for key, value in sorted(chosen.items(), key=str) if key not in NOT_EXTRACTED]


def _sections(config: Path) -> dict[object, object] | None:
    try:
        return _loaded(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


@cache
def _loaded(text: str) -> dict[object, object] | None:
    import yaml  # Snakemake has it loaded already

    try:
        chosen = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return chosen if isinstance(chosen, dict) else {"": chosen}
