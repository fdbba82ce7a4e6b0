"""`python -m bench.year --shared DIR`: a year of monthly searches, through `litpool update` and `snakemake all`.

A local server plays PubMed. Each month it has as many new records as asked for, made from the real ones of
DIR/corpora/pubmed_xml: other numbers, people, places and a title that says the month. Then the corpus of the last month
is built once from scratch, and must give the same report. Prints what each month costs, by stage; `--json` keeps it.
"""

from __future__ import annotations

import argparse
import datetime
import filecmp
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench.meter import STAGES, Meter
from pipeline.skeleton import REVIEW, new
from tests.update.entrez import Article, Entrez
from tests.update.server import Server

#: what is compared, file by file
RESULTS = ("extracted", "reports")
_ARTICLE = re.compile(r"<PubmedArticle>.*?</PubmedArticle>", re.S)
_NAMES = "Abel Bohm Cole Diaz Egan Frey Gray Hahn Ito Jung Kern Lund Moro Nagy Orth Pace Quinn Rossi Silva Toth".split()
_PLACES = "Graz Turin Lyon Bern Oslo Porto Leeds Ghent Bonn Gdansk Malmo Zadar Brno Cork Pecs Tartu Lviv".split()


@dataclass
class Given(Article):
    """A record whose XML is at hand."""

    given: str = ""

    @property
    def xml(self) -> str:
        return self.given + "\n"


@dataclass
class Month:
    """What a month costs: seconds of the clock, and seconds of the processor by stage, which other work on the machine
    changes less."""

    day: str
    new: int
    records: int
    update: float
    all: float
    stages: dict[str, float] = field(default_factory=dict)


# ---- records -------------------------------------------------------------------------------------------------------


def real_articles(corpora: Path) -> list[str]:
    return [
        m[0]
        for path in sorted((corpora / "pubmed_xml").glob("*.xml"))
        for m in _ARTICLE.finditer(path.read_text("utf-8"))
    ]


