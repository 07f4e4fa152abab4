//! TCAP of ANSI, as far as it takes to tell whose it is. T1.114.3 (TCAPPackage).
//!
//! ```text
//!   E2 33                        query with permission
//!      C7 04 00 00 00 00         transaction: none, one, or originating and responding
//!      [F9 dialogue]
//!      E8 2B E9 29               components, invoke last
//!            CF 01 00            component ids
//!            D1 02 09 35         private operation, family 9, specifier 35; D0 national
//! ```
//! Handles every package type and component type, in any BER form. Does not handle: anything inside; the messages
//! are counted by name and never taken for MAP.

use crate::ber::{Reader, Tag, Tlv};

/// Which package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// No transaction.
    Unidirectional,
    /// Opens a transaction; the peer may close it.
    QueryWithPermission,
    /// Opens a transaction; the peer may not close it.
    QueryWithoutPermission,
    /// Closes it.
    Response,
    /// Goes on with it; the peer may close it.
    ConversationWithPermission,
    /// Goes on with it; the peer may not close it.
    ConversationWithoutPermission,
    /// Breaks it off.
    Abort,
}

impl PackageKind {
    const fn of(tag: Tag) -> Option<Self> {
        match tag.0 {
            0xE1 => Some(Self::Unidirectional),
            0xE2 => Some(Self::QueryWithPermission),
            0xE3 => Some(Self::QueryWithoutPermission),
            0xE4 => Some(Self::Response),
            0xE5 => Some(Self::ConversationWithPermission),
            0xE6 => Some(Self::ConversationWithoutPermission),
            0xF6 => Some(Self::Abort),
            _ => None,
        }
    }
}

/// Which component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComponentKind {
    /// The last request.
    InvokeLast,
    /// The whole answer, or its last part.
    ReturnResultLast,
    /// The operation failed.
    ReturnError,
    /// The component itself was refused.
    Reject,
    /// A request that others follow.
    InvokeNotLast,
    /// Part of an answer.
    ReturnResultNotLast,
}

impl ComponentKind {
    const fn of(tag: Tag) -> Option<Self> {
        match tag.0 {
            0xE9 => Some(Self::InvokeLast),
            0xEA => Some(Self::ReturnResultLast),
            0xEB => Some(Self::ReturnError),
            0xEC => Some(Self::Reject),
            0xED => Some(Self::InvokeNotLast),
            0xEE => Some(Self::ReturnResultNotLast),
            _ => None,
        }
    }
}

/// An operation code: family, then specifier. The highest bit of a national family asks for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Of ANSI itself.
    National {
        /// The family.
        family: u8,
        /// The operation in the family.
        specifier: u8,
    },
    /// Of somebody else.
    Private {
        /// The family.
        family: u8,
        /// The operation in the family.
        specifier: u8,
    },
}

impl Operation {
    fn of(tlv: Tlv<'_>) -> Option<Self> {
        match (tlv.tag.0, tlv.value) {
            (0xD0, &[family, specifier]) => Some(Self::National { family, specifier }),
            (0xD1, &[family, specifier]) => Some(Self::Private { family, specifier }),
            _ => None,
        }
    }
}

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// Which package.
    pub kind: PackageKind,
    /// Its transactions: none, four octets, or eight with the originating one first.
    pub transactions: &'a [u8],
    /// The first component.
    pub component: Option<ComponentKind>,
    /// The operation of the first component, where that names one: answers do not.
    pub operation: Option<Operation>,
}

impl Package<'_> {
    /// Whether it asks for an operation of ANSI-41, also known as IS-41. Answers do not say what they are.
    pub fn is_ansi41(&self) -> bool {
        matches!(self.operation, Some(Operation::Private { family: ANSI_41, .. }))
    }
}

/// What kind of package these octets are; none where they are none of ANSI. What does not parse is not there.
pub fn recognise(octets: &[u8]) -> Option<Package<'_>> {
    let whole = Reader::new(octets).next().ok()??;
    let kind = PackageKind::of(whole.tag)?;
    let mut package = Package { kind, transactions: &[], component: None, operation: None };
    let mut portions = Reader::new(whole.value);
    while let Ok(Some(portion)) = portions.next() {
        match portion.tag.0 {
            0xC7 => package.transactions = portion.value,
            0xE8 => {
                package.components(portion.value);
                break;
            }
            _ => {}
        }
    }
    Some(package)
}

