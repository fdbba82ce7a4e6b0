# tau2 to the last digits; metafor stops earlier
control <- function(method) {
  if (method %in% c("ML", "REML", "EB")) return(list(threshold = 1e-12, maxiter = 10000))
  if (method == "PM") return(list(tol = 1e-12, maxiter = 10000))
  list()
}

# what is added to events and non-events of an arm that has none of one of them
added <- function(measure) if (measure %in% c("PAS", "PFT")) 0 else 1/2

two_step <- function(d, measure = chosen$measure, method = chosen$method, test = chosen$test) {
  rma(measure = measure, xi = events, ni = n, data = d, slab = study, add = added(measure), to = "only0",
      method = method, test = test, level = chosen$level, control = control(method))
}

on_moderator <- function(d, moderator, test) {
  rma(measure = chosen$measure, xi = events, ni = n, mods = moderator, data = d, add = added(chosen$measure),
      to = "only0", method = chosen$method, test = test, level = chosen$level, control = control(chosen$method))
}

one_step <- function(d, test) {
  try(rma.glmm(measure = "PLO", xi = events, ni = n, data = d, test = test, level = chosen$level, nAGQ = 7))
}

# from the scale of the analysis to proportions; n are those of the arms that the result rests on
back <- function(x, measure, n) {
  p <- switch(measure, PR = x, PLO = transf.ilogit(x), PLN = exp(x), PAS = sapply(x, transf.iarcsin),
              PFT = sapply(x, transf.ipft.hm, targs = list(ni = n)))
  pmin(pmax(p, 0), 1)
}

# a set of arms as one row: the two-step result, or of one arm its own proportion with the exact interval
row_of <- function(name, d, measure = chosen$measure, method = chosen$method, test = chosen$test) {
  if (nrow(d) == 1) {
    ci <- binom.test(d$events, d$n, conf.level = chosen$level / 100)$conf.int
    return(data.frame(analysis = name, k = 1, proportion = d$events / d$n, ci.lb = ci[1], ci.ub = ci[2],
                      tau2 = NA, I2 = NA))
  }
  fit <- two_step(d, measure, method, test)
  at <- back(c(fit$beta, fit$ci.lb, fit$ci.ub), measure, d$n)
  data.frame(analysis = name, k = fit$k, proportion = at[1], ci.lb = at[2], ci.ub = at[3], tau2 = fit$tau2,
             I2 = fit$I2)
}

# a table, beside litpool's proportions where it has them
differences <- numeric()
show <- function(title, rows, litpool) {
  cat("\n--", title, "--\n")
  found <- do.call(rbind, rows)
  if (length(litpool) == nrow(found)) {
    found$litpool <- litpool
    found$difference <- found$proportion - litpool
    differences <<- c(differences, found$difference)
  }
  print(found, row.names = FALSE, digits = 6)
}

models <- function(d) {
  if (nrow(d) == 1) return(print(binom.test(d$events, d$n, conf.level = chosen$level / 100)))
  fit <- two_step(d)
  print(fit)
  at <- predict(fit)
  cat("as proportions: pooled, confidence interval, prediction interval\n")
  print(back(c(at$pred, at$ci.lb, at$ci.ub, at$pi.lb, at$pi.ub), chosen$measure, d$n))
  glmm <- one_step(d, if (chosen$test == "z") "z" else "t")
  if (!inherits(glmm, "try-error")) {
    print(glmm)
    print(predict(glmm, transf = transf.ilogit))
  }
}

# the models of all arms and of each class, and the test between classes with one tau2 for all (see QM)
pooled <- function(label, d, litpool) {
  cat("\n==", label, "==\n")
  models(d)
  classes <- litpool$classes$class
  for (name in classes) {
    cat("\n--", label, "/", name, "--\n")
    models(d[d$class == name, ])
  }
  if (length(classes) > 1 && (chosen$method == "EE" || nrow(d) > length(classes))) {
    cat("\n--", label, "/ between classes --\n")
    print(on_moderator(d, ~ factor(class), "z"))
  }
  rows <- lapply(classes, function(name) row_of(name, d[d$class == name, ]))
  show("all arms, and each class", c(list(row_of("all arms", d)), rows), c(litpool$main, litpool$classes$proportion))
}

# other rows, other choices, without each arm, cumulative by year
sensitivity <- function(d, sets, litpool) {
  if (length(sets) > 0) {
    show("from other rows", Map(row_of, names(sets), sets), litpool$sets)
  }
  if (nrow(d) < 3) return(invisible())
  of <- litpool$choices
  rows <- Map(function(m, e, t) row_of(paste(m, e, t), d, m, e, t), of$measure, of$method, of$test)
  show("by other choices: measure, estimator, test", rows, of$proportion)
  rows <- lapply(seq_len(nrow(d)), function(i) row_of(paste("without", d$study[i]), d[-i, ]))
  show("without each arm", rows, litpool$without)
  by_year <- d[order(d$year, na.last = TRUE), ]
  rows <- lapply(2:nrow(d), function(i) row_of(paste("up to", by_year$study[i]), by_year[1:i, ]))
  show("cumulative by year, from two arms on", rows, litpool$growing[-1])
}

# influence and Baujat's values; the year; asymmetry by weighted regression, rank correlation, trim and fill
diagnostics <- function(d) {
  if (nrow(d) < 3) return(invisible())
  plain <- two_step(d, test = "z")
  print(influence(plain))
  pdf(NULL)
  print(try(baujat(plain)))
  invisible(dev.off())
  dated <- d[!is.na(d$year), ]
  if (nrow(dated) >= 10 && length(unique(dated$year)) > 1) {
    cat("\n-- on the year --\n")
    print(on_moderator(dated, ~ year, chosen$test))
  }
  if (nrow(d) < 10) return(invisible())
  on <- function(name, measure, size) {
    e <- escalc(measure = measure, xi = events, ni = n, data = d, add = added(measure), to = "only0")
    cat("\n--", name, "--\n")
    print(coef(summary(lm(e$yi ~ size(e), weights = 1 / e$vi))))
  }
  on("Peters' test", "PLO", function(e) 1 / e$n)
  on("Macaskill's test", "PLO", function(e) e$n)
  on("the arcsine test", "PAS", function(e) sqrt(e$vi))
  on("Egger's test", chosen$measure, function(e) sqrt(e$vi))
  print(ranktest(plain))
  for (estimator in c("L0", "R0")) print(try(trimfill(plain, estimator = estimator)))
}

report <- function(label, d, sets, litpool) {
  pooled(label, d, litpool)
  sensitivity(d, sets, litpool)
  diagnostics(d)
}
