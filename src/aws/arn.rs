//! Splits an Amazon Resource Name into its parts, without checking them.

/// The parts of an ARN. Each of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'t> {
    pub partition: &'t str,
    pub service: &'t str,
    pub region: &'t str,
    pub account: &'t str,
    /// Everything after the account, including the resource type: `foundation-model/ID`.
    pub resource: &'t str,
}

impl<'t> Arn<'t> {
    /// Returns `None` unless `text` has the six parts of an ARN.
    pub fn parse(text: &'t str) -> Option<Arn<'t>> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, service, region, account, resource] => {
                Some(Arn { partition, service, region, account, resource })
            }
            _ => None,
        }
    }

    /// The type and the name of the resource: `("foundation-model", "ID")`.
    pub fn type_and_name(&self) -> Option<(&'t str, &'t str)> {
        self.resource.split_once('/')
    }
}

#[cfg(test)]
mod tests {
    use super::Arn;

    #[test]
    fn an_arn_has_six_parts() {
        let arn = Arn::parse("arn:aws:bedrock:us-east-1::foundation-model/a.b-v1:0").unwrap();
        assert_eq!((arn.region, arn.account), ("us-east-1", ""));
        assert_eq!(arn.type_and_name(), Some(("foundation-model", "a.b-v1:0")));
        for text in ["", "arn:", "arn:aws:bedrock:us-east-1", "urn:a:b:c:d:e", "a.b-v1:0"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
