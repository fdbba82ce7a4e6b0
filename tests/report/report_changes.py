"""What is different since a made-up version, for the made-up reviews."""

from __future__ import annotations

import datetime

from pipeline.released import (
    BySearch,
    Changes,
    Count,
    CumulativeOutcome,
    Estimate,
    KeptLine,
    LineChange,
    Matter,
    NumberChange,
    OutcomeChange,
    Searched,
    SettingChange,
    Since,
    Step,
    StudyChange,
    Version,
)

DAY = datetime.date(2026, 10, 21)
NEXT = datetime.date(2026, 12, 21)


def made_up_changes(study: str, words: str) -> Changes:
    """Since version 2026.1, of a review whose first study is `study`; `words` stand wherever a person or a document
    may have written."""
    before = Estimate(k=9, studies=8, n=390, proportion=0.70, ci=(0.6, 0.78), pi=(0.4, 0.9))
    after = Estimate(k=11, studies=9, n=446, proportion=0.776, ci=(0.7, 0.84), pi=(0.5, 0.92))
    steps = [
        Step(why=["software", "settings"], arms=1, k=9, proportion=0.71, ci=(0.61, 0.79), shift=0.01),
        Step(why=["new"], arms=2, k=11, proportion=0.776, ci=(0.7, 0.84), shift=0.066),
    ]
    line = KeptLine(key="k", file="corrections.csv", study=study, arm="A1", outcome="overall_response", field="events",
                    value="25", reviewer=words, date="2026-11-02", reason=words)  # fmt: skip
    matter = Matter(verdict="likely", shift=0.076, of_interval=0.84, in_interval=True, why=[words])
    return Changes(
        versions=[
            Version(
                name="2026.1",
                date=DAY,
                trigger=words,
                status="updating",
                next_search=NEXT,
                note=words,
                waiting=4,
                studies=8,
            )
        ],
        since=Since(
            name="2026.1",
            date=DAY,
            settings=[SettingChange(key="acceptance.threshold", before="0.9", after="0.8", method=False)],
            lines=[LineChange(change="changed", line=line, before="24")],
            studies=[StudyChange(study=study, label=words, title=words, change="in", causes=["new"])],
            numbers=[
                NumberChange(study=study, label=words, arm=words, outcome="overall_response", before=None,
                             after=Count(events=25, n=35), causes=["new"])
            ],
            outcomes=[
                OutcomeChange(outcome="overall_response", label="Overall response", before=before, after=after,
                              steps=steps, matter=matter)
            ],
            new_files=["corpus/new.nbib"],
        ),
        searches=[Searched(source="PubMed", last=DAY, searches=2, hits=40)],
        cumulative=[
            CumulativeOutcome(
                outcome="overall_response",
                label="Overall response",
                steps=[
                    BySearch(date=None, k=4, new=4, proportion=0.6, ci=(0.4, 0.8)),
                    BySearch(date=DAY, k=11, new=7, proportion=0.776, ci=(0.7, 0.84)),
                ],
            )
        ],
    )  # fmt: skip
