//! Who speaks on a connection: learned from the PDUs that open a session. SMPP 3.4 §2.2, §4.1.

use sluice_wire::smpp::{CommandId, InterfaceVersion, Pdu, Status};

/// Which way messages may go in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindType {
    /// To the ESME.
    Receiver,
    /// From the ESME.
    Transmitter,
    /// Both.
    Transceiver,
}

impl BindType {
    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Transmitter => "transmitter",
            Self::Transceiver => "transceiver",
        }
    }

    fn of(command: CommandId) -> Option<Self> {
        match command {
            CommandId::BindReceiver | CommandId::BindReceiverResp => Some(Self::Receiver),
            CommandId::BindTransmitter | CommandId::BindTransmitterResp => Some(Self::Transmitter),
            CommandId::BindTransceiver | CommandId::BindTransceiverResp => Some(Self::Transceiver),
            _ => None,
        }
    }
}

/// A session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// How it was asked for; none where the connection was picked up later.
    pub bind: Option<BindType>,
    /// Which SMPP the ESME said it speaks.
    pub version: Option<InterfaceVersion>,
    /// Whether the message centre agreed, and nobody ended it since.
    pub bound: bool,
    system_id: [u8; SYSTEM_ID_OCTETS_MAX],
    system_id_octets: u8,
    esme: Option<u8>,
}

impl Session {
    /// Who bound, as far as it was said and there is room; empty where nobody was seen to.
    pub fn system_id(&self) -> &[u8] {
        self.system_id.get(..usize::from(self.system_id_octets)).unwrap_or(&[])
    }

    /// Whether this side is the ESME; none where nothing told yet.
    pub(super) fn is_esme(&self, side: u8) -> Option<bool> {
        self.esme.map(|esme| esme == side)
    }

    /// Takes note of a PDU that came from a side. In a session that is open a further bind changes nothing: the
    /// message centre refuses it (SMPP 3.4 §5.1.3, already bound), and a name must not be taken over by asking.
    pub(super) fn learn(&mut self, side: u8, pdu: &Pdu<'_>) {
        match pdu.command {
            CommandId::BindReceiver | CommandId::BindTransmitter | CommandId::BindTransceiver if !self.bound => {
                *self = Self { esme: Some(side), bind: BindType::of(pdu.command), ..Self::default() };
                self.version = pdu.interface_version;
                self.name(pdu.system_id.unwrap_or_default());
            }
            CommandId::BindReceiverResp | CommandId::BindTransmitterResp | CommandId::BindTransceiverResp
                if !self.bound =>
            {
                self.esme = Some(side ^ 1);
                self.bind = BindType::of(pdu.command);
                self.bound = pdu.status == Status::Ok && pdu.fault.is_none();
            }
            CommandId::Unbind | CommandId::UnbindResp => self.bound = false,
            CommandId::SubmitSm | CommandId::SubmitMulti => self.esme = self.esme.or(Some(side)),
            CommandId::DeliverSm | CommandId::Outbind => self.esme = self.esme.or(Some(side ^ 1)),
            _ => {}
        }
    }

    fn name(&mut self, system_id: &[u8]) {
        let len = system_id.len().min(SYSTEM_ID_OCTETS_MAX);
        if let (Some(room), Some(name)) = (self.system_id.get_mut(..len), system_id.get(..len)) {
            room.copy_from_slice(name);
            self.system_id_octets = len as u8;
        }
    }
}

/// SMPP 3.4 §5.2.1: 15, and the end of the string.
const SYSTEM_ID_OCTETS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn pdu(command: CommandId, status: u32, body: &[u8]) -> Vec<u8> {
        let head = [16 + body.len() as u32, command.number(), status, 1].map(u32::to_be_bytes);
        [head.as_flattened(), body].concat()
    }

    fn learn(session: &mut Session, side: u8, command: CommandId, status: u32, body: &[u8]) {
        session.learn(side, &Pdu::parse(&pdu(command, status, body)).expect("a header"));
    }

    #[test]
    fn a_bind_and_its_answer_say_who_speaks() {
        let mut session = Session::default();
        learn(&mut session, 1, CommandId::BindTransceiver, 0, b"esme\0secret\0\0\x34\0\0\0");
        assert_eq!(
            (session.system_id(), session.bind, session.bound),
            (&b"esme"[..], Some(BindType::Transceiver), false)
        );
        learn(&mut session, 0, CommandId::BindTransceiverResp, 0, b"smsc\0");
        assert_eq!(
            (session.system_id(), session.version, session.bound),
            (&b"esme"[..], Some(InterfaceVersion(0x34)), true)
        );
        assert_eq!([session.is_esme(0), session.is_esme(1)], [Some(false), Some(true)]);
        learn(&mut session, 1, CommandId::Unbind, 0, b"");
        assert!(!session.bound);
    }

    #[test]
    fn a_bind_that_is_refused_binds_nobody() {
        let mut session = Session::default();
        learn(&mut session, 0, CommandId::BindReceiver, 0, b"esme\0guess\0\0\x34\0\0\0");
        learn(&mut session, 1, CommandId::BindReceiverResp, 0x0e, b"");
        assert_eq!((session.bind, session.bound), (Some(BindType::Receiver), false));
    }

    #[test]
    fn a_second_bind_does_not_take_the_name_over() {
        let mut session = Session::default();
        learn(&mut session, 0, CommandId::BindTransmitter, 0, b"esme\0\0\0\x34\0\0\0");
        learn(&mut session, 1, CommandId::BindTransmitterResp, 0, b"smsc\0");
        learn(&mut session, 0, CommandId::BindTransmitter, 0, b"bank\0\0\0\x34\0\0\0");
        learn(&mut session, 1, CommandId::BindTransmitterResp, 5, b"");
        assert_eq!((session.system_id(), session.bound), (&b"esme"[..], true));
    }

    #[test]
    fn the_sides_of_a_session_picked_up_later_are_told_by_its_messages() {
        for (command, esme) in [(CommandId::SubmitSm, 0), (CommandId::DeliverSm, 1)] {
            let mut session = Session::default();
            assert_eq!(session.is_esme(0), None);
            learn(&mut session, 0, command, 0, b"");
            assert_eq!(session.is_esme(esme), Some(true));
        }
    }

    #[test]
    fn a_long_name_is_kept_as_far_as_there_is_room() {
        let mut session = Session::default();
        learn(&mut session, 0, CommandId::BindReceiver, 0, b"abcdefghijklmnopqrstuvw\0\0\0\x34\0\0\0");
        assert_eq!(session.system_id(), b"abcdefghijklmnop");
    }
}
