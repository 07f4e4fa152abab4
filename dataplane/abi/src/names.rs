//! Names of what messages give as numbers, for people.

use sluice_wire::map::Operation;
use sluice_wire::smpp::CommandId;

/// The name of an operation of MAP (TS 29.002).
pub fn operation(number: i64) -> Option<&'static str> {
    Operation(number).name()
}

/// The name of an SMPP command.
pub fn command(number: u32) -> Option<&'static str> {
    Some(CommandId::from_number(number)).filter(|command| command.is_known()).map(CommandId::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_has_its_name_and_what_is_not_has_none() {
        assert_eq!(operation(45), Some("sendRoutingInfoForSM"));
        assert_eq!(command(4), Some("submit_sm"));
        assert_eq!((operation(-666), command(0x1234_5678)), (None, None));
    }
}
