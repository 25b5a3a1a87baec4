//! What every store must do. [`store_contract!`](crate::store_contract) makes a test of each promise.

pub mod beside;
pub mod bulk;
pub mod deleted;
pub mod incidents;
pub mod lists;
pub mod log;
pub mod registry;
pub mod samples;

use std::sync::Arc;

use crate::ports::Store;

/// An empty store, and what must live as long as it: a folder, a schema.
pub struct Fresh {
    /// The store, claimed where it wants to be.
    pub store: Arc<dyn Store>,
    /// Dropped after the test.
    pub guard: Box<dyn Send>,
}

/// One test for every promise of the contract. `$fresh` is an async function that answers a [`Fresh`].
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract! { $fresh, log:
            a_filing_is_found_again,
            a_filing_takes_its_locks_and_a_second_is_told_who_holds_them,
            a_refused_filing_leaves_nothing,
            an_operation_is_filed_once,
            of_many_filings_at_once_one_gets_the_lock,
            events_come_back_in_their_order,
            events_come_back_from_a_place_on,
            each_event_has_its_hash,
            a_place_that_is_taken_is_a_conflict_and_nothing_changes,
            a_place_that_leaves_a_gap_is_a_conflict,
            asking_whether_it_can_be_written_changes_nothing,
            an_event_of_an_operation_that_was_never_filed_is_a_conflict,
            of_many_appends_at_once_one_gets_the_place,
            appends_of_many_operations_at_once_all_arrive,
            locks_end_with_their_operation,
            every_kind_of_event_comes_back_as_it_was,
        }
        $crate::store_contract! { $fresh, bulk:
            hundreds_of_locks_and_a_large_plan_are_filed_and_let_go,
            an_operation_on_hundreds_of_sites_is_found_by_each,
            one_lock_of_hundreds_that_is_taken_refuses_them_all,
            a_filing_locks_what_it_is_given,
        }
        $crate::store_contract! { $fresh, registry:
            a_registered_tenant_is_found_by_id_and_by_subdomain,
            registering_the_same_again_changes_nothing,
            a_taken_subdomain_is_refused_and_so_is_its_event,
            a_known_id_with_other_details_is_refused,
            standings_are_kept_in_the_order_of_promotion,
            a_standing_of_an_unknown_tenant_is_refused_with_its_event,
            who_leaves_the_last_environment_is_forgotten,
            the_size_of_the_highest_environment_is_the_tenants,
            who_is_in_no_environment_can_be_forgotten,
            a_filing_can_register,
            a_search_finds_parts_in_any_case_and_to_the_letter,
            tenants_are_listed_in_the_order_of_their_ids_by_pages,
        }
        $crate::store_contract! { $fresh, deleted:
            who_is_buried_keeps_id_details_and_time,
            who_still_stands_somewhere_is_not_buried,
            the_first_time_of_a_burial_stays,
            a_buried_id_cannot_be_registered_and_nothing_is_written,
            a_buried_tenant_cannot_stand_again,
            who_is_buried_is_not_forgotten,
            a_burial_of_an_unknown_tenant_is_refused_with_its_event,
            the_host_label_of_a_buried_tenant_is_free,
            the_living_or_the_deleted_are_listed,
            tenants_are_listed_by_engagement,
        }
        $crate::store_contract! { $fresh, lists:
            operations_are_listed_newest_first_by_pages,
            operations_are_listed_by_tenant_environment_and_state,
            an_operation_is_found_by_each_of_its_tenants_and_environments,
            an_operation_on_many_sites_is_listed_once,
            only_open_operations_are_listed_where_asked,
            operations_are_counted_by_state,
            an_operation_is_found_by_its_card,
        }
        $crate::store_contract! { $fresh, incidents:
            an_incident_comes_back_as_it_was,
            an_alert_has_one_open_incident,
            a_message_is_taken_once_and_wholly,
            a_place_in_an_incident_is_taken_once,
            an_incident_is_found_by_alert_card_and_thread,
            incidents_are_listed_newest_first_by_pages,
            messages_are_forgotten_after_their_time,
            when_a_job_ran_is_what_was_told_last,
        }
        $crate::store_contract! { $fresh, beside:
            when_the_bot_was_last_seen_is_what_was_told_last,
            the_head_of_a_day_is_the_last_event_before_its_end,
            the_anchor_of_the_latest_day_is_the_last,
            a_day_is_anchored_once,
            what_is_kept_beside_the_log_is_not_in_it,
        }
    };
    ($fresh:path, $room:ident: $($case:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let fresh = $fresh().await;
                $crate::contract::store::$room::$case(std::sync::Arc::clone(&fresh.store)).await;
                drop(fresh.store);
                drop(fresh.guard);
            }
        )+
    };
}
