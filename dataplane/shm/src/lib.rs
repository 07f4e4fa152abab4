//! Shared memory: counters, journal, sealed policy images, the command socket.
