//! How home routing is set up.

use super::errand::{Id, title};
use arrayvec::ArrayVec;
use sluice_splice::home::{LIFE_NS, NODE_DIGITS_MAX, Nodes, Numbering, Routes, Words, octets_for, octets_for_nodes};
use sluice_wire::digits::Digits;
use sluice_wire::sccp::Address;

/// Digits of a number (E.164).
const DIGITS_MAX: usize = 15;
/// International, E.164 (TS 29.002 §17.7.8).
const INTERNATIONAL: u8 = 0x91;

/// How home routing is set up.
#[derive(Clone, Debug)]
pub struct HomeRouting {
    /// Our number: international, digits only. Nobody but this appliance has it.
    pub number: String,
    /// How many digits follow it and say which node is meant. Without them long messages find no node.
    pub node_digits: usize,
    /// MCC and MNC of the home network, five or six digits.
    pub mcc_mnc: String,
    /// How long an id is good.
    pub life_ns: u64,
    /// Leading digits of the requester's title that have to be those of who delivers.
    pub bind_digits: usize,
    /// Beginnings of titles of requesters that are told the truth.
    pub except: Vec<String>,
    /// The MAP error for who names an id that is not good.
    pub error: u8,
    /// How many ids a core may have given.
    pub ids: usize,
    /// Which poll core this is.
    pub core: u8,
    /// How many there are.
    pub cores: u8,
    /// Where the ids of each core lie; where there are none, they lie in memory that ends with the process.
    pub tables: Vec<Words>,
    /// Where the nodes lie that such digits stand for, for all cores.
    pub nodes: Option<Words>,
    /// The installation's: who asked is kept under it.
    pub secret: u64,
    /// Where ids begin that nobody can guess.
    pub seed: u64,
}

impl HomeRouting {
    /// Of one core, with nothing but what must be given.
    pub fn new(number: &str, mcc_mnc: &str) -> Self {
        Self {
            number: number.to_owned(),
            node_digits: 0,
            mcc_mnc: mcc_mnc.to_owned(),
            life_ns: LIFE_NS,
            bind_digits: DIGITS_MAX,
            except: Vec::new(),
            error: UNIDENTIFIED_SUBSCRIBER,
            ids: 65_536,
            core: 0,
            cores: 1,
            tables: Vec::new(),
            nodes: None,
            secret: 0x5EED,
            seed: 0x5EED,
        }
    }

    /// Octets of one core's table.
    pub const fn table_octets(&self) -> usize {
        octets_for(self.ids)
    }

    /// Octets of the table of nodes.
    pub const fn node_octets(&self) -> usize {
        octets_for_nodes(self.node_digits)
    }

    /// What cannot work.
    ///
    /// # Errors
    /// The sentence that says so.
    pub fn check(&self) -> Result<(), &'static str> {
        let are_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if self.number.len() < 3 || !are_digits(&self.number) {
            return Err("number has 3 digits at least, and nothing else");
        }
        if self.node_digits > NODE_DIGITS_MAX || self.number.len() + self.node_digits > DIGITS_MAX {
            return Err("node_digits is at most 4, and number with them has at most 15 digits");
        }
        if Numbering::new(&self.mcc_mnc, self.core, self.cores).is_none() {
            return Err("mcc_mnc has five or six digits, and there are at most a hundred poll cores");
        }
        if !self.except.iter().all(|prefix| !prefix.is_empty() && are_digits(prefix)) {
            return Err("except lists beginnings of numbers, digits only");
        }
        if self.bind_digits == 0 || self.life_ns == 0 || self.ids == 0 || self.ids > IDS_MAX {
            return Err("bind_digits, life_s and ids are at least 1, ids at most 16777216");
        }
        Ok(())
    }

    pub(super) fn open(&self) -> Option<Vec<Routes>> {
        self.check().ok()?;
        let table = |core: u8| {
            let numbering = Numbering::new(&self.mcc_mnc, core, self.cores)?;
            let given = self.tables.get(usize::from(core)).cloned();
            if core == self.core {
                let words = given.unwrap_or_else(|| Words::new(self.table_octets()));
                return Some(Routes::open(words, numbering, self.life_ns, 0).ok()?.0);
            }
            let words = given.unwrap_or_else(|| Words::new(octets_for(1)));
            Routes::look_at(words, numbering, self.life_ns).ok()
        };
        (0..self.cores).map(table).collect()
    }

    pub(super) fn open_nodes(&self) -> Option<Nodes> {
        let words = self.nodes.clone().unwrap_or_else(|| Words::new(self.node_octets()));
        Nodes::new(words, self.node_digits)
    }

    pub(super) fn numbering(&self) -> Result<Numbering, Id> {
        Numbering::new(&self.mcc_mnc, self.core, self.cores).ok_or(Id::Unknown)
    }

    /// Our number for the node at a place, an AddressString.
    pub(super) fn address(&self, place: usize) -> ArrayVec<u8, 9> {
        let behind = (0..self.node_digits).rev().map(|power| (place / 10_usize.pow(power as u32) % 10) as u8);
        let digits = self.number.bytes().map(|digit| digit & 0xF).chain(behind);
        let digits = digits.take(DIGITS_MAX).collect::<ArrayVec<u8, DIGITS_MAX>>();
        let value = |digit: Option<&u8>| digit.copied().unwrap_or(0xF);
        let pairs = digits.chunks(2).map(|pair| value(pair.first()) | value(pair.get(1)) << 4);
        [INTERNATIONAL].into_iter().chain(pairs).collect()
    }

    /// The place that an address names which is one of ours; 0 for our number where it stands for every node.
    pub(super) fn place(&self, address: &Address<'_>) -> Option<usize> {
        let (packed, ours) = (address.digits(), self.number.as_bytes());
        let len = ours.len() + self.node_digits;
        // Practically no message is for us: the first digits tell.
        if packed.len() != len.div_ceil(2) || packed.first().map(|two| two & 0xF) != ours.first().map(|o| o & 0xF) {
            return None;
        }
        let digits = title(address);
        let behind = digits.as_str().strip_prefix(self.number.as_str()).filter(|_| digits.len() == len)?;
        if behind.is_empty() { Some(0) } else { behind.parse().ok() }
    }

    pub(super) fn is_of_home(&self, imsi: &[u8]) -> bool {
        Digits::tbcd(imsi).as_str().starts_with(&self.mcc_mnc)
    }
}

/// TS 29.002 §17.6.6.
const UNIDENTIFIED_SUBSCRIBER: u8 = 5;
/// Ids of one core.
const IDS_MAX: usize = 1 << 24;
