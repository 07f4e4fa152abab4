//! MAP operations (TS 29.002 §17.7) with test numbers.

use super::ss7::{CENTRE, bcd};
use super::tcap::{aarq, begin, invoke, tlv, tree};

/// An application context of MAP, by number and version (TS 29.002 §17.3.3).
pub fn context(number: u8, version: u8) -> Vec<u8> {
    vec![4, 0, 0, 1, 0, number, version]
}

/// Numbers of contexts.
pub const NETWORK_LOC_UP: u8 = 1;
pub const LOCATION_CANCELLATION: u8 = 2;
pub const SUBSCRIBER_DATA_MNGT: u8 = 16;
pub const UNSTRUCTURED_SS: u8 = 19;
pub const GATEWAY: u8 = 20;
pub const MO_RELAY: u8 = 21;
pub const MT_RELAY: u8 = 25;
pub const SUBSCRIBER_INFO: u8 = 28;
pub const ANY_TIME_INFO: u8 = 29;

/// Operation codes.
pub const MT_FORWARD: u8 = 44;
pub const ROUTING_INFO: u8 = 45;
pub const MO_FORWARD: u8 = 46;

/// An international E.164 AddressString.
pub fn address(digits: &str) -> Vec<u8> {
    [&[0x91][..], &bcd(digits, 0xF)].concat()
}

/// An IMSI as TBCD.
pub fn imsi(digits: &str) -> Vec<u8> {
    bcd(digits, 0xF)
}

/// The subscriber and the sender.
pub const IMSI: &str = "001010123456789";
pub const MSISDN: &str = "999550100";

/// Argument of an MO-ForwardSM: from a subscriber to the centre.
pub fn mo_argument(from: &str, tpdu: &[u8]) -> Vec<u8> {
    tree(0x30, &[tlv(0x84, &address(CENTRE)), tlv(0x82, &address(from)), tlv(0x04, tpdu)])
}

/// Argument of an MT-ForwardSM: from the centre to a subscriber.
pub fn mt_argument(to: &str, tpdu: &[u8]) -> Vec<u8> {
    tree(0x30, &[tlv(0x80, &imsi(to)), tlv(0x84, &address(CENTRE)), tlv(0x04, tpdu)])
}

/// A Begin with an MT-ForwardSM, as practically every stack sends it.
pub fn mt(otid: &[u8], tpdu: &[u8]) -> Vec<u8> {
    begin(otid, &aarq(&context(MT_RELAY, 3)), &[invoke(1, MT_FORWARD, &mt_argument(IMSI, tpdu))])
}

/// A Begin with an MO-ForwardSM.
pub fn mo(otid: &[u8], from: &str, tpdu: &[u8]) -> Vec<u8> {
    begin(otid, &aarq(&context(MO_RELAY, 3)), &[invoke(1, MO_FORWARD, &mo_argument(from, tpdu))])
}
