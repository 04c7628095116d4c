/// The likely mistake at the position where a body is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slip {
    TrailingComma,
    MissingComma,
    SingleQuotes,
    Comment,
    /// A literal of another language, such as `None`, and the JSON literal for it.
    OtherLiteral(&'static str),
    NoSuchNumber,
    UnquotedText(String),
    UnquotedName(String),
    /// `{name}` instead of `{{name}}`.
    SingleBraces(String),
    BesidePlaceholder,
    RawLineBreak,
    RawControl(char),
    Escape,
    LoneSurrogate,
    LeadingZero,
    LeadingPlus,
    Fraction,
    Exponent,
    Empty,
    ByteOrderMark,
    Reserved,
}

impl Slip {
    /// How to correct the mistake.
    pub fn help(&self) -> String {
        match self {
            Slip::OtherLiteral(literal) => format!("write `{literal}`"),
            Slip::UnquotedText(word) => format!("write text in double quotes: `\"{word}\"`"),
            Slip::UnquotedName(word) => format!("write the name in double quotes: `\"{word}\"`"),
            Slip::SingleBraces(word) => format!("write a placeholder with two braces: `{{{{{word}}}}}`"),
            Slip::RawControl(char) => format!("write it as `\\u{:04x}`", u32::from(*char)),
            fixed => fixed.fixed_help().to_owned(),
        }
    }

    fn fixed_help(&self) -> &'static str {
        match self {
            Slip::TrailingComma => "remove the comma before it",
            Slip::MissingComma => "put a comma between the two",
            Slip::SingleQuotes => "write strings in double quotes",
            Slip::Comment => "remove the comment; JSON has none, TOML's `#` works outside of the body",
            Slip::NoSuchNumber => "write a finite number or `null`; JSON has no other",
            Slip::BesidePlaceholder => {
                "let the placeholder be the whole value, or put it into a string: `\"… {{name}} …\"`"
            }
            Slip::RawLineBreak => "close the string with `\"`, or write the line break as `\\n`",
            Slip::Escape => {
                "write a backslash as `\\\\`; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
            }
            Slip::LoneSurrogate => "write both halves of the pair, or the character itself",
            Slip::LeadingZero => "remove the leading zeros",
            Slip::LeadingPlus => "remove the `+`",
            Slip::Fraction => "write a digit on both sides of the `.`",
            Slip::Exponent => "write a digit behind the `e`",
            Slip::Empty => "write the request body; the smallest is `{}`",
            Slip::ByteOrderMark => "remove the byte-order mark",
            Slip::Reserved => "rename the member; the name is reserved for the JSON reader",
            _ => "",
        }
    }
}
