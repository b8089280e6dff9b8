//! `forestable completions` and `forestable man`: what shells and `man` read.

use std::io::{self, Write};

use clap::CommandFactory;

use super::args::{Args, CompletionsArgs};
use super::{Failure, Status};

/// Prints the completions of a shell.
pub fn completions(completions: &CompletionsArgs) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(completions.shell, &mut Args::command(), "forestable", &mut text);
    print(&text)
}

/// Prints the manual page, each command after the whole.
pub fn manual() -> Result<Status, Failure> {
    let mut text = Vec::new();
    let mut program = Args::command();
    program.build();
    clap_mangen::Man::new(program.clone()).render(&mut text)?;
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let page = clap_mangen::Man::new(command.clone());
        page.render_name_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_description_section(&mut text)?;
        page.render_options_section(&mut text)?;
        page.render_extra_section(&mut text)?;
    }
    print(&text)
}

/// Writes to standard output; a reader that has seen enough is no failure.
fn print(text: &[u8]) -> Result<Status, Failure> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Status::Clean),
    }
}
