# The whole job in R: reads the effects of every pool (`forestable export --r FOLDER` writes them), pools each with its groups, draws each
# forest plot as SVG and writes each table.
#
#   Rscript benches/peers.R metafor|meta|nothing FOLDER OUT
#
# `nothing` only starts R. A package that is not installed is said so, with exit status 3.

arguments <- commandArgs(TRUE)
package <- arguments[1]
if (package == "nothing") quit(status = 0)
if (!requireNamespace(package, quietly = TRUE)) {
  message("the R package ", package, " is not installed")
  quit(status = 3)
}
suppressPackageStartupMessages(library(package, character.only = TRUE))
pools <- list.files(file.path(arguments[2], "pools"), pattern = "\\.csv$", full.names = TRUE)
out <- arguments[3]
dir.create(out, recursive = TRUE, showWarnings = FALSE)

back <- function(y, scale) switch(scale, cloglog = exp(-exp(y)), logit = plogis(y))
percent <- function(p) sprintf("%.1f", 100 * p)
cell <- function(y, lower, upper, scale) {
  ends <- sort(back(c(lower, upper), scale))
  paste0(percent(back(y, scale)), " (", percent(ends[1]), "-", percent(ends[2]), ")")
}
row <- function(...) paste0("| ", paste(..., sep = " | "), " |")

# user code: metafor
with_metafor <- function(series, name) {
  scale <- series$scale[1]
  pool <- rma(yi, vi, data = series, method = "REML", test = "adhoc", slab = study)
  limits <- predict(pool)
  lines <- c(row("series", "%", "weight"), "|---|---|---|")
  weights <- weights(pool)
  grouped <- length(unique(series$timing)) > 1 && nrow(series) > 2
  for (group in unique(series$timing)) {
    own <- which(series$timing == group)
    lines <- c(lines, row(paste0("**", group, "**"), "", ""))
    for (at in own) {
      half <- qnorm(0.975) * sqrt(series$vi[at])
      lines <- c(lines, row(series$study[at], cell(series$yi[at], series$yi[at] - half, series$yi[at] + half, scale), percent(weights[at] / 100)))
    }
  }
  if (grouped) {
    groups <- rma(yi, vi, mods = ~ 0 + timing, data = series, method = "REML", test = "adhoc")
    between <- rma(yi, vi, mods = ~ timing, data = series, method = "REML", test = "adhoc")
    for (at in seq_along(groups$beta)) {
      lines <- c(lines, row(rownames(groups$beta)[at], cell(groups$beta[at], groups$ci.lb[at], groups$ci.ub[at], scale), ""))
    }
    lines <- c(lines, row("between groups", paste("F", round(between$QM, 2), "P", round(between$QMp, 3)), ""))
  }
  interval <- confint(pool)$random["tau^2", ]
  lines <- c(lines, row("pooled", cell(pool$beta[1], pool$ci.lb, pool$ci.ub, scale), ""),
             row("prediction interval", cell(pool$beta[1], limits$pi.lb, limits$pi.ub, scale), ""),
             row("heterogeneity", sprintf("tau2 %.4f (%.4f-%.4f), I2 %.1f, Q %.2f", pool$tau2, interval[2], interval[3], pool$I2, pool$QE), ""))
  writeLines(lines, file.path(out, paste0(name, ".md")))
  svg(file.path(out, paste0(name, ".svg")), width = 8, height = 2 + 0.3 * nrow(series))
  forest(pool, transf = function(y) back(y, scale), addpred = TRUE, order = order(series$timing), header = TRUE, showweights = TRUE)
  dev.off()
}

# user code: meta
with_meta <- function(series, name) {
  scale <- series$scale[1]
  pool <- metagen(yi, sqrt(vi), studlab = study, data = series, sm = "", method.tau = "REML", method.random.ci = "HK",
                  adhoc.hakn.ci = "se", prediction = nrow(series) > 2, common = FALSE, subgroup = timing, tau.common = TRUE,
                  func.backtransf = function(y) back(y, scale))
  writeLines(capture.output(print(summary(pool))), file.path(out, paste0(name, ".txt")))
  svg(file.path(out, paste0(name, ".svg")), width = 9, height = 3 + 0.35 * nrow(series))
  forest(pool)
  dev.off()
}
# end of user code

for (file in pools) {
  series <- read.csv(file, stringsAsFactors = FALSE)
  if (nrow(series) < 2) next
  work <- if (package == "metafor") with_metafor else with_meta
  work(series, sub("\\.csv$", "", basename(file)))
}
