"""The same analysis as a script for R's metafor, data inline."""

from __future__ import annotations

import json

from pipeline.config import Analysis
from pipeline.records import PooledOutcome

HEAD = """\
# The pooled results of this review, again with R's metafor. Run: Rscript metafor.R
library(metafor)
"""

MODEL = """\
cat("\\n== {label} ==\\n")
{name} <- data.frame(
  study = c({studies}),
  class = c({classes}),
  events = c({events}),
  n = c({n})
)
print(predict(rma(measure = "{measure}", xi = events, ni = n, data = {name}, method = "{method}", test = "{test}",
                  level = {level:g}, control = list(threshold = 1e-12, maxiter = 10000)), transf = {back}))
print(predict(rma.glmm(measure = "PLO", xi = events, ni = n, data = {name}, test = "{wald}", level = {level:g},
                       nAGQ = 7), transf = transf.ilogit))
"""

#: metafor's back-transformation of each measure
BACK = {
    "PR": "identity",
    "PLO": "transf.ilogit",
    "PLN": "exp",
    "PAS": "transf.iarcsin",
    "PFT": "function(y) transf.ipft.hm(y, targs = list(ni = {name}$n))",
}


def r_script(pooled: list[PooledOutcome], analysis: Analysis) -> str:
    """The script's text: per outcome the data, the two-step model and the GLMM of `pipeline.pool`."""
    return HEAD + "".join("\n" + _block(p, analysis) for p in pooled if len(p.effects) > 1)


def _block(p: PooledOutcome, analysis: Analysis) -> str:
    name = "".join(c if c.isalnum() else "_" for c in p.outcome)
    return MODEL.format(
        name=name,
        label=_text(p.label)[1:-1],
        studies=", ".join(_text(e.label) for e in p.effects),
        classes=", ".join(_text(e.regimen_class) for e in p.effects),
        events=", ".join(str(e.events) for e in p.effects),
        n=", ".join(str(e.n) for e in p.effects),
        measure=analysis.measure,
        method=analysis.method,
        test=analysis.test,
        wald="z" if analysis.test == "z" else "t",
        level=analysis.level,
        back=BACK[analysis.measure].format(name=name),
    )


def _text(text: str) -> str:
    """A string literal that R reads as the same text, whatever it holds."""
    return json.dumps(text, ensure_ascii=True)
