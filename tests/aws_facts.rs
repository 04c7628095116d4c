//! Compares our tables of AWS facts with recorded calls: model IDs, request bodies, refusals, mappings.

use std::collections::{BTreeMap, BTreeSet};

use bedrock_check::assemble::assemble;
use bedrock_check::aws::family::{CONVERSE, FAMILIES, Family, Output, family_of_body};
use bedrock_check::aws::model_id::{Call, Kind, ModelId, problems};
use bedrock_check::exchange::{Answer, Exchange, Headers};
use bedrock_check::import::read_recording;
use bedrock_check::mapping::Mapping;
use bedrock_check::mapping::infer::{MappedField, default_mapping_table, fit_mapping};
use bedrock_check::schema::body::{ExpectedFamily, Violation, find_violations};
use bedrock_check::schema::family::schemas;
use serde_json::{Map, Value};

use crate::common;
use crate::recorded_exchanges::model_calls;

/// A recorded call and the name of its file.
struct Recorded {
    file: String,
    exchange: Exchange,
}

/// The recorded calls of models, without invented ones.
fn recorded() -> Option<Vec<Recorded>> {
    let corpus = common::shared("corpus")?;
    let calls = model_calls(&corpus).into_iter().filter(|(row, _)| row.provenance == "recorded");
    let read = calls.filter_map(|(row, text)| {
        let recording = read_recording(&text, &row.file).ok()?;
        Some(Recorded { file: row.file, exchange: recording.exchange })
    });
    Some(read.collect())
}

fn is_answered(exchange: &Exchange) -> bool {
    !matches!(exchange.answer, Answer::Refusal(_))
}

/// The model family of a call, by its model ID or else by its body.
fn family(exchange: &Exchange) -> Option<&'static Family> {
    let request = &exchange.request;
    if request.operation.is_converse() {
        return Some(CONVERSE);
    }
    ModelId::parse(&request.model_id).family().or_else(|| family_of_body(&request.body)).or_else(|| {
        match &exchange.answer {
            Answer::Response(response) => family_of_body(&response.body),
            _ => None,
        }
    })
}

