/* The part of DPDK that exists only as inline functions, as functions that can be linked against.
 * Those of the packet path are called once per burst: a call costs about 14 ns. */
#ifndef SLUICE_SHIM_H
#define SLUICE_SHIM_H

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_flow.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_mempool.h>
#include <rte_version.h>

/* Constants that are casts in DPDK's headers, which bindgen cannot evaluate as macros. */
static const uint64_t SLUICE_RX_OFFLOAD_TIMESTAMP = RTE_ETH_RX_OFFLOAD_TIMESTAMP;
static const uint64_t SLUICE_RX_OFFLOAD_SCTP_CKSUM = RTE_ETH_RX_OFFLOAD_SCTP_CKSUM;
static const uint64_t SLUICE_TX_OFFLOAD_SCTP_CKSUM = RTE_ETH_TX_OFFLOAD_SCTP_CKSUM;
static const uint64_t SLUICE_RSS_ANY_IP = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6;
static const uint64_t SLUICE_RSS_IP = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_OTHER |
	RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_OTHER;
static const uint64_t SLUICE_RSS_SCTP = RTE_ETH_RSS_NONFRAG_IPV4_SCTP | RTE_ETH_RSS_NONFRAG_IPV6_SCTP;
static const uint64_t SLUICE_RX_L4_CKSUM_MASK = RTE_MBUF_F_RX_L4_CKSUM_MASK;
static const uint64_t SLUICE_RX_L4_CKSUM_BAD = RTE_MBUF_F_RX_L4_CKSUM_BAD;

uint16_t sluice_rx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count);
uint16_t sluice_tx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count);

/* NULL when the pool is used up. */
struct rte_mbuf *sluice_pktmbuf_alloc(struct rte_mempool *pool);
void sluice_pktmbuf_free(struct rte_mbuf *mbuf);

/* 0, or -1 when the first segment has no room for the rest. */
int sluice_pktmbuf_linearize(struct rte_mbuf *mbuf);

/* Appends a segment; 0, or negative when the chain is too long. */
int sluice_pktmbuf_chain(struct rte_mbuf *head, struct rte_mbuf *tail);

/* Flow rules by which a started device hashes IPv4 and IPv6 by addresses, whatever they carry; with `sctp_ports` SCTP by its
 * ports as well, by a symmetric function. 0, or the negative error of the first rule that was refused. */
int sluice_hash_by_rules(uint16_t port, bool sctp_ports);

/* The error of the last call in this thread. */
int sluice_errno(void);

/* The number DPDK knows this thread by, or UINT_MAX. */
unsigned int sluice_lcore_id(void);

#endif
