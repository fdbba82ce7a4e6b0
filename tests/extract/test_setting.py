"""When and where a study was done: each pattern's examples, and what a record gives."""

from __future__ import annotations

import re
import time

import pytest

from pipeline.extract import centres as c, enrolment as e, kinship as k
from pipeline.extract.cues import Cue
from pipeline.extract.sentences import sentences
from pipeline.parsed import ParsedRecord, Source

WINDOWS = [(pattern, *example) for pattern in e.PATTERNS for example in pattern.examples]
CUES = [cue for table in (e.TAKEN_IN, e.OTHER_DATES) for cue in table]


@pytest.mark.parametrize(("pattern", "text", "start", "end"), WINDOWS, ids=str)
def test_windows(pattern: e.Pattern, text: str, start: str, end: str) -> None:
    match = re.search(pattern.pattern, text, re.IGNORECASE)
    assert match
    assert e.dates(match) == (start, end)


@pytest.mark.parametrize(("pattern", "text"), [(p, t) for p in e.PATTERNS for t in p.counter], ids=str)
def test_no_windows(pattern: e.Pattern, text: str) -> None:
    assert re.search(pattern.pattern, text, re.IGNORECASE) is None


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue in CUES for text in cue.examples], ids=str)
def test_cues(cue: Cue, text: str) -> None:
    assert cue.search(text)


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue in CUES for text in cue.counter], ids=str)
def test_no_cues(cue: Cue, text: str) -> None:
    assert cue.search(text) is None


def record(text: str) -> ParsedRecord:
    return ParsedRecord(
        record_id="r", source=Source(file="r.txt", span=(0, len(text))), text=text, raw=text, pieces=[(0, 0, len(text))]
    )


def parts(text: str) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.section) for s in sentences(record(text))]


def window(text: str) -> tuple[str, str] | None:
    found = e.window(record(text), parts(text))
    if found is None:
        return None
    assert text[found.evidence.start : found.evidence.end] == found.evidence.text
    return found.start, found.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Between March 2005 and June 2010, 40 patients were enrolled.", ("2005-03", "2010-06")),
        ("The charts of all adults treated here from 1999 to 2004 were reviewed.", ("1999-01", "2004-12")),
        ("Forty patients (May 2001–April 2003) took drug A.", ("2001-05", "2003-04")),
        ("Patients had a count below 30. The trial was conducted from June to November 2012.", ("2012-06", "2012-11")),
        ("PubMed was searched for trials published between 2000 and 2010.", None),
        ("Articles from January 1990 to May 2005 were included.", None),
        ("Patients were followed from 2005 to 2010.", None),
        ("The 40 patients had a median follow-up (2005-2010) of 3 years.", None),
        ("Doe et al treated 12 patients between 1990 and 1995.", None),
        ("The incidence in children between 1990 and 1995 was high.", None),
        ("Patients received 2000 to 2010 units.", None),
        ("Patients were enrolled from 2010 to 2005.", None),
        ("The disease was described in 1951.", None),
    ],
)
def test_windows_of_records(text: str, expected: tuple[str, str] | None) -> None:
    assert window(text) == expected


def test_a_clear_sentence_wins() -> None:
    text = "Stored data of patients (1990-1999) were at hand. We enrolled 20 patients between 2001 and 2003."
    assert window(text) == ("2001-01", "2003-12")


@pytest.mark.parametrize(("text", "value"), c.COUNT_EXAMPLES)
def test_numbers_of_centres(text: str, value: float) -> None:
    found = c.centre_count(record(text), [(0, len(text), "")])
    assert found is not None
    assert (found.value, found.unit) == (value, "centres")


@pytest.mark.parametrize("text", [*c.COUNT_COUNTER, *c.SINGLE_COUNTER])
def test_no_numbers_of_centres(text: str) -> None:
    assert c.centre_count(record(text), [(0, len(text), "")]) is None


@pytest.mark.parametrize("text", c.SINGLE_EXAMPLES)
def test_single_centres(text: str) -> None:
    found = c.centre_count(record(text), [(0, len(text), "")])
    assert found is not None
    assert found.value == 1


@pytest.mark.parametrize(("text", "name"), c.HOSPITAL_EXAMPLES)
def test_hospitals(text: str, name: str) -> None:
    (found,) = c.centres(record(text), [(0, len(text), "methods")])
    assert (found.name, found.evidence.text) == (name, name)


@pytest.mark.parametrize("text", c.HOSPITAL_COUNTER)
def test_no_hospitals(text: str) -> None:
    assert c.centres(record(text), [(0, len(text), "methods")]) == []


def cost(text: str) -> float:
    whole, cut = record(text), parts(text)
    begin = time.process_time()
    e.window(whole, cut)
    c.centres(whole, cut)
    c.centre_count(whole, cut)
    return time.process_time() - begin


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "2005 ",
        "2005-",
        "from 2005 to ",
        "A ",
        "Aa of the ",
        "between May ",
        "12 ",
        "in 12 a ",
        "Hospital of ",
        "was ",
    ],
)
def test_time_grows_as_the_text(part: str) -> None:
    """Ten times the text takes not much more than ten times as long."""
    text = "Patients treated at the Hospital from 2005 to " + (part * (100_000 // len(part)))
    assert cost(text) < 30 * max(cost(text[:10_000]), 0.005)


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue in k.KINSHIP for text in cue.examples], ids=str)
def test_kinship(cue: Cue, text: str) -> None:
    assert cue.says in {found.kind for found in k.kinship(record(text), [(0, len(text), "")])}


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue in k.KINSHIP for text in cue.counter], ids=str)
def test_no_kinship(cue: Cue, text: str) -> None:
    assert cue.says not in {found.kind for found in k.kinship(record(text), [(0, len(text), "")])}


@pytest.mark.parametrize(("text", "names"), k.NAME_EXAMPLES)
def test_names_of_trials(text: str, names: list[str]) -> None:
    found = k.trial_names(record(text), [(0, len(text), "")], [])
    assert [name.name for name in found] == names
    assert [name.evidence.text for name in found] == names


@pytest.mark.parametrize("text", k.NAME_COUNTER)
def test_no_names_of_trials(text: str) -> None:
    assert k.trial_names(record(text), [(0, len(text), "")], []) == []


def test_a_short_form_of_a_disease_names_no_trial() -> None:
    text = "The ABCD trial took adults. ABCD patients are rare. The EFGH study too."
    assert [name.name for name in k.trial_names(record(text), parts(text), ["EFGH"])] == []
