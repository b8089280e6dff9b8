//! Tables and the page: what each renderer writes, read back by the programs that will read it.

mod browser;
mod fixture;
mod hostile;
mod parts;
mod properties;
mod read_back;
mod real;
mod snapshots;
mod template_errors;
mod tools;
mod whole;
