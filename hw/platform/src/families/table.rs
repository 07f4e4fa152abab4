//! The families, as the drivers of DPDK 22.11.11 have them and as its overview of features (`doc/guides/nics/features`) says
//! of flow rules. Each entry names the places.
//!
//! The number of queues on which a hash spreads is that of the table it looks up, or of the bits of an entry. A function of a
//! ConnectX has the table its firmware gives it, of BCM574xx 128 entries and of BCM575xx 512.

use super::{Family, Queues, Spreading, Timestamps};

const INTEL: u16 = 0x8086;
const MELLANOX: u16 = 0x15b3;
const BROADCOM: u16 = 0x14e4;

/// All of them.
pub const FAMILIES: [Family; 5] = [
    Family {
        name: "Intel X520, X540",
        kernel_driver: "ixgbe",
        dpdk_driver: "net_ixgbe",
        spreading: Spreading::Addresses,
        hashes_symmetrically: false,
        steers_sctp: true,
        writes_checksums: true,
        checks_checksums: false,
        timestamps: Timestamps::Never,
        queues: Queues { receive: Some(128), send: Some(64), spread: 16 },
        source: "drivers/net/ixgbe: ixgbe_dev_info_get, IXGBE_RSS_OFFLOAD_ALL, ixgbe_get_tx_port_offloads, ixgbe_rss_configure; an entry of its table has 4 bits (82599 datasheet, RETA)",
        ids: &[(INTEL, 0x10fb), (INTEL, 0x10fc), (INTEL, 0x1528), (INTEL, 0x154d), (INTEL, 0x1557)],
    },
    Family {
        name: "Intel X710, XL710, XXV710",
        kernel_driver: "i40e",
        dpdk_driver: "net_i40e",
        spreading: Spreading::VerificationTag,
        hashes_symmetrically: true,
        steers_sctp: true,
        writes_checksums: true,
        checks_checksums: true,
        timestamps: Timestamps::Never,
        queues: Queues { receive: Some(64), send: Some(64), spread: 64 },
        source: "drivers/net/i40e: i40e_dev_info_get, i40e_hash_rss_inset, RTE_LIBRTE_I40E_QUEUE_NUM_PER_PF, i40e_rxd_error_to_pkt_flags",
        ids: &[
            (INTEL, 0x1572),
            (INTEL, 0x1581),
            (INTEL, 0x1583),
            (INTEL, 0x1584),
            (INTEL, 0x1586),
            (INTEL, 0x1589),
            (INTEL, 0x158a),
            (INTEL, 0x158b),
            (INTEL, 0x15ff),
        ],
    },
    Family {
        name: "Intel E810",
        kernel_driver: "ice",
        dpdk_driver: "net_ice",
        spreading: Spreading::Ports,
        hashes_symmetrically: true,
        steers_sctp: true,
        writes_checksums: true,
        checks_checksums: true,
        timestamps: Timestamps::Always,
        queues: Queues { receive: Some(256), send: Some(256), spread: 256 },
        source: "drivers/net/ice: ice_dev_info_get, ice_rss_hash_set, ICE_MAX_Q_PER_TC, ice_rxd_error_to_pkt_flags",
        ids: &[(INTEL, 0x1591), (INTEL, 0x1592), (INTEL, 0x1593), (INTEL, 0x1599), (INTEL, 0x159a), (INTEL, 0x159b)],
    },
    Family {
        name: "Mellanox ConnectX-4, -5, -6",
        kernel_driver: "mlx5_core",
        dpdk_driver: "mlx5_pci",
        spreading: Spreading::Addresses,
        hashes_symmetrically: false,
        steers_sctp: false,
        writes_checksums: false,
        checks_checksums: false,
        timestamps: Timestamps::Always,
        queues: Queues { receive: None, send: None, spread: 512 },
        source: "drivers/net/mlx5: mlx5_dev_infos_get, MLX5_RSS_HF_MASK, mlx5_validate_action_rss",
        ids: &[
            (MELLANOX, 0x1013),
            (MELLANOX, 0x1015),
            (MELLANOX, 0x1017),
            (MELLANOX, 0x1019),
            (MELLANOX, 0x101b),
            (MELLANOX, 0x101d),
            (MELLANOX, 0x101f),
        ],
    },
    Family {
        name: "Broadcom BCM574xx, BCM575xx",
        kernel_driver: "bnxt_en",
        dpdk_driver: "net_bnxt",
        spreading: Spreading::Addresses,
        hashes_symmetrically: false,
        steers_sctp: false,
        writes_checksums: false,
        checks_checksums: false,
        timestamps: Timestamps::WithClock,
        queues: Queues { receive: None, send: None, spread: 128 },
        source: "drivers/net/bnxt: bnxt_dev_info_get_op, BNXT_ETH_RSS_SUPPORT, bnxt_get_rx_port_offloads, HW_HASH_INDEX_SIZE",
        ids: &[
            (BROADCOM, 0x16d6),
            (BROADCOM, 0x16d7),
            (BROADCOM, 0x16d8),
            (BROADCOM, 0x16d9),
            (BROADCOM, 0x16e2),
            (BROADCOM, 0x1750),
            (BROADCOM, 0x1751),
            (BROADCOM, 0x1752),
        ],
    },
];
