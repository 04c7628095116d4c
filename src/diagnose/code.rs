use std::fmt;
use std::str::FromStr;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing runs, or the case fails.
    Error,
    /// Likely a mistake; nothing fails.
    Warning,
    /// Works, and could be clearer.
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
        /// What kind of thing a finding is about. The id is stable: users allow and explain by it.
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

            /// One sentence that says what such a finding means.
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
    FileTooLarge        = "file-too-large",       Error,   "A file is larger than its kind may be.";
    InvalidUtf8         = "invalid-utf8",         Error,   "A file is not UTF-8 text.";
    FileOutsideRoot     = "file-outside-root",    Error,   "A path leads out of the repository.";
    NoConfig            = "no-config",            Error,   "No config file was found.";
    MoreFindings        = "more-findings",        Warning, "A file has more findings than are shown.";
    // Keys and values
    TomlSyntax          = "toml-syntax",          Error,   "A file is not valid TOML.";
    UnknownKey          = "unknown-key",          Error,   "A key is not known here.";
    MissingKey          = "missing-key",          Error,   "A key that is needed is missing.";
    InvalidValue        = "invalid-value",        Error,   "A value is not what its key takes.";
    UnsupportedVersion  = "unsupported-version",  Error,   "A file was written for another version of bedrock-check.";
    LiteralSecret       = "literal-secret",       Error,   "A secret is written into a file.";
    // References
    UnknownCredentials  = "unknown-credentials",  Error,   "A model names credentials that are not declared.";
    UnknownModel        = "unknown-model",        Error,   "`extends` names a model that is not declared.";
    ExtendsCycle        = "extends-cycle",        Error,   "Models extend each other in a circle.";
    UnknownProfile      = "unknown-profile",      Error,   "`--profile` names a profile that no file declares.";
    DuplicateModel      = "duplicate-model",      Error,   "Two models of one folder share a name.";
    DuplicateCase       = "duplicate-case",       Error,   "Two cases share an id or a file name.";
    UnusedOverride      = "unused-override",      Warning, "An override names a key that no config has.";
    // Regions and models
    RegionUnknown       = "region-unknown",       Warning, "A Region is not known to have Bedrock.";
    StsEndpoint         = "sts-endpoint",         Error,   "An STS endpoint is none that AWS has.";
    StsGlobalEndpoint   = "sts-global-endpoint",  Warning, "A role is assumed at the legacy global endpoint of STS.";
    PartitionMismatch   = "partition-mismatch",   Error,   "Role, endpoint, Region and model are not of one partition.";
    ModelIdForm         = "model-id-form",        Error,   "A model ID is not what Bedrock takes for one.";
    ProvisionedName     = "provisioned-name",     Warning, "Provisioned throughput is named and not given by its ARN.";
    ModelUnknown        = "model-unknown",        Warning, "A model ID is not among the known ones.";
    ModelNeedsProfile   = "model-needs-profile",  Warning, "A model is only called through an inference profile.";
    ModelNotInRegion    = "model-not-in-region",  Warning, "A model is not called in this Region.";
    ProfileGeography    = "profile-geography",    Error,   "An inference profile is of another part of the world.";
    ArnRegion           = "arn-region",           Error,   "A model's ARN is of another Region.";
    ModelEnded          = "model-ended",          Warning, "A model has reached the end of its life.";
    ModelLegacy         = "model-legacy",         Warning, "A model's end is announced.";
    OperationUnsupported = "operation-unsupported", Error, "A model can't be called by this operation.";
    DeploymentMismatch  = "deployment-mismatch",  Error,   "`deployment` says another kind than the model ID.";
    // Comments
    UnusedAllow         = "unused-allow",         Warning, "A comment allows what is not there.";
    // Features
    FeatureUnsupported  = "feature-unsupported",  Warning, "A feature is claimed that the model is not known to have.";
    FeatureContradiction = "feature-contradiction", Error, "A claim clashes with another, or with what is called.";
    FeatureUnprobed     = "feature-unprobed",     Hint,    "Nothing proves a claim.";
    // Variables
    UnknownVariable     = "unknown-variable",     Error,   "A variable is used or set but not declared.";
    UnsetVariable       = "unset-variable",       Error,   "A placeholder's variable has no value in a case.";
    UnusedVariable      = "unused-variable",      Warning, "A declared variable appears in no placeholder.";
    VariableType        = "variable-type",        Error,   "A variable holds another type than it declares.";
    VariableRange       = "variable-range",       Error,   "A variable's value is outside what it allows.";
    VariableSource      = "variable-source",      Error,   "A variable's environment variable or file can't be read.";
    DataFile            = "data-file",            Error,   "A case's data file can't be turned into cases.";
    // Request body
    BodyNotJson         = "body-not-json",        Error,   "A request body is not JSON.";
    PlaceholderSyntax   = "placeholder-syntax",   Error,   "A placeholder is not well formed.";
    PlaceholderInName   = "placeholder-in-name",  Error,   "A placeholder stands in a member's name.";
    DuplicateMember     = "duplicate-member",     Error,   "A JSON object has the same member twice.";
    TooDeep             = "too-deep",             Error,   "A value is nested too deeply.";
    BodyMember          = "body-member",          Error,   "A request body has a member that its model does not take.";
    BodyOtherApi        = "body-other-api",       Error,   "A request body is written for the other API.";
    BodyMissing         = "body-missing",         Error,   "A request body lacks a member that its model needs.";
    BodyValue           = "body-value",           Error,   "A member of a request body has a value that its model refuses.";
    BodyGeneration      = "body-generation",      Error,   "A request body has what this generation of a model refuses.";
    // Mapping
    PathSyntax          = "path-syntax",          Error,   "A JSONPath is not valid.";
    PathWithoutRoot     = "path-without-root",    Hint,    "A JSONPath leaves out the leading `$`.";
    MappingImpossible   = "mapping-impossible",   Error,   "A mapping can find nothing in a response of its model.";
    MappingNoMatch      = "mapping-no-match",     Error,   "A mapping finds nothing in the response.";
    MappingSeveral      = "mapping-several",      Error,   "A mapping finds several values where one is wanted.";
    MappingType         = "mapping-type",         Error,   "A mapping finds a value of another type.";
    // Cases and expectations
    CaseChecksNothing   = "case-checks-nothing",  Error,   "A case has neither snapshot nor expectation.";
    UnknownField        = "unknown-field",        Error,   "A field is named that the mapping does not have.";
    ExpectationInvalid  = "expectation-invalid",  Error,   "An expectation can't be understood.";
    ExpectationFailed   = "expectation-failed",   Error,   "A mapped field is not what the case expects.";
    CallFailed          = "call-failed",          Error,   "Bedrock answered with an error.";
    CallSucceeded       = "call-succeeded",       Error,   "Bedrock answered although the case expects an error.";
    StreamIncomplete    = "stream-incomplete",    Error,   "A response stream ends before it is complete.";
    // Calls
    CredentialsMissing  = "credentials-missing",  Error,   "There are no AWS credentials to call with.";
    RoleNotAssumed      = "role-not-assumed",     Error,   "STS refused to hand out a role's credentials.";
    AccountNotAllowed   = "account-not-allowed",  Error,   "The credentials belong to an account that may not be called.";
    EndpointUnreachable = "endpoint-unreachable", Error,   "A call did not get through to its endpoint.";
    CallTimedOut        = "call-timed-out",       Error,   "A call took longer than it may.";
    AnswerUnreadable    = "answer-unreadable",    Error,   "What came back is no answer of Bedrock.";
    PriceUnknown        = "price-unknown",        Error,   "A budget is set, and a model's price is not known.";
    // Fixtures
    FixtureMissing      = "fixture-missing",      Error,   "A case has no recorded exchange.";
    FixtureStale        = "fixture-stale",        Error,   "The request changed since it was recorded.";
    FixtureInvalid      = "fixture-invalid",      Error,   "A fixture can't be understood.";
    FixtureVersion      = "fixture-version",      Error,   "A fixture was written by a newer bedrock-check.";
    FixtureEdited       = "fixture-edited",       Error,   "A fixture's fingerprint is not that of its request.";
    FixtureUnreferenced = "fixture-unreferenced", Warning, "A fixture belongs to no case.";
    // Snapshots
    SnapshotNew         = "snapshot-new",         Error,   "A case has no accepted snapshot yet.";
    SnapshotDiffers     = "snapshot-differs",     Error,   "The mapped output is not the accepted one.";
    SnapshotInvalid     = "snapshot-invalid",     Error,   "A snapshot file can't be understood.";
    SnapshotConflict    = "snapshot-conflict",    Error,   "A snapshot holds merge-conflict markers.";
    SnapshotUnreferenced = "snapshot-unreferenced", Warning, "A snapshot belongs to no case.";
    SelectorInvalid     = "selector-invalid",     Error,   "A redaction's selector is not valid.";
    // IAM policies
    PolicyInvalid       = "policy-invalid",       Error,   "A file is no IAM policy.";
    PolicyLacks         = "policy-lacks",         Error,   "A permission policy lacks a right that a case needs.";
    PolicyDenies        = "policy-denies",        Error,   "A policy denies what a case needs.";
    PolicyTooBroad      = "policy-too-broad",     Warning, "A permission policy grants more than the models need.";
    PolicyUnknownAction = "policy-unknown-action", Warning, "A policy names an action that AWS does not have.";
    PolicyNoMatch       = "policy-no-match",      Warning, "A policy names a resource that its actions never match.";
    PolicyNotEvaluated  = "policy-not-evaluated", Warning, "A part of a policy can't be evaluated from here.";
    TrustLacks          = "trust-lacks",          Error,   "A trust policy does not let the platform become the role.";
    TrustTooBroad       = "trust-too-broad",      Warning, "A trust policy lets more callers in than it should.";
}

/// What rests on knowledge of AWS, which ages: it may be lowered and allowed, also where it is an error.
const KNOWLEDGE: &[Code] = &[
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
    /// Whether it rests on knowledge of AWS.
    pub fn rests_on_knowledge(self) -> bool {
        KNOWLEDGE.contains(&self)
    }

    /// Whether settings may change its severity, and a line allow it: not if nothing can run with it.
    pub fn can_be_lowered(self) -> bool {
        self.severity() != Severity::Error || self.rests_on_knowledge()
    }

    /// The page that explains the code.
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

/// No code has this id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a finding code")]
pub struct UnknownCode(pub String);
