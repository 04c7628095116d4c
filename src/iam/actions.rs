//! The IAM actions that calls of models need, and the types of resources that they accept.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::evaluator::action_matches;

/// An action from the Service Authorization Reference.
#[derive(Debug, PartialEq, Eq)]
pub struct Action {
    pub name: &'static str,
    /// If it is empty, a policy can allow the action only on `*`.
    pub resource_types: Vec<&'static str>,
}

/// The services of which the table contains every action.
const COMPLETE_SERVICES: [&str; 2] = ["bedrock", "bedrock-mantle"];

/// Names of operations and endpoints that people write instead of an action, and the action for each.
const CORRECTIONS: [(&str, &str); 6] = [
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

/// All actions, in the order of their names.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    ACTIONS.values()
}

pub fn action(name: &str) -> Option<&'static Action> {
    ACTIONS.get(&name.to_lowercase())
}

/// The actions that a pattern of a policy matches.
pub fn matching(pattern: &str) -> impl Iterator<Item = &'static Action> {
    actions().filter(move |action| action_matches(pattern, action.name))
}

/// The action that was probably meant by `name`, if `name` is a known mistake.
pub fn correction(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    CORRECTIONS.iter().find(|(mistake, _)| *mistake == name).map(|(_, action)| *action)
}

/// Whether no action matches this name or pattern. Returns `false` for a service of which the table is incomplete.
pub fn is_unknown(pattern: &str) -> bool {
    let service = pattern.split(':').next().unwrap_or_default().to_lowercase();
    let is_complete = COMPLETE_SERVICES.contains(&service.as_str()) || correction(pattern).is_some();
    is_complete && matching(pattern).next().is_none()
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
    fn names_of_operations_are_unknown_actions() {
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
        assert!(CORRECTIONS.iter().all(|(_, correct)| action(correct).is_some()));
    }
}
