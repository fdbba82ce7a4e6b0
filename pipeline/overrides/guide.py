"""The guide to the columns of overrides/, written from the models."""

from __future__ import annotations

from pipeline.overrides import FILES

HEAD = """\
# Overrides

What reviewers decided. People write these files, the pipeline only reads them; a reviewer's value always wins.
After an edit, `snakemake all` links, resolves, pools and reports again. `extracted/audit.csv` says what each line did:
*applied*; *redundant* (the machine now says the same); *stale* (the machine now says something else than you saw: your
value stands, please look again; or a record of `links.csv` is not there: the line waits until it is).
`extracted/worklist.csv` holds ready lines for what waits, each with the file that it is for.

Written by `make schema` from `pipeline/records.py`.
"""


def guide() -> str:
    """overrides/README.md."""
    parts = [HEAD]
    for name, model in FILES.items():
        parts.append(f"\n## {name}\n\n| column | must be filled | meaning |\n|---|---|---|\n")
        for column, field in model.model_fields.items():
            parts.append(f"| `{column}` | {'yes' if field.is_required() else 'no'} | {field.description} |\n")
    return "".join(parts)