#[test]
fn every_answered_model_id_has_a_kind_and_a_family() {
    let Some(calls) = recorded() else { return };
    let (mut kinds, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    let mut ids = BTreeSet::new();
    for call in calls.iter().filter(|call| is_answered(&call.exchange)) {
        let request = &call.exchange.request;
        let id = ModelId::parse(&request.model_id);
        if ids.insert(request.model_id.as_str()) {
            *kinds.entry(id.kind.name()).or_insert(0) += 1;
        }
        let opaque = matches!(
            id.kind,
            Kind::ApplicationProfile | Kind::Marketplace | Kind::Imported | Kind::Provisioned
        );
        let has_family = id.family().is_some() || (opaque && family(&call.exchange).is_some());
        if !has_family || id.kind == Kind::NotAModel {
            unknown.insert(request.model_id.as_str());
        }
    }
    println!("{} model IDs: {kinds:?}; without kind or family: {}", ids.len(), unknown.len());
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(ids.len() > 50, "the corpus contains {} model IDs", ids.len());
}

fn violations_of(exchange: &Exchange) -> Vec<Violation> {
    let Some(family) = family(exchange) else { return Vec::new() };
    let Some(schemas) = schemas(family.id) else { return Vec::new() };
    let base = ModelId::parse(&exchange.request.model_id).base;
    find_violations(
        &exchange.request.body,
        ExpectedFamily { id: family.id, schema: schemas.request(), name: family.name, base },
    )
}

#[test]
fn accepted_request_bodies_have_no_errors() {
    let Some(calls) = recorded() else { return };
    let mut families: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    // Two recordings contain a body that is a string, not JSON.
    let bodies =
        calls.iter().filter(|call| is_answered(&call.exchange) && call.exchange.request.body.is_object());
    for call in bodies {
        let counts =
            families.entry(family(&call.exchange).map_or("unknown", |family| family.id)).or_default();
        counts[0] += 1;
        for violation in violations_of(&call.exchange) {
            counts[if violation.sure { 1 } else { 2 }] += 1;
            if violation.sure {
                wrong.push(format!("{}: {violation:?}", call.file));
            }
        }
    }
    println!("{:<20} {:>8} {:>8} {:>8}", "family", "accepted", "errors", "warnings");
    for (family, [accepted, errors, warnings]) in &families {
        println!("{family:<20} {accepted:>8} {errors:>8} {warnings:>8}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(families.values().map(|counts| counts[0]).sum::<usize>() > 400, "{families:?}");
}

/// Messages of refusals that a config does not cause.
const NOT_FROM_CONFIG: [&str; 4] =
    ["Signature expired", "is getting throttled", "security token", "Too many"];

#[test]
fn refusals_by_body_or_model_id_are_predicted() {
    let Some(calls) = recorded() else { return };
    let (mut predicted, mut missed) = (0, Vec::new());
    println!("{:<34} {:<62} predicted by", "model ID", "refusal");
    for call in &calls {
        let Answer::Refusal(refusal) = &call.exchange.answer else { continue };
        if NOT_FROM_CONFIG.iter().any(|other| refusal.message.contains(other)) {
            continue;
        }
        let request = &call.exchange.request;
        let asked =
            Call { model_id: &request.model_id, region: &request.region, operation: request.operation };
        let by_id = problems(asked).into_iter().map(|problem| problem.message(asked));
        let by_body = violations_of(&call.exchange).into_iter().filter(|violation| violation.sure);
        let by_body = by_body.map(|violation| format!("{} {}", violation.pointer, violation.message));
        // The prediction must be about what the message names: the model ID or the body.
        let names_id = refusal.message.contains("model identifier") || refusal.message.contains("on-demand");
        let by: Vec<String> = if names_id { by_id.collect() } else { by_body.collect() };
        let message: String = refusal.message.chars().take(60).collect();
        let because = by.first().map_or("-", String::as_str);
        println!("{:<34.34} {message:<62} {because}", request.model_id);
        if by.is_empty() { missed.push(call.file.as_str()) } else { predicted += 1 }
    }
    println!("{predicted} of {} refusals by body or model ID are predicted", predicted + missed.len());
    assert!(missed.is_empty(), "{missed:?}");
    assert!(predicted > 0, "the corpus contains no refusal");
}

/// The headers and body of a response, assembled if it is a stream; `None` for refusals and incomplete streams.
fn whole_response(exchange: &Exchange) -> Option<(Headers, Value)> {
    match &exchange.answer {
        Answer::Response(response) => Some((response.headers.clone(), response.body.clone())),
        Answer::Stream(stream) => {
            let whole = assemble(stream);
            whole.problem.is_none().then_some((whole.headers, whole.body))
        }
        Answer::Refusal(_) => None,
    }
}

/// The values of those `fields` that the response contains.
fn values(fields: &Map<String, Value>, headers: &Headers, body: &Value) -> BTreeMap<String, Value> {
    let (mapping, errors) = Mapping::compile(fields);
    assert!(errors.is_empty(), "{errors:?}");
    let (mapped, _) = mapping.extract(headers, body);
    let found = mapped.fields.iter().filter(|(_, value)| !value.is_null());
    found.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn table(fields: &[MappedField]) -> Map<String, Value> {
    fields.iter().map(|field| (field.field.clone(), field.from.to_config_value())).collect()
}

/// The mapped fields of a text model.
const FIELDS: [&str; 3] = ["output_text", "input_tokens", "output_tokens"];

#[test]
fn a_response_and_its_family_give_the_same_mapping() {
    let Some(calls) = recorded() else { return };
    let mut families: BTreeMap<String, (usize, [usize; 3])> = BTreeMap::new();
    let mut wrong = Vec::new();
    for call in &calls {
        let request = &call.exchange.request;
        let Some(given) = default_mapping_table(request.operation, &request.model_id, &request.body) else {
            continue;
        };
        let Some((headers, body)) = whole_response(&call.exchange) else { continue };
        if family(&call.exchange).is_none_or(|family| family.output != Output::Text) {
            continue;
        }
        let inferred = values(&table(&fit_mapping(request, &headers, &body)), &headers, &body);
        let of_family = values(&given, &headers, &body);
        let name = if request.operation.is_converse() {
            "converse"
        } else {
            family(&call.exchange).map_or("-", |family| family.id)
        };
        let (seen, found) = families.entry(name.to_owned()).or_default();
        *seen += 1;
        for (index, field) in FIELDS.iter().enumerate() {
            let (one, other) = (inferred.get(*field), of_family.get(*field));
            found[index] += usize::from(one.is_some());
            // A guardrail that intervenes leaves out the token counts of the model.
            let intervened = body.get("amazon-bedrock-trace").is_some();
            if one != other && !intervened {
                wrong.push(format!(
                    "{}: `{field}` is {one:?} by the response and {other:?} by the family",
                    call.file
                ));
            }
        }
    }
    println!("{:<20} {:>9} {:>6} {:>6} {:>6}", "family", "responses", "text", "input", "output");
    for (family, (seen, [text, input, output])) in &families {
        println!("{family:<20} {seen:>9} {text:>6} {input:>6} {output:>6}");
        assert!(*text > 0 && *input > 0 && *output > 0, "{family} has no text or no counts");
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_text_family_maps_text_and_both_token_counts() {
    for family in FAMILIES.iter().filter(|family| family.output == Output::Text) {
        for field in FIELDS {
            assert!(family.mapping.iter().any(|row| row.field == field), "{} has no `{field}`", family.id);
        }
        // The mapping of the family fits the schema of its responses.
        let fields: Map<String, Value> = FIELDS
            .iter()
            .filter_map(|field| {
                Some((
                    (*field).to_owned(),
                    bedrock_check::mapping::infer::default_field(family, field)?.to_config_value(),
                ))
            })
            .collect();
        let (mapping, _) = Mapping::compile(&fields);
        let schema = schemas(family.id).expect("schemas").response();
        assert_eq!(fields.len(), FIELDS.len());
        assert!(
            mapping.find_mismatches(schema).is_empty(),
            "{}: {:?}",
            family.id,
            mapping.find_mismatches(schema)
        );
    }
}

/// AWS's service model of Bedrock Runtime, from botocore.
fn service_model() -> Option<Value> {
    let path = common::shared("oracles")?.join("botocore/data/bedrock-runtime/service-2.json.gz");
    let output = std::process::Command::new("gzip").arg("-dc").arg(path).output().expect("gzip runs");
    Some(serde_json::from_slice(&output.stdout).expect("a service model is JSON"))
}

/// Follows `$ref`, and `else` where the schema has no properties or items.
fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let lists = ["properties", "items"].iter().any(|keyword| schema.get(keyword).is_some());
    let target = schema.get("$ref").and_then(Value::as_str).map(|target| target.trim_start_matches('#'));
    let next =
        target.and_then(|target| root.pointer(target)).or_else(|| schema.get("else").filter(|_| !lists));
    next.map_or(schema, |next| resolve(root, next))
}

/// Compares a schema with the shapes of the service model.
struct Comparison<'c> {
    shapes: &'c Value,
    root: &'c Value,
    seen: BTreeSet<String>,
    members: usize,
    missing: Vec<String>,
}

impl<'c> Comparison<'c> {
    fn compare(&mut self, shape: &str, schema: &'c Value) {
        let schema = resolve(self.root, schema);
        let definition = &self.shapes[shape];
        if schema.get("x-open").is_some() || !self.seen.insert(shape.to_owned()) {
            return;
        }
        match definition["type"].as_str() {
            Some("list") => {
                let inner = definition["member"]["shape"].as_str().expect("a list has a shape");
                self.compare(inner, &schema["items"]);
            }
            Some("structure") if definition.get("document").is_none() => {
                for (name, member) in definition["members"].as_object().into_iter().flatten() {
                    // Members with a location belong to the path or to headers, not to the body.
                    if member.get("location").is_some() {
                        continue;
                    }
                    self.members += 1;
                    match schema["properties"].get(name) {
                        Some(inner) => self.compare(member["shape"].as_str().expect("a shape"), inner),
                        None => self.missing.push(format!("{shape}.{name}")),
                    }
                }
            }
            _ => {}
        }
    }
}

#[test]
fn converse_has_every_member_of_the_service_model() {
    let Some(model) = service_model() else { return };
    let converse = schemas("converse").expect("schemas");
    for (shape, root) in
        [("ConverseRequest", &converse.request().root), ("ConverseResponse", converse.response())]
    {
        let mut compared = Comparison {
            shapes: &model["shapes"],
            root,
            seen: BTreeSet::new(),
            members: 0,
            missing: Vec::new(),
        };
        compared.compare(shape, root);
        println!("{shape}: {} members, {} of them missing", compared.members, compared.missing.len());
        assert!(compared.missing.is_empty(), "{:?}", compared.missing);
        assert!(compared.members > 30, "{shape} has {} members", compared.members);
    }
}
