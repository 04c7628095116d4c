//! Checks the features that a model claims against the catalogue and against the rest of the config.

use std::ops::Range;

use super::Subject;
use crate::aws::catalogue;
use crate::aws::family::{CONVERSE, Family, Output, family_of_body};
use crate::aws::model_id::{ModelId, clean_paste};
use crate::config::model::{Claim, Modality};
use crate::diagnose::{Code, Finding, Span};
use crate::schema::body::{ExpectedFamily, find_violations};
use crate::schema::family::schemas;
use crate::suite::Model;

/// Reports claims that the model doesn't support, claims that contradict the config, and claims without a
/// probe.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let mut findings = check_contradictions(subject);
    let Some(model) = subject.model else { return findings };
    let id = clean_paste(&model.model_id).model_id;
    let known = KnownModel::from_id(&ModelId::parse(&id));
    for (claim, pointer) in subject.typed.features.claims() {
        let unsupported =
            known.explain_unsupported(claim).or_else(|| explain_refused_body(model, claim, known.base));
        let at = subject.places.key(&pointer);
        findings.extend(match unsupported {
            Some(why) => Some(not_supported(subject, claim, at, &why)),
            None => unprobed(model, claim),
        });
    }
    findings
}

fn not_supported(subject: Subject<'_>, claim: Claim, at: Span, why: &str) -> Finding {
    let message = format!("`{}` is claimed, but {why}", claim.name());
    Finding::new(Code::FeatureUnsupported, at, message)
        .related(subject.places.value("/model_id"), "this model")
        .help(format!("{}; the model catalogue is from {}", claim.removal_help(), catalogue::DATE))
}

fn unprobed(model: &Model, claim: Claim) -> Option<Finding> {
    let unprobed = model.unprobed.iter().find(|unprobed| unprobed.claim == claim)?;
    let message = format!("the claim `{}` has no probe: {}", claim.name(), unprobed.reason);
    let help = "write a case that proves the claim";
    Some(Finding::new(Code::FeatureUnprobed, unprobed.at.clone(), message).help(help))
}

/// The known properties of a model, found by its ID.
struct KnownModel<'i> {
    base: Option<&'i str>,
    model: Option<&'static catalogue::Model>,
    family: Option<&'static Family>,
}

