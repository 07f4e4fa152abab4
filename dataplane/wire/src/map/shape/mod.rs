//! What may stand where in an argument, a result or an error: one table for each, walked by one reader.
//!
//! ```text
//!   sequence UPDATE_LOCATION_ARG { 0x04 Imsi, 0x81 Msc | 0x80 RoamingNumber, 0x04 Vlr, 0x30 _, 0xAE [PAGING_AREA] }
//!                                  tag and slot   two at one place            known, of no interest    elements inside
//! ```
//! The tables follow the ASN.1 of TS 29.002 §17.7 and bear its names; the shapes of all versions of an operation are
//! one table wherever their tags allow it. Elements that hold nobody's identity are listed only so that they are not
//! taken for unknown ones.

mod calls;
mod camel;
mod errors;
mod mobility;
mod of;
mod services;
mod short_message;
mod walk;

pub(super) use of::{argument, error, result};
pub(super) use walk::walk;

/// The elements that may stand in an element.
pub(super) struct Shape {
    elements: &'static [Element],
    repeats: bool,
}

impl Shape {
    /// SEQUENCE: each at most once and in this order.
    const fn sequence(elements: &'static [Element]) -> Self {
        Self { elements, repeats: false }
    }

    /// SEQUENCE OF: any number of any of them.
    const fn list(elements: &'static [Element]) -> Self {
        Self { elements, repeats: true }
    }
}

/// An element that may stand in a place.
struct Element {
    tag: u32,
    holds: Holds,
    /// In the place of the one before it: an alternative of a CHOICE.
    instead: bool,
}

/// What is to be had from an element.
#[derive(Clone, Copy)]
enum Holds {
    Nothing,
    Value(Slot),
    Elements(&'static Shape),
}

/// Where a value goes in the view.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    // parties and content of a short message
    DaImsi,
    DaLmsi,
    DaRoaming,
    DaCentre,
    DaNone,
    OaMsisdn,
    OaCentre,
    OaNone,
    Tpdu,
    // addresses
    Msisdn,
    StoredMsisdn,
    ServiceCentre,
    NetworkNode,
    AdditionalMsc,
    AdditionalSgsn,
    Msc,
    Vlr,
    Sgsn,
    Hlr,
    Gsmscf,
    Gmsc,
    Mlc,
    RoamingNumber,
    ForwardedTo,
    SmsGmsc,
    // strings
    Imsi,
    Lmsi,
    Imei,
    Tmsi,
    Smea,
    WaitingStatus,
    DiagnosticInfo,
    RequestingPlmn,
    CorrelationHlr,
    SipUriA,
    SipUriB,
    RetransmitUntil,
    UssdCoding,
    UssdString,
    Cell,
    Area,
    RoutingArea,
    EutranCell,
    TrackingArea,
    LocationNumber,
    Geographical,
    // numbers
    Age,
    Outcome,
    AbsentDiagnostic,
    Mti,
    NotIntended,
    AlertReason,
    FailureCause,
    Detail,
    RequestingNode,
    DeliveryTimer,
    // flags
    MoreMessages,
    Priority,
    WaitingSet,
    GprsSupport,
    GprsNode,
    ImsNode,
    SingleAttempt,
    OverIpOnly,
}

impl Slot {
    /// Whether BER lets it come in pieces.
    const fn is_string(self) -> bool {
        (self as u8) < Self::Age as u8 && !matches!(self, Self::DaNone | Self::OaNone)
    }
}

/// Declares tables.
macro_rules! shapes {
    ($($how:ident $name:ident { $($tag:literal $what:tt $(| $other:literal $other_what:tt)*),+ $(,)? })+) => {
        $(pub(super) static $name: Shape = Shape::$how(&[$(
            Element { tag: $tag, holds: holds!($what), instead: false },
            $(Element { tag: $other, holds: holds!($other_what), instead: true },)*
        )+]);)+
    };
}

macro_rules! holds {
    (_) => {
        Holds::Nothing
    };
    ([$table:ident]) => {
        Holds::Elements(&$table)
    };
    ($slot:ident) => {
        Holds::Value(Slot::$slot)
    };
}

use {holds, shapes};
