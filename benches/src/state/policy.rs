//! A policy about all that is remembered and nothing that is said: a list of senders, places, pairs and counters.

use super::craft::party;
use super::traffic::{LISTED, LISTED_OF};
use anyhow::Context;
use sluice_policy::{Source, compile};
use sluice_rules::{Image, Layout};
use std::fmt::Write;

/// The policy, but for its list.
const POLICY: &str = r#"
name = "state"
default_log = "summary"
network = "network.toml"
scenarios = []

[list.blacklist]
file = "blacklist.txt"

[counter.by_gt]
key = ["sccp.cgpa.gt"]
when = 'map.component == "invoke"'
window = "1m"

[counter.by_sender]
key = ["map.sm_rp_oa.digits"]
when = 'labels.trigger == "submission" and map.component == "invoke"'
window = "10m"

[counter.by_receiver]
key = ["map.imsi"]
when = 'labels.trigger == "pre-delivery" and map.component == "invoke"'
window = "10m"

[counter.senders_of_receiver]
key = ["map.imsi"]
distinct = "sms.oa"
when = 'labels.trigger == "pre-delivery" and map.component == "invoke"'
window = "10m"

[[rule]]
id = "listed"
level = 1
when = 'sms.oa in list blacklist or map.sm_rp_oa.digits in list blacklist'
action = "discard"

[[rule]]
id = "elsewhere"
level = 2
when = 'labels.trigger == "submission" and subscriber.speed > 1000'
action = "discard"

[[rule]]
id = "unasked"
level = 2
when = 'labels.trigger == "pre-delivery" and pair.asked == "nobody" and pair.watched > 86400'
action = "discard"

[[rule]]
id = "flood-of-node"
level = 3
when = "counter.by_gt > 4000000000"
action = "discard"

[[rule]]
id = "flood-of-sender"
level = 3
when = "counter.by_sender > 4000000"
action = "discard"

[[rule]]
id = "flood-to-receiver"
level = 3
when = "counter.by_receiver > 4000000 or counter.senders_of_receiver > 4000000"
action = "discard"
"#;

/// Home, and one partner.
const NETWORK: &str = r#"
[home]
name = "Home"
country = "ZZ"
mcc_mnc = ["00101"]
numbers = ["99970"]
gts = ["99970"]
point_codes = [6001]
smscs = ["999700300001"]

[[partner]]
name = "Partner"
country = "ZZ"
agreement = "p2p"
mcc_mnc = ["99981"]
numbers = ["99981"]
gts = ["99981"]
point_codes = [4001]
"#;

/// A verified image of it.
pub struct Stateful {
    octets: Vec<u8>,
    layout: Layout,
}

impl Stateful {
    /// With a list of so many of the senders of deliveries.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(parties: u32) -> anyhow::Result<Self> {
        let mut list = String::new();
        for number in (0..parties).filter(|number| number % LISTED_OF == LISTED) {
            writeln!(list, "{}", party(number))?;
        }
        let files = [("policy.toml", POLICY), ("network.toml", NETWORK), ("blacklist.txt", &list)];
        let source = Source::from_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())))
            .map_err(|error| anyhow::anyhow!("the policy: {error}"))?;
        let octets = match compile(&source, 1) {
            Ok(compiled) => compiled.image,
            Err(errors) => anyhow::bail!("{}", errors.render(&source, false)),
        };
        let layout = Layout::verify(&octets).context("its image")?;
        Ok(Self { octets, layout })
    }

    /// The image, to be evaluated.
    pub fn image(&self) -> Image<'_> {
        self.layout.image(&self.octets)
    }
}
