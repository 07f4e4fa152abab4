//! M3UA and SCCP around the TCAP messages of a plan, in the types of `m3ua` and `sccp`.

use crate::plan::Plan;
use anyhow::{Result, bail};
use m3ua::{M3uaMessage, MessageType, ProtocolData};
use sccp::{ExtendedUnitData, GlobalTitle, SccpAddress, SccpMessage, SubsystemNumber, UnitData};

/// How a dialogue's messages travel, and from whom to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    opc: u32,
    dpc: u32,
    sls: u8,
    called: SccpAddress,
    calling: SccpAddress,
    is_extended: bool,
    returns_on_error: bool,
    routing_context: Option<u32>,
}

impl Route {
    /// From the originator to the destination.
    pub fn of(plan: &Plan) -> Self {
        Self {
            opc: ORIGINATOR,
            dpc: DESTINATION,
            sls: plan.lane as u8 & 15,
            called: address("99981000000001", SubsystemNumber::Msc),
            calling: address("99970000000001", SubsystemNumber::Msc),
            is_extended: plan.is_extended,
            returns_on_error: plan.returns_on_error,
            routing_context: plan.has_routing_context.then_some(ROUTING_CONTEXT),
        }
    }

    /// The other way.
    pub fn back(self) -> Self {
        let Self { opc, dpc, called, calling, .. } = self;
        Self { opc: dpc, dpc: opc, called: calling, calling: called, ..self }
    }

    /// Its stream, from 0 for the first that carries data.
    pub fn lane(&self) -> u16 {
        self.sls.into()
    }

    /// Whether it leads to the originator.
    pub fn is_back(&self) -> bool {
        self.dpc == ORIGINATOR
    }

    /// The user message of SCTP that carries a TCAP message.
    pub fn carry(&self, tcap: Vec<u8>) -> Vec<u8> {
        let unit = self.unit(tcap).encode().expect("texts are short enough for one message");
        let data = ProtocolData::new(self.opc, self.dpc, SERVICE_SCCP, NETWORK_INTERNATIONAL, 0, self.sls, unit);
        M3uaMessage::data(None, self.routing_context, data, None).encode()
    }

    fn unit(&self, tcap: Vec<u8>) -> SccpMessage {
        let (called, calling) = (self.called.clone(), self.calling.clone());
        let message_handling = if self.returns_on_error { RETURN_ON_ERROR } else { 0 };
        if self.is_extended {
            SccpMessage::Xudt(ExtendedUnitData { message_handling, ..ExtendedUnitData::new(called, calling, tcap) })
        } else {
            SccpMessage::Udt(UnitData { message_handling, ..UnitData::new(called, calling, tcap) })
        }
    }
}

/// How a user message came, and the TCAP message in it.
pub fn open(octets: &[u8]) -> Result<(Route, Vec<u8>)> {
    let message = M3uaMessage::decode(octets)?;
    if message.message_type != MessageType::Data {
        bail!("{:?} in the place of data", message.message_type);
    }
    let data = message.protocol_data()?;
    let unit = SccpMessage::decode(&data.user_data)?;
    let (is_extended, handling) = match &unit {
        SccpMessage::Udt(unit) => (false, unit.message_handling),
        SccpMessage::Xudt(unit) => (true, unit.message_handling),
        other => bail!("{other:?} in the place of unitdata"),
    };
    let route = Route {
        opc: data.opc,
        dpc: data.dpc,
        sls: data.sls,
        called: unit.called_party().clone(),
        calling: unit.calling_party().clone(),
        is_extended,
        returns_on_error: handling == RETURN_ON_ERROR,
        routing_context: message.routing_context(),
    };
    Ok((route, unit.data().to_vec()))
}

const ORIGINATOR: u32 = 4001;
const DESTINATION: u32 = 6001;
const ROUTING_CONTEXT: u32 = 7;
const SERVICE_SCCP: u8 = 3;
const NETWORK_INTERNATIONAL: u8 = 0;
const RETURN_ON_ERROR: u8 = 8;
const E164: u8 = 1;
const BCD_EVEN: u8 = 2;
const INTERNATIONAL: u8 = 4;

fn address(digits: &str, ssn: SubsystemNumber) -> SccpAddress {
    let title = GlobalTitle::Gt0100 {
        translation_type: 0,
        numbering_plan: E164,
        encoding_scheme: BCD_EVEN,
        nature_of_address: INTERNATIONAL,
        digits: digits.to_owned(),
    };
    SccpAddress::with_gt(title, Some(ssn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_is_opened_again_with_its_route() {
        for number in 0..64 {
            let route = Route::of(&Plan::of(5, number));
            let (found, tcap) = open(&route.carry(vec![1, 2, 3])).unwrap();
            assert_eq!((found.clone().back().back(), tcap), (found.clone(), vec![1, 2, 3]));
            assert_eq!(found, route);
        }
    }
}
