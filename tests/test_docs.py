"""The docs say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from pipeline.cli import COMMANDS
from pipeline.config import Config, allowed_keys, load
from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.overrides.guide import guide
from pipeline.overrides.schema import overrides_schema
from pipeline.skeleton import REVIEW
from pipeline.stats.effects import MEASURES
from pipeline.stats.inference import TESTS
from pipeline.stats.r_script import BACK
from pipeline.stats.tau2 import ESTIMATORS, WITHOUT_R
from pipeline.workflow import closure
from scripts import scale
from scripts.environment import environment, pins
from scripts.schema import config_schema, searches_schema

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_override_guide_is_that_of_the_models() -> None:
    assert read("overrides/README.md") == guide()
    assert read("overrides/overrides.schema.json") == overrides_schema()
    assert all(field.description for model in FILES.values() for field in model.model_fields.values())


def test_what_a_build_costs_is_what_was_measured_last() -> None:
    page = read("docs/scale.md")
    assert page == scale.written(page, json.loads(read("bench/results.json")))


def test_the_config_schema_is_that_of_the_models() -> None:
    assert read("config/config.schema.json") == config_schema()
    assert read("config/searches.schema.json") == searches_schema()


def keys(model: type[BaseModel]) -> list[str]:
    inner = [f.annotation for f in model.model_fields.values()]
    nested = [k for t in inner if isinstance(t, type) and issubclass(t, BaseModel) for k in keys(t)]
    return [*model.model_fields, *nested]


def test_a_new_review_documents_every_config_key() -> None:
    text = (REVIEW / "config/config.yaml").read_text("utf-8")
    assert [k for k in keys(Config) if f"{k}:" not in text] == []
    load(REVIEW / "config")


def test_both_environments_are_the_lock() -> None:
    lock = read("requirements.txt")
    assert read("environment.yml") == environment(lock, editable=True)
    assert read("pipeline/rules/environment.yml") == environment(lock, editable=False)
    listed = yaml.safe_load(read("environment.yml"))["dependencies"][-1]["pip"]
    assert listed == [*pins(lock), "--editable ."]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-cluster.txt"])
def test_a_lock_names_no_index_and_hashes_everything(name: str) -> None:
    lock = read(name)
    assert not re.search(r"https?://|--index-url|--find-links", lock)
    assert all(pin.count("==") == 1 for pin in (p.split(" ;")[0] for p in pins(lock)))
    assert lock.count("--hash=sha256:") > len(pins(lock))


def test_the_readme_names_every_command_and_only_those() -> None:
    assert set(re.findall(r"`litpool (\w+)", read("README.md"))) == set(COMMANDS)
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"^make (\w+)|`make (\w+)`", read("README.md") + read("CONTRIBUTING.md"), re.MULTILINE))
    assert {a or b for a, b in named} <= targets


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_path_in_the_docs_is_there(name: str) -> None:
    paths = [
        p
        for p in re.findall(r"`((?:pipeline|config|overrides|tests|scripts)/[\w./]*)`", read(name))
        if p not in {"logs/extract/"}
    ]
    assert paths or name == "README.md"
    assert [p for p in paths if not (ROOT / p).exists()] == []
    links = re.findall(r"\]\(([^)#]+)\)", read(name))
    assert [p for p in links if not (ROOT / p).exists()] == []


def test_what_a_cluster_needs_fits_the_locked_environment() -> None:
    assert not {p for p in pins(read("requirements-cluster.txt")) if "executor-plugin-" not in p} - set(
        pins(read("requirements.txt"))
    )


def test_the_config_allows_what_the_statistics_have() -> None:
    schema = Config.model_json_schema()["$defs"]["Analysis"]["properties"]
    assert set(schema["measure"]["enum"]) == set(MEASURES) == set(BACK)
    assert set(schema["method"]["enum"]) == set(ESTIMATORS) - set(WITHOUT_R)
    assert set(schema["test"]["enum"]) == set(TESTS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("threshold:", "treshold:", 'acceptance.treshold: unknown key; did you mean "threshold"? (allowed: threshold)'),
        ("analysis:", "analyses:", "unknown key"),
        ("measure: PLO", "measure: OR", "analysis.measure"),
        ("overall_response, complete", "best_response, complete", '"best_response" is not defined in outcomes.csv'),
        ("review:", "review: [", "not valid YAML"),
    ],
)
def test_config_errors_name_file_key_and_what_is_allowed(tmp_path: Path, old: str, new: str, message: str) -> None:
    for path in (REVIEW / "config").iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(message)) as error:
        load(tmp_path)
    assert str(tmp_path / "config.yaml") in str(error.value)


def test_allowed_keys_of_a_list_item() -> None:
    assert allowed_keys(["analysis", "regimen_classes"]) == ["name", "classes", "drugs"]


def test_a_closure_holds_what_a_stage_imports_and_nothing_else() -> None:
    parse = {Path(p).relative_to(ROOT / "pipeline").as_posix() for p in closure("parse")}
    assert {"parse/ris.py", "parsed.py", "spans.py"} <= parse
    assert not parse & {"records.py", "config.py", "candidates.py"}
    extract = {Path(p).relative_to(ROOT / "pipeline").as_posix() for p in closure("extract")}
    assert {"extract/measures.py", "config.py", "tables/__init__.py"} <= extract
    assert "records.py" not in extract, "a new column of an override would extract all again"
    assert not any(p.startswith(("parse/", "resolve/", "overrides/", "report/", "stats/")) for p in extract)
    link = {Path(p).relative_to(ROOT / "pipeline").as_posix() for p in closure("link")}
    assert {"link/same_record.py", "records.py", "linked.py"} <= link
    assert not any(p.startswith(("parse/", "extract/", "resolve/", "report/", "stats/")) for p in link)
