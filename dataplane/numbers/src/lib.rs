//! The numbering plan: which network, country and agreement a number belongs to.
#![forbid(unsafe_code)]
