"""A made-up review of any size: long and hostile names, 0 % and 100 %, missing fields, long abstracts, drawn once for all."""

from __future__ import annotations

import random
from dataclasses import replace

from report_specs import CR, HOSTILE, OR, SR, ArmSpec, NumberSpec, ReviewSpec, StudySpec, share_of

#: drugs that stand for eight classes of regimens, one of them with a long name
CLASSES = ("amlorin", "bestatib", "cortexone", "dalfamab", "elotide", "fremazole + gantumab", "helicrin",
           "a class of regimens whose name is so long that no column of any table or plot has room for all of it")  # fmt: skip
DESIGNS = (
    "randomised",
    "non-randomised comparative",
    "single-arm prospective",
    "single-arm retrospective",
    "case series",
)
AGES = ("adult", "paediatric", "mixed", "unspecified")
WORDS = "patients treated response dose weeks platelet count median range baseline follow relapse group given study months".split()


def large(count: int, excluded: int = 1) -> ReviewSpec:
    """`count` studies, and `excluded` times as many records that were left out; the same each time."""
    draw = random.Random(count)
    studies = [_study(i, draw) for i in range(count)]
    studies += [_excluded(i, draw) for i in range(count * excluded)]
    return ReviewSpec(
        title=f"A made-up review of {count} studies",
        question="How many patients respond to each of eight classes of made-up drugs?",
        studies=studies,
        outcomes=[OR, CR, SR, "relapse"],
    )


def _study(i: int, draw: random.Random) -> StudySpec:
    arms = tuple(_arm(draw, k) for k in range(draw.choice((1, 1, 1, 1, 2))))
    year = draw.randint(1985, 2026)
    numbers = [number for k, arm in enumerate(arms, 1) for number in _numbers(i, k, arm, draw)]
    study = StudySpec(
        f"author-{i:03d}-{year}",
        f"Author{i} and a colleague with a long name {year}" if i % 5 == 0 else f"Author{i} {year}",
        HOSTILE[i // 4 % len(HOSTILE)] if i % 4 == 0 else _sentence(draw, 16),
        design=draw.choice(DESIGNS),
        age=draw.choice(AGES),
        n_total=sum(arm.n or 0 for arm in arms) if i % 7 else None,
        year=year if i % 9 else None,
        journal="Journal of <b>Tests</b>" if i % 3 else "",
        doi=f"10.1000/made.up.{i}" if i % 4 else "",
        pmid=f"{30000000 + i}" if i % 3 else "",
        authors=tuple(f"Author{i + k} AB" for k in range(1 + i % 9)),
        file=f"corpus/export-{i % 6}.ris",
        arms=arms,
        numbers=tuple(numbers),
        filler=" ".join(_sentence(draw, 15) for _ in range(95 if i % 20 == 0 else 12)),
        pages=i % 10 == 0,
    )
    return replace(study, arms=(replace(arms[0], n=None), *arms[1:])) if i % 11 == 10 else study


def _arm(draw: random.Random, k: int) -> ArmSpec:
    name = draw.choice(CLASSES)
    label = f"{name}, {_sentence(draw, 14)}" if draw.random() < 0.1 else name
    regimen = f"{draw.randint(1, 500)} mg twice daily for {draw.randint(2, 48)} weeks" if draw.random() < 0.6 else ""
    role = "single" if k == 0 else "control"
    return ArmSpec(label, tuple(name.split(" + ")[:2]), name, draw.randint(4, 300), role, regimen)


def _numbers(i: int, k: int, arm: ArmSpec, draw: random.Random) -> list[NumberSpec]:
    n = arm.n or 1
    events = {0: 0, 1: n}.get(i % 12, round(n * draw.uniform(0.05, 0.95)))
    found = [share_of(k, OR, events, n)]
    if draw.random() < 0.5:
        found.append(share_of(k, CR, draw.randint(0, events), n))
    if draw.random() < 0.3:
        found.append(share_of(k, "relapse", draw.randint(0, max(1, events)), max(1, events), denominator="responders"))
    if draw.random() < 0.3:
        words = f"about {draw.randint(1, 99)} % <img src=x onerror=alert({i})>"
        found.append(NumberSpec(k, SR, "sustained <b>response", None, n, words, "waiting", 40.0))
    return found


def _excluded(i: int, draw: random.Random) -> StudySpec:
    reason = draw.choice(("case report", "review", "no outcome as asked for", "fewer patients than asked for"))
    return StudySpec(
        f"left-out-{i:04d}", f"Leftout{i} {1990 + i % 35}", _sentence(draw, 14), "exclude", reason, "other",
        year=1990 + i % 35, journal="Journal of Tests", pmid=f"{20000000 + i}", file=f"corpus/export-{i % 6}.ris",
    )  # fmt: skip


def _sentence(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words)).capitalize() + "."
