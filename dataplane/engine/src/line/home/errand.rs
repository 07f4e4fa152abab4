//! Which number takes the place of which in a message, and what is known of its id.

use sluice_abi::counters::Counter;
use sluice_splice::home::{Refused, Route, address_with_digits};
use sluice_wire::digits::Digits;
use sluice_wire::sccp::{Address, Connectionless};

/// Longest address of SCCP: that of SUA, with all its parameters.
const ADDRESS_OCTETS_MAX: usize = 128;

/// Digits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeDigits {
    octets: [u8; 16],
    len: u8,
}

impl NodeDigits {
    /// None for none and for more than a number has.
    pub fn new(digits: &[u8]) -> Option<Self> {
        let mut number = Self { octets: [0; 16], len: u8::try_from(digits.len()).ok()? };
        number.octets.get_mut(..digits.len())?.copy_from_slice(digits);
        (!digits.is_empty()).then_some(number)
    }

    /// In ASCII.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// The digits of an AddressString: its type, then TBCD.
pub fn digits_of(number: &[u8]) -> Option<NodeDigits> {
    digits(number.get(1..)?)
}

/// The digits of TBCD.
pub fn digits(packed: &[u8]) -> Option<NodeDigits> {
    NodeDigits::new(Digits::tbcd(packed).as_bytes())
}

/// The digits of a global title.
pub fn title(address: &Address<'_>) -> Digits {
    Digits::bcd(address.digits(), address.is_odd())
}

/// Why an id is not good.
pub type Id = Refused;

/// Which number changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The called party: the message goes to the node.
    ToNode,
    /// The calling party: the message comes from us.
    FromUs,
}

/// What home routing does with a message.
pub struct Errand {
    /// The other number.
    pub digits: NodeDigits,
    /// Where it stands.
    pub goal: Goal,
    /// What the id in it stands for.
    pub id: Option<Result<Route, Id>>,
}

impl Errand {
    /// The number in [`sluice_abi::Field::HomeId`].
    pub fn id_fact(&self) -> Option<u64> {
        self.id.as_ref().map(|id| match id {
            Ok(_) => 0,
            Err(Refused::Unknown) => 1,
            Err(Refused::Expired) => 2,
            Err(Refused::Stolen) => 3,
        })
    }

    /// Whether it goes to a node that nobody knows.
    pub fn is_for_nobody(&self) -> bool {
        self.digits == NodeDigits::default()
    }

    /// Whether it names a receiver that it may not name.
    pub fn is_refused(&self) -> bool {
        matches!(self.id, Some(Err(_)))
    }
}

/// How a refused id is counted.
pub const fn counter(refused: Refused) -> Counter {
    match refused {
        Refused::Unknown => Counter::HomeUnknown,
        Refused::Expired => Counter::HomeExpired,
        Refused::Stolen => Counter::HomeStolen,
    }
}

/// Where an address with another number is written.
pub struct Redirected([u8; ADDRESS_OCTETS_MAX]);

impl Redirected {
    /// Empty.
    pub const fn new() -> Self {
        Self([0; ADDRESS_OCTETS_MAX])
    }

    /// The unitdata message with the errand's number, if there is one, in the place of one of its own. None where it has no
    /// number there. What goes to nobody stays as it is.
    pub fn sccp<'r>(&'r mut self, errand: Option<&Errand>, sccp: &Connectionless<'r>) -> Option<Connectionless<'r>> {
        let Some(errand) = errand.filter(|errand| !errand.is_for_nobody()) else { return Some(*sccp) };
        let before = if errand.goal == Goal::ToNode { sccp.called } else { sccp.calling };
        let len = address_with_digits(&before, errand.digits.octets(), &mut self.0)?;
        let address = Address::parse_as(self.0.get(..len)?, before.dialect()).ok()?;
        Some(match errand.goal {
            Goal::ToNode => Connectionless { called: address, ..*sccp },
            Goal::FromUs => Connectionless { calling: address, ..*sccp },
        })
    }
}
