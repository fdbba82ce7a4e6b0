"""overrides/links.csv wins over the machine in both directions, and is neither lost nor silently void."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.link.joining import grouped
from pipeline.link.linking import Linked, link
from tests.link.linked_records import decided, record, told

A, B, C, D = (record(name, doi=f"10.1/{name}", pmid=str(1000 + i)) for i, name in enumerate("abcd"))
COPY = record("z-copy", doi="10.1/a", pmid="1000", title=A.citation.title)


def together(linked: Linked) -> list[str]:
    """The records of each study, joined; a duplicate stands in brackets."""
    return sorted(
        "".join(r.record_id[0] if r.kept else f"({r.record_id[0]})" for r in s.reports) for s in linked.studies
    )


def effects(linked: Linked) -> list[str]:
    return [row.effect for row in linked.links if row.line is not None]


@pytest.mark.parametrize(
    ("lines", "studies", "said"),
    [
        (["a,b,same record"], ["(a)b", "c", "d"], ["applied"]),
        (["a,b,same study"], ["ab", "c", "d"], ["applied"]),
        (["a,b,shared cohort"], ["a", "b", "c", "d"], ["applied"]),
        (["a,b,different"], ["a", "b", "c", "d"], ["redundant"]),
        (["a,b,same study", "b,c,same study"], ["abc", "d"], ["applied", "applied"]),
        (["1000,https://doi.org/10.1/B,same study"], ["ab", "c", "d"], ["applied"]),
        (["PMID: 1000,doi:10.1/c,same study"], ["ac", "b", "d"], ["applied"]),
        (["corpus/a.txt#a,b,same study"], ["ab", "c", "d"], ["applied"]),
    ],
)
def test_a_decision_joins(tmp_path: Path, lines: list[str], studies: list[str], said: list[str]) -> None:
    linked = link([A, B, C, D], decided(tmp_path, *lines))
    assert (together(linked), effects(linked)) == (studies, said)


def test_it_splits_what_the_machine_is_sure_of(tmp_path: Path) -> None:
    same = told(("a", "b", "same study", "sure", 0.99))
    assert together(link([A, B], relate=same)) == ["ab"]
    linked = link([A, B], decided(tmp_path, "b,a,different"), relate=same)
    assert (together(linked), effects(linked)) == (["a", "b"], ["applied"])
    assert linked.links[0].machine == "same study (sure)"


def test_duplicates_can_be_two_reports_or_two_studies(tmp_path: Path) -> None:
    assert together(link([A, COPY])) in (["(a)z"], ["a(z)"])
    assert together(link([A, COPY], decided(tmp_path, "a,z-copy,same study"))) == ["az"]
    assert together(link([A, COPY], decided(tmp_path, "a,z-copy,different"))) == ["a", "z"]


def test_a_forbidden_pair_stays_apart_in_a_chain(tmp_path: Path) -> None:
    """a-b is surer than b-c: c stays outside, and the row says why."""
    chain = told(("a", "b", "same study", "sure", 0.99), ("b", "c", "same study", "sure", 0.95))
    linked = link([A, B, C], decided(tmp_path, "a,c,different"), relate=chain)
    assert together(linked) == ["ab", "c"]
    left_out = next(row for row in linked.links if (row.record_a, row.record_b) == ("b", "c"))
    assert not left_out.used
    assert "links.csv" in left_out.note


def test_a_decision_settles_what_was_only_possible(tmp_path: Path) -> None:
    maybe = told(("a", "b", "same study", "possible", 0.6))
    assert [(r.relation, r.status) for r in link([A, B], relate=maybe).links] == [("same study", "possible")]
    linked = link([A, B], decided(tmp_path, "a,b,different"), relate=maybe)
    assert [(r.status, r.machine, r.effect) for r in linked.links] == [
        ("decided", "same study (possible, 0.60)", "applied")
    ]


def test_what_the_machine_says_too_is_redundant(tmp_path: Path) -> None:
    same = told(("a", "b", "same study", "sure", 0.99))
    assert effects(link([A, B], decided(tmp_path, "a,b,same study"), relate=same)) == ["redundant"]


def test_a_record_that_is_gone_makes_the_line_wait(tmp_path: Path) -> None:
    folder = decided(tmp_path, "record-one,a,same study", "b,c,same study")
    linked = link([A, B, C, record("record-two")], folder)
    assert together(linked) == ["a", "bc", "r"]
    assert effects(linked) == ["stale", "applied"]
    assert linked.links[0].note == 'no record "record-one" (nearest: record-two)'
    back = link([A, B, C, record("record-one")], folder)
    assert effects(back) == ["applied", "applied"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,b,same study", "b,c,same study", "a,c,different"], "links.csv:4: a and c cannot be different: lines 2 and 3 make them one study"),
        (["a,c,different", "c,a,same study"], "links.csv:2: a and c cannot be different: line 3 makes them one study"),
        (["a,b,same record", "b,a,same study"], "links.csv:3: b and a cannot be two reports of one study: line 2 makes them one record"),
        (["a,b,same record", "a,b,shared cohort"], "links.csv:3: a and b cannot be two studies with a shared cohort: line 2 makes them one record"),
        (["a,a,same study"], 'links.csv:2: "a" and "a" are one record'),
        (["a,1000,same study"], 'links.csv:2: "a" and "1000" are one record'),
        (["a,b,twins"], 'links.csv:2: relation: "twins"'),
        (["a,,different"], "links.csv:2: record_b is empty"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(UserError) as error:
        link([A, B, C, D], decided(tmp_path, *lines))
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_name_of_two_files_needs_its_file(tmp_path: Path) -> None:
    twins = [
        record("paper", file=f"corpus/{place}/paper.pdf", title=f"Title of the {place} one") for place in ("x", "y")
    ]
    with pytest.raises(UserError, match=r"write one of corpus/x/paper\.pdf#paper, corpus/y/paper\.pdf#paper"):
        link([*twins, A], decided(tmp_path, "paper,a,same study"))
    linked = link([*twins, A], decided(tmp_path, "corpus/y/paper.pdf#paper,a,same study"))
    assert together(linked) == ["ap", "p"]


def test_copies_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    """They merge as any copies do; both stay listed with their files, and a line names them by their files."""
    here, there = "corpus/x/paper.pdf#paper", "corpus/y/paper.pdf#paper"
    twins = [
        record("paper", file=handle.split("#")[0], title="Zinc in two hospitals", pmid="7") for handle in (here, there)
    ]
    linked = link(twins)
    assert [(row.record_a, row.record_b, row.relation, row.status) for row in linked.links] == [
        (here, there, "same record", "sure")
    ]
    assert [(report.file, report.kept) for report in linked.studies[0].reports] == [
        ("corpus/x/paper.pdf", False),
        ("corpus/y/paper.pdf", True),
    ]
    assert len(link(twins, decided(tmp_path, f"{here},{there},different")).studies) == 2


def test_the_order_of_records_and_lines_does_not_matter(tmp_path: Path) -> None:
    chain = told(
        ("a", "b", "same study", "sure", 0.97),
        ("b", "c", "same study", "sure", 0.97),
        ("c", "d", "same study", "sure", 0.99),
    )
    lines = ["a,d,different", "z-copy,b,different"]
    first = link([A, B, C, D, COPY], decided(tmp_path, *lines), relate=chain)
    for seed in range(6):
        records, shuffled = [A, B, C, D, COPY], list(lines)
        random.Random(seed).shuffle(records)
        random.Random(seed).shuffle(shuffled)
        again = link(records, decided(tmp_path, *shuffled), relate=chain)
        assert again.studies == first.studies


def test_groups_keep_apart_what_must_be() -> None:
    groups, left_out = grouped(6, [(0, 1)], [(1, 2), (2, 3), (3, 4), (4, 5)], [(0, 3), (2, 5)])
    assert groups == [0, 0, 0, 3, 3, 3]
    assert left_out == {1}
