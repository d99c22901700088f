//! The tool as a user runs it: as a program, against a server in this one.

mod check;
mod commands;
mod faults;
mod input;
mod interrupted;
mod plan;
mod report;
mod sending;
mod server;
mod terminal;
mod tool;
mod update;
