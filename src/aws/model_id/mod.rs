//! What goes into Bedrock's `modelId`: what kind of thing it names, and what a person may have copied instead.

mod grammar;
mod paste;
mod problem;
mod resolved;
mod words;

pub use paste::{Paste, Slip, read};
pub use problem::{Call, Problem, problems};
pub use resolved::Resolved;

use super::arn::Arn;
use super::catalogue::{self, GEOGRAPHIES, without_geography};
use super::family::{Family, family_of};

/// What a model ID names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Base,
    /// One that AWS defines, for a geography.
    InferenceProfile,
    /// One of an account's own. Only `GetInferenceProfile` tells the model behind it.
    ApplicationProfile,
    Provisioned,
    /// A deployment of a custom model, on demand.
    CustomDeployment,
    /// A custom model itself: called through a deployment or through provisioned throughput.
    CustomModel,
    Imported,
    /// An endpoint of a Bedrock Marketplace model.
    Marketplace,
    /// A Marketplace model itself, as a hub lists it.
    MarketplaceModel,
    Prompt,
    PromptRouter,
    /// Something else of AWS, which can't be called as a model.
    NoModel,
}

/// A model ID and what it tells by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelId<'t> {
    pub text: &'t str,
    pub kind: Kind,
    pub arn: Option<Arn<'t>>,
    /// As it stands in front of the ID, without its dot: `us`.
    pub geography: Option<&'static str>,
    /// The base model's ID, where the ID tells it.
    pub base: Option<&'t str>,
}

/// A row for each type of resource that an ARN can name: service, type, kind.
const RESOURCES: [(&str, &str, Kind); 14] = [
    ("bedrock", "foundation-model", Kind::Base),
    ("bedrock", "inference-profile", Kind::InferenceProfile),
    ("bedrock", "application-inference-profile", Kind::ApplicationProfile),
    ("bedrock", "provisioned-model", Kind::Provisioned),
    ("bedrock", "custom-model-deployment", Kind::CustomDeployment),
    ("bedrock", "custom-model", Kind::CustomModel),
    ("bedrock", "imported-model", Kind::Imported),
    ("bedrock", "prompt", Kind::Prompt),
    ("bedrock", "prompt-router", Kind::PromptRouter),
    ("bedrock", "default-prompt-router", Kind::PromptRouter),
    ("bedrock", "marketplace", Kind::NoModel),
    ("sagemaker", "endpoint", Kind::Marketplace),
    ("sagemaker", "hub-content", Kind::MarketplaceModel),
    ("sagemaker", "model-package", Kind::MarketplaceModel),
];

impl Kind {
    /// As people say it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Base => "base model",
            Kind::InferenceProfile => "inference profile",
            Kind::ApplicationProfile => "application inference profile",
            Kind::Provisioned => "provisioned throughput",
            Kind::CustomDeployment => "custom model deployment",
            Kind::CustomModel => "custom model",
            Kind::Imported => "imported model",
            Kind::Marketplace => "Marketplace endpoint",
            Kind::MarketplaceModel => "Marketplace model",
            Kind::Prompt => "prompt",
            Kind::PromptRouter => "prompt router",
            Kind::NoModel => "no model",
        }
    }
}

impl Kind {
    /// The name with its article.
    pub fn with_article(self) -> String {
        let name = self.name();
        match self {
            Kind::NoModel => name.to_owned(),
            _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {name}"),
            _ => format!("a {name}"),
        }
    }
}

impl<'t> ModelId<'t> {
    /// Reads an ID or ARN as it would be sent. Anything that is no ARN is a base model, an inference profile or, if it
    /// has no dot, the name of provisioned throughput.
    pub fn parse(text: &'t str) -> ModelId<'t> {
        match Arn::parse(text) {
            Some(arn) => ModelId::of_arn(text, arn),
            None => ModelId::of_id(text),
        }
    }

    fn of_arn(text: &'t str, arn: Arn<'t>) -> ModelId<'t> {
        let (of, name) = arn.typed().unwrap_or((arn.resource, ""));
        let row = RESOURCES.iter().find(|(service, known, _)| *service == arn.service && *known == of);
        let kind = row.map_or(Kind::NoModel, |row| row.2);
        let named = match kind {
            Kind::Base | Kind::InferenceProfile => Some(name),
            Kind::CustomModel => name.split('/').next(),
            _ => None,
        };
        let base = named.map(|name| without_geography(name).unwrap_or(name));
        ModelId { text, kind, arn: Some(arn), geography: named.and_then(geography), base }
    }

