"""config/searches.yaml and docs/living.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pipeline.cli import main
from pipeline.errors import UserError
from pipeline.searches import Network, Search, Searches, load_searches
from pipeline.skeleton import REVIEW
from pipeline.update import SOURCES, load_source
from pipeline.workflow import PACKAGE, closure

ROOT = Path(__file__).parents[2]
STAGES = ["parse", "extract", "link", "resolve", "pool", "audit", "report"]


def living() -> str:
    return (ROOT / "docs/living.md").read_text("utf-8")


def test_a_new_review_shows_every_key_of_searches() -> None:
    text = (REVIEW / "config/searches.yaml").read_text("utf-8")
    keys = [*Searches.model_fields, *Network.model_fields, *Search.model_fields]
    assert [key for key in keys if f"{key}:" not in text] == []
    assert Searches.model_validate(yaml.safe_load(text)) == Searches()
    shown = yaml.safe_load(re.sub(r"(?m)^#(?=  )", "", text).replace("searches: []", "searches:"))
    searches = Searches.model_validate(shown).searches
    assert {search.source for search in searches} == {"pubmed", "pmc"}


def test_the_review_here_has_searches_that_are_right() -> None:
    with pytest.raises(UserError, match="contact: missing"):
        load_searches(ROOT / "config", SOURCES, {})
    assert load_searches(ROOT / "config", SOURCES, {"LITPOOL_CONTACT": "a@example.org"}).searches


def test_the_example_of_the_docs_is_right(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", living(), re.S)
    (tmp_path / "searches.yaml").write_text(example, "utf-8")
    assert load_searches(tmp_path, SOURCES, {}).searches


def test_the_docs_name_every_source_and_only_those() -> None:
    table = living().split("| source |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.M) == list(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_whole(name: str) -> None:
    source = load_source(name)
    assert source.name == name
    assert source.suffix.startswith(".")
    assert list(source.pieces(source.head + source.tail)) == []


def test_labels_are_of_one_source_each() -> None:
    assert len({load_source(name).label for name in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_of_a_rebuild_can_reach_the_network(stage: str) -> None:
    files = [Path(name) for name in closure(stage)]
    assert len(files) > 1
    assert not [f for f in files if f.relative_to(PACKAGE).parts[0] == "update"]
    network = re.compile(r"^\s*(?:import|from) (?:httpx|requests|urllib\.request|http\.client|socket|ftplib)\b", re.M)
    assert [f for f in files if f.suffix == ".py" and network.search(f.read_text("utf-8"))] == []


def test_litpool_check_reads_the_searches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "review")]) == 0
    assert main(["check", str(tmp_path / "review")]) == 0
    (tmp_path / "review/config/searches.yaml").write_text("searches: [{name: a, source: pubmud, query: x}]\n")
    assert main(["check", str(tmp_path / "review")]) == 2
    assert '"pubmud" is not known' in capsys.readouterr().err
