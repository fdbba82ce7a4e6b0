"""Reader of ClinicalTrials.gov's JSON (API v2, and the download of its page). Its source text is what it reads out.

What is registered is prose: summary, design, arms, outcomes. Counts of posted results are tables as the register has
them, one for each outcome measure that counts participants, and one of serious events and deaths. Nothing is computed:
a table has the groups and their sizes in its head, and each cell is one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import registrations
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.flow import Flow
from pipeline.parse.json_values import Object, at, objects, records, text, texts
from pipeline.parsed import Citation, ParsedRecord, SetAside, Source, Table
from pipeline.table_text import with_tables

REGISTER = "ClinicalTrials.gov"
#: publication types of entries without and with posted results
REGISTERED, WITH_RESULTS = "trial registration", "trial registration with results"
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERCENT = re.compile(r"(?i)^\W*(?:percent(?:age)?|%)\s*(?:of (?:the )?)?(?:participants|patients|subjects)?\W*$")
_PERSONS = re.compile(r"(?i)^\W*(?:number of )?(?:participants|patients|subjects)\W*$")


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per trial. Raises Unreadable if there is none."""
    found = False
    for entry in records(document, "studies"):
        found = True
        yield entry if isinstance(entry, SetAside) else _record(document, entry)
    if not found:
        raise Unreadable("holds no registered trial", "download it again as JSON")


def _record(document: Document, entry: Object) -> ParsedRecord:
    protocol, results = at(entry, "protocolSection"), at(entry, "resultsSection")
    flow = Flow()
    title = text(protocol, "identificationModule", "officialTitle") or text(
        protocol, "identificationModule", "briefTitle"
    )
    flow.title(title)
    for name, paragraphs in [*_sections(protocol), ("Groups", [_groups(results)])]:
        start = flow.length
        for paragraph in paragraphs:
            flow.paragraph(paragraph)
        flow.close(name, start)
    flow.tables += [*_outcome_tables(results), *_event_tables(results)]
    whole = flow.text()
    record = ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(whole))),
        citation=_citation(protocol, results, title),
        text=whole,
        raw=whole,
        pieces=[(0, 0, len(whole))],
        sections=flow.in_order(),
        tables=flow.tables,
        problems=[] if whole else ["has neither title nor summary"],
    )
    return with_tables(record)


# ---- what is registered ------------------------------------------------------------------------------------------


def _citation(protocol: object, results: object, title: str) -> Citation:
    nct = text(protocol, "identificationModule", "nctId").upper()
    others = [text(e, "id") for e in objects(protocol, "identificationModule", "secondaryIdInfos")]
    people = [text(e, "name") for e in objects(protocol, "contactsLocationsModule", "overallOfficials")]
    posted = "resultsFirstPostDateStruct" if isinstance(results, dict) else "studyFirstPostDateStruct"
    return Citation(
        title=title or None,
        authors=[re.sub(r",.*", "", name) for name in people if name],
        year=_year(text(protocol, "statusModule", posted, "date")),
        journal=REGISTER,
        registration=registrations(" ".join([nct, *others])),
        publication_types=[WITH_RESULTS if isinstance(results, dict) else REGISTERED],
        mesh=[*texts(protocol, "conditionsModule", "conditions"), *texts(protocol, "conditionsModule", "keywords")],
        language="English",
        database=REGISTER,
        revised=text(protocol, "statusModule", "lastUpdatePostDateStruct", "date") or None,
    )


def _year(date: str) -> int | None:
    m = _YEAR.match(date)
    return int(m[0]) if m else None


def _sections(protocol: object) -> Iterator[tuple[str, list[str]]]:
    """(heading, paragraphs), in the order of the register's page."""
    yield (
        "Summary",
        [
            text(protocol, "descriptionModule", "briefSummary"),
            text(protocol, "descriptionModule", "detailedDescription"),
        ],
    )
    yield "Design", [_sentence(list(_design(protocol)))]
    yield "Participants", [text(protocol, "eligibilityModule", "eligibilityCriteria"), _sentence(list(_ages(protocol)))]
    yield "Arms and interventions", [*_arms(protocol), *_interventions(protocol)]
    yield "Outcomes", list(_planned(protocol))
    yield "Registration", [text(protocol, "identificationModule", "nctId")]


def _sentence(parts: list[str]) -> str:
    said = "; ".join(part for part in parts if part)
    return f"{said}." if said else ""


def _design(protocol: object) -> Iterator[str]:
    design = at(protocol, "designModule")
    yield _words(text(design, "studyType"))
    yield ", ".join(_words(phase) for phase in texts(design, "phases") if phase != "NA")
    for key in ("allocation", "interventionModel", "observationalModel", "timePerspective"):
        value = text(design, "designInfo", key)
        yield _words(value) if value != "NA" else ""
    masking = text(design, "designInfo", "maskingInfo", "masking")
    yield f"masking: {_words(masking)}" if masking else ""
    count, kind = text(design, "enrollmentInfo", "count"), text(design, "enrollmentInfo", "type")
    yield f"enrollment: {count}{f' ({kind.lower()})' if kind else ''}" if count else ""


def _words(constant: str) -> str:
    """`NON_RANDOMIZED` as non-randomized, `PHASE2` as phase 2."""
    said = re.sub(r"^PHASE(\d)$", r"PHASE \1", constant).lower()
    return said.replace("non_", "non-").replace("_", " ")


def _ages(protocol: object) -> Iterator[str]:
    for key, word in (("minimumAge", "minimum age"), ("maximumAge", "maximum age"), ("sex", "sex")):
        value = text(protocol, "eligibilityModule", key)
        yield f"{word}: {value.lower()}" if value else ""


