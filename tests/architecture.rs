//! The rule of the house: a room imports only rooms before it and the leaves; some crates are named in one place only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in their order; each may use those before it. The leaves stand first and use no room.
const ROOMS: [&str; 10] =
    ["diag", "num", "source", "evidence", "effect", "survival", "model", "review", "report", "render"];

/// Edges that the order would allow and the house does not: a model knows no study, a renderer no fit.
const FORBIDDEN: [(&str, &str); 8] = [
    ("num", "diag"),
    ("model", "source"),
    ("effect", "source"),
    ("survival", "source"),
    ("report", "source"),
    ("render", "source"),
    ("render", "model"),
    ("render", "review"),
];

/// Crates, and the only files (or folders) that may name them.
const NAMED_ONLY_IN: [(&str, &[&str]); 20] = [
    // No clock is read: a clock that is wrong, or set back, changes nothing.
    ("SystemTime", &[]),
    ("Instant", &["src/cli/watch/"]),
    ("std::fs", &["src/source/files"]),
    ("serde_yaml", &["src/source/yaml.rs"]),
    ("saphyr_parser", &["src/source/tree.rs"]),
    ("statrs", &["src/num/distribution"]),
    ("libm::", &["src/num/"]),
    ("annotate_snippets", &["src/diag/render"]),
    ("tera::", &["src/render/templates.rs", "src/render/weave/"]),
    ("comrak", &["src/render/prose/"]),
    ("plotters", &["src/render/"]),
    ("tiny_skia", &["src/render/png.rs", "src/render/stamps.rs"]),
    ("png::", &["src/render/png.rs", "src/render/figure.rs"]),
    ("krilla", &["src/render/pdf.rs"]),
    ("skrifa", &["src/report/figure/font.rs", "src/render/glyphs.rs", "src/render/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("serde_bibtex", &["src/source/bibliography/bibtex.rs"]),
    ("tiny_http", &["src/cli/watch/serve.rs"]),
    ("zip::", &["src/render/word/package.rs", "src/source/word.rs"]),
    ("notify::", &["src/cli/watch/mod.rs"]),
];

#[test]
fn rooms_import_only_rooms_before_them() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room_of(&path) else { continue };
        let Some(position) = ROOMS.iter().position(|known| *known == room) else { continue };
        for (line, imported) in imports(&text) {
            let Some(other) = ROOMS.iter().position(|known| *known == imported) else {
                faults.push(format!("{}:{line}: `{imported}` is no room", path.display()));
                continue;
            };
            let forbidden = FORBIDDEN.contains(&(room.as_str(), imported.as_str()));
            if other > position || forbidden {
                faults.push(format!("{}:{line}: {room} imports {imported}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn some_crates_are_named_in_one_place_only() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        for (word, places) in NAMED_ONLY_IN {
            let allowed = places.iter().any(|place| name.starts_with(place));
            for (number, line) in text.lines().enumerate() {
                if !allowed && !line.trim_start().starts_with("//") && line.contains(word) {
                    faults.push(format!("{name}:{}: names {word}", number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_room_says_what_it_is_for() {
    for room in ROOMS {
        let text = fs::read_to_string(format!("src/{room}/mod.rs")).unwrap();
        assert!(text.starts_with("//! "), "src/{room}/mod.rs has no first line of documentation");
    }
}

/// Returns the Rust sources below `src`, in the order of their paths.
fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path, text);
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// Returns the room of a file: its folder below `src`.
fn room_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix("src").ok()?;
    let mut parts = inside.components();
    let first = parts.next()?.as_os_str().to_string_lossy().into_owned();
    parts.next().map(|_| first)
}

/// Returns line numbers and the first name after each `crate::`, braces included, outside comments.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for rest in line.split("crate::").skip(1) {
            let names = rest.strip_prefix('{').map_or(rest, |group| group.split('}').next().unwrap_or(group));
            let grouped = rest.starts_with('{');
            let parts: Vec<&str> = if grouped { names.split(',').collect() } else { vec![names] };
            for part in parts {
                let name: String =
                    part.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                if !name.is_empty()
                    && !name.starts_with("__")
                    && name.chars().all(|letter| letter.is_lowercase() || letter == '_')
                {
                    found.push((number + 1, name));
                }
            }
        }
    }
    found
}
