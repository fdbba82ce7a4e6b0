"""Which words name an outcome, and of which class: the phrases of the shipped outcomes.csv, and the signs they use."""

from __future__ import annotations

import pytest

from pipeline.config import OutcomeDefinition, Settings
from pipeline.extract import Extractor
from pipeline.extract.outcome_abbreviations import NO_OUTCOME, defined_abbreviations
from pipeline.extract.quantities import quantities
from pipeline.extract.reading import Reader
from pipeline.extract.results import asserted_outcomes
from pipeline.extract.sentences import Sentence
from pipeline.extract.tokens import Token
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Reader:
    return Reader(settings)


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def named(reader: Reader, text: str) -> list[tuple[str, str]]:
    """Class and words of each outcome of a sentence, in order."""
    reading = reader.read(text, Sentence(0, len(text), "results"), quantities(text), [], dict)
    return [(m.value, reading.words(m.first, m.last)) for m in reading.of("OUTCOME")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A complete cytogenetic response was reached in 12.", "complete_response"),
        ("Pathologically, complete early metabolic responses were frequent.", "complete_response"),
        ("Full response occurred in 8.", "complete_response"),
        ("A partial radiologic remission followed.", "partial_response"),
        ("Complete or partial haematological response: 40%", "overall_response"),
        ("Sustained virological response was 54%.", "sustained_response"),
        ("SVR12 was 97%.", "sustained_response"),
        ("Eleven are still in response.", "sustained_response"),
        ("Twenty maintained their response.", "sustained_response"),
        ("A durable platelet response was seen.", "sustained_response"),
        ("Rapid virologic response: 30%", "overall_response"),
        ("The end-of-treatment response was 60%.", "overall_response"),
        ("One late responder joined them.", "overall_response"),
        ("Responding at 75% or more of visits: 40%", "sustained_response"),
        ("A dose-response relation was found in 12.", "disposition"),
        ("An antibody response was seen in 12.", "disposition"),
        ("Twelve were undetectable.", "other"),
        ("Bleeding was controlled in 30.", "other"),
        ("Eight rebled.", "other"),
        ("The bacteria were eliminated in 6.", "eradication"),
        ("They rated their symptom improvement as 50% or greater.", "overall_response"),
        ("A placebo-controlled trial of 30", None),
        ("The PSA response rate was 40%.", "overall_response"),
        ("In 22 patients pain fell: a ≥50% pain reduction.", "overall_response"),
        ("A reduction of at least 50% was seen in 12.", "overall_response"),
        ("Twelve had 30% or greater improvement.", "overall_response"),
        ("A fall of the score by half or more, 12.", None),
        ("EASI-75 was reached by 40%.", "overall_response"),
        ("An ACR 20 response was met by 12.", "overall_response"),
        ("Nine achieved a 75% improvement.", "overall_response"),
        ("Steroid-free remission was 27%.", "remission"),
        ("Six lost their response.", "relapse"),
        ("Rebound growth in 6", "relapse"),
        ("Bacteriological cure in 41", "cure"),
        ("The ulcer had healed in 12.", "other"),
        ("Twelve were seizure-free.", "other"),
        ("Freedom from pain at a year", "other"),
        ("Sinus rhythm was kept by 12.", "other"),
        ("Favourable outcomes: 80%", "other"),
        ("Good to excellent results were seen in 80%.", "other"),
        ("The hole closed in 12.", "other"),
        ("Relapse-free survival was 80%.", "survival"),
        ("Freedom from biochemical failure was 70%.", "survival"),
        ("At the test of cure visit 12 came.", "disposition"),
        ("Eradication therapy was given to 40.", "disposition"),
        ("They were given 40 mg.", None),
    ],
)
def test_classes(reader: Reader, text: str, expected: str | None) -> None:
    assert [outcome for outcome, _ in named(reader, text)][:1] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("full ~ recovery", "full recovery", "full recovery"),
        ("full ~ recovery", "a full early motor recovery", "full early motor recovery"),
        ("full ~ recovery", "a full off-drug recovery", "full off-drug recovery"),
        ("full ~ recovery", "a full and motor recovery", None),
        ("full ~ recovery", "a full later early motor recovery", None),
        ("full ~ recovery", "a full 12 recovery", None),
        ("full/complete recover*", "complete recoveries", "complete recoveries"),
        ("at least a? # gain", "at least a 50% gain", "at least a 50% gain"),
        ("at least a? # gain", "at least 50% gain", "at least 50% gain"),
        ("at least a? # gain", "at least gain", None),
        ("≥# gain", "≥50% gain", "≥50% gain"),
        ("≥# gain", "50% gain", None),
    ],
)
def test_signs_of_phrases(settings: Settings, phrase: str, text: str, found: str | None) -> None:
    row = {"outcome": "x", "label": "x", "phrases": [phrase], "verbs": [], "abbreviations": []}
    definition = OutcomeDefinition(**row, denominator="any", positive=True)
    reader = Reader(settings.model_copy(update={"outcomes": [definition]}))
    expected = [("x", found)] if found else []
    assert named(reader, text) == expected


