//! Decode, facts, track, rules, act.
