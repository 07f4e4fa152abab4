//! Which answers an operation of MAP has: its errors, their parameters, and whether it is acknowledged by an empty result.
//!
//! TS 29.002 §17.6 (version 3), GSM 09.02 of phases 2 and 1 (versions 2 and 1). An error that the operation does not have
//! in its version is taken by the peer for a fault of ours (Q.774 §3.2.2.3, unrecognized error).

/// The errors of an operation in a version of its application context; none for an operation that has no errors.
pub const fn legal_errors(operation: i16, version: u8) -> &'static [u8] {
    match version {
        0 | 1 => in_version_1(operation),
        2 => in_version_2(operation),
        _ => in_version_3(operation),
    }
}

/// What phase 1 lacked: dataMissing, illegalEquipment, subscriberBusyForMT-SMS, messageWaitingListFull.
const fn in_version_1(operation: i16) -> &'static [u8] {
    match operation {
        45 => &[34, 36, 21, 1, 11, 27, 13],
        46 => &[34, 36, 21, 5, 9, 27, 32],
        47 => &[36, 1],
        _ => in_version_2(operation),
    }
}

const fn in_version_2(operation: i16) -> &'static [u8] {
    match operation {
        3 => &[35, 36, 5],
        4 => &[34, 35, 36, 21, 27, 39],
        9 => &[36, 1, 5],
        10 => &[34, 35, 36, 1, 10, 11, 13, 16, 17, 19, 20],
        11 => &[34, 35, 36, 1, 10, 11, 13, 16, 17, 19],
        12 => &[34, 35, 36, 1, 10, 11, 13, 16, 17, 19, 20, 38, 43],
        13 => &[34, 35, 36, 1, 10, 11, 13, 16, 17, 19, 38, 43],
        14 => &[34, 35, 36, 1, 10, 11, 13, 16, 18],
        22 => &[34, 35, 36, 21, 1, 44, 10, 11, 27, 13, 15, 14],
        28 => &[34, 36, 2, 23, 24, 25],
        30 => &[36, 2, 3, 23, 26],
        43 => &[34, 35, 36, 7],
        45 => &[34, 35, 36, 21, 1, 11, 27, 13],
        46 => &[34, 35, 36, 21, 5, 9, 12, 27, 31, 32],
        67 => &[],
        68 => &[34, 35, 36, 25],
        _ => in_version_3(operation),
    }
}

const fn in_version_3(operation: i16) -> &'static [u8] {
    match operation {
        2 => &[34, 35, 36, 1, 8],
        3 | 36 | 70 => &[35, 36],
        4 => &[34, 35, 36, 21, 48, 27, 39],
        5 | 58 | 67 | 72 => &[35, 36, 1],
        6 => &[47, 48, 36, 35],
        7 | 8 => &[35, 36, 5],
        10 => &[34, 35, 36, 10, 11, 13, 16, 17, 20],
        11 => &[34, 35, 36, 10, 11, 13, 16, 17],
        12 => &[34, 35, 36, 10, 11, 13, 16, 17, 19, 20, 38, 43],
        13 => &[34, 35, 36, 10, 11, 13, 16, 17, 19, 38, 43],
        14 => &[34, 35, 36, 10, 11, 13, 16, 18],
        15 | 53 => &[34, 36, 1],
        17 => &[34, 35, 36, 13, 19, 37, 38, 43],
        22 => &[34, 35, 36, 21, 48, 1, 44, 10, 11, 27, 45, 46, 13, 15, 14],
        23 => &[34, 36, 1, 8],
        24 => &[27, 34, 35, 36, 1, 13],
        25 | 26 | 56 | 57 | 74 => &[34, 35, 36, 1],
        39 => &[34, 50, 36],
        43 => &[34, 35, 7],
        44 => &[34, 35, 36, 21, 5, 9, 12, 31, 32, 6],
        45 => &[34, 35, 36, 21, 1, 11, 13, 6],
        46 => &[34, 36, 21, 32],
        47 => &[35, 36, 1, 33],
        50 => &[34, 35, 36, 21, 5, 40],
        51 => &[34, 35, 36, 21, 5],
        55 => &[35, 5],
        59 => &[34, 35, 36, 71, 13],
        60 | 61 => &[34, 35, 36, 27, 9, 12, 71, 72],
        62 => &[60, 35, 36, 1, 10, 11, 13, 16, 18, 62],
        64 => &[34, 35, 36],
        65 => &[61, 35, 36, 1, 10, 11, 13, 16, 19, 17, 20, 62],
        66 => &[35, 36, 21, 1],
        68 => &[34, 35, 36, 25, 42],
        69 => &[36, 35, 3, 26],
        71 => &[34, 49, 35, 36, 1],
        73 => &[34, 5, 36, 35, 51, 21],
        75 => &[36, 35, 28, 27, 34, 45],
        76 => &[34, 35, 36, 13, 16, 17, 20, 29, 30, 21],
        77 => &[34, 35, 36, 13, 16, 17],
        83 => &[34, 35, 36, 21, 5, 9, 12, 27, 52, 53, 54],
        84 => &[34, 22, 36, 35, 11, 1],
        85 => &[34, 35, 36, 21, 1, 27, 52],
        86 => &[34, 35, 51, 36, 1, 52, 58],
        87 | 88 => &[36, 51, 1, 34, 21],
        89 => &[35, 36, 1, 59],
        // Of class 3, which have a result only, and of class 4, which have nothing (Q.771 §3.1.2).
        18 | 29 | 40 => &[],
        _ if is_unanswered(operation) => &[],
        // Of what is no operation of MAP; these two nearly all have.
        _ => &[34, 36],
    }
}

/// Whether an operation is of class 4: its sender waits for nothing.
pub const fn is_unanswered(operation: i16) -> bool {
    matches!(operation, 33 | 34 | 35 | 37 | 38 | 41 | 42 | 48 | 49 | 52 | 54 | 63)
}

/// Whether a result without parameter is one: the operation has none, or one that is optional.
pub const fn is_acknowledged(operation: i16) -> bool {
    matches!(operation, 3 | 5..=8 | 10..=13 | 15 | 20 | 21 | 25 | 26 | 29 | 36 | 40 | 44 | 46 | 47 | 50 | 51)
        || matches!(operation, 61 | 64 | 66 | 67 | 72..=74 | 87..=89)
}

/// The parameter without which an error is not well formed in a version; none where it may be left out.
pub const fn parameter(error: u8, version: u8) -> &'static [u8] {
    match (error, version) {
        // RoamingNotAllowedCause: this network.
        (8, 3..) => &[0x30, 3, 0x0A, 1, 0],
        (8, _) => &[0x0A, 1, 0],
        // CallBarringCause: by the operator.
        (13, ..3) => &[0x0A, 1, 1],
        // SM-EnumeratedDeliveryFailureCause: equipment protocol error.
        (32, 3..) => &[0x30, 3, 0x0A, 1, 1],
        (32, _) => &[0x0A, 1, 1],
        // NetworkResource: the network.
        (34, ..3) => &[0x0A, 1, 0],
        // PW-RegistrationFailureCause: undetermined.
        (37, _) => &[0x0A, 1, 0],
        _ => &[],
    }
}
