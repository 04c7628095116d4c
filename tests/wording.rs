//! Every text that users read, in one file: tests/wording.txt, one text a line. It shows in a diff which texts a
//! change adds, and texts can be drawn from it for a review of their wording. `UPDATE_DOCS=1` updates it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bedrock_check::aws::cause::causes;
use bedrock_check::diagnose::Code;
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, LitStr};

use crate::common::Project;
use crate::generated_docs::check;
use crate::tidy::source::{attributes, for_tests};

#[test]
fn every_text_for_users_is_in_one_file() {
    let codes = Code::ALL.iter().flat_map(|code| {
        let title = format!("{code}: {}", code.title());
        [vec![title], paragraphs(code.explanation())].concat()
    });
    let causes = causes().flat_map(|cause| paragraphs(&cause.page()));
    let sections = [
        ("Titles and pages of finding codes", codes.collect()),
        ("Causes of refusals", causes.collect()),
        ("Texts in src: messages, labels, helps, notes", files("src", "rs", literals)),
        ("Texts of the body schemas", files("schemas", "json", schema_texts)),
        ("--help", help(&[])),
        (
            "README and docs",
            [paragraphs(&read(Path::new("README.md"))), files("docs", "md", paragraphs)].concat(),
        ),
    ];
    let mut seen = BTreeSet::new();
    let mut page = String::new();
    for (title, texts) in sections {
        page.push_str(&format!("# {title}\n\n"));
        for text in texts.into_iter().filter(|text| is_prose(text)) {
            if seen.insert(text.clone()) {
                page.push_str(&text);
                page.push('\n');
            }
        }
        page.push('\n');
    }
    check("tests/wording.txt", |_| page);
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The texts of all files below `folder`, without unit tests, in the order of their paths.
fn files(folder: &str, extension: &str, texts: fn(&str) -> Vec<String>) -> Vec<String> {
    let mut pending = vec![PathBuf::from(folder)];
    let mut paths = BTreeSet::new();
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|found| found == extension) && !path.ends_with("tests.rs")
            {
                paths.insert(path);
            }
        }
    }
    paths.iter().flat_map(|path| texts(&read(path))).collect()
}

/// Whether `text` has two words in a row: names, keys and formats alone are not prose.
fn is_prose(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &str| {
        let letters = word.trim_matches(|char: char| !char.is_alphanumeric());
        letters.len() > 1 && letters.chars().all(|char| char.is_alphabetic() || "-'’".contains(char))
    };
    words.windows(2).any(|pair| is_word(pair[0]) && is_word(pair[1]))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The paragraphs, list items and rows of a Markdown page, without its blocks of code.
fn paragraphs(page: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut in_code = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            all.push(String::new());
        } else if !in_code {
            if line.trim().is_empty() || line.trim_start().starts_with(['#', '|', '-', '*', '1']) {
                all.push(String::new());
            }
            let paragraph = all.last_mut().expect("the first is there");
            *paragraph = one_line(&format!("{paragraph} {line}"));
        }
    }
    all
}

/// The `--help` of a command and of all its subcommands, which it lists below `Commands:`.
fn help(command: &[&str]) -> Vec<String> {
    let project = Project::with(&[]);
    let output = project.run_command(project.command().args(command).arg("--help"));
    let mut texts = Vec::new();
    for block in output.split("\n\n") {
        for line in block.lines() {
            // Wrapped lines are indented further than the options and commands that they describe.
            match texts.last_mut() {
                Some(last) if line.starts_with("          ") => *last = format!("{last} {}", line.trim()),
                _ => texts.push(one_line(line)),
            }
        }
    }
    let listed = output.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let listed = listed.split("\n\n").next().unwrap_or_default();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = listed.lines().filter(is_name).filter_map(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        texts.extend(help(&[command, &[name]].concat()));
    }
    texts
}

/// What the schema of a family says about its members.
fn schema_texts(text: &str) -> Vec<String> {
    fn add(value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if let ("description" | "title" | "x-says" | "x-help", Value::String(text)) =
                        (&**name, value)
                    {
                        texts.push(one_line(text));
                    } else {
                        add(value, texts);
                    }
                }
            }
            Value::Array(elements) => elements.iter().for_each(|value| add(value, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    add(&serde_json::from_str(text).expect("JSON"), &mut texts);
    texts
}

/// The string literals of a file of src, without those of its tests, attributes and comments.
fn literals(text: &str) -> Vec<String> {
    let mut reader = Literals(Vec::new());
    reader.visit_file(&syn::parse_file(text).expect("Rust"));
    reader.0
}

struct Literals(Vec<String>);

impl Literals {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(literal).into()) {
                        self.visit_lit_str(&text);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Literals {
    fn visit_item(&mut self, item: &'ast Item) {
        if !for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test = matches!(item, ImplItem::Fn(item) if for_tests(&item.attrs));
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.tokens(called.tokens.clone());
    }

    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.0.push(one_line(&text.value()));
    }
}
