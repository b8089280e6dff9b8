# Computes the pools of the review again, with the package metafor (and the pooled effects with meta, where it is there).
#
#   Rscript check.R
#
# pools/*.csv hold the effects of the series, pools.csv how each pool was made and what forestable has. A line is printed for
# each pool, and at the end how far they differ and which were not computed again, and why; the exit status is 1 if any figure
# differs by more than 1e-6, of the binomial-normal model of counts (which needs lme4) by more than 1e-4.

suppressPackageStartupMessages(library(metafor))
expected <- read.csv("pools.csv", stringsAsFactors = FALSE, na.strings = "")

back <- list(
  cloglog = function(y) exp(-exp(y)),
  logit = plogis,
  log = exp,
  plain = identity,
  arcsine = function(y) sin(y)^2
)
tests <- c(classic = "z", t = "t", HKSJ = "knha", mKH = "adhoc")
precise <- list(threshold = 1e-12, maxiter = 10000)

# The mean of one line, its standard errors (as its interval has it, and the plain one) and degrees of freedom. Groups that
# share their variance between series are the coefficients of one model, with the group as factor.
pool_again <- function(line, series) {
  method <- if (line$model == "common") "EE" else line$tau2_method
  own <- if (is.na(line$group)) series else series[series$group == line$group, ]
  shared <- !is.na(line$group) && line$subgroup_tau2 == "common" && length(unique(series$group)) > 1
  fit <- function(test, data) {
    level <- line$level * 100
    if (shared) rma(yi, vi, mods = ~ 0 + group, data = series, method = method, test = test, level = level, control = precise)
    else rma(yi, vi, data = data, method = method, test = test, level = level, control = precise)
  }
  asked <- fit(tests[[line$interval]], own)
  plain <- fit("z", own)
  at <- if (shared) which(rownames(asked$beta) == paste0("group", line$group)) else 1
  q <- rma(yi, vi, data = own, method = "EE")$QE
  list(mean = asked$beta[at], se = asked$se[at], plain_se = plain$se[at], ends = c(asked$ci.lb[at], asked$ci.ub[at]),
       df = asked$k - asked$p, tau2 = asked$tau2, q = q)
}

prediction <- function(line, again) {
  method <- line$prediction
  if (line$k < 3 || line$model == "common" || !method %in% c("V", "HTS", "HK", "HK-PR")) return(c(NA, NA))
  se <- if (method %in% c("HK", "HK-PR")) again$se else again$plain_se
  df <- again$df - (method %in% c("HTS", "HK-PR"))
  again$mean + c(-1, 1) * qt(1 - (1 - line$level) / 2, df) * sqrt(again$tau2 + se^2)
}

# The binomial-normal model of counts, by the likelihood of lme4, whose search stops sooner than ours. A survival proportion is that
# share of its effective number, which need not be whole. The mean of a group that shares its variance between series is the intercept
# of the model that takes it as the reference; where everybody or nobody in a group had the event, its mean is infinite and no
# program has an answer by this road. What cannot be computed gives the reason in words.
counted_again <- function(line, series) {
  series$x <- ifelse(is.na(series$events), series$proportion * series$effective_size, series$events)
  series$m <- series$effective_size - series$x
  own <- if (is.na(line$group)) series else series[series$group == line$group, ]
  shared <- !is.na(line$group) && line$subgroup_tau2 == "common" && length(unique(series$group)) > 1
  data <- if (shared) series else own
  ends <- tapply(data$x, data$group, sum) == 0 | tapply(data$m, data$group, sum) == 0
  if (any(shared & ends)) return("everybody or nobody had the event in one of the groups that share a variance, whose mean is infinite")
  if (!line$interval %in% c("classic", "t")) return(paste("metafor has no interval", line$interval, "of counts"))
  if (!requireNamespace("lme4", quietly = TRUE)) return("counts need the package lme4, which is not there")
  test <- if (line$interval == "t") "t" else "z"
  fit <- suppressWarnings(if (shared) {
    data$reference <- relevel(factor(data$group), ref = line$group)
    rma.glmm(measure = "PLO", xi = x, mi = m, mods = ~ reference, data = data, level = line$level * 100, test = test, nAGQ = 21)
  } else {
    rma.glmm(measure = "PLO", xi = x, mi = m, data = data, level = line$level * 100, test = test, nAGQ = 21)
  })
  c(plogis(c(fit$beta[1], fit$ci.lb[1], fit$ci.ub[1])), fit$tau2)
}

worst <- 0
worst_count <- 0
compared <- 0
compared_counts <- 0
reasons <- character()
left_out <- function(name, why) {
  reasons <<- c(reasons, why)
  cat(sprintf("%-32s not computed again: %s\n", name, why))
}
for (at in seq_len(nrow(expected))) {
  line <- expected[at, ]
  name <- if (is.na(line$group)) line$analysis else paste0(line$analysis, "@", line$group)
  transform <- back[[line$scale]]
  if (line$model == "glmm") {
    series <- read.csv(file.path("pools", paste0(line$analysis, ".csv")), stringsAsFactors = FALSE)
    again <- counted_again(line, series)
    if (is.character(again)) {
      left_out(name, again)
    } else {
      difference <- max(abs(again - unlist(line[c("estimate", "lower", "upper", "tau2")])))
      worst_count <- max(worst_count, difference)
      compared_counts <- compared_counts + 1
      cat(sprintf("%-32s k = %2d  %.6f (%.6f to %.6f)  differs by %.1e\n", name, line$k, again[1], again[2], again[3], difference))
    }
    next
  }
  if (!line$model %in% c("random", "common") || !line$interval %in% names(tests) || is.null(transform) ||
      line$tau2_method == "HSk") {
    left_out(name, paste("metafor has no such pool:", line$model, line$tau2_method, line$interval, line$scale))
    next
  }
  series <- read.csv(file.path("pools", paste0(line$analysis, ".csv")), stringsAsFactors = FALSE)
  again <- pool_again(line, series)
  ends <- sort(transform(again$ends))
  pi <- sort(transform(prediction(line, again)), na.last = TRUE)
  found <- c(transform(again$mean), ends, pi, if (line$model == "common") NA else again$tau2, again$q)
  ours <- unlist(line[c("estimate", "lower", "upper", "pi_lower", "pi_upper", "tau2", "q")])
  difference <- max(abs(found - ours), na.rm = TRUE)
  worst <- max(worst, difference)
  compared <- compared + 1
  cat(sprintf("%-32s k = %2d  %.6f (%.6f to %.6f)  differs by %.1e\n", name, line$k, found[1], ends[1], ends[2], difference))
  if (requireNamespace("meta", quietly = TRUE) && is.na(line$group)) {
    other <- meta::metagen(series$yi, sqrt(series$vi), method.tau = if (line$model == "common") "DL" else line$tau2_method)
    theirs <- if (line$model == "common") other$TE.common else other$TE.random
    if (abs(transform(theirs) - line$estimate) > 1e-4) {
      cat(sprintf("%-32s meta has %.6f\n", name, transform(theirs)))
    }
  }
}
cat(sprintf("\n%d pools of effects compared with metafor, largest difference %.1e\n", compared, worst))
# lme4 stops its search where the likelihood is nearly flat.
cat(sprintf("%d pools of counts compared with lme4, largest difference %.1e\n", compared_counts, worst_count))
cat(sprintf("%d of %d pools not computed again\n", length(reasons), nrow(expected)))
for (why in unique(reasons)) cat(sprintf("  %d: %s\n", sum(reasons == why), why))
if (compared + compared_counts == 0 || worst > 1e-6 || worst_count > 1e-4) quit(status = 1)
