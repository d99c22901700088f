//! The balance of the example of a sync job.

#[allow(dead_code)] // Its `main`.
#[path = "../../examples/sync.rs"]
mod sync;

#[tokio::test]
async fn sync_job_accounts_for_every_record() {
    assert_eq!(sync::run().await, "updated 35, invalid 4, rejected 1, not_sent 0, unknown 0, pending 0, left 0");
}
