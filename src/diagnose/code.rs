use std::fmt;
use std::str::FromStr;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can run, or the case fails.
    Error,
    /// A likely mistake that doesn't fail the run.
    Warning,
    /// Something that works, and could be clearer.
    Hint,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

macro_rules! catalogue {
    ($($variant:ident = $id:literal, $severity:ident, $title:literal;)*) => {
        /// The kind of a finding. The id is stable: settings, `allow` comments and `explain` use it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $title] $variant,)* }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// One sentence that describes the finding.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// The long explanation: Markdown with a wrong and a right example.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("explain/", $id, ".md")),)* }
            }
        }
    };
}

catalogue! {
    // Files
    FileUnreadable      = "file-unreadable",      Error,   "A file can't be read.";
    FileUnwritable      = "file-unwritable",      Error,   "A file can't be written.";
    FileTooLarge        = "file-too-large",       Error,   "A file is larger than the limit for its kind.";
    InvalidUtf8         = "invalid-utf8",         Error,   "A file is not UTF-8 text.";
    FileOutsideRoot     = "file-outside-root",    Error,   "A path points outside the repository.";
    NoConfig            = "no-config",            Error,   "No config file was found.";
    MoreFindings        = "more-findings",        Warning, "A file has more findings than are shown.";
    // Keys and values
    TomlSyntax          = "toml-syntax",          Error,   "A file is not valid TOML.";
    UnknownKey          = "unknown-key",          Error,   "A key is unknown.";
    MissingKey          = "missing-key",          Error,   "A required key is missing.";
    InvalidValue        = "invalid-value",        Error,   "A value does not fit its key.";
    SettingNeedsFlag    = "setting-needs-flag",   Error,   "A settings file chooses what only the command line may choose.";
    UnsupportedVersion  = "unsupported-version",  Error,   "A file needs another version of bedrock-check.";
    LiteralSecret       = "literal-secret",       Error,   "A file contains a secret.";
    // References
    UnknownCredentials  = "unknown-credentials",  Error,   "A model names credentials that are not declared.";
    UnknownModel        = "unknown-model",        Error,   "`extends` names a model that is not declared.";
    ExtendsCycle        = "extends-cycle",        Error,   "Models extend each other in a cycle.";
    UnknownProfile      = "unknown-profile",      Error,   "`--profile` names a profile that no file declares.";
    DuplicateModel      = "duplicate-model",      Error,   "Two models in one folder have the same name.";
    DuplicateCase       = "duplicate-case",       Error,   "Two cases have the same id or file name.";
    UnusedOverride      = "unused-override",      Warning, "An override names a key that no config has.";
    // Regions and models
    RegionUnknown       = "region-unknown",       Warning, "A Region is unknown, or does not offer Bedrock.";
    StsEndpoint         = "sts-endpoint",         Error,   "The STS endpoint is not an AWS endpoint.";
    StsGlobalEndpoint   = "sts-global-endpoint",  Warning, "A role is assumed at the legacy global STS endpoint.";
    PartitionMismatch   = "partition-mismatch",   Error,   "Role, endpoint, Region and model belong to different partitions.";
    ModelIdForm         = "model-id-form",        Error,   "A model ID has an invalid form.";
    ProvisionedName     = "provisioned-name",     Warning, "Provisioned throughput is given by name instead of ARN.";
    ModelUnknown        = "model-unknown",        Warning, "A model ID is unknown.";
    ModelNeedsProfile   = "model-needs-profile",  Warning, "A model can only be called through an inference profile.";
    ModelNotInRegion    = "model-not-in-region",  Warning, "A model can't be called in this Region.";
    ProfileGeography    = "profile-geography",    Error,   "An inference profile belongs to another geography.";
    ArnRegion           = "arn-region",           Error,   "The ARN of a model is in another Region.";
    ModelEnded          = "model-ended",          Warning, "A model has reached the end of its life.";
    ModelLegacy         = "model-legacy",         Warning, "AWS has announced the end of a model's life.";
    OperationUnsupported = "operation-unsupported", Error, "A model does not support this operation.";
    DeploymentMismatch  = "deployment-mismatch",  Error,   "`deployment` does not match the model ID.";
    // Comments
    UnusedAllow         = "unused-allow",         Warning, "A comment suppresses a finding that does not exist.";
    // Features
    FeatureUnsupported  = "feature-unsupported",  Warning, "A model is not known to have a claimed feature.";
    FeatureContradiction = "feature-contradiction", Error, "A claim contradicts another claim or the request.";
    FeatureUnprobed     = "feature-unprobed",     Hint,    "A claim can't be proven by a probe.";
    // Variables
    UnknownVariable     = "unknown-variable",     Error,   "A variable is used or set but not declared.";
    UnsetVariable       = "unset-variable",       Error,   "A case does not set a variable that the body needs.";
    UnusedVariable      = "unused-variable",      Warning, "A variable is declared but not used.";
    VariableType        = "variable-type",        Error,   "A value does not have the variable's declared type.";
    VariableRange       = "variable-range",       Error,   "A value violates the variable's declared bounds.";
    VariableSource      = "variable-source",      Error,   "The environment variable or file of a value can't be read.";
    DataFile            = "data-file",            Error,   "A data file can't be converted to cases.";
    // Request body
    BodyNotJson         = "body-not-json",        Error,   "A request body is not JSON.";
    PlaceholderSyntax   = "placeholder-syntax",   Error,   "A placeholder has a syntax error.";
    PlaceholderInName   = "placeholder-in-name",  Error,   "A placeholder is in the name of a member.";
    DuplicateMember     = "duplicate-member",     Error,   "A JSON object contains the same member twice.";
    TooDeep             = "too-deep",             Error,   "A value is nested too deeply.";
    BodyMember          = "body-member",          Error,   "A request body has a member that its model does not accept.";
    BodyOtherApi        = "body-other-api",       Error,   "A request body has the format of the other API.";
    BodyMissing         = "body-missing",         Error,   "A request body lacks a member that its model requires.";
    BodyValue           = "body-value",           Error,   "A member of a request body has a value that its model refuses.";
    BodyGeneration      = "body-generation",      Error,   "A request body uses something that this generation of the model refuses.";
    // Mapping
    PathSyntax          = "path-syntax",          Error,   "A JSONPath is not valid.";
    PathWithoutRoot     = "path-without-root",    Hint,    "A JSONPath omits the leading `$`.";
    MappingImpossible   = "mapping-impossible",   Error,   "A mapping can't match anything in the responses of its model.";
    MappingNoMatch      = "mapping-no-match",     Error,   "A mapping matches nothing in the response.";
    MappingSeveral      = "mapping-several",      Error,   "A mapping matches several values instead of one.";
    MappingType         = "mapping-type",         Error,   "A mapping matches a value of the wrong type.";
    // Cases and expectations
    CaseChecksNothing   = "case-checks-nothing",  Error,   "A case has neither snapshot nor expectation.";
    UnknownField        = "unknown-field",        Error,   "A field is not in the mapping.";
    ExpectationInvalid  = "expectation-invalid",  Error,   "An expectation is invalid.";
    ExpectationFailed   = "expectation-failed",   Error,   "A mapped field does not meet an expectation.";
    CallFailed          = "call-failed",          Error,   "Bedrock refused the call.";
    CallSucceeded       = "call-succeeded",       Error,   "Bedrock answered, but the case expects an error.";
    StreamIncomplete    = "stream-incomplete",    Error,   "A response stream ends before it is complete.";
    // Calls
    CredentialsMissing  = "credentials-missing",  Error,   "No AWS credentials were found.";
    RoleNotAssumed      = "role-not-assumed",     Error,   "STS refused to assume a role.";
    AccountNotAllowed   = "account-not-allowed",  Error,   "The credentials belong to an account that is not allowed.";
    EndpointNotAllowed  = "endpoint-not-allowed", Error,   "A config names a host that may not receive credentials.";
    EndpointUnreachable = "endpoint-unreachable", Error,   "A call did not reach its endpoint.";
    CallTimedOut        = "call-timed-out",       Error,   "A call took longer than its limit.";
    AnswerUnreadable    = "answer-unreadable",    Error,   "The response is not a Bedrock response.";
    PriceUnknown        = "price-unknown",        Error,   "A budget is set, but the price of a model is unknown.";
    // Fixtures
    FixtureMissing      = "fixture-missing",      Error,   "A case has no recorded exchange.";
    FixtureStale        = "fixture-stale",        Error,   "The request changed since it was recorded.";
    FixtureInvalid      = "fixture-invalid",      Error,   "A fixture is invalid.";
    FixtureVersion      = "fixture-version",      Error,   "A fixture was written by a newer bedrock-check.";
    FixtureEdited       = "fixture-edited",       Error,   "The fingerprint of a fixture does not match its request.";
    FixtureUnreferenced = "fixture-unreferenced", Warning, "A fixture belongs to no case.";
    // Snapshots
    SnapshotNew         = "snapshot-new",         Error,   "A case has no accepted snapshot yet.";
    SnapshotDiffers     = "snapshot-differs",     Error,   "The mapped output differs from the accepted snapshot.";
    SnapshotInvalid     = "snapshot-invalid",     Error,   "A snapshot file is invalid.";
    SnapshotConflict    = "snapshot-conflict",    Error,   "A snapshot contains merge conflict markers.";
    SnapshotUnreferenced = "snapshot-unreferenced", Warning, "A snapshot belongs to no case.";
    SelectorInvalid     = "selector-invalid",     Error,   "The selector of a redaction is invalid.";
    // IAM policies
    PolicyInvalid       = "policy-invalid",       Error,   "A file is not a valid IAM policy.";
    PolicyLacks         = "policy-lacks",         Error,   "A permission policy lacks a permission that a case needs.";
    PolicyDenies        = "policy-denies",        Error,   "A policy denies a call that a case needs.";
    PolicyTooBroad      = "policy-too-broad",     Warning, "A permission policy grants more than the models need.";
    PolicyUnknownAction = "policy-unknown-action", Warning, "A policy names an action that does not exist.";
    PolicyNoMatch       = "policy-no-match",      Warning, "A policy names a resource that its actions never match.";
    PolicyNotEvaluated  = "policy-not-evaluated", Warning, "A part of a policy can't be evaluated offline.";
    TrustLacks          = "trust-lacks",          Error,   "A trust policy does not let the platform assume the role.";
    TrustTooBroad       = "trust-too-broad",      Warning, "A trust policy admits more callers than it should.";
}

