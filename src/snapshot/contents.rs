//! Mapped output as text that a pull request shows well: a YAML map with one entry a field.
//!
//! ```yaml
//! output_text: |-
//!   The capital of France is Paris.
//!
//!   Anything else?
//! input_tokens: 14
//! stop: "\
//!   a trailing blank \n\
//!   and an escape\u001b"
//! embedding: [
//!     0.12, -0.5, 1e-7, 0.25, 0.5, 1, 2, 3,
//!     4,
//!   ]
//! ```
//!
//! - Text on one line stands bare where every YAML parser reads it back as that text, else between
//!   double quotes.
//! - Text on several lines is a literal block: `|` if it ends with a newline, `|-` if not, `|+` if with
//!   several. A block can't show blanks at the end of a line nor invisible characters; text that has
//!   them is written between double quotes, still one line for a line.
//! - Numbers keep their exact text. A list of numbers only stands in brackets, eight to a line.
//! - Different output has different contents, and none of that difference is in white space at the
//!   end, which insta trims: an open end is closed by `...`, YAML's end of a document.

use serde_json::{Map, Value};

use super::scalar::{escape, has_odd, is_plain, quoted};

/// `fields` as the contents of a snapshot. No newline at the end.
pub fn contents(fields: &[(String, Value)]) -> String {
    let mut writer = Writer::default();
    for (name, value) in fields {
        writer.entry(0, name, value);
    }
    writer.finish()
}

/// Numbers on one line of a list.
const ROW: usize = 8;

/// Every method leaves the cursor at the start of a line. `column` is where the parent stands.
#[derive(Default)]
struct Writer {
    out: String,
    /// The last value's end depends on how many empty lines follow.
    open_end: bool,
}

impl Writer {
    fn finish(mut self) -> String {
        if self.out.is_empty() {
            return "{}".to_owned();
        }
        if self.open_end {
            self.out.push_str("...");
        }
        self.out.truncate(self.out.trim_end_matches('\n').len());
        self.out
    }

    fn entry(&mut self, column: usize, key: &str, value: &Value) {
        self.scalar(key);
        self.out.push(':');
        match value {
            Value::Array(list) if is_block(list) => {
                self.out.push('\n');
                self.indent(column + 2);
                self.list(column + 2, list);
            }
            Value::Object(map) if !map.is_empty() => {
                self.out.push('\n');
                self.indent(column + 2);
                self.map(column + 2, map);
            }
            _ => self.inline(column, value),
        }
    }

    fn item(&mut self, column: usize, value: &Value) {
        self.out.push('-');
        match value {
            Value::Array(list) if is_block(list) => {
                self.out.push(' ');
                self.list(column + 2, list);
            }
            Value::Object(map) if !map.is_empty() => {
                self.out.push(' ');
                self.map(column + 2, map);
            }
            _ => self.inline(column, value),
        }
    }

