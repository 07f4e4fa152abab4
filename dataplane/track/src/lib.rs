//! Bounded state tables: dialogues.
