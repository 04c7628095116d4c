use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::lookup::SchemaLookup;
use super::view::{Sibling, View};
use super::{SCHEMA, SETTINGS_SCHEMA, float, key, value};
use crate::config::source::Document;
use crate::diagnose::{Code, FINDINGS_LIMIT, FileId, Finding};
use crate::pointer::{join, split_last};

/// The maximum number of violations that are converted to findings, because each may need a search of the schema. It is
/// higher than the limit of findings because several violations can have the same cause.
const VIOLATIONS_LIMIT: usize = 2 * FINDINGS_LIMIT;

/// A compiled schema.
///
/// Compiling takes longer than checking a file, so compile once and share the schema.
pub struct Schema {
    root: Value,
    validator: Validator,
    sibling: Sibling,
}

impl Schema {
    /// The schema of config files.
    pub fn config() -> Schema {
        let settings = Sibling { schema: SETTINGS_SCHEMA, description: "the settings, `bedrock-check.toml`" };
        Schema::compile(SCHEMA, settings)
    }

    /// The schema of the settings file.
    pub fn settings() -> Schema {
        let configs = Sibling { schema: SCHEMA, description: "a config file, such as `bedrock.toml`" };
        Schema::compile(SETTINGS_SCHEMA, configs)
    }

    fn compile(text: &str, sibling: Sibling) -> Schema {
        let root = serde_json::from_str(text).expect("the built-in schema is JSON");
        let options =
            jsonschema::options().with_draft(Draft::Draft7).with_pattern_options(PatternOptions::regex());
        let validator = options.build(&root).expect("the built-in schema is valid");
        Schema { root, validator, sibling }
    }

    /// Reports everything in `document` that the schema forbids, in the order of the file. Each mistake
    /// is reported once.
    ///
    /// If the file has another format version, only the version is reported, because the keys may have other
    /// meanings.
    pub fn check(&self, document: &Document<'_>, file: FileId) -> Vec<Finding> {
        let view = View { lookup: SchemaLookup::new(&self.root), document, sibling: self.sibling, file };
        let floats = float::check(view);
        if floats.is_empty() && self.validator.is_valid(&document.value) {
            return floats;
        }
        if let Some(finding) = view.check_version(&self.root) {
            return vec![finding];
        }
        let all: Vec<_> = self.validator.iter_errors(&document.value).collect();
        let mut errors: Vec<_> = all.iter().flat_map(errors_of_matching_branch).collect();
        errors.sort_by_key(|error| report_order(error.kind()));
        let violations = errors.iter().flat_map(|error| view.findings(error)).take(VIOLATIONS_LIMIT);
        let mut findings: Vec<Finding> = floats.into_iter().chain(violations).collect();
        findings.sort_by_key(|finding| finding.at.span.range().start);
        findings.dedup_by(|next, first| next.code == Code::InvalidValue && next.at.span == first.at.span);
        findings
    }
}

/// Replaces an `anyOf` error with the errors of the alternative that has the type of the value, if there
/// is one.
fn errors_of_matching_branch<'e>(error: &'e ValidationError<'e>) -> Vec<&'e ValidationError<'e>> {
    let branch = match error.kind() {
        Kind::AnyOf { context } => context.iter().find(|branch| has_matching_type(branch, error)),
        _ => None,
    };
    branch.map_or_else(|| vec![error], |branch| branch.iter().flat_map(errors_of_matching_branch).collect())
}

