use serde::Deserialize;

/// What the model can do. Each claim gets a case of its own that proves it; `false` claims the contrary, and gets none.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Features {
    /// `true`: its answers can be streamed.
    pub streaming: Option<bool>,
    /// `true`: it calls tools.
    pub tools: Option<bool>,
    /// `true`: it calls several tools in one answer.
    pub parallel_tools: Option<bool>,
    /// `true`: it answers with JSON that fits a schema.
    pub structured_output: Option<bool>,
    /// What it makes of what.
    pub modalities: Vec<Modality>,
}

/// What goes in, and what comes out.
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

/// One thing that a model is said to be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Streaming,
    Tools,
    ParallelTools,
    StructuredOutput,
    Modality(Modality),
}

impl Features {
    /// What is claimed, each with its JSON pointer below the model, and once.
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
    /// As the config has it.
    pub fn name(self) -> &'static str {
        match self {
            Claim::Streaming => "streaming",
            Claim::Tools => "tools",
            Claim::ParallelTools => "parallel_tools",
            Claim::StructuredOutput => "structured_output",
            Claim::Modality(modality) => modality.name(),
        }
    }

    /// The name of the case that proves it.
    pub fn case(self) -> &'static str {
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

    /// How it is taken back, in the imperative.
    pub fn retraction(self) -> String {
        match self {
            Claim::Modality(modality) => format!("take `{}` out of `modalities`", modality.name()),
            switch => format!("set `{} = false`", switch.name()),
        }
    }
}

impl Modality {
    /// As the config has it.
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
