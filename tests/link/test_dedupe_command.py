"""`litpool dedupe`: what it prints and writes, whatever the order of files and records and whatever their text."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import rispy

from pipeline.cli import main
from pipeline.limits import Limits
from pipeline.link.duplicates import Pair, judged
from pipeline.parse import parse
from pipeline.parse.cited import read_cited
from pipeline.parsed import Citation, ParsedRecord, SetAside
from pipeline.records import LinkDecision
from pipeline.tables import read_rows

ARTICLE = """TY  - JOUR
TI  - Romiplostim beside eltrombopag in adults whose counts stayed low
AU  - Arnold, Ann
AU  - Baker, Bo
PY  - 2015
T2  - Journal of Low Counts
VL  - 12
IS  - 3
SP  - 101
EP  - 109
DO  - 10.5555/counts.15
AB  - Of 40 adults 22 responded.
ER  -
"""
AGAIN = """TY  - JOUR
TI  - ROMIPLOSTIM BESIDE ELTROMBOPAG IN ADULTS WHOSE COUNTS STAYED LOW.
AU  - Arnold A
AU  - Baker B
PY  - 2015
T2  - J Low Counts
VL  - 12
IS  - 3
SP  - 101
EP  - 109
C5  - 25000001
DB  - Scopus
ER  -
"""
OTHER = """TY  - JOUR
TI  - A registry of children with bleeding after vaccination
AU  - Clark, Cy
PY  - 2019
T2  - Vaccine Notes
VL  - 4
SP  - 1
EP  - 9
DO  - 10.5555/registry.19
ER  -
"""


@pytest.fixture
def exports(tmp_path: Path) -> list[Path]:
    first, second = tmp_path / "embase.ris", tmp_path / "scopus.ris"
    first.write_text(f"{ARTICLE}\n{OTHER}", encoding="utf-8")
    second.write_text(AGAIN, encoding="utf-8")
    return [first, second]


def lines(capsys: pytest.CaptureFixture[str], *args: str | Path, code: int = 0) -> list[dict[str, Any]]:
    assert main(["dedupe", *map(str, args), "--json"]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def records_of(path: Path) -> list[ParsedRecord]:
    rows = list(parse(path, str(path)))
    assert not [row for row in rows if isinstance(row, SetAside)]
    return [row for row in rows if isinstance(row, ParsedRecord)]


def test_one_line_per_record_and_the_richest_of_a_cluster_is_kept(
    exports: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = lines(capsys, *exports)
    assert [list(row) for row in found] == [["record_id", "file", "index", "cluster", "kept", "status"]] * 3
    assert [(row["file"], row["index"]) for row in found] == [
        (str(exports[0]), 0),
        (str(exports[0]), 1),
        (str(exports[1]), 0),
    ]
    assert [row["kept"] for row in found] == [True, True, False]
    assert found[2]["cluster"] == found[0]["cluster"] == found[0]["record_id"] == "embase-10_5555_counts_15"
    assert {row["status"] for row in found} == {"sure"}


def test_the_order_of_files_and_records_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [ARTICLE, AGAIN, OTHER, OTHER.replace("DO  -", "C1  -"), ARTICLE.replace("Of 40", "Among 40")]
    seen = set()
    for seed in range(6):
        draw = random.Random(seed)
        draw.shuffle(texts)
        at = draw.randint(1, 4)
        names = [tmp_path / "a.ris", tmp_path / "b.ris"]
        for path, part in zip(names, (texts[:at], texts[at:]), strict=True):
            path.write_text("\n".join(part), encoding="utf-8")
        draw.shuffle(names)
        rows = {(row["file"], row["index"]): row for row in lines(capsys, *names)}
        told = {text: rows[place] for text, place in _places(texts, at, tmp_path)}
        seen.add(
            frozenset(
                (frozenset(t for t in told if told[t]["cluster"] == c), next(t for t in told if told[t]["cluster"] == c and told[t]["kept"]))
                for c in {row["cluster"] for row in told.values()}
            )
        )  # fmt: skip
    assert len(seen) == 1
    assert len(next(iter(seen))) == 2


def _places(texts: list[str], at: int, folder: Path) -> list[tuple[str, tuple[str, int]]]:
    return [
        (text, (str(folder / ("a.ris" if i < at else "b.ris")), i if i < at else i - at))
        for i, text in enumerate(texts)
    ]


def test_the_same_file_twice_is_one_set(
    exports: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.ris"
    copy.write_bytes(exports[0].read_bytes())
    for pair in ([exports[0], copy], [exports[0], exports[0]]):
        found = lines(capsys, *pair)
        assert len(found) == 4
        assert sum(row["kept"] for row in found) == len({row["cluster"] for row in found}) == 2


def test_records_of_like_named_files_are_not_mixed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = [ARTICLE.replace("DO  - 10.5555/counts.15\n", ""), OTHER.replace("DO  - 10.5555/registry.19\n", "")]
    for name, text in zip("xy", plain, strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "export.ris").write_text(text, encoding="utf-8")
    found = lines(capsys, tmp_path)
    assert [row["record_id"] for row in found] == ["export", "export"]
    assert len({row["cluster"] for row in found}) == 2


def test_what_cannot_be_read_is_named_and_the_rest_is_compared(
    exports: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.ris").write_bytes(b"")
    assert main(["dedupe", *map(str, [*exports, tmp_path / "none.ris"])]) == 1
    said = capsys.readouterr()
    assert said.err == f"{tmp_path / 'none.ris'}: set aside: is empty; export or download it again\n"
    assert said.out.startswith("3 records: 2 articles, 1 duplicate,")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere.ris"], "nowhere.ris: no such file or folder"),
        (["-"], "-: no such file or folder"),
        (["."], ".: no file in it"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_2(
    args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["dedupe", *args]) == 2
    assert capsys.readouterr().err == f"{said}\n"


@pytest.mark.parametrize("option", ["--ris", "--possible"])
def test_no_input_is_overwritten(option: str, exports: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    before = exports[0].read_bytes()
    assert main(["dedupe", *map(str, exports), option, str(exports[0])]) == 2
    assert "is one of the files to compare" in capsys.readouterr().err
    assert exports[0].read_bytes() == before


# ---- for people ----------------------------------------------------------------------------------------------------


TWO_MEETINGS = """TY  - JOUR
TI  - Chronic hepatitis in the spaniels of one breeding line
AU  - Hardy, R
PY  - 1993
T2  - University of Somewhere
SP  - 256
EP  - 258
ER  -

