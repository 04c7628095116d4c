//! The arguments of `models …`.

use clap::{Args, Subcommand};

use super::Format;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ModelsCommand {
    /// Say what an ID, an ARN or what was copied for one names, and how it is called
    Resolve(ModelsResolve),
    /// List the models that are known
    List(ModelsList),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ModelsResolve {
    /// A model ID or ARN, as it was copied
    #[arg(value_name = "ID-OR-ARN")]
    pub id: String,
    /// Region to call from [default: that of the ARN, of `AWS_REGION`, us-east-1]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ModelsList {
    /// Only what can be called from this Region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Only models of this provider: `anthropic`, `amazon`, `meta`, …
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only models of this family: `anthropic-messages`, `amazon-nova`, …
    #[arg(long, value_name = "FAMILY")]
    pub family: Option<String>,
    /// Only models that take this: `text`, `image`, `video`, `speech`
    #[arg(long, value_name = "MODALITY")]
    pub input: Option<String>,
    /// Only models that give this: `text`, `image`, `embedding`, …
    #[arg(long, value_name = "MODALITY")]
    pub output: Option<String>,
    /// Only models that stream
    #[arg(long)]
    pub streaming: bool,
    /// Models that have ended as well
    #[arg(long)]
    pub all: bool,
    /// Ask AWS instead of the catalogue: `ListFoundationModels` and `ListInferenceProfiles`
    #[arg(long)]
    pub live: bool,
    /// Ask as whom this model of the configs here is called, in its Region [default: the default chain]
    #[arg(long, value_name = "MODEL", requires = "live")]
    pub like: Option<String>,
    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}
