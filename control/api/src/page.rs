//! How much of a list one answer has.

use serde::{Deserialize, Deserializer, de};

/// Rows in a page if nothing is said.
pub const PAGE_DEFAULT: u32 = 100;
/// Rows in a page at most.
pub const PAGE_MAX: u32 = 1000;

/// Of a query: no number of rows, or one that an answer can have.
pub fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let limit = Option::<u32>::deserialize(deserializer)?;
    match limit {
        Some(0 | 1001..) => Err(de::Error::custom(format!("limit is from 1 to {PAGE_MAX}"))),
        usual => Ok(usual),
    }
}
