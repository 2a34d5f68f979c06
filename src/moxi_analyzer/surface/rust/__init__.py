"""Rust: public API, and command lines of clap and structopt."""
