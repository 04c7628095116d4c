//! The actions of IAM that have to do with Bedrock, and the types of resources that they take.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::evaluator::action_matches;

/// An action of the Service Authorization Reference.
#[derive(Debug, PartialEq, Eq)]
pub struct Action {
    pub name: &'static str,
    /// Without any, it is allowed on `*` only.
    pub resource_types: Vec<&'static str>,
}

/// Services of which the table has every action.
const WHOLE_SERVICES: [&str; 2] = ["bedrock", "bedrock-mantle"];

/// Names that people take for actions, since operations or endpoints are called so.
const MISTAKEN: [(&str, &str); 6] = [
    ("bedrock:converse", "bedrock:InvokeModel"),
    ("bedrock:conversestream", "bedrock:InvokeModelWithResponseStream"),
    ("bedrock:invokemodelstream", "bedrock:InvokeModelWithResponseStream"),
    ("bedrock-runtime:invokemodel", "bedrock:InvokeModel"),
    ("bedrock-runtime:invokemodelwithresponsestream", "bedrock:InvokeModelWithResponseStream"),
    ("bedrock-runtime:converse", "bedrock:InvokeModel"),
];

static ACTIONS: LazyLock<BTreeMap<String, Action>> = LazyLock::new(|| {
    let lines = include_str!("../../data/actions.tsv").lines().skip(1);
    let actions = lines.filter_map(|line| {
        let mut cells = line.split('\t');
        let (name, _, types) = (cells.next()?, cells.next()?, cells.next()?);
        let resource_types = types.split(',').filter(|name| !name.is_empty()).collect();
        // "The prefix and the action name are case insensitive" (IAM, "Action").
        Some((name.to_lowercase(), Action { name, resource_types }))
    });
    actions.collect()
});

/// Every action, by name.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    ACTIONS.values()
}

pub fn action(name: &str) -> Option<&'static Action> {
    ACTIONS.get(&name.to_lowercase())
}

/// The actions that a pattern of a policy stands for.
pub fn matching(pattern: &str) -> impl Iterator<Item = &'static Action> {
    actions().filter(move |action| action_matches(pattern, action.name))
}

/// The action that `name` was taken for; an action that is another service's counts, too.
pub fn mistaken(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    MISTAKEN.iter().find(|(mistaken, _)| *mistaken == name).map(|(_, meant)| *meant)
}

/// Whether it is known that no action has this name, or fits this pattern.
pub fn is_unknown(pattern: &str) -> bool {
    let service = pattern.split(':').next().unwrap_or_default().to_lowercase();
    let is_whole = WHOLE_SERVICES.contains(&service.as_str()) || mistaken(pattern).is_some();
    is_whole && matching(pattern).next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_their_resource_types() {
        let invoke = action("BEDROCK:invokemodel").unwrap();
        assert!(invoke.resource_types.contains(&"foundation-model"));
        assert!(!invoke.resource_types.contains(&"custom-model"));
        assert!(action("bedrock:ListFoundationModels").unwrap().resource_types.is_empty());
        assert_eq!(matching("bedrock:InvokeModel*").count(), 2);
    }

    #[test]
    fn names_of_operations_are_no_actions() {
        for (name, unknown) in [
            ("bedrock:Converse", true),
            ("bedrock-runtime:InvokeModel", true),
            ("bedrock:Invoke*", false),
            ("bedrock:Invokes*", true),
            ("s3:Whatever", false),
            ("sagemaker:DescribeEndpoint", false),
            ("*", false),
        ] {
            assert_eq!(is_unknown(name), unknown, "{name}");
        }
        assert!(MISTAKEN.iter().all(|(_, meant)| action(meant).is_some()));
    }
}
