//! Many words, wildcards and expressions looked for in one text at once.
#![forbid(unsafe_code)]
