//! A report becomes artifacts: Markdown, HTML, SVG, PNG, CSV, JSON.
