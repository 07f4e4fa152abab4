//! EAL, mempools, mbufs and ports of DPDK 22.11 in safe Rust.
