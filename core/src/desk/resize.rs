//! What size and number of tasks a site is scaled to, by what was asked for and what is there (playbook 2.4).

use super::Refusal;
use super::request::ChangeRequest;
use crate::card::text;
use crate::plan::{Before, Details};
use crate::size::Size;
use crate::tenant::Invalid;

/// How many tasks a tenant may have: beyond that it is a typing error, or a talk with the platform team.
const MOST_TASKS: u32 = 10;

/// The size, where it is another than before, and the number of tasks. What would change nothing is refused.
pub(super) fn asked(request: &ChangeRequest, known: &Details, before: &Before) -> Result<(Option<Size>, u32), Refusal> {
    if (request.cpu, request.memory, request.count) == (None, None, None) {
        return Err(Refusal::new("Say what is to change: give `cpu`, `memory` or `count`."));
    }
    let desired = count(request, before)?;
    let size = match (request.cpu, request.memory) {
        (None, None) => None,
        (cpu, memory) => Some(size(cpu, memory, known, before)?),
    };
    let other = size.filter(|size| before.size != Some(*size));
    if other.is_none() && desired == before.desired {
        return Err(Refusal(format!(
            "That would change nothing: `{}` runs in {} with {}.",
            request.tenant,
            request.environment.title(),
            text::running(before.size, before.desired)
        )));
    }
    Ok((other, desired))
}

fn count(request: &ChangeRequest, before: &Before) -> Result<u32, Refusal> {
    match request.count {
        None => Ok(before.desired),
        Some(0) => Err(Refusal::new(
            "`count`: with 0 tasks nothing serves the site. `/tenant shutdown` takes a tenant off the net and remembers the way \
             back.",
        )),
        Some(count) if count > MOST_TASKS => Err(Refusal(format!(
            "`count`: a tenant has at most {MOST_TASKS} tasks, and {count} were asked for. Give more `cpu` and `memory` instead, or \
             ask the platform team."
        ))),
        Some(count) => Ok(count),
    }
}

/// What is left out stays as it is, as far as Fargate knows the pair: else memory becomes the least above it that does, and
/// cpu the least above it. Nothing ever becomes smaller without being asked for.
fn size(cpu: Option<u32>, memory: Option<u32>, known: &Details, before: &Before) -> Result<Size, Refusal> {
    let storage = before.size.unwrap_or(known.size).storage();
    let (cpu, memory) = match (cpu, memory, before.size) {
        (Some(cpu), Some(memory), _) => (cpu, memory),
        (Some(cpu), None, Some(now)) => {
            let enough = Size::memories(cpu).find(|memory| *memory >= now.memory());
            (cpu, enough.unwrap_or(now.memory()))
        }
        (None, Some(memory), Some(now)) => {
            let fits = |cpu: &u32| *cpu >= now.cpu() && Size::memories(*cpu).any(|known| known == memory);
            (Size::cpus().find(fits).unwrap_or(now.cpu()), memory)
        }
        _ => {
            return Err(Refusal::new(
                "What runs now has a size that Fargate does not know, so nothing of it can be kept: give both `cpu` and `memory`.",
            ));
        }
    };
    Size::new(cpu, memory, storage).map_err(|Invalid(_)| {
        let near: Vec<String> = Size::nearest(cpu, memory, 3)
            .into_iter()
            .map(|(cpu, memory)| format!("{cpu} cpu with {memory} MiB"))
            .collect();
        Refusal(format!(
            "Fargate knows no size of {cpu} cpu with {memory} MiB. The nearest that it knows are {}.",
            text::list(&near)
        ))
    })
}
