//! The kinds of secrets, as patterns.

/// A kind of secret.
pub(super) struct Kind {
    /// With its article.
    pub name: &'static str,
    /// Each secret of this kind contains one of these texts, in upper or lower case.
    pub parts: &'static [&'static str],
    /// Its only group is the secret itself, without the text around it. Only precise forms are listed, because a recording
    /// that seems to contain a secret isn't written.
    pub pattern: &'static str,
    /// Where the form is published.
    #[cfg_attr(not(test), expect(dead_code, reason = "it documents the row; a test reads it"))]
    pub source: &'static str,
}

/// The rules named `gitleaks` are the forms in `config/gitleaks.toml` of gitleaks (MIT licence), revision 009e025a, without their
/// conditions on the text around a secret.
pub(super) static KINDS: [Kind; 22] = [
    // No word boundary at the start: in text that is cut or joined, anything may precede the key.
    Kind {
        name: "an AWS access key ID",
        parts: &["akia", "asia", "abia", "acca"],
        pattern: r"((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})\b",
        source: "IAM, \"Unique identifiers\"; gitleaks aws-access-token",
    },
    Kind {
        name: "an AWS secret access key",
        parts: &["access_key", "accesskey"],
        pattern: r#"(?i:secret_?access_?key)(?:\\?["']?\s*[=:]\s*\\?["']?|\s*>\s*)([A-Za-z0-9/+]{40})(?u:[^A-Za-z0-9/+=]|$)"#,
        source: "IAM, \"Manage access keys\"; STS, \"Credentials\"",
    },
    Kind {
        name: "an AWS session token",
        parts: &["session_token", "sessiontoken", "security-token"],
        pattern: r#"(?i:session_?token|security-token)(?:\\?["']?\s*[=:]\s*\\?["']?|\s*>\s*)([A-Za-z0-9/+=]{100,})"#,
        source: "STS, \"Credentials\"",
    },
    Kind {
        name: "a Bedrock API key",
        parts: &["absk", "bedrock-api-key-"],
        pattern: r"\b(ABSK[A-Za-z0-9+/]{40,}=*|bedrock-api-key-[A-Za-z0-9+/=_-]{20,})",
        source: "Bedrock, \"API keys\"; gitleaks aws-amazon-bedrock-api-key-long-lived and -short-lived",
    },
    Kind {
        name: "a private key",
        parts: &["private key"],
        pattern: r"(-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----)",
        source: "RFC 7468; RFC 9580; gitleaks private-key",
    },
    Kind {
        name: "a GitHub token",
        parts: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        pattern: r"\b(gh[pousr]_[A-Za-z0-9]{36}\b|github_pat_[A-Za-z0-9_]{40,}\b)",
        source: "gitleaks github-pat, github-oauth, github-app-token, github-refresh-token, github-fine-grained-pat",
    },
    Kind {
        name: "a GitLab token",
        parts: &["glagent-", "glcbt-", "gldt-", "glft-", "glimt-", "glpat-", "glptt-", "glrt-", "glsoat-"],
        pattern: r"\b(gl(?:agent|cbt|dt|ft|imt|pat|ptt|rt|soat)-[A-Za-z0-9_-]{20,})",
        source: "gitleaks gitlab-pat and the other gitlab rules",
    },
    Kind {
        name: "a signed token",
        parts: &["eyj"],
        pattern: r"\b(eyJ[A-Za-z0-9_-]{12,}\.eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{16,})",
        source: "RFC 7519; gitleaks jwt",
    },
    Kind {
        name: "a signed URL's credentials",
        parts: &["x-amz-"],
        pattern: r#"(?i:X-Amz-(?:Security-Token|Signature|Credential))\\?["']?\s*[=:]\s*\\?["']?([A-Za-z0-9%/+=_-]{16,})"#,
        source: "IAM, \"AWS Signature Version 4\"",
    },
    Kind {
        name: "an Anthropic API key",
        parts: &["sk-ant-"],
        pattern: r"\b(sk-ant-[A-Za-z0-9_-]{32,})\b",
        source: "gitleaks anthropic-api-key, anthropic-admin-api-key",
    },
    Kind {
        name: "an API key",
        parts: &["sk-"],
        pattern: r"\b(sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,})\b",
        source: "gitleaks openai-api-key",
    },
    Kind {
        name: "a Google API key",
        parts: &["aiza"],
        pattern: r"\b(AIza[A-Za-z0-9_-]{35})(?u:[^A-Za-z0-9_-]|$)",
        source: "gitleaks gcp-api-key",
    },
    Kind {
        name: "a Hugging Face token",
        parts: &["hf_", "api_org_"],
        pattern: r"\b(hf_[A-Za-z]{34}|api_org_[A-Za-z]{34})\b",
        source: "gitleaks huggingface-access-token, huggingface-organization-api-token",
    },
    Kind {
        name: "a Slack token",
        parts: &["xox", "xapp-"],
        pattern: r"\b(xox[abeoprs]-[A-Za-z0-9-]{20,}|xapp-[0-9]-[A-Za-z0-9-]{20,})",
        source: "gitleaks slack-bot-token and the other slack rules",
    },
    Kind {
        name: "a Slack webhook",
        parts: &["hooks.slack.com"],
        pattern: r"hooks\.slack\.com/(services/[A-Za-z0-9+/]{43,56})",
        source: "gitleaks slack-webhook-url",
    },
    Kind {
        name: "an npm token",
        parts: &["npm_"],
        pattern: r"\b(npm_[A-Za-z0-9]{36})\b",
        source: "gitleaks npm-access-token",
    },
    Kind {
        name: "a PyPI token",
        parts: &["pypi-"],
        pattern: r"\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})",
        source: "gitleaks pypi-upload-token",
    },
    Kind {
        name: "a Stripe key",
        parts: &["sk_", "rk_"],
        pattern: r"\b((?:sk|rk)_(?:live|prod|test)_[A-Za-z0-9]{10,99})\b",
        source: "gitleaks stripe-access-token",
    },
    Kind {
        name: "a SendGrid key",
        parts: &["sg."],
        pattern: r"\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})",
        source: "gitleaks sendgrid-api-token",
    },
    Kind {
        name: "a Perplexity API key",
        parts: &["pplx-"],
        pattern: r"\b(pplx-[A-Za-z0-9]{48})\b",
        source: "gitleaks perplexity-api-key",
    },
    Kind {
        name: "a Databricks token",
        parts: &["dapi"],
        pattern: r"\b(dapi[a-f0-9]{32}(?:-[0-9])?)\b",
        source: "gitleaks databricks-api-token",
    },
    Kind {
        name: "a DigitalOcean token",
        parts: &["dop_v1_", "doo_v1_", "dor_v1_"],
        pattern: r"\b(do[opr]_v1_[a-f0-9]{64})\b",
        source: "gitleaks digitalocean-pat, digitalocean-access-token, digitalocean-refresh-token",
    },
];
