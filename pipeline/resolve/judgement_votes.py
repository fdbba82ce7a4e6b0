"""Reviewers' judgements as votes, for the measures of their agreement; apart, for those need the statistics."""

from __future__ import annotations

from pipeline.appraisal import bias, certainty
from pipeline.appraisal.bias_rules import NO_INFORMATION
from pipeline.appraisal.bias_tools import OVERALL, tools
from pipeline.resolve.agreement import Vote
from pipeline.resolve.judgements import Judged


def votes(judged: Judged) -> list[Vote]:
    """What each line said, for `agreement`: one field per item of a tool, and per domain of certainty."""
    of_bias = [_vote(said, said.study, "", f"{said.tool} {said.item}") for said in judged.bias_said]
    of_certainty = [_vote(said, "", said.regimen_class, f"certainty: {said.domain}") for said in judged.certainty_said]
    return of_bias + of_certainty


def _vote(said: bias.Said | certainty.Said, study: str, arm: str, field: str) -> Vote:
    return Vote(
        study=study,
        arm=arm,
        outcome=said.outcome,
        field=field,
        value=said.judgement.value,
        reviewer=said.judgement.reviewer,
        date=said.judgement.date,
        adjudicates=said.judgement.adjudicates,
    )


def scales() -> dict[str, list[str]]:
    """The categories of fields whose judgements have an order, for weighted kappa; a checklist's answers have none."""
    found = {f"certainty: {name}": [row.judgement for row in rows] for name, rows in certainty.domains().items()}
    for tool in tools().values():
        found[f"{tool.name} {OVERALL}"] = [a for a in tool.overall if a != NO_INFORMATION]
        if tool.rule == "worst":
            found |= {f"{tool.name} {item}": [a for a in tool.answers if a != NO_INFORMATION] for item in tool.items}
    return found
