//! What comes back from the chat: the ids of buttons, menus and forms, and what was written into forms. One act a line:
//! `MEMBER press ID`, or `MEMBER submit ID` with what was written after lines that begin with two hyphens. Acts are parted by
//! an empty line; `{provision}`, `{delete}` and `{bulk}` are the ids of operations that are there, `{now}` the time.

use futures::executor::block_on;
use landlord_core::fakes::World;
use landlord_core::ports::Clock;

use crate::stage;

/// What was asked for before.
const BEFORE: [&str; 5] = [
    "/tenant provision environment:dev tenant:goldencrust company:Golden Crust subdomain:golden email:owner@golden.example \
     kind:poc",
    "/tenant provision environment:dev tenant:otherbakery company:Other Bakery subdomain:other email:owner@other.example \
     kind:poc",
    "/tenant provision environment:sit tenant:acme company:Acme subdomain:acme email:owner@acme.example",
    "/tenant delete tenant:otherbakery environment:dev reason:cancellation backup:no logs:delete",
    "/tenant bulk-delete environment:dev tenants:goldencrust backup:no logs:keep",
];

/// Acts beyond these are left out.
const ACTS: usize = 8;

/// Takes one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    block_on(async {
        let world = World::start();
        for line in BEFORE {
            world.member("operator").types(line).await;
        }
        let ids = world.operations();
        let id = |place: usize| ids.get(place).map(|id| id.0.clone()).unwrap_or_default();
        let text = text
            .replace("{provision}", &id(2))
            .replace("{delete}", &id(3))
            .replace("{bulk}", &id(4))
            .replace("{now}", &world.clock.now().unix_timestamp().to_string());
        for act in text.split("\n\n").take(ACTS) {
            let mut words = act.lines().next().unwrap_or_default().splitn(3, ' ');
            let (Some(who), Some(verb), Some(id)) = (words.next(), words.next(), words.next()) else { continue };
            let member = world.chat.member_named(stage::member(who));
            let house = world.house();
            let reply = if verb == "submit" {
                let written = stage::fields(act);
                world.lives(Box::pin(house.desk.submitted(id, &written, &member, "tenant-ops"))).await
            } else {
                world.lives(Box::pin(house.desk.pressed(id, &member, "tenant-ops"))).await
            };
            stage::answered(&reply.expect("it does not stop"), &[]);
            world.settles().await;
        }
        stage::stands(&world, &[]);
    });
}
