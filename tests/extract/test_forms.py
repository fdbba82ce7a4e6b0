"""Each form of a share is tested by the examples it carries; here they are run."""

from __future__ import annotations

import pytest

from pipeline.config import Settings
from pipeline.extract.measures import FORMS, Form, Measure, measures
from pipeline.extract.quantities import quantities
from pipeline.extract.reading import Reader
from pipeline.extract.sentences import Sentence


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Reader:
    return Reader(settings)


def first(reader: Reader, text: str) -> Measure:
    return measures(reader.read(text, Sentence(0, len(text), ""), quantities(text), [], dict))[0]


@pytest.mark.parametrize(("form", "text"), [(f, t) for f in FORMS for t in f.examples], ids=str)
def test_examples(reader: Reader, form: Form, text: str) -> None:
    assert first(reader, text).form == form.name


@pytest.mark.parametrize(("form", "text"), [(f, t) for f in FORMS for t in f.counter], ids=str)
def test_counter_examples(reader: Reader, form: Form, text: str) -> None:
    assert first(reader, text).form != form.name


def test_every_form_has_an_example() -> None:
    assert [f.name for f in FORMS if not f.examples] == []


@pytest.mark.parametrize(
    ("text", "events", "n", "percent"),
    [
        ("43 (48%) of 90 patients", 43, 90, 48),
        ("28 of 73 patients (38.3%)", 28, 73, 38.3),
        ("27.2% (95% CI, 14.1–40.4, 12 of 44 patients)", 12, 44, 27.2),
        ("81% of patients (25/31)", 25, 31, 81),
        ("14 (73.7%)", 14, None, 73.7),
        ("81% of the 57 patients", None, 57, 81),
        ("0 of 15 patients", 0, 15, None),
    ],
)
def test_what_a_form_reads(reader: Reader, text: str, events: int | None, n: int | None, percent: float | None) -> None:
    m = first(reader, text)
    assert (m.events, m.n, m.percent.value if m.percent else None) == (events, n, percent)
