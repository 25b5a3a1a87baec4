//! The tenant's name is typed, to the letter, or nothing is filed.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::role::Role;
use time::Duration;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_PROD, FROM_SIT, Prod, Sit, acme_in, client};

/// `acme`, and the client whose name could be typed instead.
async fn two() -> World {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    world.stands(&client("acme-2"), &[Dev, Sit, Prod]).await;
    world
}

#[tokio::test]
async fn anything_but_the_name_to_the_letter_is_refused_and_shown() {
    let world = two().await;
    let before = world.standing(&[]).await;
    let operator = world.member("operator");
    for (typed, shown) in [
        ("Acme", "`Acme` came"),
        ("ACME", "`ACME` came"),
        (" acme", "`⟨space⟩acme` came"),
        ("acme ", "`acme⟨space⟩` came"),
        ("ac me", "`ac⟨space⟩me` came"),
        ("acme\n", "`acme⟨U+000A⟩` came"),
        ("acme\u{a0}", "`acme⟨U+00A0⟩` came"),
        ("acme\u{200b}", "`acme⟨U+200B⟩` came"),
        // A Cyrillic а, a Cyrillic с, full width, and an e with an accent of its own.
        ("\u{430}cme", "`⟨U+0430⟩cme` came"),
        ("a\u{441}me", "`a⟨U+0441⟩me` came"),
        ("\u{ff41}\u{ff43}\u{ff4d}\u{ff45}", "`⟨U+FF41⟩⟨U+FF43⟩⟨U+FF4D⟩⟨U+FF45⟩` came"),
        ("acme\u{301}", "`acme⟨U+0301⟩` came"),
        ("", "nothing came"),
        ("acme-2", "`acme-2` came"),
        ("acm", "`acm` came"),
        ("acme.", "`acme.` came"),
        ("`acme`", "`'acme'` came"),
    ] {
        let form = operator.types(FROM_PROD).await;
        assert!(form.answer().is_form() && !form.is_filed());
        let refused = operator.submits(form.answer(), &[("name", typed)]).await;
        assert!(!refused.is_filed(), "{typed:?}");
        refused.answer().shows("`acme` is asked for, to the letter").shows(shown).shows("nothing was filed");
    }
    let form = operator.types(FROM_PROD).await;
    let refused = operator.submits(form.answer(), &[("another", "acme")]).await;
    refused.answer().shows("nothing came");
    assert!(world.requests().is_empty());
    assert_eq!(world.standing(&[]).await, before);
    assert!(world.notifier.sent().is_empty());
}

#[tokio::test]
async fn the_name_is_asked_for_wherever_prod_is_among_the_environments() {
    let world = two().await;
    let operator = world.member("operator");
    for (line, asked) in [(FROM_DEV, false), (FROM_SIT, false), (FROM_PROD, true), (CANCELLATION, true)] {
        let request = operator.types(line).await;
        assert_eq!((request.answer().is_form(), request.is_filed()), (asked, !asked), "{line}");
        if asked {
            assert!(request.answer().text().contains("Delete acme for good"));
        } else {
            operator.presses(&request, "Cancel request").await;
        }
    }
}

#[tokio::test]
async fn what_was_typed_and_by_whom_is_part_of_what_is_approved() {
    let world = two().await;
    let request = super::asks(&world, FROM_PROD).await;
    request.is(State::AwaitingApproval);
    request.card().shows("@operator typed `acme`").shows("needs a DevOps Lead");
    let plan = request.operation().plan;
    let typed = plan.deletion.clone().unwrap().typed.unwrap();
    assert_eq!(
        (typed.name.as_str(), typed.person.name.as_str(), typed.at),
        ("acme", "operator", request.operation().filed_at)
    );
    let mut other = (*plan).clone();
    other.deletion.as_mut().unwrap().typed.as_mut().unwrap().at += Duration::SECOND;
    assert_eq!(plan.digest(), request.operation().digest);
    assert_ne!(other.digest(), plan.digest());
}

#[tokio::test]
async fn a_form_is_good_for_fifteen_minutes() {
    for (open, good) in [(Duration::minutes(15), true), (Duration::minutes(15) + Duration::SECOND, false)] {
        let world = two().await;
        let operator = world.member("operator");
        let form = operator.types(FROM_PROD).await;
        world.passes(open).await;
        let request = operator.submits(form.answer(), &[("name", "acme")]).await;
        assert_eq!(request.is_filed(), good, "{open}");
        if !good {
            request.answer().shows("open for more than 15 minutes, so nothing was filed. Use the command again.");
        }
    }
}

#[tokio::test]
async fn a_form_from_the_future_is_refused() {
    let world = two().await;
    let operator = world.member("operator");
    let form = operator.types(FROM_PROD).await;
    world.clock.set_back(Duration::HOUR);
    let request = operator.submits(form.answer(), &[("name", "acme")]).await;
    assert!(!request.is_filed());
    request.answer().shows("nothing was filed");
}

#[tokio::test]
async fn a_form_survives_a_restart_and_is_handed_in_once() {
    let world = two().await;
    let operator = world.member("operator");
    let form = operator.types(FROM_PROD).await;
    world.stops();
    world.restarts().await;
    let request = operator.submits(form.answer(), &[("name", "acme")]).await;
    request.is(State::AwaitingApproval);
    let again = operator.submits(form.answer(), &[("name", "acme")]).await;
    assert!(!again.is_filed());
    again.answer().shows("is being worked on").shows(&request.id().to_string());
}

#[tokio::test]
async fn who_lost_the_role_while_the_form_was_open_files_nothing() {
    let world = two().await;
    let operator = world.member("operator");
    let form = operator.types(FROM_PROD).await;
    operator.holds(&[Role::Security]);
    let refused = operator.submits(form.answer(), &[("name", "acme")]).await;
    assert!(!refused.is_filed());
    refused.answer().shows("This needs the role Operator");
}

#[tokio::test]
async fn a_form_that_somebody_has_meddled_with_files_nothing() {
    let world = two().await;
    let operator = world.member("operator");
    let form = operator.types(FROM_PROD).await.answer().form().id.clone();
    for (part, other) in
        [("prod", "not-prod"), ("prod", "moon"), ("acme", "Acme"), ("other", "because"), ("delete:", "remove:")]
    {
        let meddled = form.replacen(part, other, 1);
        assert_ne!(meddled, form);
        let refused = operator.hands_in(&meddled, &[("name", "acme")]).await;
        assert!(!refused.is_filed(), "{meddled}");
        refused.answer().shows("This form is of an older version. Use the command again.");
    }
    // Another tenant's form wants another tenant's name.
    let refused = operator.hands_in(&form.replacen("acme", "acme-2", 1), &[("name", "acme")]).await;
    assert!(!refused.is_filed());
    refused.answer().shows("`acme-2` is asked for, to the letter, and `acme` came");
}
