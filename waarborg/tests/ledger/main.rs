//! The ledger on a real database: SQLite always, PostgreSQL when `VANGNET_TEST_POSTGRES_URL` names a server.
//!
//! The scenarios know no engine; the end-to-end tests can include their modules and run them as well.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod concurrency;
mod failing;
mod forging;
mod keeping;
mod sealing;
mod stage;
mod tampering;

use stage::Stage;

/// Runs each scenario on both engines.
macro_rules! on_both_engines {
    ($($module:ident :: $scenario:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::$module::$scenario(crate::Stage::on_sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                if let Some(stage) = crate::Stage::on_postgres().await {
                    crate::$module::$scenario(stage).await;
                }
            })+
        }
    };
}

on_both_engines! {
    concurrency::parallel_appends_share_commits_and_leave_dense_numbers,
    concurrency::lanes_that_commit_roll_back_or_are_dropped_leave_dense_numbers,
    concurrency::a_lane_uses_the_numbers_of_a_rollback_again,
    concurrency::several_replicas_make_one_chain,
    concurrency::a_verification_beside_a_server_at_work_finds_nothing,
    failing::without_its_table_nothing_is_disclosed_until_it_is_back,
    failing::a_database_that_is_held_is_too_late,
    failing::a_record_that_is_refused_takes_no_other_with_it,
    failing::a_transaction_whose_record_failed_does_not_commit,
    failing::what_was_answered_survives_a_kill,
    failing::a_closed_ledger_refuses,
    keeping::a_record_is_durable_when_append_returns,
    keeping::the_database_refuses_every_change,
    keeping::an_access_is_found_by_the_person_it_concerns_and_by_no_other,
    keeping::pages_of_accesses_join_to_the_whole_whatever_may_not_be_told,
    keeping::the_tables_can_be_taken_away_and_made_again,
    sealing::the_sealer_seals_within_about_a_second_and_signs_at_the_end,
    sealing::one_process_seals_at_a_time_and_another_takes_over,
    sealing::a_writer_with_a_gap_is_sealed_up_to_it_and_others_go_on,
    sealing::a_forged_record_is_not_sealed,
    sealing::sealing_goes_on_where_another_process_stopped,
    sealing::more_than_a_batch_is_sealed_in_one_go,
    tampering::every_tampering_with_a_row_is_found,
    tampering::a_cut_tail_is_found_by_its_checkpoint,
    tampering::a_rewritten_chain_is_found_by_its_checkpoint,
    tampering::tampering_with_what_is_not_sealed_yet_is_found,
    tampering::tampering_with_the_checkpoints_is_found,
    tampering::the_ledger_of_another_key_is_not_ours,
}

/// Appends until it is killed, when it is started by the scenario that kills it.
#[tokio::test]
async fn the_victim_of_the_kill() {
    failing::append_until_killed().await;
}
