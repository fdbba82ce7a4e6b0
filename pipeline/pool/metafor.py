"""The same analysis as a script for R's metafor, data inline."""

from __future__ import annotations

from string import Template

from pipeline.config import Analysis
from pipeline.pooled import PooledOutcome
from pipeline.stats.inference import GLMM_TESTS
from pipeline.stats.r_script import BACK, CONTROL, lines, text

# $$ is a dollar sign of R's
HEAD = Template("""\
# The pooled results of this review, again with R's metafor (and lme4 for the GLMM). Run: Rscript metafor.R
library(metafor)

two_step <- function(d, ...) {
  rma(measure = "$measure", xi = events, ni = n, data = d, add = 1/2, to = "only0", method = "$method",
      level = $level, control = $control, ...)
}

pool <- function(d) {
  if (nrow(d) == 1) {  # one arm: nothing is pooled
    print(binom.test(d$$events, d$$n, conf.level = $fraction))
    return(invisible())
  }
  iv <- two_step(d, test = "$test")
  print(iv)
  print(predict(iv$back))
  glmm <- try(rma.glmm(measure = "PLO", xi = events, ni = n, data = d, test = "$wald", level = $level, nAGQ = 7))
  if (!inherits(glmm, "try-error")) {
    print(glmm)
    print(predict(glmm, transf = transf.ilogit))
  }
}

report <- function(label, d) {
  cat("\\n==", label, "==\\n")
  pool(d)
  classes <- split(d, d$$class)
  for (name in names(classes)) {
    cat("\\n--", label, "/", name, "--\\n")
    pool(classes[[name]])
  }
  if (length(classes) > 1 && ($equal || nrow(d) > length(classes))) {
    cat("\\n--", label, "/ between classes, one tau2 for all: see QM --\\n")
    print(two_step(d, test = "z", mods = ~ factor(class)))
  }
}
""")

DATA = Template("""\

report($label, data.frame(
  study = c($studies),
  class = c($classes),
  events = c($events),
  n = c($n)
))
""")


def r_script(pooled: list[PooledOutcome], analysis: Analysis) -> str:
    """The script's text: per outcome the data, and the models of `pipeline.pool` overall, by class and between them."""
    return _head(analysis) + "".join(_data(p) for p in pooled if p.effects)


def _head(analysis: Analysis) -> str:
    return HEAD.substitute(
        measure=analysis.measure,
        method=analysis.method,
        test=analysis.test,
        wald=analysis.test if analysis.test in GLMM_TESTS else "t",
        level=f"{analysis.level:g}",
        fraction=f"{analysis.level / 100:.12g}",
        control=CONTROL.get(analysis.method, "list()"),
        back=BACK[analysis.measure],
        equal="TRUE" if analysis.method == "EE" else "FALSE",
    )


def _data(p: PooledOutcome) -> str:
    return DATA.substitute(
        label=text(p.label),
        studies=lines(text(e.label) for e in p.effects),
        classes=lines(text(e.regimen_class) for e in p.effects),
        events=", ".join(str(e.events) for e in p.effects),
        n=", ".join(str(e.n) for e in p.effects),
    )
