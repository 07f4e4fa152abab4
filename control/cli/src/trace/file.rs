//! A pcapng file with two interfaces, `before` and `after`, whose frames say in a comment what was decided.
//!
//! A frame that went on as it came stands only on `before`. A capture of several kinds of links has two interfaces for
//! each of them. The frames are as they were on the links, with every number and text.

use super::{Became, Traced};
use anyhow::Context;
use sluice_io::LinkType;
use sluice_io::capture::{AnnotatedWriter, Interface};
use std::path::{Path, PathBuf};

/// The file.
pub struct File {
    path: PathBuf,
    writer: AnnotatedWriter,
    interfaces: Vec<(LinkType, [Interface; 2])>,
}

impl File {
    /// Starts it; it appears under its name when it is whole.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let application = concat!("sluice ", env!("CARGO_PKG_VERSION"));
        let writer = AnnotatedWriter::create(path, application).with_context(|| format!("{}", path.display()))?;
        Ok(Self { path: path.to_owned(), writer, interfaces: Vec::new() })
    }

    /// Adds a frame as it came, and as it went on where that is something else.
    pub fn write(&mut self, frame: &Traced<'_>, comment: &str) -> anyhow::Result<()> {
        self.write_both(frame, comment).with_context(|| format!("{}", self.path.display()))
    }

    /// Gives the file its name.
    pub fn finish(self) -> anyhow::Result<()> {
        self.writer.finish().with_context(|| format!("{}", self.path.display()))
    }

    fn write_both(&mut self, frame: &Traced<'_>, comment: &str) -> std::io::Result<()> {
        let [before, after] = self.interfaces(frame.link)?;
        self.writer.write(before, frame.time_ns, frame.before, comment)?;
        match frame.became {
            Became::Changed(frames) => {
                frames.iter().try_for_each(|octets| self.writer.write(after, frame.time_ns, octets, comment))
            }
            Became::AsItCame | Became::NotChanged => Ok(()),
        }
    }

    fn interfaces(&mut self, link: LinkType) -> std::io::Result<[Interface; 2]> {
        if let Some((_, both)) = self.interfaces.iter().find(|(of, _)| *of == link) {
            return Ok(*both);
        }
        let both = [self.writer.interface("before", link)?, self.writer.interface("after", link)?];
        self.interfaces.push((link, both));
        Ok(both)
    }
}
