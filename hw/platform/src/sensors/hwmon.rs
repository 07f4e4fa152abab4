//! Chips that measure (Documentation/hwmon/sysfs-interface.rst): also disks (`drivetemp`, `nvme`) and power meters.

use super::{Kind, Reading};
use crate::{Fault, Root};

const CHIPS: &str = "sys/class/hwmon";

/// The beginning of a sensor's files, what it measures.
const SENSORS: [(&str, Kind); 4] =
    [("temp", Kind::Temperature), ("fan", Kind::Fan), ("power", Kind::Power), ("in", Kind::Voltage)];
/// Files by which a chip says that something is wrong, and what.
const ALARMS: [(&str, &str); 6] = [
    ("fault", "the sensor is broken"),
    ("crit_alarm", "beyond what it bears"),
    ("emergency_alarm", "about to be switched off"),
    ("max_alarm", "too high"),
    ("min_alarm", "too low"),
    ("alarm", "out of its range"),
];

pub(super) fn read(root: &Root) -> Result<Vec<Reading>, Fault> {
    let mut readings = Vec::new();
    for chip in root.numbered(CHIPS, "hwmon")? {
        let folder = format!("{CHIPS}/hwmon{chip}");
        let Some(name) = root.text(&format!("{folder}/name"))? else { continue };
        // Chips are numbered anew at each start; the device is where it was.
        let device = root.link(&format!("{folder}/device")).map(|device| format!(" {device}")).unwrap_or_default();
        let chip = format!("{name}{device}");
        let files = root.names(&folder)?;
        for (word, kind) in SENSORS {
            for number in numbers(&files, word) {
                readings.extend(sensor(
                    root,
                    kind,
                    &chip,
                    &format!("{folder}/{word}{number}"),
                    &format!("{word}{number}"),
                )?);
            }
        }
    }
    Ok(readings)
}

/// Numbers of the sensors of a word: of those that have a value, an alarm or a fault.
fn numbers(files: &[String], word: &str) -> Vec<u32> {
    let of = |file: &String| file.strip_prefix(word)?.split_once('_')?.0.parse().ok();
    let mut numbers: Vec<u32> = files.iter().filter_map(of).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn sensor(root: &Root, kind: Kind, chip: &str, file: &str, plain: &str) -> Result<Option<Reading>, Fault> {
    let number = |what: &str| root.number::<i64>(&format!("{file}_{what}"));
    let label = root.text(&format!("{file}_label"))?.unwrap_or_else(|| plain.to_owned());
    let mut reading = Reading::new(kind, format!("{chip}: {label}"));
    reading.value = match number("input")? {
        None if kind == Kind::Power => number("average")?,
        value => value,
    };
    // Some chips say nonsense for a limit they do not have.
    let is_meant = |limit: &i64| kind != Kind::Temperature || (1..200_000).contains(limit);
    reading.high = match kind {
        Kind::Temperature => [number("max")?, number("crit")?].into_iter().flatten().filter(is_meant).min(),
        Kind::Power | Kind::Voltage => number("max")?.filter(|limit| *limit > 0),
        _ => None,
    };
    reading.low = match kind {
        Kind::Fan | Kind::Voltage => number("min")?.filter(|limit| *limit > 0),
        _ => None,
    };
    for (name, says) in ALARMS {
        if number(name)? == Some(1) {
            reading.fault.get_or_insert_with(|| says.to_owned());
        }
    }
    Ok(Some(reading).filter(|reading| reading.value.is_some() || reading.fault.is_some()))
}