    fn list(&mut self, column: usize, list: &[Value]) {
        for (index, value) in list.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.item(column, value);
        }
    }

    fn map(&mut self, column: usize, map: &Map<String, Value>) {
        for (index, (key, value)) in map.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.entry(column, key, value);
        }
    }

    /// What starts on the line of its key or dash.
    fn inline(&mut self, column: usize, value: &Value) {
        self.open_end = false;
        self.out.push(' ');
        match value {
            Value::String(text) if text.contains('\n') => self.lines(column + 2, text),
            Value::String(text) => self.scalar(text),
            Value::Array(list) if list.len() > ROW => self.rows(column + 2, list),
            Value::Array(list) => self.row(list),
            other => self.out.push_str(&other.to_string()),
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn scalar(&mut self, text: &str) {
        if is_plain(text) { self.out.push_str(text) } else { self.out.push_str(&quoted(text)) }
    }

    fn lines(&mut self, column: usize, text: &str) {
        if fits_block(text) { self.block(column, text) } else { self.quoted_lines(column, text) }
    }

    fn block(&mut self, column: usize, text: &str) {
        let body = text.trim_end_matches('\n');
        let newlines = text.len() - body.len();
        self.out.push('|');
        // Without the digit a parser would take the first line's own blanks for indentation.
        if body.trim_start_matches('\n').starts_with([' ', '\t']) {
            self.out.push('2');
        }
        self.out.push_str(["-", "", "+"][newlines.min(2)]);
        self.out.push('\n');
        for line in body.split('\n') {
            if !line.is_empty() {
                self.indent(column);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
        self.open_end = newlines > 1;
        self.out.push_str(&"\n".repeat(newlines.saturating_sub(1)));
    }

    fn quoted_lines(&mut self, column: usize, text: &str) {
        self.out.push('"');
        for line in text.split_inclusive('\n') {
            self.out.push_str("\\\n");
            self.indent(column);
            if line.starts_with(' ') {
                self.out.push('\\');
            }
            escape(&mut self.out, line);
        }
        self.out.push('"');
    }

    fn row(&mut self, list: &[Value]) {
        let numbers: Vec<String> = list.iter().map(Value::to_string).collect();
        self.out.push('[');
        self.out.push_str(&numbers.join(", "));
        self.out.push(']');
    }

    fn rows(&mut self, column: usize, list: &[Value]) {
        self.out.push_str("[\n");
        for row in list.chunks(ROW) {
            let numbers: Vec<String> = row.iter().map(Value::to_string).collect();
            self.indent(column + 2);
            self.out.push_str(&numbers.join(", "));
            self.out.push_str(",\n");
        }
        self.indent(column);
        self.out.push(']');
    }

    fn indent(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }
}

/// Anything but an empty list and a list of numbers.
fn is_block(list: &[Value]) -> bool {
    !list.iter().all(Value::is_number)
}

fn fits_block(text: &str) -> bool {
    let mut lines = text.split('\n');
    !has_odd(text)
        && text.chars().any(|char| char != '\n')
        && !lines.any(|line| line.ends_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Vec<(String, Value)> {
        let Value::Object(map) = value else { panic!("an object") };
        map.into_iter().collect()
    }

    #[test]
    fn a_typical_output_reads_like_prose() {
        let output = json!({
            "output_text": "Paris is the capital.\n\nIt's on the Seine: lovely.",
            "short": "Paris: it is",
            "input_tokens": 14,
            "stop": null,
            "done": true,
        });
        insta::assert_snapshot!(contents(&fields(output)), @r#"
        output_text: |-
          Paris is the capital.

          It's on the Seine: lovely.
        short: "Paris: it is"
        input_tokens: 14
        stop: null
        done: true
        "#);
    }

    #[test]
    fn nested_values_are_nested() {
        let output = json!({
            "tools": [
                { "name": "weather", "input": { "city": "Oslo", "days": [1, 2] }, "none": {} },
                [["a"], []],
                "one\ntwo\n",
            ],
            "odd key: yes": { "": "", "42": "42" },
        });
        insta::assert_snapshot!(contents(&fields(output)), @r#"
        tools:
          - name: weather
            input:
              city: Oslo
              days: [1, 2]
            none: {}
          - - - a
            - []
          - |
            one
            two
        "odd key: yes":
          "": ""
          "42": "42"
        "#);
    }

    #[test]
    fn long_lists_of_numbers_are_wrapped() {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let list: Vec<Value> = ["28.0", "1e400", "-0", "4", "5", "6", "7", "8", "9.10"].map(number).into();
        insta::assert_snapshot!(contents(&[("embedding".to_owned(), list.into())]), @"
        embedding: [
            28.0, 1e+400, -0, 4, 5, 6, 7, 8,
            9.10,
          ]
        ");
    }

    #[test]
    fn text_that_a_block_can_not_show_is_quoted_by_line() {
        let text = "a blank \n  two before\n\ttab\n\u{1b}[1mbold\n";
        insta::assert_snapshot!(contents(&[("text".to_owned(), text.into())]), @r#"
        text: "\
          a blank \n\
          \  two before\n\
          \ttab\n\
          \u001b[1mbold\n"
        "#);
    }

    #[test]
    fn newlines_at_the_end_are_told_apart() {
        for (text, expected) in [
            ("a\nb", "t: |-\n  a\n  b"),
            ("a\n", "t: |\n  a"),
            ("a\n\n", "t: |+\n  a\n\n..."),
            ("\n", "t: \"\\\n  \\n\""),
            ("\n\na", "t: |-\n\n\n  a"),
            ("\n  a\nb", "t: |2-\n\n    a\n  b"),
            ("\ta\nb", "t: |2-\n  \ta\n  b"),
            ("a\r\nb", "t: \"\\\n  a\\r\\n\\\n  b\""),
        ] {
            assert_eq!(contents(&[("t".to_owned(), text.into())]), expected);
        }
    }

    #[test]
    fn no_fields_are_an_empty_map() {
        assert_eq!(contents(&[]), "{}");
    }
}
