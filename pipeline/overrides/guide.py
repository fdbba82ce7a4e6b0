"""The guide to the columns of overrides/, written from the models."""

from __future__ import annotations

from pipeline.overrides import FILES

HEAD = """\
# Overrides

What reviewers decided. People write these files, the pipeline only reads them; a reviewer's value always wins.
After an edit, `snakemake all` links, resolves, pools and reports again. `extracted/decisions.csv` says what each line
did: *applied*; *redundant* (the machine now says the same); *stale* (the machine or the text now says something else
than you saw: your value stands, please look again; or a record of `links.csv` is not there: the line waits until it
is); *overruled* (a later line counts); *disagrees* (two reviewers say two things: the value waits for a third).
`extracted/worklist.csv` holds ready lines for what waits, each with the file that it is for.

## In a spreadsheet

Excel and LibreOffice may keep these files in any of their dialects (`;` or tab, Windows-1252, UTF-16, columns in
another order); commands that add a line keep the file's own. Spreadsheets change what is typed: `5/12` and `Mar-35`
become dates, long numbers lose digits, `=` starts a formula. What has one reading is read; else the line is refused,
with what happened and what to write. Always safe: `25 of 35`, `71.4%`, and an apostrophe before anything else
(`'5/12`). A date is written `2026-11-03`; Excel may save it in a CSV file as `11/3/2026`, which may be two days and is
refused: in a workbook, or as `'2026-11-03`, it stays.

`litpool template` makes a workbook with a sheet for each file, where texts stay as they are typed; `litpool template
--read FILE.xlsx` adds its lines to the CSV files, which git can compare and join. A workbook in this folder counts,
too: `corrections.xlsx` beside or instead of `corrections.csv`, and the sheet `corrections` of any other; a line that is
in both counts once. `overrides.schema.json` describes the rows for programs.

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
