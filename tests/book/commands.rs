//! The commands as `--help` prints them.

use std::process::Command;

/// Returns the page of all commands.
pub fn page() -> String {
    let whole = help(&[]);
    let mut page = String::from(
        "# Commands\n\nWhat `forestable help COMMAND` prints. Exit status: 0 clean, 1 the input has faults or a model has no answer, 2 the \
         command could not run.\n\n",
    );
    fence(&mut page, &whole);
    for command in commands(&whole) {
        section(&mut page, 2, &[&command]);
    }
    page
}

/// Adds a command, and those below it.
fn section(page: &mut String, level: usize, words: &[&str]) {
    let text = help(words);
    page.push_str(&format!("\n{} forestable {}\n\n", "#".repeat(level), words.join(" ")));
    fence(page, &text);
    for command in commands(&text) {
        section(page, level + 1, &[words, &[&command]].concat());
    }
}

fn fence(page: &mut String, text: &str) {
    page.push_str("```text\n");
    for line in text.trim_end().lines() {
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page.push_str("```\n");
}

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_forestable")).arg("help").args(words).env_remove("COLUMNS").output();
    let output = output.unwrap();
    assert!(output.status.success(), "help {words:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the names under `Commands:`.
fn commands(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help").map(str::to_owned).collect()
}
