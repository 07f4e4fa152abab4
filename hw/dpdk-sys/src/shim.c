#include "shim.h"

uint16_t sluice_rx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count)
{
	return rte_eth_rx_burst(port, queue, mbufs, count);
}

uint16_t sluice_tx_burst(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count)
{
	return rte_eth_tx_burst(port, queue, mbufs, count);
}

struct rte_mbuf *sluice_pktmbuf_alloc(struct rte_mempool *pool)
{
	return rte_pktmbuf_alloc(pool);
}

void sluice_pktmbuf_free(struct rte_mbuf *mbuf)
{
	rte_pktmbuf_free(mbuf);
}

int sluice_pktmbuf_linearize(struct rte_mbuf *mbuf)
{
	return rte_pktmbuf_linearize(mbuf);
}

int sluice_pktmbuf_chain(struct rte_mbuf *head, struct rte_mbuf *tail)
{
	return rte_pktmbuf_chain(head, tail);
}

static int rule(uint16_t port, enum rte_flow_item_type ip, enum rte_flow_item_type above,
		const struct rte_flow_action_rss *rss)
{
	const struct rte_flow_attr attributes = { .ingress = 1 };
	const struct rte_flow_item pattern[] = {
		{ .type = RTE_FLOW_ITEM_TYPE_ETH },
		{ .type = ip },
		{ .type = above },
		{ .type = RTE_FLOW_ITEM_TYPE_END },
	};
	const struct rte_flow_action actions[] = {
		{ .type = RTE_FLOW_ACTION_TYPE_RSS, .conf = rss },
		{ .type = RTE_FLOW_ACTION_TYPE_END },
	};
	struct rte_flow_error error = { 0 };

	return rte_flow_create(port, &attributes, pattern, actions, &error) ? 0 : -rte_errno;
}

/* What an IP header is followed by; END stands for all else, fragments among it. */
static const enum rte_flow_item_type ABOVE[] = {
	RTE_FLOW_ITEM_TYPE_END,
	RTE_FLOW_ITEM_TYPE_TCP,
	RTE_FLOW_ITEM_TYPE_UDP,
	RTE_FLOW_ITEM_TYPE_SCTP,
};

static int rules(uint16_t port, enum rte_flow_item_type ip, uint64_t addresses, uint64_t sctp)
{
	for (size_t at = 0; at < RTE_DIM(ABOVE); at++) {
		const bool is_sctp = ABOVE[at] == RTE_FLOW_ITEM_TYPE_SCTP && sctp != 0;
		const struct rte_flow_action_rss rss = {
			.func = is_sctp ? RTE_ETH_HASH_FUNCTION_SYMMETRIC_TOEPLITZ : RTE_ETH_HASH_FUNCTION_DEFAULT,
			.types = is_sctp ? sctp : addresses,
		};
		const int result = rule(port, ip, ABOVE[at], &rss);

		if (result < 0)
			return result;
	}
	return 0;
}

int sluice_hash_by_rules(uint16_t port, bool sctp_ports)
{
	const int result = rules(port, RTE_FLOW_ITEM_TYPE_IPV4, RTE_ETH_RSS_IPV4,
				 sctp_ports ? RTE_ETH_RSS_NONFRAG_IPV4_SCTP : 0);

	return result < 0 ? result : rules(port, RTE_FLOW_ITEM_TYPE_IPV6, RTE_ETH_RSS_IPV6,
					   sctp_ports ? RTE_ETH_RSS_NONFRAG_IPV6_SCTP : 0);
}

int sluice_errno(void)
{
	return rte_errno;
}

unsigned int sluice_lcore_id(void)
{
	return rte_lcore_id();
}
