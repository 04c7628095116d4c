//! Chooses the API that a probe calls: Converse if it can call the model, otherwise the body of its family.

use super::dialect::Dialect;
use super::question::question;
use super::{ProbeRequest, chat, claude, converse};
use crate::aws::family::{family_of, family_of_body};
use crate::aws::model_id::{Call, Kind, ModelId, Problem, clean_paste, problems};
use crate::config::model::{Claim, Modality};
use crate::exchange::Operation;
use crate::suite::Model;

/// Families whose own request body is used if Converse can't call the model.
const NATIVE_DIALECTS: [(&str, &Dialect); 2] =
    [("anthropic-messages", &claude::DIALECT), ("openai-chat", &chat::DIALECT)];

/// The request that proves `claim` of `model`, or why there is no such request.
pub(super) fn probe_request(model: &Model, claim: Claim) -> Result<ProbeRequest, &'static str> {
    if claim == Claim::Modality(Modality::AudioToText) {
        return Err("bedrock-check includes no recording of a voice");
    }
    let text = clean_paste(&model.model_id).model_id;
    let id = ModelId::parse(&text);
    let dialect = choose_dialect(model, &id)?;
    let accepts_schema = (dialect.accepts_schema)(id.base);
    let (question, expect) =
        question(claim, dialect.tool_stop, accepts_schema).ok_or("no generated question can prove it")?;
    if question.medium.is_some_and(|medium| !dialect.media.contains(&medium)) {
        return Err("the model's own body can't contain it");
    }
    let mut body = (dialect.body)(&question, id.base);
    let mut headers = model.headers.clone();
    (dialect.move_headers)(&mut body, &mut headers);
    Ok(ProbeRequest { operation: dialect.operation, headers, body, mapping: (dialect.mapping)(), expect })
}

fn choose_dialect(model: &Model, id: &ModelId<'_>) -> Result<&'static Dialect, &'static str> {
    if id.kind == Kind::Prompt {
        return Err("a prompt resource has its own messages");
    }
    if model.operation.is_converse() || can_converse(model, id) {
        return Ok(&converse::DIALECT);
    }
    let filled = || model.cases.first().and_then(|case| model.template.fill(&case.values).ok());
    let family = family_of(id.text).or_else(|| family_of_body(&filled()?));
    let native = NATIVE_DIALECTS.iter().find(|(known, _)| family.is_some_and(|family| family.id == *known));
    native
        .map(|(_, dialect)| *dialect)
        .ok_or("Converse can't call the model, and the format of its own body is not known")
}

fn can_converse(model: &Model, id: &ModelId<'_>) -> bool {
    let call = Call { model_id: id.text, region: &model.region, operation: Operation::Converse };
    let refused = problems(call).contains(&Problem::NoConverse);
    !refused && !matches!(id.kind, Kind::Imported | Kind::Marketplace | Kind::NotAModel | Kind::CustomModel)
}
