//! What judging costs: texts searched, rules asked, lists looked up, hostile texts, and what is shipped.
//!
//! - [`content`]: words and expressions over every text, the matchers alone and the whole engine with each.
//! - [`reading`]: texts read as people read them. [`growth`]: the matchers with more and more words, and expressions. [`rules`]: more and more rules and longer lists.
//!   [`lists`]: a list alone.
//! - [`hostile`]: texts made to hurt. [`shipped`]: the starter policy and its scenarios.
//! - [`corpus`], [`letter`], [`policy`]: what all of it is made of. [`finders`], [`vectorscan`]: who searches texts.
//! - [`engine`], [`turns`]: how it is measured.
//!
//! Everyone who answers the same questions must give the same answers before anything is timed.

pub mod content;
pub mod corpus;
pub mod engine;
pub mod finders;
pub mod growth;
pub mod hostile;
pub mod letter;
pub mod lists;
pub mod policy;
pub mod reading;
pub mod rules;
pub mod shipped;
pub mod turns;
pub mod vectorscan;
