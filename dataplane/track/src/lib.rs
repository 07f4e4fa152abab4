//! Bounded state tables. Sized once, aged by time given as an argument, shedding the oldest when full.
//!
//! State moves only after a parse has succeeded. What a table sheds it counts; it never grows and never waits.
#![forbid(unsafe_code)]

mod associations;
mod campaigns;
mod dialogue;
mod dialogues;
mod hash;
mod index;
mod lists;
mod locations;
mod members;
mod number;
mod pairings;
mod parts;
mod pieces;
mod rates;
pub mod screen;
mod store;
mod streams;
mod table;
mod window;

pub use associations::{AssociationCounts, Associations, Control, DirectionKey, Event, HANDSHAKES, Seen, Standing};
pub use campaigns::{
    BANDS, BANDS_SHARED, CAMPAIGN_COST_OCTETS, CAMPAIGN_WINDOW_S, CAMPAIGNS_PER_BAND, Campaign, Campaigns,
};
pub use dialogue::{ApplicationContext, Dialogue, NodeKey};
pub use dialogues::{Addresses, DIALOGUE_COST_OCTETS, DialogueCounts, Dialogues, Ended, Found, Opened};
pub use hash::{NodeHasher, mix};
pub use locations::{Identity, LOCATION_COST_OCTETS, LastSeen, Learned, Locations};
pub use number::Number;
pub use pairings::{Asked, PAIRING_COST_OCTETS, PAIRING_WINDOW_S, PAIRINGS_PER_IMSI, Pairing, Pairings};
pub use parts::{Join, PART_COST_OCTETS, Part, PartCounts, PartSizes, Parts};
pub use pieces::{Added, Joined, MessageKey, PIECE_COST_OCTETS, Piece, PieceCounts, PieceSizes, Pieces, Run};
pub use rates::{COUNT_COST_OCTETS, DISTINCT_COST_OCTETS, RateKind, RateSizes, Rates, Sample, Talker};
pub use streams::{
    BindType, Flow, FlowKey, STREAM_COST_OCTETS, Session, StreamCounts, StreamSizes, Streams, Taken, Whole,
};
pub use window::WINDOW_S_MAX;
