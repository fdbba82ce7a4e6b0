"""A made-up review on disk with its report."""

from __future__ import annotations

from pathlib import Path

from lxml import html
from make_review import write_review
from report_specs import REVIEWS, ReviewSpec

from pipeline.report.inputs import Inputs, load
from pipeline.report.stage import run


class Rendered:
    """A made-up review on disk with its report."""

    def __init__(self, review: str | ReviewSpec, folder: Path) -> None:
        """`review`: one of REVIEWS by its name, or another."""
        self.folder = folder
        write_review(REVIEWS[review]() if isinstance(review, str) else review, folder)
        self.path = self.render("reports")
        self.text = self.path.read_text("utf-8")
        self.page = html.document_fromstring(self.path.read_bytes())
        self.inputs: Inputs = load(
            folder / "extracted", folder / "config", folder / "extracted" / "parsed", folder / "corpus"
        )

    def render(self, out: str) -> Path:
        extracted = self.folder / "extracted"
        return run(extracted, self.folder / "config", extracted / "parsed", self.folder / "corpus", self.folder / out)