def _arms(protocol: object) -> Iterator[str]:
    for arm in objects(protocol, "armsInterventionsModule", "armGroups"):
        kind = _words(text(arm, "type"))
        drugs = ", ".join(name.partition(": ")[2] or name for name in texts(arm, "interventionNames"))
        head = f"{text(arm, 'label')}{f' ({kind})' if kind else ''}"
        yield f"{': '.join(part for part in (head, _ended(drugs)) if part)} {text(arm, 'description')}".strip()


def _interventions(protocol: object) -> Iterator[str]:
    for e in objects(protocol, "armsInterventionsModule", "interventions"):
        said = text(e, "description")
        yield f"{_ended(text(e, 'name'))} {said}" if said else ""


def _ended(words: str) -> str:
    return words if not words or words.endswith(".") else f"{words}."


def _planned(protocol: object) -> Iterator[str]:
    for key, kind in (("primaryOutcomes", "Primary outcome"), ("secondaryOutcomes", "Secondary outcome")):
        for e in objects(protocol, "outcomesModule", key):
            frame = text(e, "timeFrame")
            name = f"{kind}: {text(e, 'measure')}{f' (time frame: {frame})' if frame else ''}"
            yield f"{_ended(name)} {text(e, 'description')}".strip()


def _groups(results: object) -> str:
    """Who started, by group: `Groups: drug A (n = 76), placebo (n = 38).`"""
    flow = at(results, "participantFlowModule")
    periods = objects(flow, "periods")
    milestones = objects(periods[0], "milestones") if periods else []
    started = next((m for m in milestones if text(m, "type") == "STARTED"), {})
    sizes = {text(a, "groupId"): text(a, "numSubjects") for a in objects(started, "achievements")}
    told = [
        f"{text(g, 'title')} (n = {sizes[text(g, 'id')]})" for g in objects(flow, "groups") if sizes.get(text(g, "id"))
    ]
    return f"Groups: {', '.join(told)}." if told else ""


# ---- posted results ----------------------------------------------------------------------------------------------


def _outcome_tables(results: object) -> Iterator[Table]:
    """A table for each outcome measure that counts participants, or gives their percentage."""
    for measure in objects(results, "outcomeMeasuresModule", "outcomeMeasures"):
        unit = text(measure, "unitOfMeasure")
        counts = text(measure, "paramType") == "COUNT_OF_PARTICIPANTS" or bool(_PERSONS.match(unit))
        if text(measure, "reportingStatus") in ("", "POSTED") and (counts or _PERCENT.match(unit)):
            yield from _outcome_table(measure, "" if counts else "%")


def _outcome_table(measure: Object, sign: str) -> Iterator[Table]:
    groups = objects(measure, "groups")
    sizes = _sizes(measure)
    name, frame = text(measure, "title"), text(measure, "timeFrame")
    classes = [(c, sizes | _sizes(c)) for c in objects(measure, "classes")]
    rows = [_row(name, c, k, groups, sign, of) for c, of in classes for k in objects(c, "categories")]
    if not groups or not rows:
        return
    yield Table(
        caption=f"{name}{f' (time frame: {frame})' if frame else ''}",
        rows=[["Outcome", *(_head(group, sizes) for group in groups)], *rows],
        footnotes=[note for note in (text(measure, "description"), text(measure, "populationDescription")) if note],
    )


def _sizes(of: Object) -> dict[str, str]:
    """Participants analysed in each group, of a measure or of one class of it; units such as eyes are none."""
    counted = (d for d in objects(of, "denoms") if text(d, "units").lower() in ("", "participants"))
    return _by_group(objects(next(counted, None), "counts"))


def _row(
    name: str, in_class: Object, category: Object, groups: list[Object], sign: str, sizes: dict[str, str]
) -> list[str]:
    """A row says what it counts: the class and the category, or the measure itself where it has neither. A count stands
    with the participants analysed, a percentage alone."""
    label = ", ".join(word for word in (text(in_class, "title"), text(category, "title")) if word)
    values = _by_group(objects(category, "measurements"))
    return [label or name, *(_cell(values.get(i, ""), sizes.get(i, ""), sign) for i in (text(g, "id") for g in groups))]


def _cell(value: str, size: str, sign: str) -> str:
    if not value[:1].isdigit():
        return ""
    return f"{value}{sign}" if sign or not size else f"{value}/{size}"


def _head(group: Object, sizes: dict[str, str]) -> str:
    size = sizes.get(text(group, "id"), "")
    return f"{text(group, 'title')}{f' (N = {size})' if size else ''}"


def _by_group(values: list[Object]) -> dict[str, str]:
    """The first value of each group."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(text(value, "groupId"), text(value, "value").replace(",", ""))
    return found


def _event_tables(results: object) -> Iterator[Table]:
    """Participants with any serious event and who died, of those at risk."""
    module = at(results, "adverseEventsModule")
    groups = objects(module, "eventGroups")
    kinds = (("Serious adverse events", "serious"), ("Deaths", "deaths"))
    rows = [[name, *(_affected(group, key) for group in groups)] for name, key in kinds]
    rows = [row for row in rows if any(row[1:])]
    if rows:
        frame = text(module, "timeFrame")
        caption = f"Adverse events{f' (time frame: {frame})' if frame else ''}"
        yield Table(caption=caption, rows=[["Event", *(text(group, "title") for group in groups)], *rows])


def _affected(group: Object, key: str) -> str:
    affected, at_risk = text(group, f"{key}NumAffected"), text(group, f"{key}NumAtRisk")
    return f"{affected}/{at_risk}" if affected and at_risk else ""
