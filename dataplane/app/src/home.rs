//! Home routing of the dataplane: its settings, and the files in which correlation ids outlive the process.

use crate::config::{Config, HomeRouting as Section, Paths};
use anyhow::{Context, anyhow};
use sluice_engine::{HomeRouting, Words};
use sluice_io::{Clock, WallClock};
use sluice_shm::words::WordsFile;
use sluice_shm::write_file_durably;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// What the section says, for the first of so many poll cores; without files and secrets.
///
/// # Errors
/// What cannot work.
pub fn settings(section: &Section, cores: usize) -> anyhow::Result<HomeRouting> {
    let settings = HomeRouting {
        life_ns: section.life_s.saturating_mul(1_000_000_000),
        node_digits: section.node_digits,
        bind_digits: section.bind_digits,
        except: section.except.clone(),
        ids: section.ids,
        cores: u8::try_from(cores).unwrap_or(u8::MAX),
        ..HomeRouting::new(&section.number, &section.mcc_mnc)
    };
    settings.check().map_err(|error| anyhow!("[home_routing] {error}"))?;
    Ok(settings)
}

/// All of it. What an earlier process has left in the files is taken up.
///
/// # Errors
/// A file cannot be had.
pub fn open(config: &Config) -> anyhow::Result<Option<HomeRouting>> {
    let Some(section) = &config.home_routing else { return Ok(None) };
    let mut settings = settings(section, config.cores.poll.len())?;
    fs::create_dir_all(&config.paths.state_dir).with_context(|| config.paths.state_dir.display().to_string())?;
    settings.secret = kept_secret(&config.paths)?;
    settings.seed = random().context("random numbers")? ^ WallClock::new().now_ns();
    let words = settings.table_octets() / size_of::<u64>();
    let files = (0..config.cores.poll.len()).map(|core| WordsFile::open(&config.paths.home_ids(core), words));
    settings.tables = files.map(|file| file.map(Words::of)).collect::<Result<_, _>>().context("[home_routing]")?;
    let words = settings.node_octets() / size_of::<u64>();
    settings.nodes = Some(Words::of(WordsFile::open(&config.paths.home_nodes(), words).context("[home_routing]")?));
    Ok(Some(settings))
}

/// What fingerprints of requesters are made with: the same as long as there are ids.
fn kept_secret(paths: &Paths) -> anyhow::Result<u64> {
    let path = paths.home_secret();
    let of_path = || path.display().to_string();
    match fs::read(&path) {
        // Of another length it is none of ours.
        Ok(octets) if octets.len() == 8 => Ok(octets.first_chunk().map_or(0, |octets| u64::from_le_bytes(*octets))),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(of_path),
        _ => {
            let secret = random().context("random numbers")?;
            write_file_durably(&path, &secret.to_le_bytes()).with_context(of_path)?;
            Ok(secret)
        }
    }
}

fn random() -> std::io::Result<u64> {
    let mut octets = [0; 8];
    File::open(Path::new("/dev/urandom"))?.read_exact(&mut octets)?;
    Ok(u64::from_le_bytes(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_process_finds_the_same_files_and_tells_the_same_requesters_apart() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[paths]\nstate_dir = {:?}\n[cores]\npoll = [1, 2]\n[home_routing]\nnumber = \"9997000001\"\nmcc_mnc = \"00101\"\n\
             [[port]]\nname = \"p\"\ndevice = \"net_null\"\n[[tap]]\nname = \"t\"\nport = \"p\"\n",
            folder.path().join("state")
        );
        let config = Config::parse(Path::new("sluice.toml"), &text).unwrap();
        let [first, second] = [(); 2].map(|()| open(&config).unwrap().unwrap());
        assert_eq!((first.secret, first.tables.len(), first.cores), (second.secret, 2, 2));
        assert_ne!(first.seed, second.seed);
        let file = |name: &str| fs::metadata(folder.path().join("state").join(name)).unwrap().len();
        assert_eq!([file("home.0"), file("home.1")], [first.table_octets() as u64; 2]);
        assert_eq!((file("home.nodes"), file("home.secret")), (8000, 8));
    }
}
