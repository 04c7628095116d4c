//! Resolves paths in the code: the file and the top-level module that each path leads to.

use std::collections::BTreeMap;

use super::source::{Module, Use};

/// The maximum number of re-exports that a path is followed through.
const DEPTH: usize = 16;

/// A path that leads from one module to another.
pub struct Edge<'a> {
    pub from: &'a Module,
    pub to: &'a Module,
    pub at: &'a Use,
}

/// What a path names: a module, or something that a module defines.
#[derive(Clone, Copy)]
enum Found<'a> {
    Module(&'a Module),
    Item(&'a Module),
}

pub struct Tree<'a> {
    modules: BTreeMap<&'a [String], &'a Module>,
}

impl<'a> Tree<'a> {
    pub fn new(modules: &'a [Module]) -> Tree<'a> {
        Tree { modules: modules.iter().map(|module| (module.path.as_slice(), module)).collect() }
    }

    pub fn modules(&self) -> impl Iterator<Item = &'a Module> {
        self.modules.values().copied()
    }

    /// Every use of one file by another. A path through a re-export leads to the file that defines the name; the
    /// re-export itself does not count as a use.
    pub fn between_files(&self) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        for from in self.modules() {
            let imports = from.imports.iter().filter(|import| !import.exported && import.name.is_some());
            for at in imports.map(|import| &import.target).chain(&from.uses) {
                match self.find(from, &at.segments, DEPTH) {
                    Some(Found::Item(to)) if to.file != from.file => edges.push(Edge { from, to, at }),
                    _ => {}
                }
            }
        }
        edges
    }

    /// Every path in one top-level module that begins in another one, re-exports included.
    pub fn between_top_level_modules(&self) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        for from in self.modules() {
            for at in from.imports.iter().map(|import| &import.target).chain(&from.uses) {
                let Some((base, rest)) = self.start(from, &at.segments) else { continue };
                let child = || self.child(base, rest.first()?);
                let to = if base.path.is_empty() { child() } else { Some(base) };
                edges.extend(to.filter(|to| to.top_level() != from.top_level()).map(|to| Edge {
                    from,
                    to,
                    at,
                }));
            }
        }
        edges
    }

    /// The module that a path with `crate`, `self` or `super` begins in, and the segments that follow.
    fn start<'s>(&self, from: &'a Module, segments: &'s [String]) -> Option<(&'a Module, &'s [String])> {
        let (first, mut rest) = segments.split_first()?;
        let mut module = match first.as_str() {
            "crate" => self.modules.get([].as_slice()).copied()?,
            "self" => from,
            "super" => self.parent(from)?,
            _ => return None,
        };
        while let Some((first, others)) = rest.split_first()
            && first == "super"
        {
            (module, rest) = (self.parent(module)?, others);
        }
        Some((module, rest))
    }

    fn parent(&self, module: &Module) -> Option<&'a Module> {
        let (_, parent) = module.path.split_last()?;
        self.modules.get(parent).copied()
    }

    fn child(&self, module: &Module, name: &str) -> Option<&'a Module> {
        let path = [module.path.as_slice(), &[name.to_owned()]].concat();
        self.modules.get(path.as_slice()).copied()
    }

    fn find(&self, from: &'a Module, segments: &[String], depth: usize) -> Option<Found<'a>> {
        match self.start(from, segments) {
            Some((module, rest)) => self.walk(module, rest, depth),
            None => self.walk_if_known(from, segments, depth),
        }
    }

    /// What `segments` lead to from `module`. A name without a visible definition is assumed to come from a macro of
    /// the module.
    fn walk(&self, module: &'a Module, segments: &[String], depth: usize) -> Option<Found<'a>> {
        if segments.is_empty() {
            return Some(Found::Module(module));
        }
        self.walk_if_known(module, segments, depth).or(Some(Found::Item(module)))
    }

    fn walk_if_known(&self, module: &'a Module, segments: &[String], depth: usize) -> Option<Found<'a>> {
        let (name, rest) = segments.split_first()?;
        let depth = depth.checked_sub(1)?;
        let child = || self.walk(self.child(module, name)?, rest, depth);
        let item = || module.items.contains(name).then_some(Found::Item(module));
        let imported = || self.imported(module, name, rest, depth);
        // A function and a module may have the same name. Only the module can have further segments.
        if rest.is_empty() {
            item().or_else(imported).or_else(child)
        } else {
            child().or_else(imported).or_else(item)
        }
    }

    fn imported(&self, module: &'a Module, name: &str, rest: &[String], depth: usize) -> Option<Found<'a>> {
        module.imports.iter().find_map(|import| match &import.name {
            Some(imported) if imported == name => {
                self.find(module, &[import.target.segments.as_slice(), rest].concat(), depth)
            }
            Some(_) => None,
            None => match self.find(module, &import.target.segments, depth)? {
                Found::Module(all) => self.walk_if_known(all, &[&[name.to_owned()], rest].concat(), depth),
                Found::Item(_) => None,
            },
        })
    }
}
