//! Tenants that were made by somebody else come into the registry, by the bot's command and by the program's `import`, and are
//! from then on as any other.

use landlord_core::ports::Standing;
use landlord_core::tenant::Environment::{self, Dev, Sit};

use crate::world::{Request, Setting, Tenant, World};

/// Nobody else's tenants are about: whoever is not in this story's registry would be found.
async fn empty() -> World {
    let world = World::with(Setting { alone: true, ..Setting::default() }).await;
    world.services.resets().await;
    world
}

/// What the registry says of a tenant.
async fn standings(world: &World, tenant: &Tenant) -> Vec<(Environment, Standing)> {
    let [living, _] = world.registry().await;
    let own = living.into_iter().find(|one| one.details.tenant.as_str() == tenant.id);
    own.map(|one| one.standings).unwrap_or_default()
}

#[tokio::test]
async fn all_that_are_found_are_adopted_untouched_and_promoted_scaled_and_audited_as_any_other() {
    let world = empty().await;
    let tenants = [world.tenant(), world.tenant()];
    let [golden, silver] = &tenants;
    world.inhabit(&tenants, &[Dev]).await;
    world.inhabit(std::slice::from_ref(silver), &[Sit]).await;
    let operator = world.member("operator");
    operator.types(&format!("/tenant show tenant:{}", golden.id)).await.answer().shows("There is no tenant");
    let before = world.services.dump(&[]).await;
    let adoption = operator.types("/tenant adopt").await;
    adoption.answer().shows("Filed: Adopt 2 tenants in DEV and SIT");
    adoption.succeeds().await.shows("2 tenants are known now");
    adoption.stands_once().await;
    world.services.dump(&[]).await.is(&before, "what was adopted");
    assert_eq!(standings(&world, golden).await, [(Dev, Standing::Active)]);
    assert_eq!(standings(&world, silver).await, [(Dev, Standing::Active), (Sit, Standing::Active)]);
    let shown = operator.types(&format!("/tenant show tenant:{}", golden.id)).await;
    shown.answer().shows(&golden.subdomain).shows("DEV · active");
    let again = operator.types("/tenant adopt").await;
    again.answer().shows("There is nothing to adopt").shows("All that stands is known already.");

    let validated = operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    validated.answer().shows("is validated in DEV.");
    let promotion = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    promotion.becomes("awaiting_approval").await;
    world.member("team-lead").reacts(&promotion, "✅").await;
    promotion.succeeds().await;
    let scaling = operator.types(&format!("/tenant scale tenant:{} environment:dev memory:1024", silver.id)).await;
    scaling.comes_to_show("**Stable**").await;
    let audit = operator.types("/tenant audit").await;
    audit.answer().shows("**All is as it should be.** 0 of 2 tenants need a look.");
    for tenant in &tenants {
        let audit = operator.types(&format!("/tenant audit tenant:{}", tenant.id)).await;
        audit.answer().shows("**All is as it should be.**");
    }
    world.end().await;
}

#[tokio::test]
async fn a_file_is_tried_mended_imported_and_carried_out_when_the_bot_starts() {
    let world = empty().await;
    let tenants = [world.tenant(), world.tenant()];
    let [golden, silver] = &tenants;
    world.inhabit(&tenants, &[Dev]).await;
    let line = |tenant: &Tenant, places: &str| {
        format!("{},Golden Crust,{},{},{places}\n", tenant.id, tenant.subdomain, tenant.email())
    };
    let head = "tenant,company,subdomain,email,environments\n";

    let wrong = format!("{head}{}UPPER,Golden,upper,nobody,moon\n{}", line(golden, "dev"), line(golden, "sit"));
    for dry in [true, false] {
        let (code, said, told) = world.imports(&wrong, dry).await;
        assert_eq!((code, said.as_str()), (1, ""), "{told}");
        for fault in [
            "nothing was imported; of the file this is wrong:",
            "line 3: tenant: The tenant id contains the upper-case letter U",
            "line 3: email: The e-mail address has no @",
            "line 3: environments: There is no such environment",
            &format!("line 4: {}: it stands in line 2 already", golden.id),
        ] {
            assert!(told.contains(fault), "{fault:?} is not in\n{told}");
        }
    }

    let right = format!("{head}{}{}", line(golden, "dev"), line(silver, "DEV"));
    let (code, said, told) = world.imports(&right, true).await;
    assert_eq!(code, 0, "{told}");
    assert!(said.contains("2 tenants at 2 sites, in DEV\nNothing was filed: this was a dry run."), "{said}");
    let (code, _, told) = world.imports(&right, false).await;
    assert!(code != 0 && told.contains("another landlord process"), "{code} {told}");
    assert!(world.operations().await.is_empty(), "while the bot works, and dry, nothing is filed");

    world.bot_dies().await;
    let (code, said, told) = world.imports(&right, false).await;
    assert_eq!(code, 0, "{told}");
    let id = said.split_once("Filed as operation ").and_then(|(_, rest)| rest.split_once('.')).expect("an id").0;
    assert!(said.contains("It needs no approval: it runs when the bot starts."), "{said}");
    let before = world.services.dump(&[]).await;
    world.bot_starts().await;
    let adoption = Request::unanswered(&world, id);
    let card = adoption.succeeds().await;
    card.shows("landlord import").shows("2 tenants are known now");
    adoption.stands_once().await;
    world.services.dump(&[]).await.is(&before, "what was imported");
    for tenant in &tenants {
        assert_eq!(standings(&world, tenant).await, [(Dev, Standing::Active)]);
    }
    let [living, _] = world.registry().await;
    assert!(living.iter().all(|one| one.details.company.as_str() == "Golden Crust"), "{living:?}");
    let (code, _, told) = world.imports(&right, true).await;
    assert!(code == 1 && told.contains("the registry knows already that it stands in DEV"), "{told}");
    let wide = operator_audit(&world).await;
    assert!(wide.contains("**All is as it should be.** 0 of 2 tenants need a look."), "{wide}");
    world.end().await;
}

async fn operator_audit(world: &World) -> String {
    world.member("operator").types("/tenant audit").await.answer().to_string()
}
