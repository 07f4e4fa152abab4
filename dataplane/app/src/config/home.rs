//! `[home_routing]`: what a stranger learns of where a subscriber is, and where its deliveries go.

use serde::Deserialize;

/// `[home_routing]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeRouting {
    /// Our number: international, digits only. What is sent to it comes by a wire, and nobody else has it.
    pub number: String,
    /// How many digits follow it and say which node is meant, so that long messages find their way. 0 to 4.
    #[serde(default = "node_digits")]
    pub node_digits: usize,
    /// MCC and MNC of the home network: numbers ported to other networks are answered with other networks' IMSIs.
    pub mcc_mnc: String,
    /// How long a correlation id is good.
    #[serde(default = "life_s")]
    pub life_s: u64,
    /// How many leading digits who delivers and who asked must have in common. All if not given.
    #[serde(default = "bind_digits")]
    pub bind_digits: usize,
    /// Beginnings of the numbers of those that are told the truth: partners.
    #[serde(default)]
    pub except: Vec<String>,
    /// How many ids may be good at a time, for each poll core.
    #[serde(default = "ids")]
    pub ids: usize,
}

const fn node_digits() -> usize {
    3
}

const fn life_s() -> u64 {
    600
}

const fn bind_digits() -> usize {
    15
}

const fn ids() -> usize {
    65_536
}