/// Findings that are based on the built-in knowledge of AWS. As it can be outdated, they can be downgraded and
/// suppressed even if they are errors.
const BASED_ON_AWS_KNOWLEDGE: &[Code] = &[
    Code::MappingImpossible,
    Code::RegionUnknown,
    Code::StsEndpoint,
    Code::StsGlobalEndpoint,
    Code::PartitionMismatch,
    Code::ModelIdForm,
    Code::ProvisionedName,
    Code::ModelUnknown,
    Code::ModelNeedsProfile,
    Code::ModelNotInRegion,
    Code::ProfileGeography,
    Code::ArnRegion,
    Code::ModelEnded,
    Code::ModelLegacy,
    Code::OperationUnsupported,
    Code::DeploymentMismatch,
    Code::FeatureUnsupported,
    Code::BodyMember,
    Code::BodyOtherApi,
    Code::BodyMissing,
    Code::BodyValue,
    Code::BodyGeneration,
];

impl Code {
    /// Whether it is based on the built-in knowledge of AWS.
    pub fn is_based_on_aws_knowledge(self) -> bool {
        BASED_ON_AWS_KNOWLEDGE.contains(&self)
    }

    /// Whether settings can change its severity and an `allow` comment can suppress it. An error that prevents a run
    /// can't be changed.
    pub fn can_be_lowered(self) -> bool {
        self.severity() != Severity::Error || self.is_based_on_aws_knowledge()
    }

    /// The place in the documentation that explains the code.
    pub fn anchor(self) -> String {
        format!("docs/codes.md#{}", self.id())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(id: &str) -> Result<Code, UnknownCode> {
        Code::ALL.iter().copied().find(|code| code.id() == id).ok_or_else(|| UnknownCode(id.to_owned()))
    }
}

/// The error for an id that no code has.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a finding code")]
pub struct UnknownCode(pub String);
