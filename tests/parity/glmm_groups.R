# The binomial-normal model with groups and one variance between studies, by metafor and lme4:
#   Rscript glmm_groups.R > glmm_groups.json
suppressPackageStartupMessages({library(metafor); library(lme4)})
sets <- list(
  "debruin2009/ethnicity" = with(dat.debruin2009, list(xi = xi, ni = ni, group = ethnicity)),
  "pritz1997/odd-even" = with(dat.pritz1997, list(xi = xi, ni = ni, group = ifelse(study %% 2 == 1, "odd", "even"))),
  "made-up/five" = list(xi = c(41, 19, 44, 30, 52), ni = c(44, 22, 44, 33, 54), group = c("a", "a", "a", "b", "b")),
  "made-up/one-and-three" = list(xi = c(40, 36, 25, 50), ni = c(44, 39, 33, 54), group = c("a", "b", "b", "b")),
  "homogeneous/groups" = list(xi = c(10, 21, 14, 24, 13), ni = c(20, 40, 30, 40, 20), group = c("a", "a", "a", "b", "b")),
  "made-up/three-groups" = list(xi = c(3, 8, 12, 20, 15, 28, 30, 22), ni = c(30, 40, 33, 45, 38, 40, 36, 40),
                        group = c("a", "a", "a", "b", "b", "c", "c", "c"))
)
by_group <- function(set) rma.glmm(measure = "PLO", xi = xi, ni = ni, mods = ~ group, data = set, nAGQ = 21)
number <- function(x) paste0("[", paste(format(unname(x), digits = 15, trim = TRUE), collapse = ","), "]")
case <- function(id) {
  set <- as.data.frame(sets[[id]])
  levels <- unique(set$group)
  # A group's mean is the intercept of the model that takes it as the reference.
  mean_of <- function(level) {
    set$group <- relevel(factor(set$group, levels = levels), ref = level)
    by_group(set)
  }
  of <- lapply(levels, mean_of)
  means <- list(beta = sapply(of, function(f) f$beta[1]), se = sapply(of, function(f) f$se[1]),
                ci.lb = sapply(of, function(f) f$ci.lb[1]), ci.ub = sapply(of, function(f) f$ci.ub[1]), tau2 = of[[1]]$tau2)
  set$group <- factor(set$group, levels = levels)
  contrast <- of[[1]]
  # The ratio of likelihoods, with and without groups: lme4's own, as metafor's takes the deviance given the random effects.
  data <- set; data$study <- factor(seq_along(data$xi))
  full <- glmer(cbind(xi, ni - xi) ~ group + (1 | study), data = data, family = binomial, nAGQ = 21)
  null <- glmer(cbind(xi, ni - xi) ~ 1 + (1 | study), data = data, family = binomial, nAGQ = 21)
  sprintf(paste0('{"id":"%s","input":{"xi":%s,"ni":%s,"group":[%s],"levels":[%s]},',
    '"expected":{"estimates":%s,"ses":%s,"ci_lower":%s,"ci_upper":%s,"tau2":%.15g,"difference":%.15g,"difference_se":%.15g,',
    '"difference_lower":%.15g,"difference_upper":%.15g,"qm":%.15g,"qm_p":%.15g,"lrt":%.15g}}'),
    id, number(set$xi), number(set$ni), paste(as.integer(set$group) - 1, collapse = ","), paste0('"', levels, '"', collapse = ","),
    number(means$beta), number(means$se), number(means$ci.lb), number(means$ci.ub), means$tau2,
    -contrast$beta[2], contrast$se[2], -contrast$ci.ub[2], -contrast$ci.lb[2], contrast$QM, contrast$QMp,
    as.numeric(2 * (logLik(full) - logLik(null))))
}
cat(sprintf('{"about":"%s","software":{"R":"%s","metafor":"%s","lme4":"%s"},"cases":[',
  "Binomial-normal model with groups as a factor and one variance between studies (rma.glmm, mods = ~ group, adaptive Gauss-Hermite with 21 nodes, maximum likelihood, normal quantiles); the first group minus the second; the ratio of likelihoods with and without groups by lme4",
  R.version.string, packageVersion("metafor"), packageVersion("lme4")))
cat(paste(vapply(names(sets), case, ""), collapse = ","))
cat("]}\n")
