//! What the engine makes of frames: each is built here, layer by layer, and goes through `Engine::process`; asserted is
//! what every message says, how every frame left, and what was counted.

mod rig;

mod anomalies;
mod concatenation;
mod dialogues;
mod exits;
mod fragments_of_ip;
mod fragments_of_sctp;
mod operations;
mod point_codes;
mod rewrapped;
mod segments;
mod smpp;
