"""R scripts read as text: R is not there to run them."""

from __future__ import annotations

import json
import re

STRING = r'"(?:[^"\\]|\\.)*"'


def bare(said: str) -> str:
    """The script without its strings and comments."""
    return re.sub(r"#[^\n]*", "", re.sub(STRING, '""', statements(said)))


def statements(said: str) -> str:
    """The script without lines of comment."""
    return "\n".join(line for line in said.splitlines() if not line.startswith("#"))


def comments(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if line.startswith("#"))


def column(said: str, name: str) -> list[float]:
    """Numbers (or TRUE and FALSE) of a column of the data."""
    found = re.search(rf"^  {name} = c\(([^)]*)\)", said, re.M)
    assert found, name
    truth = {"TRUE": 1.0, "FALSE": 0.0}
    return [truth[cell] if cell in truth else float(cell) for cell in found[1].split(", ")]


def labels(said: str) -> list[str]:
    """Names of the studies; R's escapes of these are JSON's."""
    inside = said[said.index("study = c(") : said.index(" = c(", said.index("study = c(") + 10)]
    return [
        json.loads(re.sub(r"\\U0*([0-9a-f]{5})", lambda m: chr(int(m[1], 16)), s)) for s in re.findall(STRING, inside)
    ]


def arguments(said: str, function: str) -> dict[str, str]:
    """Arguments by name of the first call of a function, those that hold no comma and no bracket."""
    found = re.search(rf"\b{re.escape(function)}\(([^\n]*)\)$", statements(said), re.M)
    assert found, function
    return dict(re.findall(r"(\w+) = ([^,()]+)(?=,|\)|$)", found[1]))


def balanced(said: str) -> bool:
    text = bare(said)
    return [text.count(c) for c in "({["] == [text.count(c) for c in ")}]"] and '"' not in text.replace('""', "")
