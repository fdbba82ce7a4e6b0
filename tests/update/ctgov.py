"""ClinicalTrials.gov as the documentation of its API v2 shapes it: `studies` with pages, filters and fields."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.update.server import Answer, Fields, Route

Study = dict[str, Any]


@dataclass
class Trial:
    """An entry; with `counts`, its results are posted: responders of the participants of each arm."""

    number: int
    title: str
    posted: datetime.date
    changed: datetime.date | None = None
    counts: tuple[tuple[str, int, int], ...] = ()

    @property
    def nct(self) -> str:
        return f"NCT{self.number:08d}"

    def entry(self) -> Study:
        protocol: Study = {
            "identificationModule": {"nctId": self.nct, "briefTitle": self.title},
            "statusModule": {
                "studyFirstPostDateStruct": {"date": self.posted.isoformat(), "type": "ACTUAL"},
                "lastUpdatePostDateStruct": {"date": (self.changed or self.posted).isoformat()},
            },
            "descriptionModule": {"briefSummary": "Patients are treated."},
            "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 60, "type": "ACTUAL"}},
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": name, "type": "EXPERIMENTAL", "interventionNames": [f"Drug: {name}"]}
                    for name, _, _ in self.counts
                ]
            },
        }
        derived = {"miscInfoModule": {"versionHolder": "2026-11-21"}}
        results = {"resultsSection": self._results()} if self.counts else {}
        return {"protocolSection": protocol, **results, "derivedSection": derived, "hasResults": bool(self.counts)}

    def _results(self) -> Study:
        ids = [f"OG{i:03d}" for i in range(len(self.counts))]
        told = list(zip(ids, self.counts, strict=True))
        measure = {
            "type": "PRIMARY",
            "title": "Overall Response",
            "reportingStatus": "POSTED",
            "paramType": "COUNT_OF_PARTICIPANTS",
            "unitOfMeasure": "Participants",
            "timeFrame": "6 weeks",
            "groups": [{"id": i, "title": name} for i, (name, _, _) in told],
            "denoms": [{"units": "Participants", "counts": [{"groupId": i, "value": str(n)} for i, (_, _, n) in told]}],
            "classes": [{"categories": [{"measurements": [{"groupId": i, "value": str(e)} for i, (_, e, _) in told]}]}],
        }
        flow = {
            "groups": [{"id": i, "title": name} for i, (name, _, _) in told],
            "periods": [
                {
                    "milestones": [
                        {
                            "type": "STARTED",
                            "achievements": [{"groupId": i, "numSubjects": str(n)} for i, (_, _, n) in told],
                        }
                    ]
                }
            ],
        }
        return {"participantFlowModule": flow, "outcomeMeasuresModule": {"outcomeMeasures": [measure]}}


@dataclass
class Register:
    trials: dict[str, Trial] = field(default_factory=dict)
    #: most trials that a page holds, whatever is asked for
    page: int = 1000

    def add(self, *trials: Trial) -> None:
        self.trials |= {trial.nct: trial for trial in trials}

    def routes(self) -> dict[str, Route]:
        return {"/studies": self.studies}

    def studies(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        fits = [t for _, t in sorted(self.trials.items()) if self._fits(t, fields)]
        start = int(fields.get("pageToken", "p0").removeprefix("p"))
        size = min(int(fields.get("pageSize", 10)), self.page)
        shown = [self._shown(t, fields.get("fields", "")) for t in fits[start : start + size]]
        more = {"nextPageToken": f"p{start + size}"} if start + size < len(fits) else {}
        total = {"totalCount": len(fits)} if fields.get("countTotal") == "true" and start == 0 else {}
        body = json.dumps({**total, "studies": shown, **more}).encode()
        return Answer(body, headers={"Content-Type": "application/json"})

    def _shown(self, trial: Trial, only: str) -> Study:
        if only == "NCTId":
            return {"protocolSection": {"identificationModule": {"nctId": trial.nct}}}
        return trial.entry()

    def _fits(self, trial: Trial, fields: Fields) -> bool:
        if "filter.ids" in fields:
            return trial.nct in fields["filter.ids"].split(",")
        if fields["query.term"] not in trial.title:
            return False
        days = {"StudyFirstPostDate": trial.posted, "LastUpdatePostDate": trial.changed or trial.posted}
        for area, low, high in re.findall(r"AREA\[(\w+)\]RANGE\[([^,]+),([^\]]+)\]", fields.get("filter.advanced", "")):
            day = days[area].isoformat()
            if (low != "MIN" and day < low) or (high != "MAX" and day > high):
                return False
        return True
