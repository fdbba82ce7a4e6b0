"""`python -m bench.corpus FOLDER --records N --files K`: a review's corpus of N abstracts, made from real ones.

Each is a real abstract of DIR/corpora or DIR/gold/dev under another number and title, by other people, elsewhere; a
copy's counts of patients are all multiplied by one number, so that counts and percentages still agree and no two
studies are alike.
"""

from __future__ import annotations

import argparse
import random
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

#: an export's record without an abstract says nothing to extract from
SHORTEST = 300
_COUNT = re.compile(
    r"\b(\d{1,4})(?=/\d{1,4}\b|\s+(?:out\s+)?of\s+(?:the\s+)?\d|\s+(?:\w+\s+)?(?:patients|subjects|participants|women|men"
    r"|children|adults|cases|responders)\b)|(?<=[nN]=)(\d{1,4})\b|(?<=[nN] = )(\d{1,4})\b|(?<=/)(\d{1,4})\b(?!\s*%)"
    r"|(?<= of )(\d{1,4})\b(?!\s*[%-])"
)
_REGISTERED = re.compile(r"\b(NCT|ISRCTN|ChiCTR\w*?|EudraCT|UMIN|ACTRN)[\s:-]*\d[\d-]{5,}")
_TRIAL_NAME = re.compile(r"\b[A-Z][A-Z0-9-]{3,}(?=\s+(?:trial|study|Trial|Study|TRIAL|STUDY)\b)")
_LONG_WORD = re.compile(r"[A-Za-z]{6,}")
#: real titles that hold a word which tells one from another, at most
_FEW = 2
_SYLLABLES = "ba do fe gi hu ka lo me ni pu ra so te vi wu za".split()


@cache
def real(shared: Path) -> Sequence[ParsedRecord]:
    """Abstracts of the shared exports and of the labelled ones, each text once."""
    found: dict[str, ParsedRecord] = {}
    exports = sorted(p for p in (shared / "corpora/citations").iterdir() if p.is_file())
    for path in [*exports, *sorted(shared.glob("corpora/pubmed_xml/*.xml")), *sorted(shared.glob("gold/dev/*.txt"))]:
        for row in parse(path, str(path)):
            if isinstance(row, ParsedRecord) and row.citation.title and len(_abstract(row)) >= SHORTEST:
                found.setdefault(row.text, row)
    return list(found.values())


def _abstract(row: ParsedRecord) -> str:
    return " ".join(row.text.replace(row.citation.title or "", "", 1).split())


def records(shared: Path, count: int, first: int = 0) -> Iterator[str]:
    """Records first … first + count of an endless export in PubMed's format; each is the same every time."""
    given, telling = real(shared), _telling(shared)
    for number in range(first, first + count):
        yield _medline(given[number % len(given)], telling, number, 1 + number // len(given))


@cache
def _telling(shared: Path) -> frozenset[str]:
    """Words of titles that few of them hold: large corpora have some more of these, not the same ones in each copy."""
    titles = {frozenset(_words(row.citation.title or "")) for row in real(shared)}
    held = Counter(word for words in titles for word in words)
    return frozenset(word for word, count in held.items() if count <= _FEW)


def _words(title: str) -> list[str]:
    return [word.lower() for word in _LONG_WORD.findall(title)]


def _medline(row: ParsedRecord, telling: frozenset[str], number: int, copy: int) -> str:
    draw = random.Random(number)
    town, pmid = _word(draw, 4).title(), 60_000_000 + number
    own = f"NCT{number:08}", _word(draw, 4).upper()
    said = _retold(_renamed(row.citation.title or "", *own), telling, draw).rstrip(".")
    title = f"{_word(draw, 3).title()} {_word(draw, 3)} {town}: {said}."
    fields = [("PMID", str(pmid)), ("TI", title), ("AB", _renamed(_multiplied(_abstract(row), copy), *own))]
    fields += [("FAU", f"{_word(draw, 3).title()}, {_word(draw, 2).title()}") for _ in range(draw.randint(2, 8))]
    fields += [("AD", f"Hospital of {town}, {_word(draw, 3).title()}."), ("DP", str(draw.randint(1985, 2026)))]
    fields += [("JT", row.citation.journal or "Blood"), ("VI", str(draw.randint(1, 200)))]
    fields += [("PG", str(draw.randint(1, 5000))), ("LID", f"10.5555/made.{number} [doi]")]
    fields += [("PT", kind) for kind in row.citation.publication_types]
    return "".join(_field(tag, value) for tag, value in fields) + "\n"


def _multiplied(text: str, factor: int) -> str:
    return _COUNT.sub(lambda m: str(int(m[0]) * factor), text)


def _renamed(text: str, registration: str, name: str) -> str:
    """With a registration and a trial's name of its own, where it has one."""
    return _TRIAL_NAME.sub(name, _REGISTERED.sub(registration, text))


def _retold(title: str, telling: frozenset[str], draw: random.Random) -> str:
    """With others in the place of the words that tell it from most titles."""
    return _LONG_WORD.sub(lambda m: _word(draw, len(m[0]) // 2) if m[0].lower() in telling else m[0], title)


def _word(draw: random.Random, syllables: int) -> str:
    return "".join(draw.choices(_SYLLABLES, k=syllables))


def _field(tag: str, value: str) -> str:
    return (
        textwrap.fill(value, 88, initial_indent=f"{tag:<4}- ", subsequent_indent=" " * 6, break_long_words=False) + "\n"
    )


def write(shared: Path, folder: Path, count: int, files: int = 1) -> list[Path]:
    """Exports of together so many records."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for k in range(files):
        begin, end = count * k // files, count * (k + 1) // files
        paths.append(folder / f"export-{k + 1:04}.nbib")
        with paths[-1].open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(records(shared, end - begin, begin))
    return paths


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the folder with corpora/ and gold/")
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--files", type=int, default=1)
    args = parser.parse_args()
    for path in write(args.shared, args.folder, args.records, args.files):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
