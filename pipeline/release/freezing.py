"""Writes a version: all of it, or nothing."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.errors import UserError
from pipeline.files import sha256_of
from pipeline.overrides import FILES
from pipeline.overrides.reading import workbooks
from pipeline.pool.writing import as_json
from pipeline.release.changes import changes
from pipeline.release.now import CONFIG, KEPT, Now
from pipeline.release.sentences import sentences
from pipeline.release.software import code, software
from pipeline.release.versions import Kept
from pipeline.released import Changes, KeptRecord, Release, Status
from pipeline.report.downloads import downloads, told, write_downloads
from pipeline.report.inputs import load
from pipeline.report.page import of_studies, render
from pipeline.report.study_pages.writing import write_all
from pipeline.resolved import BY_REVIEWER, StudyRow
from pipeline.tables import write_rows

#: a version while it is written, beside the others
DRAFT = ".draft"


@dataclass(frozen=True)
class Facts:
    """What only a person knows of a version."""

    name: str
    date: datetime.date
    trigger: str
    status: Status
    next_search: datetime.date | None
    note: str


def freeze(now: Now, kept: Sequence[Kept], before: Changes, facts: Facts) -> Path:
    """The new version's folder; `before` is what changed since the last one. The page is that which the next run
    makes. Raises UserError if the folder cannot be written."""
    folder = now.places.versions / facts.name
    draft = now.places.versions / DRAFT
    try:
        shutil.rmtree(draft, ignore_errors=True)  # of one that was killed: only one at a time gets here
        draft.mkdir(parents=True)
        _copy(now, draft)
        release = _release(now, kept, before, facts, draft)
        _write(draft / "release.json", release)
        _write_pages(now, [*kept, Kept(draft, release)], draft)
        draft.rename(folder)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}; nothing was kept") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _copy(now: Now, draft: Path) -> None:
    places = now.places
    for folder, names in (("tables", KEPT), ("config", CONFIG)):
        (draft / folder).mkdir()
        source = places.extracted if folder == "tables" else places.config
        for name in names:
            shutil.copyfile(source / name, draft / folder / name)
    write_rows(draft / "tables" / "studies.csv", StudyRow, _told_of(now.tables.studies))
    write_rows(draft / "tables" / "records.csv", KeptRecord, now.records)
    (draft / "overrides").mkdir()
    said = [places.overrides / name for name in FILES]
    for path in (*(p for p in said if p.exists()), *workbooks(places.overrides)):
        shutil.copyfile(path, draft / "overrides" / path.name)
    script = places.reports / "metafor.R"
    if script.exists():
        shutil.copyfile(script, draft / script.name)


def _told_of(rows: Iterable[StudyRow]) -> Iterator[StudyRow]:
    """Without the thousands that the machine leaves out and nobody decided on: records.csv has their records."""
    return (row for row in rows if row.decision != "exclude" or row.authority in BY_REVIEWER or row.retracted)


def _release(now: Now, kept: Sequence[Kept], before: Changes, facts: Facts, draft: Path) -> Release:
    return Release(
        name=facts.name,
        number=kept[-1].release.number + 1 if kept else 1,
        date=facts.date,
        trigger=facts.trigger,
        status=facts.status,
        next_search=facts.next_search,
        note=facts.note,
        previous=kept[-1].release.name if kept else "",
        changed=[] if before.since is None else sentences(before.since),
        searches=now.searched,
        waiting=now.waiting,
        included=sum(row.decision == "include" for row in now.tables.studies),
        software=software(),
        code=code(),
        config=now.config,
        method=now.method,
        files=now.files,
        overrides=now.lines,
        tables={p.relative_to(draft).as_posix(): sha256_of(p) for p in sorted(draft.rglob("*")) if p.is_file()},
        state=now.state,
    )


def _write(path: Path, release: Release) -> None:
    path.write_text(as_json(release.model_dump(mode="json"), indent=1), encoding="utf-8", newline="\n")


def _write_pages(now: Now, kept: Sequence[Kept], draft: Path) -> None:
    inputs = load(now.places.extracted, now.places.config, now.places.extracted / "parsed", now.places.corpus)
    inputs = replace(inputs, changes=changes(now, kept))
    files = downloads(inputs)
    page = render(inputs, partial(told, files))
    (draft / "index.html").write_text(page, encoding="utf-8", newline="\n")
    if 'href="data/' in page:  # a list that is too long for the page
        write_downloads(draft / "data", files)
    write_all(draft / "studies", of_studies(inputs))
