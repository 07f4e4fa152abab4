//! Names the C library.

fn main() {
    println!("cargo::rustc-link-lib=usrsctp");
    println!("cargo::rerun-if-changed=build.rs");
}
