//! `forestable completions` and `forestable man`: what shells and `man` read.

use std::io::{self, Write};

use clap::{Command, CommandFactory};

use super::args::{Args, CompletionsArgs};
use super::{Failure, Status};

/// Prints the completions of a shell.
pub fn completions(completions: &CompletionsArgs) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(completions.shell, &mut Args::command(), "forestable", &mut text);
    print(&text)
}

/// Prints the manual page: the program, then a section for each command and for each of its own commands.
pub fn manual() -> Result<Status, Failure> {
    let mut program = Args::command();
    program.build();
    let mut whole = Vec::new();
    clap_mangen::Man::new(program.clone()).render(&mut whole)?;
    // Without a date, which would differ from build to build, the version would stand in its place.
    let mut page = tidy(&whole).replacen(" 1  \"forestable", " 1 \"\" \"forestable", 1);
    for command in program.get_subcommands() {
        section(&mut page, command)?;
    }
    print(page.as_bytes())
}

/// Writes what a command is called with and does, as parts of one section.
fn section(page: &mut String, command: &Command) -> io::Result<()> {
    if command.get_name() == "help" {
        return Ok(());
    }
    let mut parts = Vec::new();
    let man = clap_mangen::Man::new(command.clone());
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    man.render_extra_section(&mut parts)?;
    let name = command.get_bin_name().unwrap_or_default();
    page.push_str(&format!(".SH \"{}\"\n{}", name.to_uppercase(), tidy(&parts).replace(".SH ", ".SS ")));
    command.get_subcommands().try_for_each(|command| section(page, command))
}

/// Takes out what `man` passes over and readers of the source stumble on: blanks at ends of lines, breaks about empty lines.
fn tidy(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    let mut text = lines.join("\n").replace("\n.br\n\n.br\n", "\n.sp\n");
    text.push('\n');
    text
}

/// Writes to standard output; a reader that has seen enough is no failure.
fn print(text: &[u8]) -> Result<Status, Failure> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Status::Clean),
    }
}
