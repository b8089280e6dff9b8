//! Names that a user writes: one table for reading, writing and the message when it is none of them.

use std::fmt;

/// A name that is none of the names known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What was to be named.
    pub what: &'static str,
    /// What was written.
    pub found: String,
    /// The names there are.
    pub names: Vec<&'static str>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {} `{}`, expected one of {}", self.what, self.found, self.names.join(", "))
    }
}

impl std::error::Error for UnknownName {}

/// Declares an enum whose values have one written name each, read case-insensitively.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $what:literal: $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $type {
            /// All values, in the order they are listed to the user.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name that stands in files, on the command line and in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::diag::UnknownName;

            fn from_str(text: &str) -> Result<Self, $crate::diag::UnknownName> {
                Self::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
                    $crate::diag::UnknownName {
                        what: $what,
                        found: text.to_owned(),
                        names: Self::ALL.iter().map(|value| value.as_str()).collect(),
                    }
                })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use named;
