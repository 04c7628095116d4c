//! Formats of strings in a config: patterns for the schema, and descriptions for messages.

/// The format of a string.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// A regular expression with the same meaning in Rust and in ECMAScript.
    pub pattern: &'static str,
    /// The minimum and the maximum number of characters.
    pub length: (u32, u32),
    /// A description that completes "expected …".
    pub description: &'static str,
}

macro_rules! forms {
    ($($name:ident = $pattern:literal, $min:literal to $max:literal, $description:literal;)*) => {
        $(pub(crate) const $name: Form = Form { pattern: $pattern, length: ($min, $max), description: $description };)*

        /// Every form.
        pub const FORMS: &[Form] = &[$($name),*];
    };
}

// The lengths are from the API models of AWS, service-2.json of sts and bedrock-runtime.
forms! {
    NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", 1 to 64,
        "letters, digits, `_`, `.` and `-`, with a letter or digit first";
    FIELD_NAME = r"^[A-Za-z_][A-Za-z0-9_-]*$", 1 to 128,
        "letters, digits, `_` and `-`, with a letter or `_` first";
    VARIABLE_NAME = r"^[^\s{}]+$", 1 to 256,
        "a name without spaces or braces";
    ENV_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$", 1 to 256,
        "the name of an environment variable: letters, digits and `_`";
    CASE_NAME = r"^\S(.*\S)?$", 1 to 256,
        "one line that begins and ends without a space";
    TAG = r"^[^\s,]+$", 1 to 128,
        "a tag without spaces or commas";

    ROLE_ARN = r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[!-~]+$", 20 to 2048,
        "the ARN of an IAM role, `arn:aws:iam::ACCOUNT:role/NAME`";
    PRINCIPAL = r"^([0-9]{12}|arn:aws(-[a-z]+)*:(iam|sts)::[0-9]{12}:(root|[a-z-]+/[!-~]+))$", 12 to 2048,
        "an account ID or the ARN of an account, role or user, `arn:aws:iam::ACCOUNT:root`";
    ENDPOINT = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$", 1 to 2048,
        "a URL, `https://HOST`, without user, query or fragment";
    EXTERNAL_ID = r"^[A-Za-z0-9_+=,.@:/-]*$", 2 to 1224,
        "letters, digits and `_+=,.@:/-`";
    SESSION_NAME = r"^[A-Za-z0-9_+=,.@-]*$", 2 to 64,
        "letters, digits and `_+=,.@-`";
    MFA_SERIAL = r"^[A-Za-z0-9_+=/:,.@-]*$", 9 to 256,
        "the serial number or ARN of an MFA device";
    ACCOUNT_ID = r"^[0-9]{12}$", 12 to 12,
        "an account ID of 12 digits";
    TAG_KEY = r"^[\p{L}\p{Z}\p{N}_.:/=+@-]+$", 1 to 128,
        "letters, digits, spaces and `_.:/=+-@`";
    TAG_VALUE = r"^[\p{L}\p{Z}\p{N}_.:/=+@-]*$", 0 to 256,
        "letters, digits, spaces and `_.:/=+-@`";
    SOURCE = r"^(default|bedrock-api-key|profile:.+)$", 1 to 256,
        "`default`, `profile:NAME` or `bedrock-api-key`";

    REGION = r"^[a-z]{2,5}(-[a-z]+)+-[0-9]+$", 1 to 20,
        "an AWS Region, such as `us-east-1`";
    MODEL_ID = r"^\S+$", 1 to 2048,
        "a model ID, an inference profile or an ARN, without spaces";
    GUARDRAIL = r"^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$", 1 to 2048,
        "the ID or ARN of a guardrail";
    GUARDRAIL_VERSION = r"^([1-9][0-9]{0,7}|DRAFT)$", 1 to 8,
        "a version number or `DRAFT`";
    HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", 1 to 256,
        "the name of an HTTP header";
    HEADER_VALUE = r"^[^\r\n]*$", 0 to 8500,
        "one line";

    DATA_FILE = r"\.(csv|jsonl)$", 5 to 4096,
        "a `.csv` or `.jsonl` file";
    REPORT = r"^(github|[a-z-]+=.+)$", 1 to 4096,
        "`FORMAT=PATH`, such as `junit=report.xml`";
}

impl Form {
    /// Finds the form by its pattern.
    pub fn from_pattern(pattern: &str) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.pattern == pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: Form, good: &[&str], bad: &[&str]) {
        let pattern = regex::Regex::new(form.pattern).unwrap();
        let fits = |text: &&&str| {
            let length = u32::try_from(text.chars().count()).unwrap();
            pattern.is_match(text) && (form.length.0..=form.length.1).contains(&length)
        };
        assert_eq!(good.iter().find(|text| !fits(text)), None, "should fit {}", form.pattern);
        assert_eq!(bad.iter().find(fits), None, "should not fit {}", form.pattern);
    }

    #[test]
    fn roles_of_every_partition_fit() {
        check(
            ROLE_ARN,
            &[
                "arn:aws:iam::123456789012:role/KoreBedrockAccess",
                "arn:aws-us-gov:iam::123456789012:role/a/b/c",
                "arn:aws-cn:iam::123456789012:role/x",
                "arn:aws-iso-b:iam::123456789012:role/x",
            ],
            &[
                "arn:aws:iam::12345678901:role/x",
                "arn:aws:iam::123456789012:user/x",
                "arn:aws:iam:us-east-1:123456789012:role/x",
                "arn:aws:iam::123456789012:role/x ",
                "arn:aws:iam::123456789012:role/",
            ],
        );
    }

    #[test]
    fn principals_and_places_fit() {
        check(
            PRINCIPAL,
            &["999999999999", "arn:aws:iam::999999999999:root", "arn:aws:sts::999999999999:assumed-role/a/b"],
            &["*", "arn:aws:iam::9:root", "bedrock.amazonaws.com"],
        );
        check(
            ENDPOINT,
            &[
                "https://sts.us-east-1.amazonaws.com/",
                "http://localhost:4566",
                "https://a.vpce.amazonaws.com",
            ],
            &["sts.us-east-1.amazonaws.com", "https://", "https://a b", "ftp://a", "https://user@host"],
        );
        check(
            REGION,
            &["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-7"],
            &["us-east", "us-east-1a", "US-EAST-1", "us east 1", ""],
        );
    }

    #[test]
    fn names_fit() {
        check(NAME, &["claude-3.5", "a", "Nova_lite"], &["", "a b", "-a", "a/b", &"a".repeat(65)]);
        check(FIELD_NAME, &["output_text", "stop-reason", "_x"], &["1st", "a.b", ""]);
        check(CASE_NAME, &["capital of France", "x", "größe: {1}"], &["", " x", "x ", "a\nb"]);
        check(GUARDRAIL_VERSION, &["1", "DRAFT", "12345678"], &["0", "draft", "123456789", ""]);
    }
}
