use serde::Deserialize;

/// Features that the model has. For each one, a case is generated that proves it. `false` means that the model lacks the feature; no case is generated.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Features {
    /// `true`: the model can stream its answers.
    pub streaming: Option<bool>,
    /// `true`: the model can call tools.
    pub tools: Option<bool>,
    /// `true`: the model can call several tools in one answer.
    pub parallel_tools: Option<bool>,
    /// `true`: the model can answer with JSON that is valid against a schema.
    pub structured_output: Option<bool>,
    /// Kinds of input and output that the model supports.
    pub modalities: Vec<Modality>,
}

/// A kind of input and the kind of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Modality {
    #[serde(rename = "text->text")]
    TextToText,
    #[serde(rename = "image->text")]
    ImageToText,
    #[serde(rename = "document->text")]
    DocumentToText,
    #[serde(rename = "audio->text")]
    AudioToText,
    #[serde(rename = "text->image")]
    TextToImage,
}

/// A feature that the config declares for a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Streaming,
    Tools,
    ParallelTools,
    StructuredOutput,
    Modality(Modality),
}

impl Features {
    /// The claims without duplicates, each with its JSON pointer relative to the model.
    pub fn claims(&self) -> Vec<(Claim, String)> {
        let switches = [
            (Claim::Streaming, self.streaming),
            (Claim::Tools, self.tools),
            (Claim::ParallelTools, self.parallel_tools),
            (Claim::StructuredOutput, self.structured_output),
        ];
        let on = switches.into_iter().filter(|(_, on)| *on == Some(true));
        let mut claims: Vec<_> =
            on.map(|(claim, _)| (claim, format!("/features/{}", claim.name()))).collect();
        for (index, modality) in self.modalities.iter().enumerate() {
            let claim = Claim::Modality(*modality);
            if !claims.iter().any(|(known, _)| *known == claim) {
                claims.push((claim, format!("/features/modalities/{index}")));
            }
        }
        claims
    }
}

impl Claim {
    /// The name in the config.
    pub fn name(self) -> &'static str {
        match self {
            Claim::Streaming => "streaming",
            Claim::Tools => "tools",
            Claim::ParallelTools => "parallel_tools",
            Claim::StructuredOutput => "structured_output",
            Claim::Modality(modality) => modality.name(),
        }
    }

    /// The name of the case that proves the claim.
    pub fn case_name(self) -> &'static str {
        match self {
            Claim::Streaming => "probe streaming",
            Claim::Tools => "probe tools",
            Claim::ParallelTools => "probe parallel tools",
            Claim::StructuredOutput => "probe structured output",
            Claim::Modality(Modality::TextToText) => "probe text to text",
            Claim::Modality(Modality::ImageToText) => "probe image to text",
            Claim::Modality(Modality::DocumentToText) => "probe document to text",
            Claim::Modality(Modality::AudioToText) => "probe audio to text",
            Claim::Modality(Modality::TextToImage) => "probe text to image",
        }
    }

    /// How to remove the claim from the config, in the imperative.
    pub fn removal_help(self) -> String {
        match self {
            Claim::Modality(modality) => format!("remove `{}` from `modalities`", modality.name()),
            switch => format!("set `{} = false`", switch.name()),
        }
    }
}

impl Modality {
    /// The name in the config.
    pub fn name(self) -> &'static str {
        match self {
            Modality::TextToText => "text->text",
            Modality::ImageToText => "image->text",
            Modality::DocumentToText => "document->text",
            Modality::AudioToText => "audio->text",
            Modality::TextToImage => "text->image",
        }
    }
}
