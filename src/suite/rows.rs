//! Reads cases from a data file: each row of a `.csv` or `.jsonl` file is a case.

use std::ops::Range;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::values::Reader;
use crate::config::model::{PREDICATES, VariableType};
use crate::config::value::{ValueError, confine_to_root};
use crate::config::variables::DeclaredVariable;
use crate::diagnose::{Code, FileId, Finding, Sources, Span};
use crate::files::{self, Base, ReadError};
use crate::words::nearest;

/// One row, with its values and expectations.
#[derive(Debug)]
pub(super) struct Row {
    /// The value of the row's `name` column, or its number, counted from 1.
    pub name: String,
    /// The place of the row in its file.
    pub at: Span,
    pub variables: Map<String, Value>,
    /// Predicates by field, from columns `expect.FIELD.PREDICATE`.
    pub expect: Map<String, Value>,
}

/// Why a data file can't be read as cases.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowsError {
    #[error(transparent)]
    File(#[from] ReadError),
    #[error(transparent)]
    Path(#[from] ValueError),
    #[error("`{path}` is neither `.csv` nor `.jsonl`", path = .0.display())]
    UnknownExtension(PathBuf),
    #[error("the data file has no rows")]
    Empty(FileId),
    #[error("{reason}")]
    Malformed { at: Span, reason: String, help: &'static str },
    #[error("`{column}` is not a column of a case")]
    UnknownColumn { at: Span, column: String, near: Option<String> },
}

impl RowsError {
    /// The finding. `each` is the place of the data file's path in the config; the path is relative to
    /// `base`.
    pub(super) fn finding(&self, each: Span, base: &Base, sources: &Sources) -> Finding {
        let mut finding = match self.at(base, sources) {
            None => Finding::new(self.code(), each, self.to_string()),
            Some(at) => {
                Finding::new(self.code(), at, self.to_string()).related(each, "the data file of these cases")
            }
        };
        finding.help = self.help();
        finding
    }

    fn code(&self) -> Code {
        match self {
            RowsError::File(ReadError::NotUtf8 { .. }) => Code::InvalidUtf8,
            RowsError::Path(error @ ValueError::OutsideRoot { .. }) => error.code(),
            _ => Code::DataFile,
        }
    }

    /// The place in the data file, if it has one.
    fn at(&self, base: &Base, sources: &Sources) -> Option<Span> {
        match self {
            RowsError::File(error @ ReadError::NotUtf8 { path, .. }) => {
                let file = sources.add(path, base.read_lossy(path, files::CONFIG_LIMIT));
                error.range().map(|at| Span::new(file, at))
            }
            RowsError::Empty(file) => Some(Span::file(*file)),
            RowsError::Malformed { at, .. } | RowsError::UnknownColumn { at, .. } => Some(at.clone()),
            _ => None,
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self {
            RowsError::Path(error) => return error.help(),
            RowsError::UnknownColumn { near: Some(near), .. } => {
                return Some(format!("did you mean `{near}`?"));
            }
            RowsError::UnknownColumn { near: None, .. } => {
                "the columns are variables, `name` and `expect.FIELD.PREDICATE`"
            }
            RowsError::File(ReadError::NotUtf8 { .. }) => "save the file as UTF-8",
            RowsError::File(_) => "check that the file exists and is a text file",
            RowsError::UnknownExtension(_) => "save the rows as `.csv` or `.jsonl`",
            RowsError::Empty(_) => {
                "write a row for each case; the first line of a `.csv` file has the column names"
            }
            RowsError::Malformed { help, .. } => help,
        };
        Some(help.to_owned())
    }
}

/// The maximum number of rows of a data file. Each becomes a case.
const ROWS_LIMIT: usize = 100_000;

/// The rows of the data file `each`, relative to the config's folder.
pub(super) fn read(each: &str, reader: &Reader<'_>) -> Result<Vec<Row>, RowsError> {
    reader.add_read_file(Some(each));
    let path = confine_to_root(&reader.folder.join(each), reader.value_sources)?;
    reader.value_sources.read_log.record_file(&path);
    let text = reader.value_sources.base.read_text(&path, files::CONFIG_LIMIT)?;
    let file = reader.sources.add(&path, text.as_str());
    let data_file = DataFile { file, text: &text, declared: reader.declared };
    let records = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => data_file.read_csv()?,
        Some("jsonl") => data_file.read_json_lines()?,
        _ => return Err(RowsError::UnknownExtension(path)),
    };
    let numbered = records.into_iter().enumerate();
    let rows: Vec<Row> =
        numbered.map(|(index, record)| data_file.build_row(index + 1, record)).collect::<Result<_, _>>()?;
    if rows.is_empty() { Err(RowsError::Empty(file)) } else { Ok(rows) }
}

struct DataFile<'a> {
    file: FileId,
    text: &'a str,
    declared: &'a [DeclaredVariable],
}

/// The bytes of a row, and its cells by column.
type Record = (Range<usize>, Vec<(String, Value)>);

impl DataFile<'_> {
    fn read_json_lines(&self) -> Result<Vec<Record>, RowsError> {
        let mut records = Vec::new();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let at = start..start + line.trim_end().len();
            start += line.len();
            if line.trim().is_empty() {
                continue;
            }
            let object: Map<String, Value> =
                serde_json::from_str(line.trim_end()).map_err(|cause| self.not_an_object(&at, &cause))?;
            self.check_count(records.len(), &at)?;
            records.push((at, object.into_iter().collect()));
        }
        Ok(records)
    }

    /// Refuses the row at `at` if `before` rows precede it and are the maximum.
    fn check_count(&self, before: usize, at: &Range<usize>) -> Result<(), RowsError> {
        if before < ROWS_LIMIT {
            return Ok(());
        }
        let reason = format!("the data file has more than {ROWS_LIMIT} rows");
        let at = Span::new(self.file, at.clone());
        Err(RowsError::Malformed { at, reason, help: "split it into several files" })
    }

    fn not_an_object(&self, line: &Range<usize>, cause: &serde_json::Error) -> RowsError {
        let at = if cause.is_data() { line.clone() } else { self.column_range(line, cause.column()) };
        let reason = if cause.is_data() {
            "expected an object on one line".to_owned()
        } else if cause.is_eof() {
            "the object doesn't end on its line".to_owned()
        } else {
            let full = cause.to_string();
            let words = full.split_once(" at line ").map_or(full.as_str(), |(words, _)| words);
            format!("the line is not JSON: {words}")
        };
        let help = "write each row as an object on its own line";
        RowsError::Malformed { at: Span::new(self.file, at), reason, help }
    }

    fn column_range(&self, line: &Range<usize>, column: usize) -> Range<usize> {
        let start = self.text.floor_char_boundary((line.start + column.saturating_sub(1)).min(line.end));
        start..(start + 1).min(line.end.max(start))
    }

    fn read_csv(&self) -> Result<Vec<Record>, RowsError> {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let names = reader.headers().map_err(|cause| self.malformed(&cause))?.clone();
        let records = reader.records().enumerate().map(|(index, record)| {
            let record = record.map_err(|cause| self.malformed(&cause))?;
            let at = self.line_at(record.position().map_or(0, csv::Position::byte));
            self.check_count(index, &at)?;
            // An empty cell is an empty string in the column of a variable; in others it is skipped.
            let is_variable = |name: &str| self.declared.iter().any(|variable| variable.name == name);
            let cells = names
                .iter()
                .zip(record.iter())
                .filter(|(name, cell)| !cell.is_empty() || is_variable(name))
                .map(|(name, cell)| (name.to_owned(), parse_cell(name, cell, self.declared)))
                .collect();
            Ok((at, cells))
        });
        records.collect()
    }

    fn malformed(&self, cause: &csv::Error) -> RowsError {
        let at = self.line_at(cause.position().map_or(0, csv::Position::byte));
        let reason = match cause.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let noun = if *expected_len == 1 { "cell" } else { "cells" };
                format!("expected {expected_len} {noun}, found {len}")
            }
            _ => cause.to_string(),
        };
        let help = "put double quotes around a cell that contains a comma";
        RowsError::Malformed { at: Span::new(self.file, at), reason, help }
    }

    /// The line that contains byte `offset`. The csv reader may count the line end before a row to the row.
    fn line_at(&self, offset: u64) -> Range<usize> {
        let offset = usize::try_from(offset).map_or(self.text.len(), |offset| offset.min(self.text.len()));
        let blank =
            self.text.as_bytes()[offset..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = offset + blank;
        start..start + self.text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len)
    }

    fn build_row(&self, number: usize, (at, record): Record) -> Result<Row, RowsError> {
        let at = Span::new(self.file, at);
        let mut row = Row { name: number.to_string(), at, variables: Map::new(), expect: Map::new() };
        for (column, value) in record {
            if self.declared.iter().any(|variable| variable.name == column) {
                row.variables.insert(column, value);
            } else if let ("name", Some(name)) = (column.as_str(), value.as_str()) {
                name.clone_into(&mut row.name);
            } else if let Some((field, predicate)) = split_expectation(&column) {
                let predicates = row.expect.entry(field).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(predicates) = predicates {
                    predicates.insert(predicate.to_owned(), value);
                }
            } else {
                return Err(self.unknown_column(column, &row.at));
            }
        }
        Ok(row)
    }

    /// Reports a column at its name in the first line of a `.csv`, or within the row of a `.jsonl`.
    fn unknown_column(&self, column: String, row: &Span) -> RowsError {
        let header = self.text.find('\n').filter(|_| !self.text.starts_with('{'));
        let within = header.map_or_else(|| row.range(), |end| 0..end);
        let found = self.text.get(within.clone()).and_then(|text| text.find(&column));
        let at = found.map_or(within.clone(), |at| within.start + at..within.start + at + column.len());
        let near = match column.strip_prefix("expect.").and_then(|rest| rest.rsplit_once('.')) {
            Some((field, predicate)) => {
                nearest(predicate, PREDICATES).map(|predicate| format!("expect.{field}.{predicate}"))
            }
            None => nearest(&column, self.declared.iter().map(|variable| variable.name.as_str()))
                .map(str::to_owned),
        };
        RowsError::UnknownColumn { at: Span::new(self.file, at), column, near }
    }
}

/// The value of a cell: a string, unless its variable or predicate takes another kind.
fn parse_cell(column: &str, cell: &str, declared: &[DeclaredVariable]) -> Value {
    let variable = declared.iter().find(|variable| variable.name == column);
    let is_string = match variable {
        Some(variable) => variable.variable.value_type.unwrap_or_default() == VariableType::String,
        None => !NON_STRING_PREDICATES.iter().any(|predicate| column.ends_with(predicate)),
    };
    let json = if is_string { None } else { serde_json::from_str(cell).ok() };
    json.unwrap_or_else(|| Value::String(cell.to_owned()))
}

/// Predicates whose operand is a number, an array or a boolean.
const NON_STRING_PREDICATES: [&str; 5] = [".min", ".max", ".length", ".one_of", ".is_json"];

fn split_expectation(column: &str) -> Option<(&str, &str)> {
    let (field, predicate) = column.strip_prefix("expect.")?.rsplit_once('.')?;
    (field != "error" && PREDICATES.contains(&predicate)).then_some((field, predicate))
}
