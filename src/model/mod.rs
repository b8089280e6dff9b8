//! Effects become a pooled estimate, its heterogeneity, intervals and diagnostics.
