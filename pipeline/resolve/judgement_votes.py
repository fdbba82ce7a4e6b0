"""Reviewers' judgements as votes, for the measures of their agreement; apart, for those need the statistics."""

from __future__ import annotations

from pipeline.appraisal.bias_rules import NO_INFORMATION
from pipeline.appraisal.bias_tools import OVERALL, tools
from pipeline.appraisal.certainty import domains
from pipeline.resolve.agreement import Vote
from pipeline.resolve.judgements import Judged


def votes(judged: Judged) -> list[Vote]:
    """What each line said, for `agreement`: one field per item of a tool, and per domain of certainty."""
    of_bias = [
        Vote(
            study=said.study,
            outcome=said.outcome,
            field=f"{said.tool} {said.item}",
            value=said.judgement.value,
            reviewer=said.judgement.reviewer,
            date=said.judgement.date,
            adjudicates=said.judgement.adjudicates,
        )
        for said in judged.bias_said
    ]
    of_certainty = [
        Vote(
            study="",
            arm=said.regimen_class,
            outcome=said.outcome,
            field=f"certainty: {said.domain}",
            value=said.judgement.value,
            reviewer=said.judgement.reviewer,
            date=said.judgement.date,
            adjudicates=said.judgement.adjudicates,
        )
        for said in judged.certainty_said
    ]
    return of_bias + of_certainty


def scales() -> dict[str, list[str]]:
    """The categories of fields whose judgements have an order, for weighted kappa; a checklist's answers have none."""
    found = {f"certainty: {name}": [row.judgement for row in rows] for name, rows in domains().items()}
    for tool in tools().values():
        found[f"{tool.name} {OVERALL}"] = [a for a in tool.overall if a != NO_INFORMATION]
        if tool.rule == "worst":
            found |= {f"{tool.name} {item}": [a for a in tool.answers if a != NO_INFORMATION] for item in tool.items}
    return found
