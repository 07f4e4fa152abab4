//! Lists of numbers a standard has named, open for those it has not.
//!
//! Such a number is its own type with the named values as constants: one from the wire keeps its value whatever
//! it is, costs nothing to read or compare, and can be counted and sent on.

/// Declares such a list once: type, constants, stable names, all named values.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident: $number:ty {
        $($(#[$vdoc:meta])* $constant:ident = $value:literal $text:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name($number);

        // Named like variants, which they stand for.
        #[allow(non_upper_case_globals)]
        impl $name {
            $($(#[$vdoc])* pub const $constant: Self = Self($value);)+

            /// Every named value.
            pub const ALL: &'static [Self] = &[$(Self::$constant),+];

            /// The value with this number, named or not.
            #[inline]
            pub const fn from_number(number: $number) -> Self {
                Self(number)
            }

            /// The number on the wire.
            #[inline]
            pub const fn number(self) -> $number {
                self.0
            }

            /// The name used in events and counters.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$constant => $text,)+
                    _ => "other",
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
    fn every_value_has_its_name() {
        let names: Vec<_> = Fruit::ALL.iter().map(|fruit| fruit.name()).collect();
        assert_eq!(names, ["apple", "pear"]);
        assert_eq!(Fruit::ALL, [Fruit::Apple, Fruit::Pear]);
    }

    #[test]
    fn a_number_without_a_name_keeps_its_value() {
        assert_eq!((Fruit::from_number(9).number(), Fruit::from_number(9).name()), (9, "other"));
    }
}
