"""Files for others to work with: a data package, the included studies as RIS, all results, and the analysis in R.

They lie beside the page in data/, and the page itself holds them in one archive, so that it can be passed on alone.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.pool.metafor import r_script
from pipeline.pool.writing import as_json
from pipeline.report.bodies import Body
from pipeline.report.data_package import Plain, description, tables
from pipeline.report.inputs import Inputs
from pipeline.report.revman import data_rows
from pipeline.ris_article import article

#: bytes of the archive, up to which the page holds it
MOST_HELD = 400_000
#: bytes of all files, from which on nobody need pack them to know that the archive is larger than that
MOST_PACKED = 12 * MOST_HELD
ARCHIVE = "review-data.zip"
#: the earliest that an archive can say: equal files are equal bytes, whenever they are packed
_NO_DATE = (1980, 1, 1, 0, 0, 0)
SCRIPT = "metafor.R"


@dataclass(frozen=True)
class Download:
    """A file of data/, and what it holds in a line."""

    name: str
    media: str
    about: str
    body: Body


@dataclass(frozen=True)
class Told:
    """What the page says of the files: (name, what it holds) of each, the analysis in R, and the archive within a link,
    None where it is too large for the page."""

    files: list[tuple[str, str]]
    script: str
    link: str | None


def told(files: Sequence[Download]) -> Told:
    script = next(file.body.bytes for file in files if file.name == SCRIPT).decode("utf-8")
    return Told([(file.name, file.about) for file in files], script, link(files))


def downloads(inputs: Inputs) -> list[Download]:
    """All files, the package's description first."""
    given, others = tables(inputs), _others(inputs)
    package = description(inputs, given, others)
    return [
        Download("datapackage.json", "application/json", "what the files hold, column by column", Body(package)),
        *(Download(f"{table.name}.csv", "text/csv", table.about, table.body) for table in given),
        *(Download(file.name, file.media, file.about, file.body) for file in others),
    ]


def write_downloads(folder: Path, files: Sequence[Download]) -> None:
    for file in files:
        file.body.write(folder / file.name)


def archive(files: Sequence[Download]) -> bytes:
    """All files as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in files:
            packed.writestr(zipfile.ZipInfo(file.name, _NO_DATE), file.body.bytes, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def link(files: Sequence[Download]) -> str | None:
    """The archive within a link; None where it is too large for the page."""
    if sum(file.body.size for file in files) > MOST_PACKED:
        return None
    packed = archive(files)
    if len(packed) > MOST_HELD:
        return None
    return f"data:application/zip;base64,{base64.b64encode(packed).decode('ascii')}"


def _others(inputs: Inputs) -> list[Plain]:
    results = as_json([pooled.model_dump(mode="json") for pooled in inputs.pooled])
    analyses = as_json([analysed.model_dump(mode="json") for analysed in inputs.analyses])
    script = r_script(inputs.pooled, inputs.analyses, inputs.settings.config.analysis)
    return [
        Plain("results.json", "application/json", "all pooled results", Body(results)),
        Plain("analyses.json", "application/json", "all analyses of how sure the results are", Body(analyses)),
        Plain(SCRIPT, "text/plain", "the analyses again, with R’s metafor", Body(script)),
        Plain("revman-data-rows.csv", "text/csv", "the pooled rows for RevMan", Body(data_rows(inputs))),
        Plain(
            "inputs.sha256",
            "text/plain",
            "hashes of all inputs, for sha256sum -c",
            Body(_sums(inputs)),
        ),
        Plain("included.ris", "application/x-research-info-systems", "the included studies", Body(_ris(inputs))),
    ]


def _sums(inputs: Inputs) -> str:
    """As sha256sum writes and checks them, in the review's folder."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in inputs.fingerprints)


def _ris(inputs: Inputs) -> str:
    included = (row.study for row in inputs.studies if row.decision == "include")
    return "".join(article([inputs.cited[study]]) for study in included if study in inputs.cited)
