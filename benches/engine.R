# Times R's metafor on the jobs that engine.rs times, on the same machine: Rscript benches/engine.R
# Prints job and milliseconds of processor time for one run. Where metafor is missing it says so and ends without an error.

if (!requireNamespace("metafor", quietly = TRUE)) {
  message("skipped: the R package metafor is not installed (Debian: apt-get install r-cran-metafor)")
  quit(status = 0)
}
suppressPackageStartupMessages(library(metafor))

time <- function(job, runs, work) {
  if (runs > 1) work()
  # Processor time: what else the machine does at the moment does not count against R.
  seconds <- sum(system.time(for (run in seq_len(runs)) work())[c("user.self", "sys.self")])
  cat(sprintf("%-28s %12.3f ms\n", job, 1000 * seconds / runs))
}

simulated <- function(k) {
  set.seed(1)
  vi <- runif(k, 0.01, 0.2)
  list(yi = rnorm(k, 0, 0.3) + rnorm(k, 0, sqrt(vi)), vi = vi)
}

cat(sprintf("R %s, metafor %s\n", getRversion(), packageVersion("metafor")))
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
pool <- rma(yi, vi, data = bcg, method = "REML", test = "knha")
many <- simulated(1000)
turned <- rma(-yi, vi, data = bcg, method = "ML")

time("reml_of_13_studies", 200, function() rma(yi, vi, data = bcg, method = "REML", test = "knha"))
time("reml_of_many_studies 1000", 1, function() rma(many$yi, many$vi, method = "REML", test = "knha"))
time("leave_one_out_of_13", 20, function() leave1out(pool))
time("cumulative_of_13", 20, function() cumul(pool))
time("influence_of_13", 20, function() influence(pool))
time("egger_of_13", 50, function() regtest(pool))
time("trim_and_fill_of_13", 50, function() trimfill(pool, side = "right"))
time("selection_model_of_13", 3, function() selmodel(turned, type = "stepfun", steps = 0.025))
time("henmi_copas_of_13", 20, function() hc(rma(yi, vi, data = bcg, method = "DL")))
time("profile_likelihood_of_13", 10, function() confint(pool, type = "PL"))
time("gosh_of_2_to_the_13", 1, function() gosh(pool, progbar = FALSE))

few <- simulated(10)
group <- rep(c("a", "b"), 5)
time("exact_permutation_of_10", 1, function() permutest(rma(few$yi, few$vi, mods = ~ group, test = "knha"), exact = TRUE, progbar = FALSE))
if (requireNamespace("lme4", quietly = TRUE)) {
  time("binomial_normal_of_14", 10, function() rma.glmm(measure = "PLO", xi = xi, ni = ni, data = dat.pritz1997))
} else message("skipped: binomial_normal_of_14 needs the R package lme4")
if (requireNamespace("bayesmeta", quietly = TRUE)) {
  y <- c(28, 8, -3, 7, -1, 1, 18, 12)
  sigma <- c(15, 10, 16, 11, 9, 11, 10, 18)
  prior <- function(tau) bayesmeta::dhalfnormal(tau, scale = 10)
  time("posterior_of_8", 3, function() bayesmeta::bayesmeta(y, sigma, tau.prior = prior))
} else message("skipped: posterior_of_8 needs the R package bayesmeta")
