/// The likely mistake at the position where a body is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodySyntaxHint {
    TrailingComma,
    MissingComma,
    SingleQuotes,
    Comment,
    /// A literal of another language, such as `None`, and the JSON literal for it.
    ForeignLiteral(&'static str),
    NonFiniteNumber,
    UnquotedText(String),
    UnquotedName(String),
    /// `{name}` instead of `{{name}}`.
    SingleBraces(String),
    BesidePlaceholder,
    RawLineBreak,
    RawControlCharacter(char),
    InvalidEscape,
    LoneSurrogate,
    LeadingZero,
    LeadingPlus,
    IncompleteFraction,
    IncompleteExponent,
    EmptyBody,
    ByteOrderMark,
    ReservedName,
}

impl BodySyntaxHint {
    /// How to correct the mistake.
    pub fn help(&self) -> String {
        match self {
            BodySyntaxHint::ForeignLiteral(literal) => format!("write `{literal}`"),
            BodySyntaxHint::UnquotedText(word) => format!("write text in double quotes: `\"{word}\"`"),
            BodySyntaxHint::UnquotedName(word) => format!("write the name in double quotes: `\"{word}\"`"),
            BodySyntaxHint::SingleBraces(word) => {
                format!("write a placeholder with two braces: `{{{{{word}}}}}`")
            }
            BodySyntaxHint::RawControlCharacter(char) => format!("write it as `\\u{:04x}`", u32::from(*char)),
            fixed => fixed.fixed_help().to_owned(),
        }
    }

    fn fixed_help(&self) -> &'static str {
        match self {
            BodySyntaxHint::TrailingComma => "remove the comma before it",
            BodySyntaxHint::MissingComma => "put a comma between the two",
            BodySyntaxHint::SingleQuotes => "write strings in double quotes",
            BodySyntaxHint::Comment => "remove the comment: JSON does not allow comments",
            BodySyntaxHint::NonFiniteNumber => {
                "write a finite number or `null`: JSON does not support `NaN` and `Infinity`"
            }
            BodySyntaxHint::BesidePlaceholder => {
                "let the placeholder be the whole value, or put it into a string: `\"… {{name}} …\"`"
            }
            BodySyntaxHint::RawLineBreak => "close the string with `\"`, or write the line break as `\\n`",
            BodySyntaxHint::InvalidEscape => {
                "write a backslash as `\\\\`; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
            }
            BodySyntaxHint::LoneSurrogate => "write both halves of the pair, or the character itself",
            BodySyntaxHint::LeadingZero => "remove the leading zeros",
            BodySyntaxHint::LeadingPlus => "remove the `+`",
            BodySyntaxHint::IncompleteFraction => "write a digit on both sides of the `.`",
            BodySyntaxHint::IncompleteExponent => "write a digit after the `e`",
            BodySyntaxHint::EmptyBody => "write the request body; the smallest is `{}`",
            BodySyntaxHint::ByteOrderMark => "remove the byte-order mark",
            BodySyntaxHint::ReservedName => "rename the member: the JSON parser reserves this name",
            _ => "",
        }
    }
}
