use std::fmt::Write as _;

use super::{Cause, Key, Retry, Service, Side};
use crate::words::{commas, quoted_commas};

impl Cause {
    /// What `explain` says of it, as Markdown.
    pub fn page(&self) -> String {
        let mut page = format!("{}. What to do: {}.\n\n", sentence(self.cause), self.remedy);
        let rows = [
            ("said by", self.service.says().to_owned()),
            ("code", quoted_commas(self.codes)),
            ("status", commas(self.statuses)),
            ("points at", format!("`{}`", self.at.name())),
            ("tried again", self.retry.says().to_owned()),
            ("exit code", if self.side == Side::Environment { "3" } else { "1" }.to_owned()),
        ];
        page.push_str("| | |\n| --- | --- |\n");
        for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(page, "| {name} | {value} |").expect("a string grows");
        }
        if !self.tell_apart.is_empty() {
            page.push_str("\nWhat tells the reasons apart:\n\n");
            for step in self.tell_apart {
                writeln!(page, "- {step}").expect("a string grows");
            }
        }
        page
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Service {
    fn says(self) -> &'static str {
        match self {
            Service::Bedrock => "Bedrock",
            Service::Sts => "STS",
            Service::Client => "nobody: the call does not get through",
        }
    }
}

impl Retry {
    fn says(self) -> &'static str {
        match self {
            Retry::Never => "no",
            Retry::Backoff => "yes, after a pause that grows",
            Retry::Once => "once",
            Retry::Later => "no: it lasts longer than a run",
        }
    }
}

impl Key {
    /// As the config has it.
    pub fn name(self) -> &'static str {
        match self {
            Key::RoleArn => "role_arn",
            Key::ExternalId => "external_id",
            Key::StsEndpoint => "sts_endpoint",
            Key::Source => "source",
            Key::SessionName => "session_name",
            Key::SessionTags => "session_tags",
            Key::SourceIdentity => "source_identity",
            Key::Duration => "duration",
            Key::MfaSerial => "mfa_serial",
            Key::AllowedAccountIds => "allowed_account_ids",
            Key::Region => "region",
            Key::ModelId => "model_id",
            Key::Endpoint => "endpoint",
            Key::Operation => "operation",
            Key::Stream => "stream",
            Key::Guardrail => "guardrail",
            Key::Headers => "headers",
            Key::Body => "request.body",
        }
    }
}
