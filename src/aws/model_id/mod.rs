//! Parses Bedrock's `modelId`: the kind of resource that it names, mistakes from copying it, and problems of a call.

mod grammar;
mod paste;
mod problem;
mod resolved;
mod words;

pub use paste::{Paste, PasteMistake, clean_paste};
pub use problem::{Call, Problem, problems};
pub use resolved::Resolved;

use super::arn::Arn;
use super::catalogue::{self, GEOGRAPHIES, without_geography};
use super::family::{Family, family_of};

/// The kind of resource that a model ID names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Base,
    /// An inference profile that AWS defines, for one geography.
    InferenceProfile,
    /// An inference profile that an account defines. Only `GetInferenceProfile` returns its model.
    ApplicationProfile,
    Provisioned,
    /// A deployment of a custom model, which is called on demand.
    CustomDeployment,
    /// A custom model itself. It can only be called through a deployment or provisioned throughput.
    CustomModel,
    Imported,
    /// An endpoint to which a Bedrock Marketplace model is deployed.
    Marketplace,
    /// A Marketplace model itself, as a `SageMaker` hub lists it.
    MarketplaceModel,
    Prompt,
    PromptRouter,
    /// Another AWS resource, which can't be called as a model.
    NotAModel,
}

/// A parsed model ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelId<'t> {
    pub text: &'t str,
    pub kind: Kind,
    pub arn: Option<Arn<'t>>,
    /// The geography at the start of the ID, without its dot: `us`.
    pub geography: Option<&'static str>,
    /// The ID of the base model, if the model ID contains it.
    pub base: Option<&'t str>,
}

/// For each type of resource that an ARN can name: its service, its type, and its kind.
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
    ("bedrock", "marketplace", Kind::NotAModel),
    ("sagemaker", "endpoint", Kind::Marketplace),
    ("sagemaker", "hub-content", Kind::MarketplaceModel),
    ("sagemaker", "model-package", Kind::MarketplaceModel),
];

impl Kind {
    /// The name that people use.
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
            Kind::NotAModel => "no model",
        }
    }
}

impl Kind {
    /// The name with its article.
    pub fn with_article(self) -> String {
        let name = self.name();
        match self {
            Kind::NotAModel => name.to_owned(),
            _ if name.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {name}"),
            _ => format!("a {name}"),
        }
    }
}

impl<'t> ModelId<'t> {
    /// Parses an ID or ARN as it would be sent. A text that is not an ARN is a base model, an inference profile or,
    /// if it contains no dot, the name of provisioned throughput.
    pub fn parse(text: &'t str) -> ModelId<'t> {
        match Arn::parse(text) {
            Some(arn) => ModelId::from_arn(text, arn),
            None => ModelId::from_id(text),
        }
    }

    fn from_arn(text: &'t str, arn: Arn<'t>) -> ModelId<'t> {
        let (resource_type, name) = arn.type_and_name().unwrap_or((arn.resource, ""));
        let row =
            RESOURCES.iter().find(|(service, known, _)| *service == arn.service && *known == resource_type);
        let kind = row.map_or(Kind::NotAModel, |row| row.2);
        let id = match kind {
            Kind::Base | Kind::InferenceProfile => Some(name),
            Kind::CustomModel => name.split('/').next(),
            _ => None,
        };
        let base = id.map(|id| without_geography(id).unwrap_or(id));
        ModelId { text, kind, arn: Some(arn), geography: id.and_then(geography), base }
    }

    fn from_id(text: &'t str) -> ModelId<'t> {
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
            Some(arn) => arn.type_and_name()?.1,
            None => self.text,
        };
        catalogue::profile(id).filter(|_| self.kind == Kind::InferenceProfile)
    }

    pub fn family(&self) -> Option<&'static Family> {
        family_of(self.text)
    }
}

/// The geography at the start of `id`. The rest must contain a dot as every model ID does.
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
    fn the_kind_of_an_id_is_recognised() {
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
    fn the_kind_of_an_arn_is_recognised() {
        let arn = |rest: &str| format!("arn:aws:bedrock:us-east-1:123456789012:{rest}");
        for (resource, kind) in [
            ("application-inference-profile/otnfa2ysixqd", Kind::ApplicationProfile),
            ("provisioned-model/abcdefghijkl", Kind::Provisioned),
            ("custom-model-deployment/abcdefghijkl", Kind::CustomDeployment),
            ("imported-model/abcdefghijkl", Kind::Imported),
            ("prompt/ABCDEFGHIJ:1", Kind::Prompt),
            ("default-prompt-router/anthropic.claude:1", Kind::PromptRouter),
            ("guardrail/gr4kq1xw8zt2", Kind::NotAModel),
            ("marketplace/model-endpoint/all-access", Kind::NotAModel),
        ] {
            assert_eq!(ModelId::parse(&arn(resource)).kind, kind, "{resource}");
        }
        let custom = arn("custom-model/amazon.nova-pro-v1:0/abcdefghijkl");
        assert_eq!(ModelId::parse(&custom).base, Some("amazon.nova-pro-v1:0"));
        let endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint";
        assert_eq!(ModelId::parse(endpoint).kind, Kind::Marketplace);
        assert_eq!(ModelId::parse("arn:aws:s3:::bucket/key").kind, Kind::NotAModel);
    }

    #[test]
    fn every_id_of_the_catalogue_is_found() {
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
