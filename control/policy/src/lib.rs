//! Policy directories: TOML and lists, compiled with diagnostics.