def made(articles: Sequence[str], month: int, count: int, day: datetime.date) -> Iterator[Given]:
    """New records of a month: each of another article than the others of the month, as far as there are enough."""
    for i in range(count):
        pmid = 50_000_000 + month * 100_000 + i
        yield Given(pmid, "treatment", day, given=_varied(articles[i % len(articles)], pmid, month, i // len(articles)))


def _varied(article: str, pmid: int, month: int, again: int) -> str:
    """The same words under another number, by other people, elsewhere."""
    text = re.sub(r"(<MedlineCitation[^>]*>\s*<PMID[^>]*>)\d+", rf"\g<1>{pmid}", article, count=1)
    text = re.sub(r'(<ArticleId IdType="pubmed">)\d+', rf"\g<1>{pmid}", text, count=1)
    text = re.sub(r'(<ArticleId IdType="(?:doi|pii|pmc)">)[^<]*', rf"\g<1>10.5555/{pmid}", text)
    text = re.sub(r'(<ELocationID EIdType="doi"[^>]*>)[^<]*', rf"\g<1>10.5555/{pmid}", text)
    text = re.sub(
        r"<ReferenceList>.*?</ReferenceList>|<CommentsCorrectionsList>.*?</CommentsCorrectionsList>",
        "",
        text,
        flags=re.S,
    )
    text = re.sub(r"<AccessionNumber>[^<]*</AccessionNumber>|(?:NCT|ISRCTN)\d{6,8}", "", text)
    place = _PLACES[(month * 7 + again) % len(_PLACES)]
    town = f"{_name(pmid + 7)}{place.lower()}"
    text = re.sub(r"<Affiliation>[^<]*", f"<Affiliation>Hospital of {town}", text)
    text = re.sub(r"<ArticleTitle>", f"<ArticleTitle>{town} {month}.{again} study: ", text, count=1)
    text = re.sub(r"<Volume>[^<]*", f"<Volume>{month}", text, count=1)
    text = re.sub(r"<(MedlinePgn|StartPage)>[^<]*", lambda m: f"<{m[1]}>{pmid % 100_000}", text)
    names = iter(range(10_000))
    return re.sub(r"<LastName>[^<]*", lambda _: f"<LastName>{_name(pmid + 31 * next(names))}", text)


def _name(number: int) -> str:
    """One of 8,000 made-up surnames."""
    a, b, c = number % 20, number // 20 % 20, number // 400 % 20
    return f"{_NAMES[a]}{_NAMES[b].lower()}{_NAMES[c].lower()}"


# ---- a year --------------------------------------------------------------------------------------------------------


def make_review(folder: Path) -> None:
    """The embedded review's questions, on an empty corpus."""
    new(folder)
    for name in ("config.yaml", "drugs.csv", "outcomes.csv"):
        shutil.copy(Path("config") / name, folder / "config" / name)
    searches = {
        "contact": "a.reviewer@example.org",
        "searches": [{"name": "year", "source": "pubmed", "query": "treatment"}],
    }
    (folder / "config" / "searches.yaml").write_text(yaml.safe_dump(searches), encoding="utf-8")
    assert (folder / "Snakefile").read_bytes() == (REVIEW / "Snakefile").read_bytes()


def a_year(folder: Path, articles: Sequence[str], months: int, count: int) -> Iterator[Month]:
    """Each month, when it is done."""
    entrez = Entrez()
    make_review(folder)
    meter = Meter(folder.parent / "meter")
    with Server(entrez.routes()) as server:
        for month in range(1, months + 1):
            day = datetime.date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 15)
            entrez.add(*made(articles, month, count, day))
            asked = ("pipeline.update", "--date", day.isoformat())
            update = meter.run(folder, *asked, LITPOOL_ADDRESS_EUTILS=server.address)
            rebuilt = meter.run(folder, "snakemake", "-q", "all")
            yield Month(day.isoformat(), count, month * count, update, rebuilt, meter.seconds())


def differences(one: Path, other: Path) -> list[str]:
    """Files of the results that are not the same, or in one only. Hidden ones say when files were looked at."""
    found = []
    for part in RESULTS:
        names = {name for root in (one, other) for name in _names(root, part)}
        found += [n for n in sorted(names) if not _same(one / n, other / n)]
    return found


def _names(root: Path, part: str) -> Iterator[str]:
    files = (p.relative_to(root) for p in (root / part).rglob("*") if p.is_file())
    return (str(name) for name in files if not any(word.startswith(".") for word in name.parts))


def _same(a: Path, b: Path) -> bool:
    return a.is_file() and b.is_file() and filecmp.cmp(a, b, shallow=False)


def from_scratch(folder: Path, there: Path) -> float:
    """Build what `folder` has as if it had come at once; seconds."""
    make_review(there)
    shutil.rmtree(there / "corpus")
    shutil.copytree(folder / "corpus", there / "corpus")
    return Meter(there.parent / "meter-of-scratch").run(there, "snakemake", "-q", "all")


def told(month: Month) -> str:
    parts = " ".join(f"{name} {month.stages[name]:.1f}" for name in STAGES)
    clock = month.update + month.all
    return f"{month.day}  {month.records:>6,} records  {clock:6.1f} s by the clock; of the processor: {parts}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the folder with corpora/")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--records", type=int, default=1000, help="new ones a month")
    parser.add_argument("--folder", type=Path, help="where to build; kept (default: a temporary one)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    articles = real_articles(args.shared / "corpora")
    with TemporaryDirectory(dir=args.folder) as temporary:
        base = Path(temporary)
        months = []
        for month in a_year(base / "year", articles, args.months, args.records):
            months.append(month)
            print(told(month), flush=True)
        scratch = from_scratch(base / "year", base / "scratch")
        differ = differences(base / "year", base / "scratch")
        print(f"all at once: {scratch:.1f} s; " + (f"differ: {', '.join(differ[:9])}" if differ else "the same files"))
        if args.json is not None:
            _write(args.json, months, scratch)
    return 1 if differ else 0


def _write(path: Path, months: Sequence[Month], scratch: float) -> None:
    facts: Mapping[str, object] = {"months": [vars(month) for month in months], "all at once": scratch}
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
