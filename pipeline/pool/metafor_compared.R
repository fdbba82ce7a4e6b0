
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
  scale <- function(x) ifelse(ratio, log(x), x)
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

# a network of treatments by netmeta, where it is installed; `ours` are estimates against the reference
network <- function(label, d, measure, method, reference, ours) {
  cat("\n== network:", label, "==\n")
  if (!requireNamespace("netmeta", quietly = TRUE)) return(cat("netmeta is not installed\n"))
  if (method == "EE") method <- "DL"
  pairs <- netmeta::pairwise(treat = treatment, event = events, n = n, studlab = study, data = d, sm = measure)
  fit <- netmeta::netmeta(pairs, reference.group = reference, method.tau = method, level = chosen$level / 100)
  print(fit)
  estimates <- if (ours$common) fit$TE.common else fit$TE.random
  at <- estimates[ours$treatment, reference]
  found <- data.frame(treatment = ours$treatment, estimate = if (measure == "RD") at else exp(at))
  beside(found, ours$estimate, measure != "RD")
}
