"""What reviewers write: the files of overrides/ and their rows, read and added to as spreadsheets leave them.

What the lines mean is told where they are applied (`pipeline/resolve/`, `pipeline/link/`).
"""

from __future__ import annotations

from pipeline.parsed import Row
from pipeline.records import Added, Certainty, Confirmation, Correction, Exclusion, Inclusion, LinkDecision, RiskOfBias

#: file in overrides/ → its row
FILES: dict[str, type[Row]] = {
    "corrections.csv": Correction,
    "added.csv": Added,
    "confirmations.csv": Confirmation,
    "exclusions.csv": Exclusion,
    "inclusions.csv": Inclusion,
    "links.csv": LinkDecision,
    "risk_of_bias.csv": RiskOfBias,
    "certainty.csv": Certainty,
}
