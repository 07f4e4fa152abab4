//! Puts settings into force, and takes them back.
//!
//! The old value is in the record, on disk, before a file is written: whatever dies in between, nothing is changed that
//! the record does not know. A value that was recorded once stays: a second run does not take the first one's work for
//! the old state. What the kernel forgets at a restart goes from the record at the next run.

use crate::settings::How;
use crate::{Root, Setting};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A setting that could not be changed.
#[derive(Debug)]
pub struct Refused {
    /// The file below the root.
    pub file: String,
    /// Why, and what to do.
    pub why: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}

impl std::error::Error for Refused {}

/// What was before, in the order it was written.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The run of the kernel in which the last was written.
    boot: Option<String>,
    written: Vec<Was>,
    /// Interrupts that the kernel does not let anybody move.
    #[serde(default)]
    kept: Vec<String>,
    #[serde(skip)]
    path: PathBuf,
}

/// A file and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Was {
    file: String,
    /// None where it was not there.
    said: Option<String>,
}

/// Files of the kernel: at a restart they are as they were.
fn is_forgotten_at_restart(file: &str) -> bool {
    file.starts_with("sys/") || file.starts_with("proc/")
}

impl Record {
    /// Reads the record, if there is one.
    ///
    /// # Errors
    /// It is there and cannot be read, or is none.
    pub fn open(root: &Root, path: &Path) -> io::Result<Self> {
        let boot = root.text("proc/sys/kernel/random/boot_id").ok().flatten();
        let mut record: Self = match std::fs::read(path) {
            Ok(octets) => serde_json::from_slice(&octets)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error),
        };
        if record.boot != boot {
            record.written.retain(|was| !is_forgotten_at_restart(&was.file));
            record.kept.clear();
        }
        Ok(Self { boot, path: path.to_owned(), ..record })
    }

    /// Whether there is nothing to undo.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Whether the kernel did not let this one be changed.
    pub fn is_kept(&self, setting: &Setting) -> bool {
        self.kept.contains(&setting.file)
    }

    /// It stayed as it was: there is nothing to undo.
    fn keep(&mut self, file: &str) -> io::Result<()> {
        self.written.retain(|was| was.file != file);
        if !self.kept.iter().any(|kept| kept == file) {
            self.kept.push(file.to_owned());
        }
        self.save()
    }

    fn remember(&mut self, file: &str, said: Option<&str>) -> io::Result<()> {
        if self.written.iter().any(|was| was.file == file) {
            return Ok(());
        }
        self.written.push(Was { file: file.to_owned(), said: said.map(str::to_owned) });
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        if self.written.is_empty() && self.kept.is_empty() {
            return match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder)?;
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        File::open(folder)?.sync_all()
    }
}

/// Writes a setting, the old value first into the record, and reads what the kernel made of it. Gives `false` where the
/// kernel keeps an interrupt to itself.
///
/// # Errors
/// It could not be written, or the kernel did something else.
pub fn apply(root: &Root, setting: &Setting, record: &mut Record) -> Result<bool, Refused> {
    let refused = |why: String| Refused { file: setting.file.clone(), why };
    let no_record = |error: io::Error| refused(format!("the record of old values cannot be written: {error}"));
    let was = said(root, &setting.file).map_err(|error| refused(error.to_string()))?;
    record.remember(&setting.file, was.as_deref()).map_err(no_record)?;
    let written = put(root, &setting.file, Some(&setting.should));
    match (setting.how, written) {
        // The queues of drivers that spread over all processors, and timers, are not ours to move.
        (How::Ask, Err(_)) => return record.keep(&setting.file).map_err(no_record).map(|()| false),
        (_, Err(error)) => return Err(refused(error.to_string())),
        (How::Ask, Ok(())) => return Ok(true),
        _ => {}
    }
    let is = said(root, &setting.file).map_err(|error| refused(error.to_string()))?;
    let after = Setting { is, ..setting.clone() };
    if after.is_met() {
        return Ok(true);
    }
    let says = after.is.as_deref().unwrap_or("nothing");
    Err(refused(match setting.how {
        How::AtLeast => format!(
            "the kernel found room for {says} of {}: memory is in pieces; restart with the parameters of the plan",
            setting.should
        ),
        How::Bind if !root.has(&format!("sys/bus/pci/drivers/{}", setting.should)) => {
            format!("the kernel has no driver {0} loaded: modprobe {0}", setting.should)
        }
        How::Bind => {
            format!("the card has driver {says}, not {}: see dmesg; vfio-pci needs an IOMMU in use", setting.should)
        }
        _ => format!("it says {says}, not {}", setting.should),
    }))
}

/// Puts everything back, the last first. Gives the files that could be, and those that could not, which stay in the record.
///
/// # Errors
/// The record cannot be written.
pub fn undo(root: &Root, record: &mut Record) -> io::Result<(Vec<String>, Vec<Refused>)> {
    let (mut done, mut kept, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for was in record.written.drain(..).rev() {
        match put(root, &was.file, was.said.as_deref()) {
            Ok(()) => done.push(was.file),
            Err(error) => {
                refused.push(Refused { file: was.file.clone(), why: error.to_string() });
                kept.push(was);
            }
        }
    }
    kept.reverse();
    (record.written, record.kept) = (kept, Vec::new());
    record.save()?;
    Ok((done, refused))
}

const DEVICES: &str = "sys/bus/pci/devices/";

/// Has a file say something, or not be there, or a card have a driver, or none.
fn put(root: &Root, file: &str, text: Option<&str>) -> io::Result<()> {
    if let Some(card) = file.strip_prefix(DEVICES).and_then(|rest| rest.strip_suffix("/driver")) {
        return bind(root, card, text);
    }
    if is_forgotten_at_restart(file) {
        return text.map_or(Ok(()), |text| root.write(file, text));
    }
    root.replace(file, text)
}

fn said(root: &Root, file: &str) -> io::Result<Option<String>> {
    if file.starts_with(DEVICES) {
        return Ok(root.link(file));
    }
    root.text(file).map_err(io::Error::other)
}

/// Gives a card to a driver, whichever has it now (ABI/testing/sysfs-bus-pci, `driver_override`).
fn bind(root: &Root, card: &str, driver: Option<&str>) -> io::Result<()> {
    let folder = format!("{DEVICES}{card}");
    if driver.is_some() && root.link(&format!("{folder}/driver")).as_deref() == driver {
        return Ok(());
    }
    let name = driver.unwrap_or_default();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.chars().all(is_name) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is no name of a driver")));
    }
    // An empty line takes the override away.
    root.write(&format!("{folder}/driver_override"), &format!("{name}\n"))?;
    if root.has(&format!("{folder}/driver")) {
        root.write(&format!("{folder}/driver/unbind"), card)?;
    }
    if driver.is_some() {
        root.write("sys/bus/pci/drivers_probe", card)?;
    }
    Ok(())
}
