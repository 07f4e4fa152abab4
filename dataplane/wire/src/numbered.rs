//! Lists of numbers a standard has named, open for those it has not.
//!
//! A value from the wire keeps its number whatever it is, so that it can be counted and sent on.

/// Declares such a list once: enum, number, stable name, all named values.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident: $number:ty {
        $($(#[$vdoc:meta])* $variant:ident = $value:literal $text:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A number without a name here.
            Other($number),
        }

        impl $name {
            /// Every named value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value with this number.
            #[inline]
            pub const fn from_number(number: $number) -> Self {
                match number {
                    $($value => Self::$variant,)+
                    other => Self::Other(other),
                }
            }

            /// The number on the wire.
            #[inline]
            pub const fn number(self) -> $number {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Other(number) => number,
                }
            }

            /// The name used in events and counters.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(_) => "other",
                }
            }
        }
    };
}

pub(crate) use numbered;

#[cfg(test)]
mod tests {
    numbered! {
        /// For the tests.
        Fruit: u8 {
            /// The first.
            Apple = 1 "apple",
            /// The second.
            Pear = 7 "pear",
        }
    }

    #[test]
    fn every_number_survives_the_way_in_and_out() {
        for number in 0..=u8::MAX {
            assert_eq!(Fruit::from_number(number).number(), number);
        }
        assert_eq!(Fruit::from_number(7), Fruit::Pear);
        assert_eq!(Fruit::from_number(2), Fruit::Other(2));
    }

    #[test]
    fn every_value_has_its_name() {
        let names: [&str; 2] = [Fruit::ALL[0].name(), Fruit::ALL[1].name()];
        assert_eq!(names, ["apple", "pear"]);
        assert_eq!(Fruit::Other(9).name(), "other");
    }
}
