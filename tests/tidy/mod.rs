//! The imports in `src`: they match the table of modules in ARCHITECTURE.md, and nothing imports in a circle.

mod imports;
pub mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use imports::{Edge, Tree};
use source::{Module, read};

const SRC: &str = "src";

static MODULES: LazyLock<Vec<Module>> = LazyLock::new(|| read(Path::new(SRC), "lib.rs"));

/// A row of the table: what a top-level module imports.
struct Row {
    line: usize,
    /// `None` for everything.
    imports: Option<BTreeSet<String>>,
}

#[test]
fn each_module_imports_what_its_row_lists() {
    let tree = Tree::new(&MODULES);
    let rows = rows(&fs::read_to_string("ARCHITECTURE.md").expect("the page is there"));
    let mut mistakes = BTreeSet::new();
    for name in tree.modules().filter(|module| module.path.len() == 1).map(Module::top_level) {
        if !rows.contains_key(name) {
            mistakes.insert(format!("src/{name}: the module has no row in ARCHITECTURE.md"));
        }
    }
    let mut used: BTreeSet<(&str, &str)> = BTreeSet::new();
    for edge in tree.between_top_level_modules() {
        let (from, to) = (edge.from.top_level(), edge.to.top_level());
        used.insert((from, to));
        let imports = rows.get(from).and_then(|row| row.imports.as_ref());
        if imports.is_some_and(|imports| !imports.contains(to)) {
            let place = place(&edge);
            mistakes
                .insert(format!("{place}: `{from}` imports `{to}`, which its row in ARCHITECTURE.md lacks"));
        }
    }
    for (name, row) in &rows {
        let here = format!("ARCHITECTURE.md:{}", row.line);
        if !tree.modules().any(|module| module.top_level() == name) {
            mistakes.insert(format!("{here}: `{name}` is not a module of src"));
        }
        if let Some(imports) = &row.imports {
            let unused = imports.iter().filter(|import| !used.contains(&(name, import)));
            mistakes.extend(unused.map(|import| format!("{here}: `{name}` does not import `{import}`")));
        } else if name != "cli" {
            mistakes.insert(format!("{here}: only `cli` may import everything"));
        }
    }
    check(mistakes);
}

#[test]
fn the_binary_imports_only_cli() {
    let main = read(Path::new(SRC), "main.rs");
    let paths =
        main.iter().flat_map(|module| module.imports.iter().map(|import| &import.target).chain(&module.uses));
    let ours = paths.filter(|path| path.segments[0] == "bedrock_check");
    let names: BTreeSet<&str> = ours.map(|path| path.segments[1].as_str()).collect();
    assert_eq!(names, BTreeSet::from(["cli"]));
}

#[test]
fn nothing_imports_in_a_circle() {
    check(circles(&Tree::new(&MODULES)));
}

#[test]
fn paths_through_two_parents_begin_with_crate() {
    let mut mistakes = BTreeSet::new();
    for file in
        ignore::Walk::new(SRC).map(|entry| entry.expect("a file").into_path()).filter(|path| path.is_file())
    {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| line.contains("super::super"));
        mistakes
            .extend(lines.map(|(index, _)| format!("{}:{}: write `crate::…`", file.display(), index + 1)));
    }
    check(mistakes);
}

/// The rows of the table of modules, by module.
fn rows(page: &str) -> BTreeMap<String, Row> {
    let lines = page.lines().enumerate().skip_while(|(_, line)| *line != "## Modules").skip(1);
    let section = lines.take_while(|(_, line)| !line.starts_with("## "));
    let rows = section.filter(|(_, line)| line.starts_with("| `")).map(|(index, line)| {
        let line_number = index + 1;
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, _, imports] = cells[..] else {
            panic!("ARCHITECTURE.md:{line_number}: expected three cells")
        };
        let names = imports.split_whitespace();
        let imports = match imports {
            "everything" => None,
            "nothing" => Some(BTreeSet::new()),
            _ => Some(names.map(|name| name.trim_matches('`').to_owned()).collect()),
        };
        (name.trim_matches('`').to_owned(), Row { line: line_number, imports })
    });
    rows.collect()
}

