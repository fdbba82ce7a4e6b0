
# ---- treatments against each other, inside studies --------------------------------------------------------------

# RR, OR or RD of 2x2 tables by litpool's method and test; a study that says nothing of a ratio is left out
two_groups <- function(d, measure, method, test) {
  if (method == "Peto") {
    return(rma.peto(ai = events1, n1i = n1, ci = events2, n2i = n2, data = d, slab = study, level = chosen$level))
  }
  if (method == "MH") {
    return(rma.mh(measure = measure, ai = events1, n1i = n1, ci = events2, n2i = n2, data = d, slab = study,
                  level = chosen$level))
  }
  rma(measure = measure, ai = events1, n1i = n1, ci = events2, n2i = n2, data = d, slab = study, add = 1/2,
      to = "only0", drop00 = measure != "RD", method = method, test = test, level = chosen$level,
      control = control(method))
}

# numbers beside litpool's, with the difference (of ratios: of their logarithms)
apart <- numeric()
beside <- function(found, estimates, ratio) {
  scale <- function(x) replace(x, ratio, log(x[ratio]))
  found$litpool <- estimates
  found$difference <- scale(found$estimate) - scale(estimates)
  apart <<- c(apart, found$difference)
  print(found, row.names = FALSE, digits = 6)
}

# a comparison of two treatments; `ours` has a row for each measure
compared <- function(label, d, ours) {
  cat("\n==", label, "==\n")
  rows <- Map(function(measure, method, test) {
    fit <- two_groups(d, measure, method, test)
    at <- c(fit$beta, fit$ci.lb, fit$ci.ub)
    if (measure != "RD") at <- exp(at)
    data.frame(measure = measure, method = method, test = test, k = fit$k, estimate = at[1], ci.lb = at[2],
               ci.ub = at[3])
  }, ours$measure, ours$method, ours$test)
  beside(do.call(rbind, rows), ours$estimate, ours$measure != "RD")
}

# a network of treatments: the arms on the scale of the measure, with an intercept for each study, as the differences
# of arms within studies are those of its comparisons; tau2 of an arm is half of that of a comparison (Ruecker & Schwarzer
# 2014). A half goes to all arms of a study with an empty cell. `ours` are estimates against the reference.
network <- function(label, d, measure, method, reference, ours) {
  cat("\n== network:", label, "==\n")
  sparse <- ave(d$events == 0 | d$events == d$n, d$study, FUN = any)
  e <- d$events + sparse / 2
  n <- d$n + sparse
  yi <- switch(measure, OR = log(e / (n - e)), RR = log(e / n), RD = e / n)
  vi <- switch(measure, OR = 1 / e + 1 / (n - e), RR = 1 / e - 1 / n, RD = e / n * (1 - e / n) / n)
  study <- factor(d$study)
  treatment <- relevel(factor(d$treatment), reference)
  fit <- rma(yi, vi, mods = ~ study + treatment, method = method, level = chosen$level, control = control(method))
  at <- match(paste0("treatment", ours$treatment), rownames(fit$beta))
  back <- if (measure == "RD") identity else exp
  cat("tau2 of a comparison:", 2 * fit$tau2, "\n")
  found <- data.frame(treatment = ours$treatment, against = reference, estimate = back(fit$beta[at, 1]),
                      ci.lb = back(fit$ci.lb[at]), ci.ub = back(fit$ci.ub[at]))
  beside(found, ours$estimate, rep(measure != "RD", nrow(found)))
}