@pytest.mark.parametrize("piece", ["complete ", "complete-", "a-", "sustained early "])
def test_what_qualifies_is_bounded(reader: Reader, piece: str) -> None:
    words = [Token(w, w) for w in reader.tokenizer.words(piece * 400)]
    assert reader.outcomes.find(words, {}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Response was seen in 47 and was complete in 36.", ["Response", "complete"]),
        ("Clinical response to the drug was complete in 24% and partial in 36%.", ["Clinical response", "complete", "partial"]),
        ("The best response was complete in 3, partial in 21 and absent in 8.", ["best response", "complete", "partial", "absent"]),
        ("Of 22, 17 responded, 8 of them completely.", ["responded", "completely"]),
        ("A response was seen in 44 and a complete one in 24.", ["response", "complete"]),
        ("Three complete and 20 partial responses", ["complete", "partial responses"]),
        ("By these criteria 12 (29%) were complete responders and 15 (37%) responders.", ["complete responders", "responders"]),
        ("Response was seen in 47; follow-up was complete in 36.", ["Response"]),
        ("Follow-up was complete in 36.", []),
        ("Response was not complete in 36.", ["Response"]),
        ("Of 41 responders, 12 are complete in 3 years.", []),
        ("A complete blood count was done in 36 and response in 12.", ["response"]),
    ],
)  # fmt: skip
def test_degrees_of_a_response(reader: Reader, text: str, expected: list[str]) -> None:
    assert [words for _, words in named(reader, text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The overall response (OR) was high.", {"OR": "overall_response"}),
        ("Loss of response (LOR) was rare.", {"LOR": "relapse"}),
        ("Pregnancy rates (PRs) were compared.", {"PRs": "other"}),
        ("Tablets of controlled release (CR) were given.", {"CR": NO_OUTCOME}),
        ("Patching, or closure (CEAP), was done.", {}),
        ("Avoiding relapse (AR) was the aim.", {}),
    ],
)
def test_short_forms_that_a_record_defines(reader: Reader, text: str, expected: dict[str, str]) -> None:
    assert defined_abbreviations(text, reader) == expected


def test_a_short_form_of_something_else_is_no_outcome(extractor: Extractor) -> None:
    tablets = (
        "Forty patients were enrolled and took danazol. Controlled release (CR) was the same. CR was taken by 20 (50%)."
    )
    record = ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(tablets))),
        citation=Citation(),
        text=tablets,
        raw=tablets,
        pieces=[(0, 0, len(tablets))],
        sections=[Section(title="Results", start=0, end=len(tablets))],
    )
    assert extractor(record).outcomes == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In women clinically cured, recurrence was seen in 18 of 48.", ["recurrence"]),
        ("Among patients responding, 5 relapsed.", ["relapsed"]),
        ("In those healed 5 recurred.", ["recurred"]),
        ("Relapse was seen in 9 complete responders.", ["Relapse"]),
        ("Twelve complete responders stopped the drug; 4 relapsed.", ["relapsed"]),
        ("Forty were evaluable for response and 12 responded.", ["responded"]),
        ("A negative response was seen in 9.", []),
        ("Of 40 patients 12 responded.", ["responded"]),
        ("60% of those treated were cured.", ["cured"]),
        ("In 66 patients the wounds healed.", ["healed"]),
        ("There were 12 complete responders.", ["complete responders"]),
        ("Response was seen in 12 evaluable patients.", ["Response"]),
    ],
)
def test_outcomes_that_only_name_people_are_not_asserted(reader: Reader, text: str, expected: list[str]) -> None:
    reading = reader.read(text, Sentence(0, len(text), "results"), quantities(text), [], dict)
    assert [reading.words(o.first, o.last) for o in asserted_outcomes(reading)] == expected
