use std::fmt::Write as _;

use super::{Cause, Key, Retry, Service, Side};
use crate::words::{commas, quoted_commas};

impl Cause {
    /// The page that `explain` prints, as Markdown.
    pub fn page(&self) -> String {
        let mut page = format!("{}. What to do: {}.\n\n", capitalized(self.cause), self.remedy);
        let rows = [
            ("reported by", self.service.description().to_owned()),
            ("error code", quoted_commas(self.codes)),
            ("HTTP status", commas(self.statuses)),
            ("config key", format!("`{}`", self.key.name())),
            ("retried", self.retry.description().to_owned()),
            ("exit code", if self.side == Side::Environment { "3" } else { "1" }.to_owned()),
        ];
        page.push_str("| | |\n| --- | --- |\n");
        for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(page, "| {name} | {value} |").expect("writing to a string can't fail");
        }
        if !self.checks.is_empty() {
            page.push_str("\nHow to find the reason:\n\n");
            for check in self.checks {
                writeln!(page, "- {check}").expect("writing to a string can't fail");
            }
        }
        page
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Service {
    fn description(self) -> &'static str {
        match self {
            Service::Bedrock => "Bedrock",
            Service::Sts => "STS",
            Service::Client => "the HTTP client: the call did not reach a service",
        }
    }
}

impl Retry {
    fn description(self) -> &'static str {
        match self {
            Retry::Never => "no",
            Retry::Backoff => "yes, after growing pauses",
            Retry::Once => "once",
            Retry::Later => "no: waiting takes longer than a run",
        }
    }
}

impl Key {
    /// The name of the key in a config.
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
