//! Forms that people hand in.

use landlord_core::fakes::World;

#[tokio::test]
async fn a_form_that_nobody_knows_any_more_files_nothing() {
    let world = World::start();
    let operator = world.member("operator");
    for form in ["", "delete", "no:such:form"] {
        let handed_in = operator.hands_in(form, &[("tenant", " GoldenCrust ")]).await;
        assert!(!handed_in.is_filed());
        handed_in.answer().shows("This form is of an older version. Use the command again.");
    }
    assert!(world.operations().is_empty());
}