TY  - JOUR
TI  - Chronic hepatitis in the spaniels of one breeding line
AU  - Hardy, R
PY  - 1993
T2  - Proceedings of the Yearly Forum
SP  - 256
EP  - 258
ER  -
"""


@pytest.fixture
def in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two records of the meetings are a possible pair, whatever the rules of `duplicates` say of them."""

    def doubted(citations: Sequence[Citation], texts: Sequence[str]) -> list[Pair]:
        a, b = (i for i, c in enumerate(citations) if c.authors == ["Hardy, R"])
        pairs = [pair for pair in judged(citations, texts) if (pair.a, pair.b) != (a, b)]
        return [*pairs, Pair(a, b, "possible", "where was it published?")]

    monkeypatch.setattr("pipeline.link.merged.judged", doubted)


@pytest.mark.usefixtures("in_doubt")
def test_the_summary_counts_each_file_and_shows_what_to_decide(
    exports: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "meetings.ris").write_text(TWO_MEETINGS, encoding="utf-8")
    assert main(["dedupe", "embase.ris", "meetings.ris", "scopus.ris"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "5 records: 4 articles, 1 duplicate, 1 pair to look at"
    assert [line.split() for line in said[3:7]] == [
        ["embase.ris", "2", "2", "0", "0"],
        ["meetings.ris", "2", "2", "0", "0"],
        ["scopus.ris", "1", "0", "0", "1"],
        ["all", "5", "4", "0", "1"],
    ]
    assert "       meetings-01: Hardy, R, 1993, University of Somewhere, 256-258" in said
    assert "       meetings-02: Hardy, R, 1993, Proceedings of the Yearly Forum, 256-258" in said


@pytest.mark.usefixtures("in_doubt")
def test_a_decided_table_is_the_file_of_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "meetings.ris").write_text(TWO_MEETINGS, encoding="utf-8")
    assert main(["dedupe", "meetings.ris", "--possible", "possible.csv"]) == 0
    assert "possible.csv: the pairs to look at" in capsys.readouterr().out
    with (tmp_path / "possible.csv").open(encoding="utf-8", newline="") as file:
        header, pair = csv.reader(file)
    decided = dict(zip(header[:6], pair[:6], strict=True)) | {
        "relation": "different",
        "reason": "two meetings",
        "reviewer": "AB",
        "date": "2026-11-21",
    }
    with (tmp_path / "links.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(decided), list(decided.values())])
    ((_, decision),) = read_rows(tmp_path / "links.csv", LinkDecision)
    assert (decision.record_a, decision.record_b) == ("meetings-01", "meetings-02")


@pytest.mark.usefixtures("in_doubt")
def test_text_of_documents_cannot_act_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "meetings.ris"
    path.write_text(TWO_MEETINGS.replace("Chronic", "\x1b[2J\u202eChronic"), encoding="utf-8")
    assert main(["dedupe", str(path)]) == 0
    said = capsys.readouterr().out
    assert "1 pair to look at" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


# ---- RIS -----------------------------------------------------------------------------------------------------------


def test_the_set_as_ris_is_whole_and_says_where_it_comes_from(
    exports: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set" / "unique.ris"
    out.parent.mkdir()
    lines(capsys, *exports, "--ris", out)
    article, other = records_of(out)
    kept = records_of(exports[0])[0].citation
    assert article.citation == kept.model_copy(update={"pmid": "25000001", "database": "Scopus"})
    assert article.text.endswith("Of 40 adults 22 responded.")
    assert other.citation == records_of(exports[0])[1].citation
    assert f"{exports[0]}, record embase-10_5555_counts_15; {exports[1]}, record scopus (Scopus)" in article.raw
    assert "in a duplicate only: pmid, database" in article.raw
    assert [path.name for path in out.parent.iterdir()] == ["unique.ris"]


def test_names_of_files_are_no_identifiers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "PMID 12345678 NCT01234567.ris"
    source.write_text(OTHER.replace("DO  -", "C1  -"), encoding="utf-8")
    lines(capsys, source, "--ris", tmp_path / "out.ris")
    (record,) = records_of(tmp_path / "out.ris")
    assert record.citation.pmid is None
    assert record.citation.registration == []
    assert record.citation.doi is None


HOSTILE = [
    "ends\nER  - \n\nTY  - JOUR\nTI  - a forged record",
    "ends\r\nER  -\r\nTY  - JOUR",
    "line\u2028ER  - \u2028TY  - JOUR",
    "line\x85ER  - \x0bTY  - JOUR\x0cAB  - more",
    "TY  - JOUR",
    "\x00\x1b[31m \u202e <b>&amp;</b> \ufeff",
    "ER  -",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_breaks_the_ris(hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "table.csv", tmp_path / "out.ris"
    with source.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["title", "abstract", "authors", "journal", "year"])
        table.writerow([f"Low counts {hostile}", f"Begins {hostile}", f"Doe A; Roe {hostile}", f"J {hostile}", 2001])
        table.writerow(["A second record of the table", hostile, "Poe, E", "K", 2002])
    lines(capsys, source, "--ris", out)
    assert len(records_of(out)) == 2
    with out.open(encoding="utf-8") as file:
        assert len(rispy.load(file)) == 2


CITATIONS = [
    "asysd_zotero_export.ris",
    "pubmed_export.nbib",
    "dedupe_copper_endnote.xml",
    "asysd_labelled_test_set.csv",
]


@pytest.mark.parametrize("name", CITATIONS)
def test_real_exports_come_back_from_the_ris(
    name: str, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = shared / "corpora/citations" / name, tmp_path / "out.ris"
    found = lines(capsys, source, "--ris", out)
    kept = {row["cluster"] for row in found}
    with out.open(encoding="utf-8") as file:
        assert len(rispy.load(file)) == len(kept)
    again = lines(capsys, out)
    assert len(again) == len(kept)
    before = {row.record_id: row.citation for row in read_cited([source], Limits()) if not isinstance(row, SetAside)}
    for record in records_of(out):
        said = record.raw.split("Found by litpool in ")[1]
        names = {part.split(", record ")[1].split(" (")[0] for part in said.split("\n")[0].split("; ") if ", record " in part}  # fmt: skip
        first = next(before[row["record_id"]] for row in found if row["kept"] and row["record_id"] in names)
        assert record.citation.authors == [" ".join(author.split()) for author in first.authors] or not first.authors
        assert record.citation.year == first.year or first.year is None
        assert record.citation.doi == first.doi or first.doi is None


# ---- pieces --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CITATIONS)
def test_a_file_read_in_pieces_is_the_file(name: str, shared: Path) -> None:
    path = shared / "corpora/citations" / name
    whole = [row.model_dump(include={"record_id", "citation"}) for row in parse(path, str(path))]
    found = [row.model_dump(include={"record_id", "citation"}) for row in read_cited([path], Limits(), piece=100_000)]
    assert found == whole


def _big(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["title", "abstract", "year"])
        table.writerows(rows)
    return path


def test_a_table_is_cut_between_rows_only(tmp_path: Path) -> None:
    """Line breaks, commas and quotation marks within cells are where a cut could go wrong."""
    rows = [[f"Title {i}", f'One, "two"\nthree, four {i}\n' * (i % 7), str(1990 + i % 30)] for i in range(400)]
    found = list(read_cited([_big(tmp_path / "table.csv", rows)], Limits(), piece=1_000))
    assert [row.citation.title for row in found if not isinstance(row, SetAside)] == [title for title, _, _ in rows]


def test_a_table_with_a_mark_that_does_not_close_is_read_as_a_whole(tmp_path: Path) -> None:
    path = _big(tmp_path / "table.csv", [[f"Title {i}", f"Words,\nwords {i}", "2001"] for i in range(300)])
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[301] = f'"{lines[301]}'
    path.write_text("\n".join(lines), encoding="utf-8")
    whole = [row.citation if isinstance(row, ParsedRecord) else row.message for row in parse(path, str(path))]
    found = [row.message if isinstance(row, SetAside) else row.citation for row in read_cited([path], Limits(), 1_000)]
    assert found == whole


def test_what_is_set_aside_has_its_number_in_the_whole_file(tmp_path: Path) -> None:
    """Every 50th record is empty, and is named by its number among all."""
    texts = ["TY  - JOUR\nER  -\n" if i % 50 == 0 else OTHER.replace("registry", f"r{i}") for i in range(1, 301)]
    path = tmp_path / "export.ris"
    path.write_text("\n".join(texts), encoding="utf-8")
    found = list(read_cited([path], Limits(), piece=2_000))
    assert [row.record for row in found if isinstance(row, SetAside)] == [f"number {i}" for i in range(50, 301, 50)]
    assert [row.index for row in found if not isinstance(row, SetAside)] == [i - 1 for i in range(1, 301) if i % 50]
