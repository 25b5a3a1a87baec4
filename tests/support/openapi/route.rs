//! Which operation of the description a method and path belong to.

use serde_json::Value;

/// One operation: a method on a templated path.
pub(super) struct Operation {
    method: String,
    template: &'static str,
    /// The operation object of the description.
    pub(super) node: &'static Value,
    /// Parameters declared for the whole path.
    shared: &'static [Value],
}

/// Why no operation was found.
pub(super) enum Unrouted {
    /// No template fits the path.
    Path,
    /// A template fits, but not with this method.
    Method(&'static str),
}

impl Operation {
    /// The templated path, such as `/channels/{channel_id}/messages`.
    pub(super) fn template(&self) -> &'static str {
        self.template
    }

    /// Parameters of the path and the operation, as the description gives them.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Value> {
        let own = self.node["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        self.shared.iter().chain(own)
    }

    /// Names and values of the templated parts of `path`.
    pub(super) fn captures<'p>(&self, path: &'p str) -> Vec<(&'static str, &'p str)> {
        let names = self.template.split('/').map(name_of);
        names.zip(path.split('/')).filter_map(|(name, value)| Some((name?, value))).collect()
    }

    fn fits(&self, path: &str) -> bool {
        let mut given = path.split('/');
        let all = self.template.split('/').all(|part| match given.next() {
            Some(value) if name_of(part).is_some() => !value.is_empty(),
            Some(value) => value == part,
            None => false,
        });
        all && given.next().is_none()
    }

    fn literals(&self) -> usize {
        self.template.split('/').filter(|part| name_of(part).is_none()).count()
    }
}

/// The name inside `{…}`, when the part is templated.
fn name_of(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// All operations of the description.
pub(super) fn operations(document: &'static Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (template, item) in document["paths"].as_object().into_iter().flatten() {
        let shared = item["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        for (method, node) in item.as_object().into_iter().flatten().filter(|(key, _)| *key != "parameters") {
            all.push(Operation { method: method.to_uppercase(), template, node, shared });
        }
    }
    all
}

/// The operation with the most literal parts that fits: `/users/@me` before `/users/{user_id}`.
pub(super) fn find<'o>(operations: &'o [Operation], method: &str, path: &str) -> Result<&'o Operation, Unrouted> {
    let fitting = || operations.iter().filter(|operation| operation.fits(path));
    if let Some(found) = fitting().filter(|operation| operation.method == method).max_by_key(|found| found.literals()) {
        return Ok(found);
    }
    Err(fitting().next().map_or(Unrouted::Path, |operation| Unrouted::Method(operation.template)))
}