/// Circular imports between the modules of each folder. A subfolder counts as one module, and a file may use what
/// a module above it defines.
fn circles<'a>(tree: &Tree<'a>) -> BTreeSet<String> {
    let edges = tree.between_files();
    let mut found = BTreeSet::new();
    for folder in tree.modules().filter(|module| !module.children.is_empty()) {
        let mut within: BTreeMap<(&str, &str), Vec<&Edge<'_>>> = BTreeMap::new();
        for edge in &edges {
            let below = |module: &'a Module| module.path.strip_prefix(folder.path.as_slice())?.first();
            match (below(edge.from), below(edge.to)) {
                (Some(from), Some(to)) if from != to => within.entry((from, to)).or_default().push(edge),
                _ => {}
            }
        }
        let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in within.keys() {
            graph.entry(from).or_default().insert(to);
        }
        let in_circle = within.into_iter().filter(|((from, to), _)| reaches(&graph, to, from));
        for ((from, to), edges) in in_circle {
            found.extend(
                edges.iter().map(|edge| format!("{}: `{from}` and `{to}` import in a circle", place(edge))),
            );
        }
    }
    found
}

fn reaches(graph: &BTreeMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        let next = graph.get(node).into_iter().flatten().copied();
        open.extend(next.filter(|next| seen.insert(*next)));
    }
    seen.contains(to)
}

fn place(edge: &Edge<'_>) -> String {
    format!("src/{}:{}: {}", edge.from.file.display(), edge.at.line, edge.at.segments.join("::"))
}

#[track_caller]
fn check(mistakes: BTreeSet<String>) {
    let mistakes: Vec<String> = mistakes.into_iter().collect();
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

/// The circles of a crate that has `files`.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let src = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = src.path().join(name);
        fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    let modules = read(src.path(), "lib.rs");
    circles(&Tree::new(&modules)).into_iter().collect()
}

#[test]
fn a_reexport_leads_to_the_file_that_defines_the_name() {
    let files = [
        ("lib.rs", "mod parent;"),
        ("parent/mod.rs", "mod first;\nmod second;\npub use first::First;"),
        ("parent/first.rs", "use super::second::Second;\npub struct First(Second);"),
        ("parent/second.rs", "\npub struct Second(Option<Box<super::First>>);"),
    ];
    let expected = [
        "src/parent/first.rs:1: super::second::Second: `first` and `second` import in a circle",
        "src/parent/first.rs:2: Second: `first` and `second` import in a circle",
        "src/parent/second.rs:2: super::First: `second` and `first` import in a circle",
    ];
    assert_eq!(circles_of(&files), expected);
}

#[test]
fn paths_in_macros_and_attributes_count() {
    for second in [
        "fn text() -> String { format!(\"{}\", crate::first::NAME) }",
        "#[derive(Deserialize)] struct Text { #[serde(default = \"crate::first::name\")] name: String }",
        "fn text() { first::name() }\nuse crate::first;",
    ] {
        let first = "use crate::second::text;\npub const NAME: &str = \"\";\npub fn name() {}";
        let found =
            circles_of(&[("lib.rs", "mod first;\nmod second;"), ("first.rs", first), ("second.rs", second)]);
        assert_eq!(found.len(), 2, "{second}: {found:?}");
    }
}

#[test]
fn tests_restrictions_and_modules_above_make_no_circle() {
    let files = [
        ("lib.rs", "mod parent;"),
        ("parent/mod.rs", "mod first;\nmod second;\npub struct Above;\npub fn call() { first::call() }"),
        ("parent/first.rs", "use super::Above;\npub fn call() { super::second::call() }"),
        (
            "parent/second.rs",
            "pub(in crate::parent) fn call() {}\n#[cfg(test)]\nmod tests { use crate::parent::first::call; }",
        ),
    ];
    assert_eq!(circles_of(&files), [""; 0]);
}
