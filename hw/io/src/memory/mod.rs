//! Ports that exist only in memory: pairs of queues, preloaded frames, a sink.

mod pool;
mod port;

pub use pool::{Pool, PoolFrame};
pub use port::{MemoryPort, Preload, pair};
