//! Reads the modules of `src`: their files, imports, and all paths in their code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, Item, Meta, UseTree, Visibility};

/// The segments of a path, such as `crate`, `config`, `layers`.
pub type Segments = Vec<String>;

/// A module without its test code.
pub struct Module {
    /// The path below the crate: empty for the crate itself.
    pub path: Segments,
    /// The file below `src`.
    pub file: PathBuf,
    pub children: BTreeSet<String>,
    /// The names that the module itself defines.
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Paths in code: expressions, types, patterns, macros, attributes.
    pub uses: Vec<Use>,
}

/// One name of a `use`.
pub struct Import {
    /// The name that the module gets; `None` for `*`.
    pub name: Option<String>,
    pub target: Use,
    /// Whether it is a `pub use`, with any visibility.
    pub exported: bool,
}

impl Module {
    /// The top-level module: the name of a file or folder in `src`, empty for the crate itself.
    pub fn top_level(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }
}

/// A path and the line on which it is written.
#[derive(Clone)]
pub struct Use {
    pub segments: Segments,
    pub line: usize,
}

/// Reads the crate with the root `file`, without test modules.
pub fn read(src: &Path, file: &str) -> Vec<Module> {
    let mut modules = Vec::new();
    read_file(src, PathBuf::from(file), Vec::new(), &mut modules);
    modules
}

fn read_file(src: &Path, file: PathBuf, path: Segments, modules: &mut Vec<Module>) {
    let text = fs::read_to_string(src.join(&file)).expect("a module has a file");
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let before = modules.len();
    read_items(&syntax.items, file, path, modules);
    let declared: Vec<Segments> = modules[before..].iter().flat_map(declared_elsewhere).collect();
    let known: BTreeSet<Segments> = modules.iter().map(|module| module.path.clone()).collect();
    for path in declared.into_iter().filter(|path| !known.contains(path)) {
        read_file(src, file_of(src, &path), path, modules);
    }
}

fn declared_elsewhere(module: &Module) -> Vec<Segments> {
    let child = |name: &String| [module.path.as_slice(), std::slice::from_ref(name)].concat();
    module.children.iter().map(child).collect()
}

fn file_of(src: &Path, path: &[String]) -> PathBuf {
    let file = PathBuf::from(path.join("/"));
    let own = file.with_extension("rs");
    if src.join(&own).exists() { own } else { file.join("mod.rs") }
}

fn read_items(items: &[Item], file: PathBuf, path: Segments, modules: &mut Vec<Module>) {
    let module = Module {
        path,
        file,
        children: BTreeSet::new(),
        items: BTreeSet::new(),
        imports: Vec::new(),
        uses: Vec::new(),
    };
    let mut reader = Reader { module, inline: Vec::new() };
    for item in items {
        reader.module.items.extend(name(item));
        reader.visit_item(item);
    }
    let Reader { module, inline } = reader;
    let (file, path) = (module.file.clone(), module.path.clone());
    modules.push(module);
    for (name, items) in inline {
        read_items(items, file.clone(), [path.as_slice(), &[name]].concat(), modules);
    }
}

/// The name that `item` defines in its module.
fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    (!for_tests(attributes(item))).then(|| ident.to_string())
}

pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether `#[cfg(test)]` or `#[cfg(all(test, …))]` excludes the item from the library.
pub fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test ,")
        }
        _ => false,
    })
}

struct Reader<'ast> {
    module: Module,
    /// Modules with a body in this file, which are read after this one.
    inline: Vec<(String, &'ast [Item])>,
}

impl Reader<'_> {
    fn import(&mut self, tree: &UseTree, before: &[String], exported: bool) {
        let with = |ident: &Ident| [before, &[ident.to_string()]].concat();
        let (name, segments, span) = match tree {
            UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident), exported),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, before, exported));
            }
            UseTree::Name(name) if name.ident == "self" => {
                (before.last().cloned(), before.to_vec(), name.ident.span())
            }
            UseTree::Name(name) => (Some(name.ident.to_string()), with(&name.ident), name.ident.span()),
            UseTree::Rename(name) => (Some(name.rename.to_string()), with(&name.ident), name.ident.span()),
            UseTree::Glob(glob) => (None, before.to_vec(), glob.star_token.spans[0]),
        };
        let target = Use { segments, line: span.start().line };
        self.module.imports.push(Import { name, target, exported });
    }

    /// Adds the paths in the tokens of a macro, such as `name::name`. In `serde` attributes paths are strings.
    fn tokens(&mut self, tokens: TokenStream, strings: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream(), strings),
                TokenTree::Literal(literal) if strings => {
                    let text = literal.to_string();
                    let segments = text.trim_matches('"').split("::").map(str::to_owned).collect();
                    self.module.uses.push(Use { segments, line: literal.span().start().line });
                }
                TokenTree::Ident(first) if !ends_in_dot(&tokens[..at]) => {
                    let mut segments = vec![first.to_string()];
                    while let [TokenTree::Punct(colon), TokenTree::Punct(second), TokenTree::Ident(next), ..] =
                        &tokens[at + 1..]
                        && (colon.as_char(), colon.spacing(), second.as_char()) == (':', Spacing::Joint, ':')
                    {
                        segments.push(next.to_string());
                        at += 3;
                    }
                    self.module.uses.push(Use { segments, line: first.span().start().line });
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn add(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let line = path.segments[0].ident.span().start().line;
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.module.uses.push(Use { segments, line });
        }
    }
}

/// Whether the next token is the name of a field or method, which is not a path.
fn ends_in_dot(before: &[TokenTree]) -> bool {
    matches!(before.last(), Some(TokenTree::Punct(dot)) if dot.as_char() == '.' && dot.spacing() == Spacing::Alone)
}

impl<'ast> Visit<'ast> for Reader<'ast> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = item.ident.to_string();
        self.module.children.insert(name.clone());
        if let Some((_, items)) = &item.content {
            self.inline.push((name, items));
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let exported = !matches!(item.vis, Visibility::Inherited);
        self.import(&item.tree, &[], exported);
    }

    /// The path in `pub(in crate::module)` is not an import.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.add(&called.path);
        self.tokens(called.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            // `cfg_attr(test, …)` adds attributes for tests only.
            Meta::List(list) if !list.path.is_ident("cfg_attr") => {
                self.tokens(list.tokens.clone(), list.path.is_ident("serde"));
            }
            _ => {}
        }
    }
}