    fn of_id(text: &'t str) -> ModelId<'t> {
        let geography = geography(text);
        let kind = match geography {
            Some(_) => Kind::InferenceProfile,
            None if text.contains('.') => Kind::Base,
            None => Kind::Provisioned,
        };
        let base = (kind != Kind::Provisioned).then(|| without_geography(text).unwrap_or(text));
        ModelId { text, kind, arn: None, geography, base }
    }

    /// The base model's entry in the catalogue.
    pub fn model(&self) -> Option<&'static catalogue::Model> {
        catalogue::model(self.base?)
    }

    /// The inference profile's entry in the catalogue.
    pub fn profile(&self) -> Option<&'static catalogue::Profile> {
        let id = match self.arn {
            Some(arn) => arn.typed()?.1,
            None => self.text,
        };
        catalogue::profile(id).filter(|_| self.kind == Kind::InferenceProfile)
    }

    pub fn family(&self) -> Option<&'static Family> {
        family_of(self.text)
    }
}

/// The geography in front of `id`: one that the catalogue's profiles have, before a name with a dot of its own.
fn geography(id: &str) -> Option<&'static str> {
    let geography = GEOGRAPHIES.into_iter().find(|geography| id.starts_with(geography))?;
    id[geography.len()..].contains('.').then(|| geography.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kind: Kind, geography: Option<&str>, base: Option<&str>) {
        let id = ModelId::parse(text);
        assert_eq!((id.kind, id.geography, id.base), (kind, geography, base), "{text}");
    }

    #[test]
    fn an_id_tells_its_kind() {
        let haiku = Some("anthropic.claude-3-haiku-20240307-v1:0");
        check("anthropic.claude-3-haiku-20240307-v1:0", Kind::Base, None, haiku);
        check("us.anthropic.claude-3-haiku-20240307-v1:0", Kind::InferenceProfile, Some("us"), haiku);
        check("us-gov.anthropic.claude-3-haiku-20240307-v1:0", Kind::InferenceProfile, Some("us-gov"), haiku);
        check("deepseek.v3.2", Kind::Base, None, Some("deepseek.v3.2"));
        check("my-throughput-id", Kind::Provisioned, None, None);
        let fm = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0";
        check(fm, Kind::Base, None, Some("amazon.nova-pro-v1:0"));
        let profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0";
        check(profile, Kind::InferenceProfile, Some("eu"), Some("amazon.nova-pro-v1:0"));
    }

    #[test]
    fn an_arn_tells_its_kind() {
        let arn = |rest: &str| format!("arn:aws:bedrock:us-east-1:123456789012:{rest}");
        for (resource, kind) in [
            ("application-inference-profile/otnfa2ysixqd", Kind::ApplicationProfile),
            ("provisioned-model/abcdefghijkl", Kind::Provisioned),
            ("custom-model-deployment/abcdefghijkl", Kind::CustomDeployment),
            ("imported-model/abcdefghijkl", Kind::Imported),
            ("prompt/ABCDEFGHIJ:1", Kind::Prompt),
            ("default-prompt-router/anthropic.claude:1", Kind::PromptRouter),
            ("guardrail/gr4kq1xw8zt2", Kind::NoModel),
            ("marketplace/model-endpoint/all-access", Kind::NoModel),
        ] {
            assert_eq!(ModelId::parse(&arn(resource)).kind, kind, "{resource}");
        }
        let custom = arn("custom-model/amazon.nova-pro-v1:0/abcdefghijkl");
        assert_eq!(ModelId::parse(&custom).base, Some("amazon.nova-pro-v1:0"));
        let endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint";
        assert_eq!(ModelId::parse(endpoint).kind, Kind::Marketplace);
        assert_eq!(ModelId::parse("arn:aws:s3:::bucket/key").kind, Kind::NoModel);
    }

    #[test]
    fn every_entry_of_the_catalogue_resolves() {
        for model in catalogue::models() {
            let id = ModelId::parse(model.id);
            assert_eq!((id.kind, id.base), (Kind::Base, Some(model.id)));
            assert_eq!(id.model().map(|found| found.id), Some(model.id));
        }
        for profile in catalogue::profiles() {
            let id = ModelId::parse(profile.id);
            assert_eq!((id.kind, id.base), (Kind::InferenceProfile, Some(profile.model)));
            assert_eq!(id.profile().map(|found| found.id), Some(profile.id));
        }
    }
}
