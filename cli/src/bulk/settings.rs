//! The settings of a run.

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) concurrency: usize,
    pub(crate) rate: Option<f64>,
    pub(crate) idempotent: bool,
    /// Whether the results stay, so that a later run can resume.
    pub(crate) resumable: bool,
}
