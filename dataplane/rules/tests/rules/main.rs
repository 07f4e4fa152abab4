//! What rules mean, from text to verdict, and that no octets can make an image misbehave.

mod agreement;
mod check;
mod generate;
mod hostile;
mod index;
mod language;
mod levels;
mod state;
mod subjects;
mod support;
