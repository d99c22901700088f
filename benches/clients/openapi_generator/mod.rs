pub mod apis;
pub mod models;
