"""`litpool update` with ClinicalTrials.gov: pages, windows of dates, changed entries, and what our reader makes of them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

import pytest

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord
from pipeline.searched import read_searches
from tests.update.conftest import Review
from tests.update.ctgov import Register, Trial
from tests.update.server import Answer, Server, page, shortened, torn

DAY = datetime.date


@pytest.fixture
def register() -> Register:
    there = Register()
    there.add(*(Trial(i, f"Danazol for thrombocytopenia {i}", DAY(2020, i, 1)) for i in range(1, 6)))
    there.add(Trial(9, "Danazol for angioedema", DAY(2020, 1, 1)))
    return there


@pytest.fixture
def server(register: Register, review: Review, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    review.search({"name": "itp", "source": "clinicaltrials", "query": "thrombocytopenia"})
    with Server(register.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_CLINICALTRIALS", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


def read(review: Review, day: str) -> list[ParsedRecord]:
    path = review.corpus / f"{day}-itp-clinicaltrials.json"
    return [row for row in parse(path, path.name) if isinstance(row, ParsedRecord)]


def numbers(review: Review, day: str) -> list[str]:
    return [n for record in read(review, day) for n in record.citation.registration]


def test_all_pages_are_taken(review: Review, server: Server, register: Register) -> None:
    register.page = 2
    assert review.update() == 0
    assert numbers(review, "2026-11-21") == [f"NCT0000000{i}" for i in range(1, 6)]
    listed = [a.fields for a in server.asked if a.fields.get("fields")]
    assert [f.get("pageToken") for f in listed] == [None, "p2", "p4"]
    (row,) = read_searches(review.corpus)
    assert (row.source, row.hits, row.new, row.updated) == ("ClinicalTrials.gov", 5, 5, 0)


def test_an_export_has_a_trial_in_each_line_and_nothing_that_changes_daily(review: Review, server: Server) -> None:
    review.update()
    data = (review.corpus / "2026-11-21-itp-clinicaltrials.json").read_text("utf-8")
    assert len(json.loads(data)["studies"]) == 5
    assert [line[:20] for line in data.splitlines()[1:-1]] == ['{"protocolSection":{'] * 5
    assert "versionHolder" not in data


def test_the_next_update_takes_what_is_new_and_what_changed(review: Review, server: Server, register: Register) -> None:
    review.update("2026-10-01")
    register.add(Trial(11, "Rituximab for thrombocytopenia", DAY(2026, 10, 20)))
    register.trials["NCT00000002"].changed = DAY(2026, 10, 10)
    register.trials["NCT00000002"].counts = (("Danazol", 12, 30), ("Placebo", 5, 30))
    assert review.update("2026-11-01") == 0
    assert numbers(review, "2026-11-01") == ["NCT00000002", "NCT00000011"]
    row = read_searches(review.corpus)[-1]
    assert (row.since, row.hits, row.new, row.updated) == (DAY(2026, 9, 17), 2, 1, 1)


def test_the_searchs_own_dates_are_those_of_the_first_posting(review: Review, server: Server) -> None:
    search = {"name": "itp", "source": "clinicaltrials", "query": "thrombocytopenia"}
    review.search(search | {"since": DAY(2020, 2, 1), "until": DAY(2020, 4, 1)})
    review.update()
    assert numbers(review, "2026-11-21") == ["NCT00000002", "NCT00000003", "NCT00000004"]


def test_posted_counts_are_tables_of_what_the_register_says(review: Review, server: Server, register: Register) -> None:
    register.trials["NCT00000002"].counts = (("Danazol", 12, 30), ("Placebo", 5, 30))
    review.update()
    record = read(review, "2026-11-21")[1]
    assert record.citation.publication_types == ["trial registration with results"]
    (table,) = record.tables
    assert table.rows == [["Outcome", "Danazol (N = 30)", "Placebo (N = 30)"], ["Overall Response", "12/30", "5/30"]]
    assert "Groups: Danazol (n = 30), Placebo (n = 30)." in record.text


def same_page(answer: Answer) -> Answer:
    found = json.loads(answer.body)
    return Answer(json.dumps(found | {"nextPageToken": "p0"}).encode())


@pytest.mark.parametrize("trouble", [page, torn, shortened, lambda _: Answer(b'{"studies": [{}]}'), same_page])
def test_a_sound_corpus_whatever_is_answered(review: Review, server: Server, trouble: object) -> None:
    before = review.files()
    server.always["/studies"] = trouble  # type: ignore[assignment]
    assert review.update() == 1
    assert review.files() == before
    server.always.clear()
    assert review.update() == 0
    assert len(numbers(review, "2026-11-21")) == 5