impl Package<'_> {
    /// Looks at the first component.
    fn components(&mut self, portion: &[u8]) {
        let Ok(Some(first)) = Reader::new(portion).next() else { return };
        self.component = ComponentKind::of(first.tag);
        if !matches!(self.component, Some(ComponentKind::InvokeLast | ComponentKind::InvokeNotLast)) {
            return;
        }
        let mut inside = Reader::new(first.value);
        while let (None, Ok(Some(tlv))) = (self.operation, inside.next()) {
            self.operation = Operation::of(tlv);
        }
    }
}

/// The family of ANSI-41 operations among the private ones: the "MAP" family of TIA-41, 00001001.
const ANSI_41: u8 = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::octets;
    use proptest::prelude::*;

    /// Frames 1, 2, 4 and 14 of the lab replay of the protocol analyser's sample captures.
    const SMDPP: &str =
        "e233c70400000000e82be929cf0100d1020935f2209f69009f74009f81000108880516193204009f814101019f8143052222222222";
    const SMDPP_ANSWER: &str = "e427c70400000000e81fea1dcf0100f2188904fe3a2fe59f81380500000026319503000c069f310100";
    const EMPTY_ANSWER: &str = "e40fc70401000000e807ea05cf0101f200";
    const REGNOT: &str = "e24bc70414000000e843e941cf0101d102090df2388904fe3a2fe5880516193204509503000c069101039601139f210200019f2005010a0000079f68070031d30a0000089f2201039f7b0203a0";

    #[test]
    fn names_the_operation_of_a_query() {
        for (query, specifier) in [(SMDPP, 0x35), (REGNOT, 0x0D)] {
            let octets = octets(query);
            let package = recognise(&octets).expect("is a package");
            assert_eq!((package.kind, package.transactions.len()), (PackageKind::QueryWithPermission, 4));
            assert_eq!(package.component, Some(ComponentKind::InvokeLast));
            assert_eq!(package.operation, Some(Operation::Private { family: 9, specifier }));
            assert!(package.is_ansi41());
        }
    }

    #[test]
    fn recognises_an_answer_without_knowing_whose_it_is() {
        for answer in [SMDPP_ANSWER, EMPTY_ANSWER] {
            let octets = octets(answer);
            let package = recognise(&octets).expect("is a package");
            assert_eq!(
                (package.kind, package.component),
                (PackageKind::Response, Some(ComponentKind::ReturnResultLast))
            );
            assert!(package.operation.is_none() && !package.is_ansi41());
        }
    }

    #[test]
    fn tells_every_package_and_component_by_its_tag() {
        for kind in [0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xF6] {
            for component in 0xE9..=0xEE {
                let octets = [kind, 0x0C, 0xC7, 0x00, 0xF9, 0x00, 0xE8, 0x06, component, 0x04, 0xD0, 0x02, 0x83, 0x01];
                let package = recognise(&octets).expect("is a package");
                let asks = matches!(component, 0xE9 | 0xED);
                let operation = asks.then_some(Operation::National { family: 0x83, specifier: 1 });
                assert_eq!((Some(package.kind), package.operation), (PackageKind::of(Tag(u32::from(kind))), operation));
                assert_eq!(package.component, ComponentKind::of(Tag(u32::from(component))));
            }
        }
    }

    #[test]
    fn leaves_messages_of_itu_alone() {
        for octets in [&[0x62, 0x00][..], &[0x64, 0x00], &[0xE7, 0x00], &[0xE8, 0x00], &[0xF6], &[]] {
            assert_eq!(recognise(octets), None);
        }
    }

    #[test]
    fn a_truncated_query_is_still_a_query() {
        let whole = octets(SMDPP);
        for end in 2..whole.len() {
            let package = recognise(&whole[..end]).expect("is a package");
            assert_eq!(
                (package.kind, package.is_ansi41()),
                (PackageKind::QueryWithPermission, end >= 19),
                "{end} octets"
            );
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(kind in 0xE0_u8.., octets in prop::collection::vec(any::<u8>(), 0..80)) {
            let octets = [&[kind, octets.len() as u8][..], &octets].concat();
            let transactions = recognise(&octets).map_or(0, |package| package.transactions.len());
            prop_assert!(transactions < octets.len());
        }
    }
}
