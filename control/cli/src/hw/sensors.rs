//! `sluice hw sensors`.

use crate::args::Sensors;
use crate::output::{self, Paint};
use sluice_platform::Root;
use sluice_platform::sensors::{Reading, read};

/// Runs it.
pub fn run(args: &Sensors) -> anyhow::Result<()> {
    let readings = read(&Root::new(&args.root))?;
    if args.json {
        return output::line(serde_json::to_string(&readings)?);
    }
    if readings.is_empty() {
        return output::line("the kernel tells of no sensors here; on a ProLiant iLO sees more");
    }
    let rows = readings.iter().map(|reading| {
        [reading.kind.name().to_owned(), reading.subject.clone(), reading.amount().unwrap_or_default(), state(reading)]
    });
    output::line(output::table(["what", "of", "now", "state"], rows))
}

fn state(reading: &Reading) -> String {
    let paint = Paint::stdout();
    reading.complaint().map_or_else(|| paint.green("well"), |complaint| paint.red(&complaint))
}
