//! The tool as a user runs it: as a program, against a server in this one.

mod bulk;
mod check;
mod commands;
mod demo;
mod dry_run;
mod input;
mod intermediaries;
mod interrupted;
mod killed;
mod resumed;
mod server;
mod storage;
mod terminal;
mod tool;
mod update;
