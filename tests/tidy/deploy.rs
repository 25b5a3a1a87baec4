//! What people copy from `deploy/` works: the configuration is read, and the IAM policy allows what the adapters call.

use std::collections::BTreeSet;

use landlord::config::Config;
use serde_json::Value;

use crate::tree::{below, file, none};

/// The first words of AWS's operations, as the SDK's methods begin.
const VERBS: [&str; 16] = [
    "add",
    "change",
    "create",
    "delete",
    "deregister",
    "describe",
    "get",
    "head",
    "list",
    "put",
    "register",
    "run",
    "send",
    "tag",
    "untag",
    "update",
];
/// Allowed for what AWS asks for besides: tags on what is created, roles handed to tasks, the mount targets' network, the
/// bucket that logs are exported to.
const BESIDES: [&str; 7] = [
    "ec2:DescribeNetworkInterfaceAttribute",
    "ecs:TagResource",
    "elasticfilesystem:TagResource",
    "elasticloadbalancing:AddTags",
    "iam:PassRole",
    "s3:PutObject",
    "secretsmanager:TagResource",
];
/// Operations that are allowed under another name (S3).
const RENAMED: [(&str, &str); 2] = [("HeadBucket", "ListBucket"), ("ListObjectsV2", "ListBucket")];
/// Needs no permission (STS, `GetCallerIdentity`).
const FREE: &str = "GetCallerIdentity";

#[test]
fn the_example_configuration_is_valid() {
    let config = Config::parse(&file("deploy/landlord.example.toml").text, []).unwrap();
    assert_eq!(config.environments.len(), 3);
}

#[test]
fn the_policy_allows_what_is_called_and_no_more() {
    let allowed = allowed();
    let called = called();
    assert!(called.len() > 30, "only {called:?} were found");
    let names: BTreeSet<&str> = allowed.iter().filter_map(|action| Some(action.split_once(':')?.1)).collect();
    let lacking = called.iter().filter(|name| !names.contains(name.as_str()) && *name != FREE);
    none("allow these", lacking.cloned());
    let needless = allowed.iter().filter(|action| {
        !BESIDES.contains(&action.as_str()) && !action.split_once(':').is_some_and(|(_, name)| called.contains(name))
    });
    none("nothing calls these", needless.cloned());
}

/// The actions of the policy, such as `ecs:CreateService`.
fn allowed() -> BTreeSet<String> {
    let policy: Value = serde_json::from_str(&file("deploy/iam-policy.json").text).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// The operations that the adapters call, such as `CreateService`.
fn called() -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for file in below("src/aws/").chain(below("src/notify/")) {
        for before in file.text.split("()") {
            let method = before.rsplit(|c: char| !c.is_ascii_lowercase() && c != '_' && !c.is_ascii_digit()).next();
            let Some(method) = method.filter(|method| before.ends_with(&format!(".{method}"))) else { continue };
            if method.split_once('_').is_some_and(|(verb, _)| VERBS.contains(&verb)) {
                let operation: String = method.split('_').map(capitalised).collect();
                let renamed = RENAMED.iter().find(|(name, _)| *name == operation);
                called.insert(renamed.map_or(operation, |(_, action)| (*action).to_owned()));
            }
        }
    }
    called
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
