"""config/: what a review asks. `load(folder)` reads and checks it; errors name file, place and what is allowed."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import Problems, UserError
from pipeline.limits import Limits
from pipeline.tables import Model, read_rows


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Review(_Section):
    title: str = Field(description="title of the report")
    question: str = Field(description="what is asked, in a sentence")
    authors: list[str] = Field([], description="names for the report's head")


#: why a study is left out, as flow diagrams of systematic reviews have it
REASONS = {
    "population": "other patients than asked for",
    "intervention": "other treatment than asked for",
    "comparator": "no comparison as asked for",
    "outcome": "no outcome as asked for",
    "design": "no study as asked for, by its design or kind of publication",
    "size": "too few patients",
    "duplicate": "patients of another study of the review",
    "report": "report not found, or too short to judge",
    "language": "language",
    "retracted": "retracted, or not to be trusted",
    "other": "another reason",
}


class EligibilityConfig(_Section):
    min_patients: int = Field(5, ge=1, description="fewest treated patients that count as a study")
    reasons: dict[str, str] = Field(
        REASONS,
        min_length=1,
        description="the protocol's reasons to leave a study out, code and words, in the flow diagram's order",
    )


class Acceptance(_Section):
    threshold: float = Field(0.9, ge=0, le=1, description="confidence from which a value is accepted without a person")


class LinkConfig(_Section):
    shared_cohorts: Literal["larger", "all"] = Field(
        "larger",
        description="of studies that share patients, the main analysis pools the larger one or all; the sensitivity "
        "analysis does the other",
    )
    likelihood: float = Field(0.5, ge=0, le=1, description="likelihood from which a shared cohort counts as one")


class ChecklistShares(_Section):
    low: float = Field(gt=0, le=100, description="percent of applicable items with yes from which the risk is low")
    moderate: float = Field(ge=0, le=100, description="percent from which it is moderate; below, it is high")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.moderate > self.low:
            raise ValueError("moderate must not be above low")
        return self


class RiskOfBiasConfig(_Section):
    high: list[Literal["moderate", "some concerns", "no information", "high", "serious", "critical"]] = Field(
        ["high", "serious", "critical"],
        description="overall judgements that count as high risk, whose studies the sensitivity analysis leaves out",
    )
    checklist: ChecklistShares | None = Field(
        None,
        description="shares of yes that make the overall judgement of a checklist (JBI), where the protocol sets some; "
        "without them, reviewers judge it, for none are published",
    )


class CertaintyConfig(_Section):
    start: Literal["high", "low"] = Field(
        "low",
        description="where certainty starts if no line of overrides/certainty.csv says so: low for effects seen in "
        "observational studies and single arms, high for randomised comparisons; some start questions of prognosis "
        "and prevalence high (Iorio 2015, BMJ 350:h870)",
    )


class Reviewing(_Section):
    double_extraction: bool = Field(
        False, description="whether two reviewers extract each value; one that both gave alike is verified"
    )
    fields: list[Literal["events", "n", "n_total", "drugs", "role", "decision"]] = Field(
        ["events", "n"], description="the fields that two reviewers are asked for"
    )
    pool: Literal["accepted", "verified"] = Field(
        "accepted",
        description="what the main analysis takes: what is proved or decided, or only what two reviewers gave alike",
    )
    tolerance: float = Field(
        0.02,
        gt=0,
        lt=1,
        description="shift of the main result, as a proportion, that may stay open: extracted/to_decide.csv says how "
        "many decisions that takes",
    )


class RegimenClass(_Section):
    name: str = Field(description="name of the class in tables and plots")
    classes: list[str] = Field([], description="drug classes (config/drugs.csv) that the arm must all hold")
    drugs: list[str] = Field([], description="drugs (INN) that the arm must all hold")


class ComparativeConfig(_Section):
    measure: Literal["RR", "OR", "RD"] = Field(
        "RR", description="main measure of one treatment against another; the other two stand beside it"
    )
    method: Literal["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", "MH", "Peto"] = Field(
        "REML", description="estimator of tau², as in metafor, or Mantel-Haenszel or Peto (one effect for all trials)"
    )
    test: Literal["auto", "z", "t", "knha", "adhoc"] = Field(
        "auto",
        description="test and interval, as in metafor; auto: knha for three studies or more that differ by more than "
        "chance, else z; Mantel-Haenszel and Peto have z",
    )
    reference: str = Field(
        "",
        description="the regimen class that the network compares all others with; empty for the one that is the "
        "control in most trials",
    )

    @model_validator(mode="after")
    def _peto_has_odds(self) -> Self:
        if self.method == "Peto" and self.measure != "OR":
            raise ValueError("method Peto is of odds ratios: set measure to OR, or take MH")
        return self


class Analysis(_Section):
    outcomes: list[str] = Field(
        ["overall_response", "complete_response"], description="outcomes to pool, main one first (config/outcomes.csv)"
    )
    measure: Literal["PLO", "PR", "PLN", "PAS", "PFT"] = Field("PLO", description="effect measure, as in metafor")
    method: Literal["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"] = Field(
        "REML", description="estimator of tau², as in metafor"
    )
    test: Literal["z", "t", "knha", "adhoc"] = Field("knha", description="test and interval, as in metafor")
    level: float = Field(95, gt=50, lt=100, description="confidence level in percent")
    regimen_classes: list[RegimenClass] = Field(
        [], description="classes of regimens, the first that fits; else the arm's drug classes joined"
    )
    comparative: ComparativeConfig = Field(
        ComparativeConfig(), description="how treatments are compared inside trials of several arms"
    )


class Threshold(_Section):
    outcome: str = Field(description="outcome of analysis.outcomes")
    proportion: float = Field(gt=0, lt=1, description="share of patients on whose sides the conclusion differs")
    meaning: str = Field(min_length=1, description="what lies beyond, as worth trying before splenectomy")


class Living(_Section):
    thresholds: list[Threshold] = Field(
        [], description="shares that divide one conclusion from another; an update says whether a result crossed one"
    )
    shift: float | None = Field(
        None, gt=0, lt=1, description="smallest shift of a result, as a proportion, that would matter to readers"
    )


class Config(_Section):
    """config/config.yaml."""

    review: Review
    parse: Limits = Limits()
    eligibility: EligibilityConfig = EligibilityConfig()
    acceptance: Acceptance = Acceptance()
    link: LinkConfig = LinkConfig()
    risk_of_bias: RiskOfBiasConfig = RiskOfBiasConfig()
    certainty: CertaintyConfig = CertaintyConfig()
    reviewing: Reviewing = Reviewing()
    analysis: Analysis = Analysis()
    living: Living = Living()


class Drug(_Section):
    """A row of config/drugs.csv."""

    name: str = Field(min_length=1, description="INN, lower case")
    drug_class: str = Field(min_length=1, description="class, for regimen classes")
    synonyms: list[str] = Field(description="other names, brand names and abbreviations, separated by |")


class OutcomeDefinition(_Section):
    """A row of config/outcomes.csv."""

    outcome: str = Field(min_length=1, description="class of outcome, as in the extraction's `outcome`")
    label: str = Field(min_length=1, description="name in the report")
    phrases: list[str] = Field(
        description="words that name it, separated by |; * ? / ~ # ≥# are signs (pipeline/extract/outcome_words.py)"
    )
    verbs: list[str] = Field(description="verbs with patients as subject that say it happened, separated by |")
    abbreviations: list[str] = Field(description="abbreviations, matched in capitals only, separated by |")
    denominator: Literal["enrolled", "responders", "any"] = Field(description="whom a pooled rate is a share of")
    positive: bool = Field(description="true if more is better")


class Settings(_Section):
    config: Config
    drugs: list[Drug]
    outcomes: list[OutcomeDefinition]


def load(folder: Path) -> Settings:
    """All settings of the review whose config/ is `folder`. Raises UserError with every problem found."""
    problems = Problems()
    with problems.kept():
        config = _read_yaml(folder / "config.yaml")
    with problems.kept():
        drugs = _read_table(folder / "drugs.csv", Drug)
    with problems.kept():
        outcomes = _read_table(folder / "outcomes.csv", OutcomeDefinition)
    problems.tell()
    _check_outcomes(folder / "config.yaml", config.analysis.outcomes, [o.outcome for o in outcomes])
    _check_thresholds(folder / "config.yaml", config)
    return Settings(config=config, drugs=drugs, outcomes=outcomes)


def _check_outcomes(path: Path, asked: list[str], known: list[str]) -> None:
    """Raises UserError for outcomes to pool that are not defined."""
    told = f"is not defined in outcomes.csv (it has {', '.join(known)})"
    unknown = [outcome for outcome in asked if outcome not in known]
    if unknown:
        raise UserError("\n".join(f'{path}: analysis.outcomes: "{outcome}" {told}' for outcome in unknown))


def _check_thresholds(path: Path, config: Config) -> None:
    """Raises UserError for thresholds of outcomes that are not pooled."""
    asked = config.analysis.outcomes
    unknown = [t.outcome for t in config.living.thresholds if t.outcome not in asked]
    told = f"is not pooled (analysis.outcomes has {', '.join(asked)})"
    if unknown:
        raise UserError("\n".join(f'{path}: living.thresholds: "{outcome}" {told}' for outcome in unknown))


def _read_yaml(path: Path) -> Config:
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(
            f"{path}: {error.strerror}; `litpool new DIR` makes a review with a config to start from"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    try:
        return Config.model_validate(raw if raw is not None else {})
    except ValidationError as error:
        raise UserError("\n".join(_explain(path, e, raw) for e in error.errors())) from None


def allowed_keys(place: list[str]) -> list[str]:
    """The keys that config.yaml may have at a place such as ["analysis"]."""
    model: type[BaseModel] = Config
    for key in place:
        annotation = model.model_fields[key].annotation if key in model.model_fields else None
        inner = getattr(annotation, "__args__", (annotation,))[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return list(model.model_fields)


def _explain(path: Path, error: object, raw: object) -> str:
    assert isinstance(error, dict)
    place = [str(p) for p in error["loc"]]
    where = f"{path}: {'.'.join(place) or 'the file'}"
    if error["type"] == "extra_forbidden":
        allowed = allowed_keys([p for p in place[:-1] if not p.isdigit()])
        near = get_close_matches(place[-1], allowed, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return f"{where}: unknown key{hint} (allowed: {', '.join(allowed)})"
    if error["type"] == "missing":
        return f"{where}: missing key, please add it"
    return f"{where}: {error['msg'].lower()}, got {error['input']!r}"


def _read_table(path: Path, model: type[Model]) -> list[Model]:
    return [row for _, row in read_rows(path, model)]
