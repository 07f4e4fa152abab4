//! Reads and compiles a policy with one list of ten million numbers, and says how long it takes.
//!
//! `cargo run --release -p sluice-policy --example ten_million`

use sluice_policy::{Source, compile};
use sluice_rules::Layout;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = "name = \"x\"\n[list.blocked]\nfile = \"lists/blocked.txt\"\n[[rule]]\nid = \"r\"\nlevel = 1\n\
                  when = 'map.msisdn.digits in list blocked'\naction = \"discard\"\n";
    let text: String = (0_u64..10_000_000).map(|n| format!("999{:09}\n", n * 618_033_989 % 1_000_000_007)).collect();
    let dir = tempfile::tempdir()?;
    std::fs::create_dir(dir.path().join("lists"))?;
    std::fs::write(dir.path().join("policy.toml"), policy)?;
    std::fs::write(dir.path().join("lists/blocked.txt"), &text)?;
    let start = Instant::now();
    let source = Source::from_dir(dir.path())?;
    println!("{} MB read in {:.2} s", text.len() / 1_000_000, start.elapsed().as_secs_f64());
    let compiled = compile(&source, 1).map_err(|d| d.render(&source, false))?;
    println!(
        "compiled after {:.2} s: an image of {} MB",
        start.elapsed().as_secs_f64(),
        compiled.image.len() / 1_000_000
    );
    let start = Instant::now();
    Layout::verify(&compiled.image)?;
    println!("verified in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}
