use crate::diagnose::Code;

/// Why a command ended before it could answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{message}")]
    Usage { message: String, help: Option<String> },
    #[error("{message}")]
    NoConfig { message: String, help: String },
    #[error("{0}")]
    Output(#[from] std::io::Error),
    #[error("{message}")]
    Environment { message: String, help: Option<String> },
}

impl Failure {
    pub fn usage(error: impl std::fmt::Display) -> Failure {
        Failure::Usage { message: error.to_string(), help: None }
    }

    pub fn code(&self) -> Option<Code> {
        matches!(self, Failure::NoConfig { .. }).then_some(Code::NoConfig)
    }

    pub fn help(&self) -> Option<&str> {
        match self {
            Failure::Usage { help, .. } | Failure::Environment { help, .. } => help.as_deref(),
            Failure::NoConfig { help, .. } => Some(help),
            Failure::Output(_) => None,
        }
    }
}
