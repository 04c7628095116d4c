use serde_json::{Map, Value};

use crate::diagnose::excerpt;
use crate::pointer::join;
use crate::words::{a_json_kind, nearest, quoted_commas};

use super::{Combine, Field, JsonPath, KEYS, Kind, Mapping, MappingError, MappingErrorKind, Source};

impl Mapping {
    /// Compiles the `mapping` table of a model. Returns the valid fields and the errors of the others.
    pub fn compile(spec: &Map<String, Value>) -> (Mapping, Vec<MappingError>) {
        let (mut fields, mut errors) = (Vec::new(), Vec::new());
        for (name, value) in spec {
            let mut entry = Entry { name, pointer: join("", name), errors: Vec::new() };
            fields.extend(entry.compile(value));
            errors.append(&mut entry.errors);
        }
        (Mapping { fields }, errors)
    }
}

/// A field that is being compiled.
struct Entry<'a> {
    name: &'a str,
    pointer: String,
    errors: Vec<MappingError>,
}

impl Entry<'_> {
    fn compile(&mut self, value: &Value) -> Option<Field> {
        match value {
            Value::String(path) => {
                let pointer = self.pointer.clone();
                let path = self.compile_path(&pointer, path)?;
                let source = Source::Path { path, combine: Combine::One };
                Some(Field {
                    kind: Kind::for_field(self.name),
                    optional: false,
                    pointer,
                    source,
                    name: self.name.to_owned(),
                })
            }
            Value::Object(table) => self.compile_table(table),
            other => self.wrong_value(None, "a JSONPath or an object", other),
        }
    }

    fn compile_table(&mut self, table: &Map<String, Value>) -> Option<Field> {
        self.report_unknown_keys(table);
        let path = self.read_key(table, "path", "a JSONPath", Value::as_str)?;
        let header = self.read_key(table, "header", "the name of a header", Value::as_str)?;
        let combine = self.read_combine(table)?;
        let kind = self.read_kind(table, &combine)?;
        let optional =
            self.read_key(table, "optional", "`true` or `false`", Value::as_bool)?.unwrap_or(false);
        let (source, key) = match (path, header) {
            (Some(path), None) => (self.compile_path_source(path, combine)?, "path"),
            (None, Some(header)) => (self.compile_header_source(header, &combine)?, "header"),
            (Some(_), Some(_)) => return self.clash("header", "path"),
            (None, None) => return self.fail(None, MappingErrorKind::NoSource),
        };
        let pointer = join(&self.pointer, key);
        Some(Field { name: self.name.to_owned(), kind, optional, pointer, source })
    }

    fn compile_path_source(&mut self, path: &str, combine: Combine) -> Option<Source> {
        let path = self.compile_path(&join(&self.pointer, "path"), path)?;
        Some(Source::Path { path, combine })
    }

    fn compile_header_source(&mut self, header: &str, combine: &Combine) -> Option<Source> {
        match combine {
            Combine::One if is_header_name(header) => Some(Source::Header(header.to_ascii_lowercase())),
            Combine::One => self.wrong_value(Some("header"), "the name of a header", &Value::from(header)),
            Combine::Join(_) => self.clash("join", "header"),
            Combine::Collect => self.clash("collect", "header"),
        }
    }

    fn compile_path(&mut self, pointer: &str, text: &str) -> Option<JsonPath> {
        match JsonPath::parse_lenient(text) {
            Ok(path) if path.is_rooted() => Some(path),
            Ok(path) => {
                let rooted = path.text().to_owned();
                self.report(
                    pointer.to_owned(),
                    Some(0..text.len()),
                    MappingErrorKind::WithoutRoot { rooted },
                );
                Some(path)
            }
            Err(error) => {
                self.report(pointer.to_owned(), Some(error.at.clone()), MappingErrorKind::Path(error));
                None
            }
        }
    }

    fn read_combine(&mut self, table: &Map<String, Value>) -> Option<Combine> {
        let separator = self.read_key(table, "join", "a string", Value::as_str)?;
        let collect = self.read_key(table, "collect", "`true` or `false`", Value::as_bool)?.unwrap_or(false);
        match separator {
            Some(_) if collect => self.clash("join", "collect"),
            Some(separator) => Some(Combine::Join(separator.to_owned())),
            None => Some(if collect { Combine::Collect } else { Combine::One }),
        }
    }

    /// The declared type. With `join` or `collect`, it is the type of the joined string or collected array.
    fn read_kind(&mut self, table: &Map<String, Value>, combine: &Combine) -> Option<Kind> {
        let usual = if matches!(combine, Combine::Collect) { Kind::Any } else { Kind::for_field(self.name) };
        let Some(name) = self.read_key(table, "type", "the name of a type", Value::as_str)? else {
            return Some(usual);
        };
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            return Some(kind);
        }
        let names = Kind::ALL.map(Kind::name);
        let help = nearest(name, names).map_or_else(
            || format!("the types are {}", quoted_commas(names)),
            |name| format!("did you mean `{name}`?"),
        );
        let kind = MappingErrorKind::Value {
            expected: "the name of a type",
            found: format!("`{}`", excerpt(name)),
            help: Some(help),
        };
        self.fail(Some("type"), kind)
    }

    fn report_unknown_keys(&mut self, table: &Map<String, Value>) {
        for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let kind = MappingErrorKind::UnknownKey { key: excerpt(key), nearest: nearest(key, KEYS) };
            self.report(join(&self.pointer, key), None, kind);
        }
    }

    /// The value of `key`, if the table has it. The outer `None` means that it has the wrong type.
    #[expect(clippy::option_option, reason = "the outer `None` is an error, the inner an absent key")]
    fn read_key<'a, T>(
        &mut self,
        table: &'a Map<String, Value>,
        key: &'static str,
        expected: &'static str,
        read: fn(&'a Value) -> Option<T>,
    ) -> Option<Option<T>> {
        match table.get(key) {
            None => Some(None),
            Some(value) => read(value).map(Some).or_else(|| self.wrong_value(Some(key), expected, value)),
        }
    }

    fn wrong_value<T>(
        &mut self,
        key: Option<&'static str>,
        expected: &'static str,
        found: &Value,
    ) -> Option<T> {
        let found = match found {
            Value::String(text) => format!("`{}`", excerpt(text)),
            other => a_json_kind(other),
        };
        self.fail(key, MappingErrorKind::Value { expected, found, help: None })
    }

    fn clash<T>(&mut self, key: &'static str, other: &'static str) -> Option<T> {
        self.fail(Some(key), MappingErrorKind::Clash { key, other })
    }

    fn fail<T>(&mut self, key: Option<&'static str>, kind: MappingErrorKind) -> Option<T> {
        let pointer = key.map_or_else(|| self.pointer.clone(), |key| join(&self.pointer, key));
        self.report(pointer, None, kind);
        None
    }

    fn report(&mut self, pointer: String, at: Option<std::ops::Range<usize>>, kind: MappingErrorKind) {
        self.errors.push(MappingError { field: self.name.to_owned(), pointer, at, kind });
    }
}

/// RFC 9110's `token`.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
