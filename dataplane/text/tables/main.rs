//! Writes `src/table/data.rs`: `cargo run -p sluice-text --example tables > data.rs`.
//!
//! The data are those of Unicode's `confusables.txt`, normalisation, case and scripts, as the crates
//! `unicode-security`, `unicode-normalization` and `unicode-script` and the standard library carry them.

mod generate;
mod letters;
mod write;

fn main() {
    print!("{}", write::source(&generate::table()));
}
