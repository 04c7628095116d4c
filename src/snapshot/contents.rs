//! Renders mapped output as text that is easy to review in a pull request: a YAML map with one entry for each field.
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
//! - A string of one line is written without quotes if every YAML parser reads it back as the same string, and
//!   in double quotes otherwise.
//! - A string of several lines is a literal block: `|` if it ends with a newline, `|-` if it doesn't, `|+` if it
//!   ends with several. A block can't show spaces at the end of a line or invisible characters. A string that has
//!   them is written in double quotes, with one line of YAML for each of its lines.
//! - Numbers keep their exact text. An array that contains only numbers is written in brackets, eight to a line.
//! - Different output always has different contents, even after insta has trimmed white space at the end: if the
//!   last block ends with empty lines, `...` follows, which ends a YAML document.

use serde_json::{Map, Value};

use super::scalar::{escape, has_unprintable, is_plain, quoted};

/// Renders `fields` as the contents of a snapshot, without a newline at the end.
pub fn render_contents(fields: &[(String, Value)]) -> String {
    let mut writer = Writer::default();
    for (name, value) in fields {
        writer.entry(0, name, value);
    }
    writer.finish()
}

/// The number of numbers on one line.
const NUMBERS_PER_LINE: usize = 8;

/// Each method that writes a value ends at the start of a line. `column` is the column of the parent.
#[derive(Default)]
struct Writer {
    out: String,
    /// Whether the last value is a block that ends with empty lines, which belong to the value.
    ends_with_empty_lines: bool,
}

impl Writer {
    fn finish(mut self) -> String {
        if self.out.is_empty() {
            return "{}".to_owned();
        }
        if self.ends_with_empty_lines {
            self.out.push_str("...");
        }
        self.out.truncate(self.out.trim_end_matches('\n').len());
        self.out
    }

    fn entry(&mut self, column: usize, key: &str, value: &Value) {
        self.scalar(key);
        self.out.push(':');
        match value {
            Value::Array(items) if is_block(items) => {
                self.out.push('\n');
                self.indent(column + 2);
                self.array(column + 2, items);
            }
            Value::Object(members) if !members.is_empty() => {
                self.out.push('\n');
                self.indent(column + 2);
                self.object(column + 2, members);
            }
            _ => self.inline(column, value),
        }
    }

    fn item(&mut self, column: usize, value: &Value) {
        self.out.push('-');
        match value {
            Value::Array(items) if is_block(items) => {
                self.out.push(' ');
                self.array(column + 2, items);
            }
            Value::Object(members) if !members.is_empty() => {
                self.out.push(' ');
                self.object(column + 2, members);
            }
            _ => self.inline(column, value),
        }
    }

    fn array(&mut self, column: usize, items: &[Value]) {
        for (index, value) in items.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.item(column, value);
        }
    }

    fn object(&mut self, column: usize, members: &Map<String, Value>) {
        for (index, (key, value)) in members.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.entry(column, key, value);
        }
    }

    /// A value that starts on the same line as its key or dash.
    fn inline(&mut self, column: usize, value: &Value) {
        self.ends_with_empty_lines = false;
        self.out.push(' ');
        match value {
            Value::String(text) if text.contains('\n') => self.lines(column + 2, text),
            Value::String(text) => self.scalar(text),
            Value::Array(numbers) if numbers.len() > NUMBERS_PER_LINE => {
                self.number_lines(column + 2, numbers);
            }
            Value::Array(numbers) => self.number_line(numbers),
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
        // Without the digit, a parser would take white space at the start of the text for indentation.
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
        self.ends_with_empty_lines = newlines > 1;
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

    fn number_line(&mut self, numbers: &[Value]) {
        let numbers: Vec<String> = numbers.iter().map(Value::to_string).collect();
        self.out.push('[');
        self.out.push_str(&numbers.join(", "));
        self.out.push(']');
    }

    fn number_lines(&mut self, column: usize, numbers: &[Value]) {
        self.out.push_str("[\n");
        for line in numbers.chunks(NUMBERS_PER_LINE) {
            let numbers: Vec<String> = line.iter().map(Value::to_string).collect();
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

/// Whether the items are written one below the other: all arrays except empty ones and those of numbers only.
fn is_block(items: &[Value]) -> bool {
    !items.iter().all(Value::is_number)
}

fn fits_block(text: &str) -> bool {
    let mut lines = text.split('\n');
    !has_unprintable(text)
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
    fn a_typical_output_is_easy_to_read() {
        let output = json!({
            "output_text": "Paris is the capital.\n\nIt's on the Seine: lovely.",
            "short": "Paris: it is",
            "input_tokens": 14,
            "stop": null,
            "done": true,
        });
        insta::assert_snapshot!(render_contents(&fields(output)), @r#"
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
        insta::assert_snapshot!(render_contents(&fields(output)), @r#"
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
    fn long_arrays_of_numbers_are_wrapped() {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let list: Vec<Value> = ["28.0", "1e400", "-0", "4", "5", "6", "7", "8", "9.10"].map(number).into();
        insta::assert_snapshot!(render_contents(&[("embedding".to_owned(), list.into())]), @"
        embedding: [
            28.0, 1e+400, -0, 4, 5, 6, 7, 8,
            9.10,
          ]
        ");
    }

    #[test]
    fn text_that_a_block_can_not_show_is_quoted_by_line() {
        let text = "a blank \n  two before\n\ttab\n\u{1b}[1mbold\n";
        insta::assert_snapshot!(render_contents(&[("text".to_owned(), text.into())]), @r#"
        text: "\
          a blank \n\
          \  two before\n\
          \ttab\n\
          \u001b[1mbold\n"
        "#);
    }

    #[test]
    fn newlines_at_the_end_make_different_contents() {
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
            assert_eq!(render_contents(&[("t".to_owned(), text.into())]), expected);
        }
    }

    #[test]
    fn output_without_fields_is_an_empty_map() {
        assert_eq!(render_contents(&[]), "{}");
    }
}
