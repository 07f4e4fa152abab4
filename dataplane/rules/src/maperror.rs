//! MAP user errors a reject can answer with (TS 29.002 §17.6.6 and the errors named per operation in §17.6.4).
//!
//! Beside them the causes for which SCCP itself sends a message back (Q.713 §3.12), under numbers of their own: a reject may
//! ask for that instead.
//!
//! Not here: the diagnostic parameter of an error, which the engine fills where the operation demands one.

/// A MAP user error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapError(u8);

/// Added to a return cause of SCCP; no error of MAP has so high a number.
pub const RETURNED: u8 = 0x80;

/// Number, name, and whether an originator may take it for temporary and try again.
const ERRORS: [(u8, &str, bool); 31] = [
    (1, "unknownSubscriber", false),
    (5, "unidentifiedSubscriber", false),
    (6, "absentSubscriberSM", true),
    (9, "illegalSubscriber", false),
    (11, "teleserviceNotProvisioned", false),
    (12, "illegalEquipment", false),
    (13, "callBarred", false),
    (21, "facilityNotSupported", false),
    (27, "absentSubscriber", true),
    (31, "subscriberBusyForMT-SMS", true),
    (32, "sm-DeliveryFailure", false),
    (33, "messageWaitingListFull", false),
    (34, "systemFailure", true),
    (35, "dataMissing", false),
    (36, "unexpectedDataValue", false),
    (51, "resourceLimitation", true),
    (RETURNED, "sccp.no_translation_nature", false),
    (RETURNED | 1, "sccp.no_translation_address", false),
    (RETURNED | 2, "sccp.subsystem_congestion", true),
    (RETURNED | 3, "sccp.subsystem_failure", false),
    (RETURNED | 4, "sccp.unequipped_user", false),
    (RETURNED | 5, "sccp.mtp_failure", false),
    (RETURNED | 6, "sccp.network_congestion", true),
    (RETURNED | 7, "sccp.unqualified", false),
    (RETURNED | 8, "sccp.transport_error", false),
    (RETURNED | 9, "sccp.local_processing_error", false),
    (RETURNED | 10, "sccp.cannot_reassemble", false),
    (RETURNED | 11, "sccp.sccp_failure", false),
    (RETURNED | 12, "sccp.hop_counter_violation", false),
    (RETURNED | 13, "sccp.segmentation_not_supported", false),
    (RETURNED | 14, "sccp.segmentation_failure", false),
];

/// Per operation the errors legal in one version of it or another.
const LEGAL: [(i64, &str, &[u8]); 7] = [
    (44, "mt-forwardSM", &[34, 35, 36, 21, 5, 9, 12, 31, 32, 6]),
    (45, "sendRoutingInfoForSM", &[34, 35, 36, 21, 1, 11, 13, 6, 27]),
    (46, "forwardSM", &[34, 35, 36, 21, 5, 9, 12, 27, 31, 32]),
    (47, "reportSM-DeliveryStatus", &[35, 36, 1, 33]),
    (64, "alertServiceCentre", &[34, 35, 36]),
    (66, "readyForSM", &[35, 36, 21, 1]),
    (21, "mt-ForwardSM-VGCS", &[34, 36]),
];

impl MapError {
    /// The error with this number, if MAP has it for short messages.
    pub fn from_number(number: u8) -> Option<Self> {
        ERRORS.iter().any(|e| e.0 == number).then_some(Self(number))
    }

    /// The error with this name.
    pub fn parse(name: &str) -> Option<Self> {
        ERRORS.iter().find(|e| e.1 == name).map(|e| Self(e.0))
    }

    /// Every error, by number.
    pub fn all() -> impl Iterator<Item = Self> {
        ERRORS.iter().map(|e| Self(e.0))
    }

    /// Its number on the wire.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its name in TS 29.002.
    pub fn name(self) -> &'static str {
        ERRORS.iter().find(|e| e.0 == self.0).map_or("", |e| e.1)
    }

    /// Whether an originator will try again, or leave a message waiting: a poor answer to spam.
    pub fn is_temporary(self) -> bool {
        ERRORS.iter().any(|e| e.0 == self.0 && e.2)
    }

    /// Whether some version of the operation may be answered with it. An operation that has no entry takes none.
    pub fn is_legal_for(self, operation: i64) -> bool {
        self.0 & RETURNED != 0 || LEGAL.iter().any(|l| l.0 == operation && l.2.contains(&self.0))
    }

    /// The errors an operation may be answered with.
    pub fn legal_for(operation: i64) -> impl Iterator<Item = Self> {
        let errors = LEGAL.iter().find(|l| l.0 == operation).map_or(&[][..], |l| l.2);
        errors.iter().map(|&n| Self(n))
    }
}

/// The name of an operation a rule can see, or nothing.
pub fn operation_name(operation: i64) -> &'static str {
    match operation {
        48 => "noteSubscriberPresent",
        49 => "alertServiceCentreWithoutResult",
        63 => "informServiceCentre",
        _ => LEGAL.iter().find(|l| l.0 == operation).map_or("", |l| l.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_to_each_other() {
        for error in MapError::all() {
            assert_eq!(MapError::parse(error.name()), Some(error));
            assert_eq!(MapError::from_number(error.number()), Some(error));
        }
        assert_eq!(MapError::parse("unexpectedDataValue").map(MapError::number), Some(36));
        assert_eq!(MapError::from_number(2), None);
        assert_eq!(MapError::parse("sccp.unequipped_user").map(MapError::number), Some(RETURNED | 4));
    }

    #[test]
    fn every_error_in_the_table_of_operations_exists() {
        for (operation, _, errors) in LEGAL {
            assert_eq!(MapError::legal_for(operation).count(), errors.len());
            assert!(errors.iter().all(|&n| MapError::from_number(n).is_some()), "{operation}");
        }
        assert_eq!(MapError::legal_for(63).count(), 0, "class 4 operations are not answered");
    }
}
