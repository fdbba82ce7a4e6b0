# What metafor makes of a table of our own, for tests/pool/test_golden.py: `Rscript metafor_values.R > metafor_values.csv`.
# Counts, years and classes are invented; an arm has no event, one has events only, one has no year.
library(metafor)

d <- data.frame(
  events = c(25, 8, 90, 44, 3, 30, 12, 7, 60, 18, 5, 0, 6),
  n = c(35, 19, 112, 80, 12, 41, 25, 9, 101, 33, 21, 8, 6),
  year = c(2000:2003, NA, 2005:2012),
  class = rep(c("x", "y"), length.out = 13)
)
out <- function(what, values) {
  cat(sprintf("%s,%d,%.12g\n", what, seq_along(values), as.numeric(values)), sep = "")
}
exact <- list(threshold = 1e-12, maxiter = 10000)
fit <- function(d, measure = "PLO", method = "REML", test = "knha", ...) {
  rma(measure = measure, xi = d$events, ni = d$n, add = if (measure == "PAS") 0 else 1/2, to = "only0",
      method = method, test = test, control = if (method == "REML") exact else if (method == "PM") list(tol = 1e-12, maxiter = 10000) else list(), ...)
}
ends <- function(r, back) back(c(r$beta, r$ci.lb, r$ci.ub))
back <- list(PLO = transf.ilogit, PAS = function(x) sapply(x, transf.iarcsin))

cat("what,i,value\n")
out("counts.events", d$events)
out("counts.n", d$n)

# forest
main <- fit(d)
out("main.proportion", ends(main, transf.ilogit))
at <- predict(main, transf = transf.ilogit)
out("main.pi", c(at$pi.lb, at$pi.ub))
out("main.heterogeneity", c(main$tau2, main$I2, main$QE, main$QEp))
out("forest.weight", weights(main))
ci <- sapply(seq_len(nrow(d)), function(i) binom.test(d$events[i], d$n[i])$conf.int)
out("forest.low", ci[1, ])
out("forest.high", ci[2, ])
between <- rma(measure = "PLO", xi = d$events, ni = d$n, mods = ~ factor(d$class), method = "REML", test = "z", control = exact)
out("class.test", c(between$QM, between$p - 1, between$QMp))

# funnel
out("funnel.y", main$yi)
out("funnel.se", sqrt(main$vi))
out("funnel.center", fit(d, test = "z")$beta)
arcsine <- fit(d, "PAS", test = "z")
out("funnel.PAS.y", arcsine$yi)
out("funnel.PAS.se", sqrt(arcsine$vi))
out("funnel.filled", trimfill(fit(d, test = "z"), estimator = "L0")$k0)
# small arms that respond more often: arms to fill in
skewed <- data.frame(events = c(80, 61, 51, 40, 29, 21, 17, 16, 14, 12, 10, 9), n = c(200, 150, 120, 90, 60, 40, 30, 25, 20, 15, 12, 10))
out("skewed.events", skewed$events)
out("skewed.n", skewed$n)
for (estimator in c("L0", "R0")) {
  filled <- trimfill(fit(skewed, test = "z"), estimator = estimator)
  out(paste("skewed", estimator, "y", sep = "."), filled$yi[filled$fill])
  out(paste("skewed", estimator, "se", sep = "."), sqrt(filled$vi[filled$fill]))
  out(paste("skewed", estimator, "pooled", sep = "."), ends(filled, transf.ilogit))
}

# specification curve
for (measure in c("PLO", "PAS")) for (method in c("DL", "REML", "PM")) for (test in c("z", "knha", "adhoc")) {
  out(paste("choice", measure, method, test, sep = "."), ends(fit(d, measure, method, test), back[[measure]]))
}

# without each arm; cumulative by year, an arm without one last
refits <- function(name, sets) {
  for (i in seq_along(sets)) {
    r <- fit(sets[[i]])
    out(paste(name, i, sep = "."), c(ends(r, transf.ilogit), r$tau2, r$I2))
  }
}
refits("without", lapply(seq_len(nrow(d)), function(i) d[-i, ]))
ordered <- d[order(d$year, na.last = TRUE), ]
refits("growing", lapply(seq_len(nrow(d)), function(i) ordered[1:i, ]))

# influence and Baujat's plot
found <- influence(fit(d, test = "z"))
for (what in c("rstudent", "cook.d", "dffits", "weight")) out(paste("influence", what, sep = "."), found$inf[[what]])
out("influence.influential", found$is.infl)
pdf(NULL)
baujat <- baujat(fit(d, test = "z"))
out("baujat.x", baujat$x)
out("baujat.y", baujat$y)

# bubbles: on the year
dated <- d[!is.na(d$year), ]
on_year <- rma(measure = "PLO", xi = dated$events, ni = dated$n, mods = dated$year, method = "REML", test = "knha", control = exact)
out("year.slope", c(on_year$beta[2], on_year$ci.lb[2], on_year$ci.ub[2], on_year$pval[2]))
out("year.left", c(on_year$tau2, on_year$I2, on_year$R2))
line <- predict(on_year, newmods = c(2000, 2006, 2012), transf = transf.ilogit)
out("year.line", line$pred)
out("year.line.low", line$ci.lb)
out("year.line.high", line$ci.ub)

# asymmetry
asymmetry <- function(name, r, size) {
  s <- coef(summary(lm(r$yi ~ size, weights = 1 / r$vi)))
  out(paste("asymmetry", name, sep = "."), c(s[2, 3], s[2, 4]))
}
asymmetry("peters", main, 1 / d$n)
asymmetry("macaskill", main, d$n)
asymmetry("arcsine", arcsine, sqrt(arcsine$vi))
asymmetry("egger", main, sqrt(main$vi))
out("asymmetry.rank", c(ranktest(main)$tau, ranktest(main)$pval))
