"""A messy library for tests: made-up articles with what is near them, each as several databases write it.

`library` gives citations with the number of the item that each is a copy of. Two items are never the same record, however
alike: an article, its meeting abstract, erratum, preprint, update, part 2, a companion by the same authors.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pipeline.parsed import Citation
from tests.link.dialects import found

_WHAT = """oral zinc|vitamin D|inhaled budesonide|cognitive therapy|early mobilisation|low-dose aspirin|β-blockers
|prophylactic amoxicillin|compression stockings|nurse-led counselling|laparoscopic repair|methotrexate|interferon-α
|home haemodialysis|acupuncture|telephone follow-up|intravenous iron|anti-TNF antibodies|statins|massage""".replace("\n", "").split("|")  # fmt: skip
_FOR = """diarrhoea|asthma|depression|hip fracture|heart failure|stroke|hepatitis C|migraine|low back pain|preeclampsia
|venous leg ulcers|chronic kidney disease|psoriasis|anaemia|otitis media|insomnia|sepsis|type 2 diabetes|epilepsy
|ulcerative colitis""".replace("\n", "").split("|")  # fmt: skip
_WHOM = """infants|school children|adolescents|adults|elderly patients|pregnant women|outpatients|nursing homes
|primary care|rural Kenya|intensive care|two centres""".replace("\n", "").split("|")
_KIND = """a randomised controlled trial|a pilot study|a cohort study|a systematic review|a cost-effectiveness analysis
|a double-blind trial|a case-control study|protocol of a trial|a qualitative study""".replace("\n", "").split("|")
_FRAMES = [
    "{what} for {ill} in {whom}: {kind}",
    "Effect of {what} on {ill} in {whom}",
    "Does {what} prevent {ill}? {kind}",
    "{what} versus {other} in {whom} with {ill}",
    "{ill} in {whom}: the role of {what}",
    "Safety and efficacy of {what} for the treatment of {ill}: {kind} in {whom}",
]
_JOURNALS = """Journal of Clinical Nutrition|British Medical Bulletin|Annals of Family Practice|Gut|The Lancet|Pain
|European Journal of Preventive Medicine|Archives of Nursing Research|Nephrology, Dialysis, Transplantation
|International Journal of Geriatrics and Rehabilitation|Scandinavian Journal of Pediatrics|Chest|Clinical Therapeutics
|American Journal of Obstetrics & Perinatology|Zeitschrift für Rheumatologie|BMC Public Medicine""".replace("\n", "").split("|")  # fmt: skip
_FAMILIES = """Lind Moreau Okoye Dorn Berg Smith Müller García Kowalski Tanaka Li Wang O'Brien Fernández-Ruiz Rossi Novak
Haddad Nguyen Jensen Silva Kim Patel Ivanova Schröder Abebe Costa Larsen Dubois Chen Brown van_Dijk de_Souza""".split()
_GIVEN = """Karin Paul Thandi Eva Ulrich John Anna María Jan Yuki Wei Lin Sean Luis Carla Petra Omar Hoa Mette Rui Min
Asha Olga Tobias Selam Marta""".split()


class Copy(NamedTuple):
    item: int
    kind: str
    database: str
    citation: Citation


def library(count: int, seed: int, articles: Sequence[Citation] = ()) -> list[Copy]:
    """The copies of `count` articles (made up, unless given) and of the items near some of them; shuffled."""
    draw = random.Random(seed)
    copies: list[Copy] = []
    item = 0
    for i in range(count):
        article = articles[i] if articles else made_up(draw)
        for kind, near in [("article", article), *_near(article, draw)]:
            for database, written in found(kind, near, draw):
                copies.append(Copy(item, kind, database, written))
            item += 1
    draw.shuffle(copies)
    return copies


def made_up(draw: random.Random) -> Citation:
    what, other = draw.sample(_WHAT, 2)
    words = {"what": what, "other": other, "ill": draw.choice(_FOR), "whom": draw.choice(_WHOM)}
    title = draw.choice(_FRAMES).format(**words, kind=draw.choice(_KIND))
    first = draw.randint(1, 1900)
    return Citation(
        title=title[0].upper() + title[1:],
        authors=[_author(draw) for _ in range(draw.choice((1, 2, 3, 4, 5, 6, 8, 12)))],
        year=draw.randint(1985, 2024),
        journal=draw.choice(_JOURNALS),
        volume=str(draw.randint(1, 400)),
        issue=str(draw.randint(1, 12)),
        pages=f"{first}-{first + draw.randint(3, 12)}",
        doi=_doi(draw),
        pmid=str(draw.randint(1_000_000, 38_000_000)),
    )


def _author(draw: random.Random) -> str:
    family = draw.choice(_FAMILIES).replace("_", " ")
    return f"{family}, {draw.choice(_GIVEN)}{draw.choice(('', '', ' ' + draw.choice('ABCDEFGHJKLMRST') + '.'))}"


def _doi(draw: random.Random) -> str:
    return f"10.{draw.randint(1000, 1400)}/x.{draw.randint(1, 10**8)}"


# ---- items near an article ------------------------------------------------------------------------------------------


def _near(article: Citation, draw: random.Random) -> Iterator[tuple[str, Citation]]:
    """None of most articles; each is another record."""
    for kind, (share, made) in NEAR.items():
        if draw.random() < share:
            yield kind, made(article, draw)


def _with(article: Citation, **changed: object) -> Citation:
    return article.model_copy(update={"pmid": None, "pmcid": None, "doi": None, "publication_types": []} | changed)


def _years(article: Citation, more: int) -> int:
    return (article.year or 2000) + more


def _abstract(article: Citation, draw: random.Random) -> Citation:
    page = f"S{draw.randint(1, 400)}"
    journal = draw.choice((article.journal, draw.choice(_JOURNALS)))
    doi = draw.choice((None, f"10.{draw.randint(1000, 1400)}/supplement.{draw.randint(1, 400)}"))
    return _with(
        article,
        year=_years(article, -draw.randint(0, 2)),
        journal=journal,
        volume=str(draw.randint(1, 400)),
        issue="Suppl 1",
        pages=page,
        doi=doi,
        publication_types=["Conference Abstract"],
    )


def _erratum(article: Citation, draw: random.Random) -> Citation:
    title = draw.choice(
        (
            f"Erratum: {article.title}",
            f"Correction to: {article.title}",
            f'Erratum for "{article.title}"',
            f"{article.title} (vol {article.volume}, pg {(article.pages or '1').split('-')[0]}, {article.year})",
            f"{article.title} [Erratum]",
        )
    )
    return _with(article, title=title, issue=str(draw.randint(1, 12)), pages=str(draw.randint(1, 1900)), doi=_doi(draw))


def _part(article: Citation, draw: random.Random) -> Citation:
    last = int((re.findall(r"\d+", article.pages or "") or ["5"])[-1])
    title = f"{(article.title or '').rstrip('.')}: {draw.choice(('part 2', 'II', 'long-term results', 'results at 2 years', 'economic evaluation'))}"  # fmt: skip
    return _with(article, title=title, pages=f"{last + 1}-{last + 8}", doi=_doi(draw), pmid=str(draw.randint(10**6, 3 * 10**7)))  # fmt: skip


def _update(article: Citation, draw: random.Random) -> Citation:
    volume = str(int(re.sub(r"\D", "", article.volume or "") or 1) + 2)
    year = _years(article, draw.randint(1, 3))
    return _with(article, year=year, volume=volume, pages=f"{draw.randint(1, 1900)}", doi=draw.choice((None, _doi(draw))))  # fmt: skip


def _reply(article: Citation, draw: random.Random) -> Citation:
    """A letter under the title of the article that it is about."""
    page = str(draw.randint(1, 1900))
    return _with(article, authors=[_author(draw)], issue=str(draw.randint(1, 12)), pages=page, doi=draw.choice((None, _doi(draw))))  # fmt: skip


def _companion(article: Citation, draw: random.Random) -> Citation:
    swaps = [w for w in [*_FOR, *_WHOM, *_WHAT] if w in (article.title or "")]
    if swaps:
        one = draw.choice(swaps)
        other = draw.choice([w for group in (_FOR, _WHOM, _WHAT) if one in group for w in group if w != one])
        title = (article.title or "").replace(one, other, 1)
    else:
        title = f"{(article.title or '').rstrip('.')} in a second population"
    return _with(article, title=title, year=_years(article, draw.randint(0, 1)), pages=str(draw.randint(1, 1900)), doi=_doi(draw))  # fmt: skip


def _preprint(article: Citation, draw: random.Random) -> Citation:
    doi = f"10.1101/2020.01.01.{draw.randint(10**7, 10**8)}"
    return _with(article, journal="medRxiv", volume=None, issue=None, pages=None, doi=doi)


def _registered(article: Citation, draw: random.Random) -> Citation:
    number = f"NCT0{draw.randint(10**6, 10**7 - 1)}"
    where = f"https://clinicaltrials.gov/show/{number}"
    return _with(article, authors=[], journal=where, volume=None, issue=None, pages=None)


#: kind → how many of a hundred articles have one, and what it is
NEAR: dict[str, tuple[float, Callable[[Citation, random.Random], Citation]]] = {
    "abstract": (0.10, _abstract),
    "second abstract": (0.03, _abstract),
    "erratum": (0.03, _erratum),
    "part": (0.04, _part),
    "update": (0.03, _update),
    "reply": (0.02, _reply),
    "companion": (0.08, _companion),
    "preprint": (0.02, _preprint),
    "register": (0.03, _registered),
}
