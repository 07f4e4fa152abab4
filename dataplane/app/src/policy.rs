//! How a policy image comes into force: verified once, then handed to every poll core over a ring.
//!
//! ```text
//!  housekeeping ──Arc──▶ ring ──▶ poll core: between two bursts, `current` := the new one
//!               ◀──Arc── ring ◀──            the old one goes back, to be freed here and not there
//! ```
//! Changed entries of lists come the same way: the same image, with another set of changes beside it. A poll core frees nothing: housekeeping keeps a reference of its own until every core has given the old image back.

use anyhow::{Context, ensure};
use crossbeam::utils::CachePadded;
use rtrb::{Consumer, Producer, RingBuffer};
use sluice_rules::{ChangesLayout, Image, Layout};
use sluice_shm::image::MappedImage;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Policies that may be on the way to a core.
const RING_POLICIES: usize = 8;

/// A verified image in memory, and what changed in its lists since.
pub struct LoadedPolicy {
    policy: Arc<Verified<Layout>>,
    changes: Option<Verified<ChangesLayout>>,
}

/// Octets that were looked at, and what was found.
struct Verified<L> {
    mapped: MappedImage,
    layout: L,
}

impl LoadedPolicy {
    /// Verifies an image; a refused one leaves nothing behind.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(mapped: MappedImage) -> anyhow::Result<Arc<Self>> {
        let layout = Layout::verify(mapped.as_slice()).context("the policy image is refused")?;
        Ok(Arc::new(Self { policy: Arc::new(Verified { mapped, layout }), changes: None }))
    }

    /// The same policy with these changes to its lists instead of those it has.
    ///
    /// # Errors
    /// They do not belong to it, or are damaged.
    pub fn with_changes(&self, mapped: MappedImage) -> anyhow::Result<Arc<Self>> {
        let layout = ChangesLayout::verify(mapped.as_slice(), &self.image()).context("the list changes are refused")?;
        let changes = Some(Verified { mapped, layout });
        Ok(Arc::new(Self { policy: Arc::clone(&self.policy), changes }))
    }

    /// The image.
    #[inline]
    pub fn image(&self) -> Image<'_> {
        let image = self.policy.layout.image(self.policy.mapped.as_slice());
        match &self.changes {
            Some(changes) => image.with_changes(changes.layout.changes(changes.mapped.as_slice())),
            None => image,
        }
    }

    /// Whether both are one policy, whatever changed in its lists.
    pub fn is_same_policy(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.policy, &other.policy)
    }

    /// How many entries of its lists are changed.
    pub fn changed_entries(&self) -> u32 {
        self.changes.as_ref().map_or(0, |c| c.layout.entries())
    }

    /// The octets of the changes, as they are kept on disk.
    pub fn changes_octets(&self) -> Option<&[u8]> {
        self.changes.as_ref().map(|c| c.mapped.as_slice())
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.policy.layout.version()
    }

    /// Its octets, as they are kept on disk.
    pub fn octets(&self) -> &[u8] {
        self.policy.mapped.as_slice()
    }
}

/// A poll core's end.
pub struct PolicySlot {
    current: Option<Arc<LoadedPolicy>>,
    coming: Consumer<Arc<LoadedPolicy>>,
    going: Producer<Option<Arc<LoadedPolicy>>>,
    in_force: Arc<CachePadded<AtomicU64>>,
}

impl PolicySlot {
    /// Takes the next policy, if one has come; says whether it did. Called between two bursts.
    #[inline]
    pub fn take_new(&mut self) -> bool {
        // Room to give the old one back first: so nothing is ever freed here.
        if self.coming.is_empty() || self.going.is_full() {
            return false;
        }
        let Ok(new) = self.coming.pop() else { return false };
        let version = new.version();
        let old = self.current.replace(new);
        let _room_was_checked = self.going.push(old);
        self.in_force.store(version, Ordering::Release);
        true
    }

    /// The policy in force on this core.
    #[inline]
    pub fn image(&self) -> Option<Image<'_>> {
        self.current.as_deref().map(LoadedPolicy::image)
    }
}

/// Housekeeping's end towards one core.
struct CoreLink {
    coming: Producer<Arc<LoadedPolicy>>,
    going: Consumer<Option<Arc<LoadedPolicy>>>,
    in_force: Arc<CachePadded<AtomicU64>>,
}

/// Housekeeping's end towards all cores.
#[derive(Default)]
pub struct Policies {
    links: Vec<CoreLink>,
    current: Option<Arc<LoadedPolicy>>,
    previous: Option<Arc<LoadedPolicy>>,
}

impl Policies {
    /// Every core added takes `first` before it receives its first frame.
    pub fn starting_with(first: Option<Arc<LoadedPolicy>>) -> Self {
        Self { links: Vec::new(), current: first, previous: None }
    }

    /// A new core; gives its end.
    pub fn add_core(&mut self) -> PolicySlot {
        let (mut coming_in, coming_out) = RingBuffer::new(RING_POLICIES);
        if let Some(first) = &self.current {
            let _room_in_a_new_ring = coming_in.push(Arc::clone(first));
        }
        let (going_in, going_out) = RingBuffer::new(RING_POLICIES);
        let in_force = Arc::new(CachePadded::new(AtomicU64::new(0)));
        self.links.push(CoreLink { coming: coming_in, going: going_out, in_force: Arc::clone(&in_force) });
        PolicySlot { current: None, coming: coming_out, going: going_in, in_force }
    }

    /// Brings a policy into force on every core and waits until each has passed a quiescent point. `patience` is asked
    /// while waiting and gives up by saying `false`.
    ///
    /// # Errors
    /// A core that did not take it. The cores that did keep it; the next push repairs the rest.
    pub fn bring_into_force(
        &mut self,
        new: Arc<LoadedPolicy>,
        mut patience: impl FnMut() -> bool,
    ) -> anyhow::Result<()> {
        for (core, link) in self.links.iter_mut().enumerate() {
            while link.coming.is_full() {
                ensure!(patience(), "poll core {core} does not take policies: it is stalled");
                link.drain();
            }
            let _room_was_checked = link.coming.push(Arc::clone(&new));
        }
        for (core, link) in self.links.iter_mut().enumerate() {
            // The ring is empty once the core took the image; its version may equal the one before (a push again).
            while link.coming.slots() != RING_POLICIES || link.in_force.load(Ordering::Acquire) != new.version() {
                ensure!(patience(), "poll core {core} did not take policy {} yet: it is stalled", new.version());
                link.drain();
            }
            link.drain();
        }
        let old = self.current.replace(Arc::clone(&new));
        // Behind changed entries stands still the same policy: what was before it stays what a rollback restores.
        if old.as_ref().is_none_or(|old| !old.is_same_policy(&new)) {
            self.previous = old;
        }
        Ok(())
    }

    /// The policy in force.
    pub fn current(&self) -> Option<&Arc<LoadedPolicy>> {
        self.current.as_ref()
    }

    /// The policy before it.
    pub fn previous(&self) -> Option<&Arc<LoadedPolicy>> {
        self.previous.as_ref()
    }

    /// The version each core has in force; 0 for none.
    pub fn versions(&self) -> impl Iterator<Item = u64> {
        self.links.iter().map(|l| l.in_force.load(Ordering::Acquire))
    }
}

impl CoreLink {
    /// Frees what the core has given back.
    fn drain(&mut self) {
        while let Ok(old) = self.going.pop() {
            drop(old);
        }
    }
}
