//! Text as people read it: folded, unhidden, fingerprinted.
#![forbid(unsafe_code)]
