//! The committed table is what the generator writes.

#[path = "../tables/generate.rs"]
mod generate;
#[path = "../tables/letters.rs"]
mod letters;
#[path = "../tables/write.rs"]
mod write;

#[test]
fn the_committed_table_is_what_the_generator_writes() {
    let committed = include_str!("../src/table/data.rs");
    let generated = write::source(&generate::table());
    let first = committed.lines().zip(generated.lines()).find(|(a, b)| a != b);
    assert!(committed == generated, "generate it again; the first line that differs: {first:?}");
}
