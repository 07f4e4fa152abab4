//! Where touched associations are kept.

use sluice_splice::translate::memory_octets;

/// How many associations there may be.
#[derive(Clone, Copy, Debug)]
pub struct SpliceSizes {
    /// Associations that are watched.
    pub associations: usize,
    /// Answers that are not acknowledged yet.
    pub answers: usize,
}

impl Default for SpliceSizes {
    fn default() -> Self {
        Self { associations: 256, answers: 1024 }
    }
}

/// How much memory they take.
pub const fn splice_octets(sizes: SpliceSizes) -> usize {
    memory_octets(sizes.associations, sizes.answers)
}

/// Memory in which touched associations are kept. Where it outlives the process the next one takes them up.
pub struct SpliceMemory(Box<dyn Octets>);

impl SpliceMemory {
    /// Memory of any kind.
    pub fn new(memory: impl AsRef<[u8]> + AsMut<[u8]> + Send + 'static) -> Self {
        Self(Box::new(memory))
    }

    /// Memory that ends with the process.
    pub fn plain(sizes: SpliceSizes) -> Self {
        Self::new(vec![0; splice_octets(sizes)])
    }
}

trait Octets: AsRef<[u8]> + AsMut<[u8]> + Send {}
impl<T: AsRef<[u8]> + AsMut<[u8]> + Send> Octets for T {}

impl AsRef<[u8]> for SpliceMemory {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl AsMut<[u8]> for SpliceMemory {
    fn as_mut(&mut self) -> &mut [u8] {
        (*self.0).as_mut()
    }
}
