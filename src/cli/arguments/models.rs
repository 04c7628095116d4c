//! The arguments of `models …`.

use clap::{Args, Subcommand};

use super::Format;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ModelsCommand {
    /// Show which model an ID or ARN names, and how to call it
    Resolve(ModelsResolve),
    /// List the known models
    List(ModelsList),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ModelsResolve {
    /// A model ID or ARN, or text pasted as one
    #[arg(value_name = "ID-OR-ARN")]
    pub id: String,
    /// Region to call from [default: that of the ARN, else `AWS_REGION`, else us-east-1]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Output format of the result
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ModelsList {
    /// Only models that can be called from this Region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Only models of this provider: `anthropic`, `amazon`, `meta`, …
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only models of this family: `anthropic-messages`, `amazon-nova`, …
    #[arg(long, value_name = "FAMILY")]
    pub family: Option<String>,
    /// Only models with this input: `text`, `image`, `video`, `speech`
    #[arg(long, value_name = "MODALITY")]
    pub input: Option<String>,
    /// Only models with this output: `text`, `image`, `embedding`, …
    #[arg(long, value_name = "MODALITY")]
    pub output: Option<String>,
    /// Only models that can stream
    #[arg(long)]
    pub streaming: bool,
    /// Also list models that AWS has retired
    #[arg(long)]
    pub all: bool,
    /// Query AWS instead of the built-in catalogue: `ListFoundationModels` and `ListInferenceProfiles`
    #[arg(long)]
    pub live: bool,
    /// Use the credentials and Region of this model of the configs here [default: the default credential chain]
    #[arg(long, value_name = "MODEL", requires = "live")]
    pub like: Option<String>,
    /// A host that configs may name as `endpoint` or `sts_endpoint`, besides AWS's own; repeatable
    #[arg(long, value_name = "HOST", requires = "live")]
    pub allow_endpoint: Vec<String>,
    /// Output format of the list
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}
