//! What rules mean, from text to verdict, and that no octets can make an image misbehave.

mod agreement;
mod hostile;
mod language;
mod levels;
mod support;
