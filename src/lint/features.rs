//! Checks the features that a model claims against the catalogue and against the rest of the config.

use std::ops::Range;

use super::Subject;
use crate::aws::catalogue;
use crate::aws::family::{CONVERSE, Family, Output, family_of_body};
use crate::aws::model_id::{ModelId, clean_paste};
use crate::config::model::{Claim, Modality};
use crate::diagnose::{Code, Finding, Span};
use crate::schema::body::{Expected, violations};
use crate::schema::family::schemas;
use crate::suite::Model;

/// Reports claims that the model doesn't support, claims that contradict the config, and claims without a
/// probe.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let mut findings = contradictions(subject);
    let Some(model) = subject.model else { return findings };
    let id = clean_paste(&model.model_id).model_id;
    let known = Known::of(&ModelId::parse(&id));
    for (claim, pointer) in subject.typed.features.claims() {
        let unsupported = known.refuses(claim).or_else(|| refused_body(model, claim, known.base));
        let at = subject.places.key(&pointer);
        findings.extend(match unsupported {
            Some(why) => Some(not_supported(subject, claim, at, &why)),
            None => unprobed(model, claim),
        });
    }
    findings
}

fn not_supported(subject: Subject<'_>, claim: Claim, at: Span, why: &str) -> Finding {
    let message = format!("`{}` is claimed: {why}", claim.name());
    Finding::new(Code::FeatureUnsupported, at, message)
        .related(subject.places.value("/model_id"), "of this model")
        .help(format!("{}; the catalogue is of {}", claim.retraction(), catalogue::DATE))
}

fn unprobed(model: &Model, claim: Claim) -> Option<Finding> {
    let unprobed = model.unprobed.iter().find(|unprobed| unprobed.claim == claim)?;
    let message = format!("the claim `{}` has no probe: {}", claim.name(), unprobed.why);
    let help = "show it by a case of your own; nothing else proves the claim";
    Some(Finding::new(Code::FeatureUnprobed, unprobed.at.clone(), message).help(help))
}

/// The known properties of a model, found by its ID.
struct Known<'i> {
    base: Option<&'i str>,
    model: Option<&'static catalogue::Model>,
    family: Option<&'static Family>,
}

impl<'i> Known<'i> {
    fn of(id: &ModelId<'i>) -> Known<'i> {
        Known { base: id.base, model: id.model(), family: id.family() }
    }

    /// Why the model doesn't support the claim.
    fn refuses(&self, claim: Claim) -> Option<String> {
        let (input, output) = sides(claim);
        let switch = match claim {
            Claim::Streaming => self.model.and_then(|model| model.streaming),
            Claim::Tools | Claim::ParallelTools => self.model.and_then(|model| model.tools),
            Claim::StructuredOutput | Claim::Modality(_) => None,
        };
        let gives = || self.gives(output).map(|gives| format!("the model gives {gives}, no {output}"));
        let takes = || self.takes(input).map(|takes| format!("the model takes {takes}, no {input}"));
        gives().or_else(takes).or_else(|| (switch == Some(false)).then(|| denied(claim)))
    }

    /// The kinds of output that the model has, if `output` is not one of them.
    fn gives(&self, output: &str) -> Option<String> {
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
    fn takes(&self, input: &str) -> Option<String> {
        let known = &self.model?.input;
        let among = known.iter().any(|kind| *kind == input || (input == "audio" && *kind == "speech"));
        (!known.is_empty() && !among).then(|| known.join(" and "))
    }
}

/// The kinds of input and output that a claim needs, by the catalogue's names. The catalogue lists documents
/// as text.
fn sides(claim: Claim) -> (&'static str, &'static str) {
    match claim {
        Claim::Modality(Modality::ImageToText) => ("image", "text"),
        Claim::Modality(Modality::AudioToText) => ("audio", "text"),
        Claim::Modality(Modality::TextToImage) => ("text", "image"),
        _ => ("text", "text"),
    }
}

fn denied(claim: Claim) -> String {
    match claim {
        Claim::Streaming => "the model is known not to stream".to_owned(),
        _ => "the model is known not to call tools".to_owned(),
    }
}

/// Why the schema of bodies refuses the body of the claim's probe. Streaming is skipped: its probe sends the
/// model's own body.
fn refused_body(model: &Model, claim: Claim, base: Option<&str>) -> Option<String> {
    let of_claim = |probe: &&Model| probe.cases.iter().any(|case| case.claim == Some(claim));
    let probe = model.probes.iter().find(of_claim).filter(|_| claim != Claim::Streaming)?;
    let body = probe.request(probe.cases.first()?).body;
    let named = || ModelId::parse(&probe.model_id).family().or_else(|| family_of_body(&body));
    let family = if probe.operation.is_converse() { CONVERSE } else { named()? };
    let expected =
        Expected { id: family.id, schema: schemas(family.id)?.request(), family: family.name, base };
    violations(&body, expected).into_iter().next().map(|violation| violation.message)
}

/// The place of the member at `path`; `None` if only an outer member exists.
fn member(model: &Model, path: &[&str]) -> Option<Range<usize>> {
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

fn contradictions(subject: Subject<'_>) -> Vec<Finding> {
    let features = &subject.typed.features;
    let off = |key: &str| match key {
        "tools" => features.tools == Some(false),
        _ => features.structured_output == Some(false),
    };
    let at = |key: &str| subject.places.key(&format!("/features/{key}"));
    let mut findings = Vec::new();
    let mut clash = |key: &str, message: String, (span, what): (Span, &str)| {
        let finding = Finding::new(Code::FeatureContradiction, at(key), message).related(span, what);
        findings.push(finding.help("correct one of the two"));
    };
    if features.parallel_tools == Some(true) && off("tools") {
        let message = "`parallel_tools` is claimed, and `tools` is said to be missing".to_owned();
        clash("parallel_tools", message, (at("tools"), "said here"));
    }
    if features.streaming == Some(false) && subject.typed.stream == Some(true) {
        let message =
            "`streaming` is said to be missing, and the model is called by `stream = true`".to_owned();
        clash("streaming", message, (subject.places.value("/stream"), "called so"));
    }
    for (key, path) in USES.into_iter().filter(|(key, _)| off(key)) {
        let member = subject.model.and_then(|model| Some((model, member(model, path)?)));
        let Some((model, range)) = member else { continue };
        let place = model.places.body(Some(&range)).unwrap_or_else(|| model.at.clone());
        let message = format!("`{key}` is said to be missing, and the body has `{}`", path.join("."));
        clash(key, message, (place, "used here"));
    }
    findings
}
