"""A part of the report: its heading, its template, and what the template is filled with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.report.inputs import Inputs


@dataclass(frozen=True)
class Section:
    """`ident` names the anchor in the page and the template sections/<ident>.html.j2."""

    ident: str
    title: str
    data: Callable[[Inputs], Mapping[str, object]]

    @property
    def template(self) -> str:
        return f"sections/{self.ident}.html.j2"