/// Whether the value has the type that `branch` requires, so that only its content is wrong.
fn has_matching_type(branch: &[ValidationError<'_>], error: &ValidationError<'_>) -> bool {
    branch.iter().all(|inner| {
        !matches!(inner.kind(), Kind::Type { .. }) || inner.instance_path() != error.instance_path()
    })
}

/// The order of several errors about one value: the first is reported.
fn report_order(kind: &Kind) -> u8 {
    match kind {
        Kind::Type { .. } | Kind::AnyOf { .. } => 0,
        Kind::Enum { .. } | Kind::Pattern { .. } | Kind::PropertyNames { .. } => 1,
        _ => 2,
    }
}

impl View<'_> {
    fn findings(self, error: &ValidationError<'_>) -> Vec<Finding> {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            _ if error.instance().is_null() => Vec::new(),
            Kind::AdditionalProperties { unexpected } => {
                let names = unexpected.iter().take(VIOLATIONS_LIMIT);
                names.map(|name| key::report_unknown(self, pointer, name)).collect()
            }
            Kind::Type { .. } if self.is_misspelt_key(pointer) => {
                let (table, name) = split_last(pointer).unwrap_or_default();
                vec![key::report_unknown(self, table, &name)]
            }
            Kind::Required { property } => key::report_missing(self, pointer, property).into_iter().collect(),
            Kind::PropertyNames { error } => vec![key::report_invalid_name(self, pointer, error)],
            _ => vec![value::report_invalid(self, pointer, error)],
        }
    }

    /// Whether the key at `pointer` is a misspelt key of its table. In the table of a variable, an unknown key with a
    /// table declares a nested variable, but an unknown key with any other value is misspelt.
    fn is_misspelt_key(self, pointer: &str) -> bool {
        let table = split_last(pointer).map_or("", |(table, _)| table);
        let is_table = self.value(pointer).is_some_and(Value::is_object);
        let known = self.lookup.keys(table).iter().any(|key| join(table, key) == pointer);
        !is_table && !known && self.lookup.is_recursive(table)
    }

    fn check_version(self, root: &Value) -> Option<Finding> {
        let ours = root.pointer("/properties/version/enum/0")?;
        let theirs = self.document.value.get("version").filter(|version| version.is_i64())?;
        let message = format!("written for version {theirs} of the format, expected version {ours}");
        let help = format!("update bedrock-check, or write `version = {ours}`");
        let span = self.value_span("/version");
        (theirs != ours).then(|| Finding::new(Code::UnsupportedVersion, span, message).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Sources;

    /// Checks `text`, after `version = 1`. Each finding is compared as `MARKED_TEXT CODE: MESSAGE | HELP`.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let text = format!("version = 1\n{text}");
        let (document, errors) = Document::parse(&text);
        assert!(errors.is_empty(), "{errors:?}");
        let file = Sources::default().add("a.bedrock.toml", text.as_str());
        let findings = Schema::config().check(&document, file);
        let reported = findings.iter().map(|finding| {
            let marked = &text[finding.at.span.range()];
            let help = finding.help.as_deref().unwrap_or("-");
            format!("{marked} {}: {} | {help}", finding.code, finding.message)
        });
        assert_eq!(reported.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn both_schemas_compile() {
        Schema::config();
        Schema::settings();
    }

    #[test]
    fn an_unknown_key_is_reported_at_the_key() {
        check(
            "[models.a]\nregoin = 'x'",
            &["regoin unknown-key: `regoin` is not a known key in `[models.a]` | did you mean `region`?"],
        );
    }

    #[test]
    fn one_mistake_gives_one_finding() {
        check("", &[]);
        check(
            "[models.a]\noperation = 3",
            &[
                "3 invalid-value: `operation`: expected a string, found an integer | put it in quotes: `\"3\"`",
            ],
        );
        check(
            "[models.a]\nregion = ''",
            &[
                "'' invalid-value: `region`: expected an AWS Region, such as `us-east-1`, found an empty string | -",
            ],
        );
    }

    #[test]
    fn findings_have_the_order_of_the_file() {
        check(
            "[models.b]\nx1 = 1\nstream = 'no'\n[models.a]\ny1 = 1",
            &[
                "x1 unknown-key: `x1` is not a known key in `[models.b]` | the keys here are `extends`, `description`, `enabled`, `credentials`, `region`, `model_id`, `deployment`, `operation`, `stream`, `endpoint`, `fips`, `dual_stack`, `guardrail`, `headers`, `tags`, `features`, `variables`, `request`, `mapping`, `snapshot`, `cases`",
                "'no' invalid-value: `stream`: expected a boolean, found a string | -",
                "y1 unknown-key: `y1` is not a known key in `[models.a]` | the keys here are `extends`, `description`, `enabled`, `credentials`, `region`, `model_id`, `deployment`, `operation`, `stream`, `endpoint`, `fips`, `dual_stack`, `guardrail`, `headers`, `tags`, `features`, `variables`, `request`, `mapping`, `snapshot`, `cases`",
            ],
        );
    }

    #[test]
    fn the_type_of_the_value_selects_the_alternative_to_report() {
        check(
            "[models.a]\nsnapshot = { default = 'exakt' }",
            &[
                "'exakt' invalid-value: `default`: expected one of `exact`, `ignored`, `shape`, found `exakt` | did you mean `exact`?",
            ],
        );
        check(
            "[models.a]\nsnapshot = 1",
            &[
                "1 invalid-value: `snapshot`: expected a boolean or an object, found an integer | write a table, `{ fields = … }`; its keys are `fields`, `redact`, `default`",
            ],
        );
    }

    #[test]
    fn a_float_is_not_an_integer() {
        let finding = "900.0 invalid-value: `duration`: expected an integer, found `900.0` | write it without a decimal point: `900`";
        check("[credentials.a]\nduration = 900.0", &[finding]);
        check("[models.a.variables]\nx = { default = 1.0, minimum = 2.0 }", &[]);
        check("[[models.a.cases]]\nname = 'a'\nvariables = { x = 1.0 }\nexpect.f = { max = 1.0 }", &[]);
    }

    #[test]
    fn a_file_of_another_version_is_not_read_further() {
        let text = "version = 2\n[modles]\n";
        let (document, _) = Document::parse(text);
        let file = Sources::default().add("a.bedrock.toml", text);
        let findings = Schema::config().check(&document, file);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, Code::UnsupportedVersion);
    }
}
