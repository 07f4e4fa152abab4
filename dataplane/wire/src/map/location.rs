//! Where a subscriber is, from `LocationInformation` in its kinds. TS 29.002 §17.7.1.
//!
//! ```text
//!   30  02 age  80 geographical  81 vlr  82 location number  A3 { 80 cell | 81 area }  86 msc  AA { 80 … } …
//! ```
//! VLR, MSC and SGSN numbers stand with the other addresses of [`Subject`](super::Subject). Values are as they were
//! sent; the first of each kind is kept.

/// What an answer says of the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Location<'a> {
    /// Cell or service area: network 3 octets, area 2, cell 2. TS 23.003 §4.3.1, §12.5.
    pub cell: Option<&'a [u8]>,
    /// Location area: network 3 octets, area 2.
    pub area: Option<&'a [u8]>,
    /// Routing area: network 3 octets, area 2, routing area 1.
    pub routing_area: Option<&'a [u8]>,
    /// E-UTRAN cell: network 3 octets, cell 4.
    pub eutran_cell: Option<&'a [u8]>,
    /// Tracking area: network 3 octets, area 2; in 5G 3.
    pub tracking_area: Option<&'a [u8]>,
    /// A number that stands for the place, Q.763 §3.30.
    pub number: Option<&'a [u8]>,
    /// Coordinates, TS 23.032.
    pub geographical: Option<&'a [u8]>,
    /// Minutes since the subscriber was heard of.
    pub age_minutes: Option<i64>,
}