impl<'i> KnownModel<'i> {
    fn from_id(id: &ModelId<'i>) -> KnownModel<'i> {
        KnownModel { base: id.base, model: id.model(), family: id.family() }
    }

    /// Why the model doesn't support the claim.
    fn explain_unsupported(&self, claim: Claim) -> Option<String> {
        let (input, output) = needed_kinds(claim);
        let switch = match claim {
            Claim::Streaming => self.model.and_then(|model| model.streaming),
            Claim::Tools | Claim::ParallelTools => self.model.and_then(|model| model.tools),
            Claim::StructuredOutput | Claim::Modality(_) => None,
        };
        let gives =
            || self.other_output(output).map(|gives| format!("the model returns {gives}, not {output}"));
        let takes = || self.other_input(input).map(|takes| format!("the model accepts {takes}, not {input}"));
        gives().or_else(takes).or_else(|| (switch == Some(false)).then(|| explain_known_missing(claim)))
    }

    /// The kinds of output that the model has, if `output` is not one of them.
    fn other_output(&self, output: &str) -> Option<String> {
        let of_family = self.family.map(|family| match family.output {
            Output::Text => "text",
            Output::Vector => "embeddings",
            Output::Image => "image",
            Output::Ranking => "rankings",
        });
        // The catalogue lists rankings as text.
        match (of_family, self.model.map(|model| model.output.as_slice()).unwrap_or_default()) {
            (Some(family), _) if family != "text" && family != output => Some(family.to_owned()),
            (Some(family), []) => (family != output).then(|| family.to_owned()),
            (_, known) => (!known.is_empty() && !known.contains(&output)).then(|| known.join(" and ")),
        }
    }

    /// The kinds of input that the model accepts, if `input` is not one of them.
    fn other_input(&self, input: &str) -> Option<String> {
        let known = &self.model?.input;
        let among = known.iter().any(|kind| *kind == input || (input == "audio" && *kind == "speech"));
        (!known.is_empty() && !among).then(|| known.join(" and "))
    }
}

/// The kinds of input and output that a claim needs, by the catalogue's names. The catalogue lists documents
/// as text.
fn needed_kinds(claim: Claim) -> (&'static str, &'static str) {
    match claim {
        Claim::Modality(Modality::ImageToText) => ("image", "text"),
        Claim::Modality(Modality::AudioToText) => ("audio", "text"),
        Claim::Modality(Modality::TextToImage) => ("text", "image"),
        _ => ("text", "text"),
    }
}

fn explain_known_missing(claim: Claim) -> String {
    match claim {
        Claim::Streaming => "the model doesn't support streaming".to_owned(),
        _ => "the model doesn't support tools".to_owned(),
    }
}

/// Why the schema of bodies refuses the body of the claim's probe. Streaming is skipped: its probe sends the
/// model's own body.
fn explain_refused_body(model: &Model, claim: Claim, base: Option<&str>) -> Option<String> {
    let of_claim = |probe: &&Model| probe.cases.iter().any(|case| case.claim == Some(claim));
    let probe = model.probes.iter().find(of_claim).filter(|_| claim != Claim::Streaming)?;
    let body = probe.request(probe.cases.first()?).body;
    let named = || ModelId::parse(&probe.model_id).family().or_else(|| family_of_body(&body));
    let family = if probe.operation.is_converse() { CONVERSE } else { named()? };
    let expected =
        ExpectedFamily { id: family.id, schema: schemas(family.id)?.request(), name: family.name, base };
    find_violations(&body, expected).into_iter().next().map(|violation| violation.message)
}

/// The place of the member at `path`; `None` if only an outer member exists.
fn find_member(model: &Model, path: &[&str]) -> Option<Range<usize>> {
    let (_, above) = path.split_last()?;
    let found = model.template.locate(path)?;
    (model.template.locate(above) != Some(found.clone())).then_some(found)
}

/// Features, each with the path of a member of the body that uses it.
const USES: [(&str, &[&str]); 4] = [
    ("tools", &["tools"]),
    ("tools", &["toolConfig"]),
    ("structured_output", &["outputConfig", "textFormat"]),
    ("structured_output", &["response_format"]),
];

fn check_contradictions(subject: Subject<'_>) -> Vec<Finding> {
    let features = &subject.typed.features;
    let is_disclaimed = |key: &str| match key {
        "tools" => features.tools == Some(false),
        _ => features.structured_output == Some(false),
    };
    let at = |key: &str| subject.places.key(&format!("/features/{key}"));
    let mut findings = Vec::new();
    let mut clash = |key: &str, message: String, (span, what): (Span, &str)| {
        let finding = Finding::new(Code::FeatureContradiction, at(key), message).related(span, what);
        findings.push(finding.help("correct one of the two"));
    };
    if features.parallel_tools == Some(true) && is_disclaimed("tools") {
        let message = "`parallel_tools` is claimed, but `tools` is `false`".to_owned();
        clash("parallel_tools", message, (at("tools"), "`false` here"));
    }
    if features.streaming == Some(false) && subject.typed.stream == Some(true) {
        let message = "`streaming` is `false`, but the model is called with `stream = true`".to_owned();
        clash("streaming", message, (subject.places.value("/stream"), "enables streaming"));
    }
    for (key, path) in USES.into_iter().filter(|(key, _)| is_disclaimed(key)) {
        let member = subject.model.and_then(|model| Some((model, find_member(model, path)?)));
        let Some((model, range)) = member else { continue };
        let place = model.places.body(Some(&range)).unwrap_or_else(|| model.at.clone());
        let message = format!("`{key}` is `false`, but the body has `{}`", path.join("."));
        clash(key, message, (place, "used here"));
    }
    findings
}
