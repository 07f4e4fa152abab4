//! What a process before left, when the log is opened.

use crate::log::State;
use crate::open::{self, Open};
use crate::segment::Segment;
use crate::writer::{OPEN, SEALED, TEMPORARY};
use crate::{Error, Position};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is in the folder, with what was not ended taken away, and what is damaged set aside: that is said.
pub(crate) fn recover(folder: &Path) -> Result<(State, Option<String>), Error> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut state = State { folder: folder.to_owned(), sealed: Vec::new(), open: None, floor: 0 };
    let mut trouble = None;
    for path in of_kind(folder, TEMPORARY)? {
        fs::remove_file(&path).map_err(Error::io(&path))?;
    }
    for path in of_kind(folder, SEALED)? {
        if let Some(segment) = unless_damaged(Segment::open(&path), &mut trouble)? {
            state.sealed.push(Arc::new(segment));
        }
    }
    for path in of_kind(folder, OPEN)? {
        unless_damaged(recover_open(&path, &mut state), &mut trouble)?;
    }
    Ok((state, trouble))
}

fn of_kind(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>())
        .map_err(Error::io(folder))?;
    paths.retain(|path| path.extension().is_some_and(|own| own == extension));
    paths.sort();
    Ok(paths)
}

fn unless_damaged<T>(result: Result<T, Error>, trouble: &mut Option<String>) -> Result<Option<T>, Error> {
    match result {
        Ok(whole) => Ok(Some(whole)),
        Err(Error::Damaged(path, what)) => {
            let aside = path.with_added_extension(ASIDE);
            fs::rename(&path, &aside).map_err(Error::io(&path))?;
            *trouble = Some(format!("{}; it is set aside", Error::Damaged(aside, what)));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn recover_open(path: &Path, state: &mut State) -> Result<(), Error> {
    let Position { next, lost } = state.position();
    let first = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let first: u64 = first.ok_or_else(|| Error::damaged(path, "its name is no number"))?;
    // It was sealed, and was to be removed.
    if next.is_some_and(|next| first < next) {
        return fs::remove_file(path).map_err(Error::io(path));
    }
    if state.open.is_some() {
        return Err(Error::damaged(path, "another file is being written too"));
    }
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(Error::io(path))?;
    let open = Open::recover(path.to_owned(), file, first, lost)?;
    if open.octets == open::HEAD.len() as u64 {
        // No batch was ended in it. It is made anew for the first.
        return fs::remove_file(path).map_err(Error::io(path));
    }
    state.open = Some(open);
    Ok(())
}

const ASIDE: &str = "damaged";
