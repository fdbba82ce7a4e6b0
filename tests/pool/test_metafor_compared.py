"""Comparisons and networks in the R script: data, litpool's numbers, and where R is there, what R makes of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pool_rows import settings
from test_comparative import trials_of
from test_networks import smoking
from two_arm_rows import ArmSpec, control, tables_of

from pipeline.compared import Comparative
from pipeline.pool.analyses import analyse
from pipeline.pool.metafor import r_script
from pipeline.pool.metafor_compared import compared_script
from pipeline.pool.outcomes import pool_outcomes


def script(arms: list[ArmSpec], **analysis: object) -> tuple[str, Comparative]:
    given, chosen = tables_of(arms), settings(comparative=analysis)
    pooled = pool_outcomes(given.outcomes, given.arms, given.studies, chosen)
    (analysed,) = analyse(pooled, given, chosen)
    assert analysed.comparative is not None
    said = r_script(pooled, [analysed], chosen.config.analysis)
    assert said.endswith(compared_script([analysed]))
    return said, analysed.comparative


def test_counts_and_litpools_numbers_stand_together() -> None:
    said, found = script(trials_of("hine1989"))
    call = said[said.index("\ncompared(\n") :]
    assert "    events1 = c(2, 4, 6, 7, 7, 11)," in call
    assert "    n2 = c(43, 44, 110, 100, 106, 146)" in call
    assert '    measure = c("RR", "OR", "RD")' in call
    assert f"{found.contrasts[0].sets[0].pooled[0].estimate!r}"[:10] in call


def test_a_network_has_its_arms_and_reference() -> None:
    said, _ = script(smoking(), measure="OR", method="DL")
    call = said[said.index("\nnetwork(\n") :]
    assert 'measure = "OR", method = "DL", reference = "no_contact"' in call
    assert call.count('"ind_counseling"') == 20
    assert "c(363, 75, 10, 23, 9," in call, "by study, then treatment"


def test_a_study_alone_is_not_in_the_script() -> None:
    said, _ = script([ArmSpec("s", "new", 5, 20), control("s", "old", 2, 20)])
    assert "compared" not in said


@pytest.mark.parametrize("method", ["REML", "MH", "Peto", "EE"])
def test_brackets_close_and_names_are_known(method: str) -> None:
    said, _ = script(trials_of("nielweise2007"), measure="OR", method=method)
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', re.sub(r"(?m)^ *#.*", "", said))
    assert [bare.count(c) for c in "({["] == [bare.count(c) for c in ")}]"]
    for name in set(re.findall(r"ours\$(\w+)", said)) - {"treatment"}:
        assert re.search(rf"^    {name} = c\(", said, re.M), name


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R here")
@pytest.mark.parametrize("method", ["REML", "MH", "Peto"])
def test_r_gives_the_same(tmp_path: Path, method: str) -> None:
    path = tmp_path / "metafor.R"
    path.write_text(script(trials_of("nielweise2007"), measure="OR", method=method)[0], "utf-8")
    done = subprocess.run(["Rscript", path], check=False, capture_output=True, text=True, timeout=300)
    if "there is no package called" in done.stderr:
        pytest.skip("no metafor here")
    found = re.search(r"litpool's effects: (\S+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) < 1e-6
