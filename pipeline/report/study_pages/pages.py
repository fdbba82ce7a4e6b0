"""What each study's page is filled with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from pipeline.candidates import Candidate
from pipeline.linked import Report, Study
from pipeline.report.asked import Asked
from pipeline.report.inputs import Inputs
from pipeline.report.listing import has_page
from pipeline.report.proofs import proofs_of_row
from pipeline.report.quotes import page_of
from pipeline.report.study_pages.marked import Piece, Span, marked
from pipeline.report.study_pages.material import Material, Materials, Place
from pipeline.report.study_pages.readings import KINDS, Reading, readings
from pipeline.resolved import BY_REVIEWER, AuditRow


@dataclass(frozen=True)
class Shown:
    """A reading with its label, as O3; `found` if its words are marked in a text of the page; `page` is the printed
    page of its words, where the source has pages."""

    key: int
    label: str
    reading: Reading
    found: bool
    page: int | None


@dataclass(frozen=True)
class Text:
    """A report of the study and its text; no pieces where the parsed text is not at hand."""

    place: Place
    candidate: Candidate
    pieces: list[Piece]
    length: int


class StudyPages:
    """The pages of a review's studies; equal inputs give equal pages."""

    def __init__(self, inputs: Inputs, env: Environment, style: Markup, policy: str) -> None:
        #: those that are included or wait to be
        self.studies = [row.study for row in inputs.studies if has_page(inputs, row.study)]
        self._materials = Materials(inputs)
        self._template = env.get_template("study_pages/study.html.j2")
        self._head = {"style": style, "policy": policy}

    def material(self, study: str) -> Material:
        return self._materials.of(study)

    def page(self, of: Material) -> str:
        """Raises UserError if what was read of the study is not as litpool wrote it."""
        return self._template.render(**_data(of), **self._head)


def _data(of: Material) -> dict[str, object]:
    found = readings(of)
    labels = _labels(found)
    texts = [_text(of, candidate, found) for candidate in (of.study.candidate, *of.study.further)]
    marks = {span.key for text in texts for piece in text.pieces for span in piece.over}
    return {
        "row": of.row,
        "back": of.back,
        "title": of.shared.title,
        "shown": [Shown(i, labels[i], r, i in marks, _page(of, r)) for i, r in enumerate(found)],
        "labels": labels,
        "kinds": KINDS,
        "texts": texts,
        "reports": [(report, _what(report, of.study)) for report in of.study.reports],
        "decisions": sorted(of.decided, key=lambda line: line.row.date),
        "audit": [_behind(of.shared.asked, row) for row in of.audit],
        "waiting": of.waiting,
        "judged": [row for row in of.judged if row.judgement],
        "links": of.links,
    }


def _behind(asked: Asked, row: AuditRow) -> tuple[str, AuditRow, str]:
    """(outcome, row, why the number stands); the machine's checks are listed above."""
    checks = len(proofs_of_row(row.why).checks)
    machine = f"{checks} check{'s' if checks != 1 else ''} hold{'' if checks != 1 else 's'}"
    return asked.label(row.outcome), row, row.why if row.authority in BY_REVIEWER else machine


def _page(of: Material, reading: Reading) -> int | None:
    record = of.records.get(reading.place)
    return None if record is None or reading.start is None else page_of(record, reading.start)


def _labels(found: Sequence[Reading]) -> list[str]:
    """Letter and number within the kind; the only one of a kind has no number."""
    total, count, labels = Counter(r.kind for r in found), Counter[str](), []
    for reading in found:
        count[reading.kind] += 1
        letter = KINDS[reading.kind][0]
        labels.append(f"{letter}{count[reading.kind]}" if total[reading.kind] > 1 else letter)
    return labels


def _text(of: Material, candidate: Candidate, found: Sequence[Reading]) -> Text:
    place = candidate.source.file, candidate.record_id
    record = of.records.get(place)
    if record is None:
        return Text(place, candidate, [], 0)
    first = record.source.span[0]
    spans = [
        Span(r.start - first, r.end - first, r.kind, key)
        for key, r in enumerate(found)
        if r.place == place and r.start is not None and r.end is not None
    ]
    return Text(place, candidate, marked(record.raw, spans), len(record.raw))


def _what(report: Report, study: Study) -> str:
    if not report.kept:
        return f"duplicate of {report.report}" if report.report else "duplicate"
    main = (report.file, report.record_id) == (study.candidate.source.file, study.candidate.record_id)
    return "main report" if main else "further report"
