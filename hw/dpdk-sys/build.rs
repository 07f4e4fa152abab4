//! Finds DPDK, compiles the shim, generates the bindings.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// All that the bindings contain, besides what these need.
const FUNCTIONS: &[&str] = &[
    "sluice_.*",
    "rte_version",
    "rte_strerror",
    "rte_eal_init",
    "rte_eal_cleanup",
    "rte_eal_has_hugepages",
    "rte_eal_hotplug_add",
    "rte_eal_hotplug_remove",
    "rte_thread_register",
    "rte_thread_unregister",
    "rte_socket_id",
    "rte_mbuf_dyn_rx_timestamp_register",
    "rte_mempool_free",
    "rte_mempool_in_use_count",
    "rte_mempool_avail_count",
    "rte_pktmbuf_pool_create",
    "rte_pktmbuf_free_bulk",
    "rte_eth_dev_get_port_by_name",
    "rte_eth_dev_socket_id",
    "rte_eth_dev_info_get",
    "rte_eth_dev_configure",
    "rte_eth_dev_adjust_nb_rx_tx_desc",
    "rte_eth_rx_queue_setup",
    "rte_eth_tx_queue_setup",
    "rte_eth_dev_start",
    "rte_eth_dev_stop",
    "rte_eth_dev_close",
    "rte_eth_dev_set_link_up",
    "rte_eth_dev_set_link_down",
    "rte_eth_link_get_nowait",
    "rte_eth_macaddr_get",
    "rte_eth_promiscuous_enable",
    "rte_eth_stats_get",
];

/// Packed structures that hold aligned ones, which Rust cannot express (error E0588); nobody looks inside.
const OPAQUE: &[&str] =
    &["rte_arp_.*", "rte_ether_hdr", "rte_l2tpv2_.*", "rte_gtp_psc_generic_hdr", "rte_flow_item_.*"];

const LIBRARIES: &[&str] = &["rte_ethdev", "rte_mbuf", "rte_mempool", "rte_ring", "rte_eal"];

fn main() {
    println!("cargo:rerun-if-changed=src/shim.h");
    println!("cargo:rerun-if-changed=src/shim.c");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let version = pkg_config(&["--modversion"]).concat();
    assert!(version.starts_with("22.11"), "DPDK 22.11 is wanted, pkg-config finds {version}");
    // Whole, in order: the pkg-config crate would lose `-include rte_config.h` and `-march`.
    let flags = pkg_config(&["--cflags"]);
    compile_shim(&flags);
    generate_bindings(&flags);
    link();
}

fn pkg_config(arguments: &[&str]) -> Vec<String> {
    let advice = "DPDK is missing. On Debian: apt-get install libdpdk-dev dpdk libclang-dev clang pkg-config. \
                  Or build without the feature `dpdk`.";
    let output = Command::new("pkg-config").args(arguments).arg("libdpdk").output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).split_whitespace().map(str::to_owned).collect()
        }
        Ok(output) => panic!("{advice}\n{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{advice}\npkg-config cannot be run: {error}"),
    }
}

fn compile_shim(flags: &[String]) {
    let mut build = cc::Build::new();
    for flag in flags {
        build.flag(flag);
    }
    // Always optimised: DPDK's inline functions are the packet path.
    build.file("src/shim.c").opt_level(3).warnings(false).compile("sluice_dpdk_shim");
}

fn generate_bindings(flags: &[String]) {
    let mut builder = bindgen::Builder::default()
        .header("src/shim.h")
        .clang_args(flags)
        .allowlist_var("SLUICE_.*")
        .allowlist_var("RTE_(ETH_LINK_UP|ETH_MQ_RX_RSS|PKTMBUF_HEADROOM|MAX_ETHPORTS)")
        .size_t_is_usize(true)
        .default_enum_style(bindgen::EnumVariation::Consts)
        .prepend_enum_name(false)
        .derive_default(true)
        .generate_comments(false)
        .layout_tests(true);
    for function in FUNCTIONS {
        builder = builder.allowlist_function(function);
    }
    for kind in OPAQUE {
        builder = builder.opaque_type(kind);
    }
    let bindings = builder.generate().unwrap_or_else(|error| {
        panic!("bindgen cannot read DPDK's headers (is libclang-dev installed?): {error}");
    });
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    bindings.write_to_file(out.join("bindings.rs")).expect("OUT_DIR can be written");
}

/// Against the shared libraries: security updates of DPDK then need no rebuild, and the EAL loads the
/// drivers that are installed.
fn link() {
    for path in pkg_config(&["--libs-only-L"]) {
        println!("cargo:rustc-link-search=native={}", path.trim_start_matches("-L"));
    }
    for library in LIBRARIES {
        println!("cargo:rustc-link-lib=dylib={library}");
    }
}
