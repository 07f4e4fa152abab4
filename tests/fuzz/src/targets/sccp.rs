//! SCCP of three worlds: which, then a message.

use super::source::Source;
use sluice_wire::mtp3::Variant;
use sluice_wire::sccp::{Address, Connectionless, Message};

const VARIANTS: [Variant; 3] = [Variant::Itu, Variant::Ansi, Variant::China];

/// Reads a message, writes it again where it can be written, and reads that.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let variant = VARIANTS[usize::from(source.octet()) % VARIANTS.len()];
    let octets = source.rest();
    let parsed = Message::parse_as(octets, variant);
    if matches!(variant, Variant::Itu)
        && let Some(ordinary) = Connectionless::ordinary(octets)
    {
        assert_eq!(parsed, Ok(Message::Connectionless(ordinary)), "the short way agrees with the long one");
        assert!(ordinary.anomalies.is_empty(), "{:?}", ordinary.anomalies);
    }
    let Ok(Message::Connectionless(message)) = parsed else { return };
    let data = octets.get(message.data_offset.into()..).expect("the data lies in the message");
    assert!(data.starts_with(message.data));
    let _ = (message.class(), message.handling(), message.return_cause());
    address(&message.called);
    address(&message.calling);
    if matches!(variant, Variant::Itu) {
        written_again(&message);
    }
}

fn written_again(message: &Connectionless<'_>) {
    let mut out = [0; 4096];
    let Ok(len) = message.emit(&mut out) else { return };
    let Ok(Message::Connectionless(again)) = Message::parse(&out[..len]) else {
        panic!("what is written cannot be read: {message:?}");
    };
    assert_eq!((again.message_type, again.data), (message.message_type, message.data));
    assert_eq!((again.called.octets(), again.calling.octets()), (message.called.octets(), message.calling.octets()));
    assert_eq!(again.segmentation, message.segmentation);
}

fn address(address: &Address<'_>) {
    let parts = (address.ri(), address.gti(), address.pc(), address.ssn(), address.tt(), address.np(), address.es());
    let _ = (parts, address.nai(), address.is_odd(), address.is_national(), address.international());
    assert!(address.digits().len() <= address.octets().len());
    assert!(address.digit_count() <= 2 * address.digits().len());
}
