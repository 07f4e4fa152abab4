//! What a port is made of, as the configuration says it.

use core::fmt;
use core::str::FromStr;

use crate::{Error, Problem};

/// Receive queues a port may be asked for.
pub const QUEUES_MAX: u16 = 64;
/// Octets of a port's name: DPDK's device names are short.
pub const NAME_OCTETS_MAX: usize = 32;

/// A port of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSpec {
    /// Its name: letters, digits, `-` and `_`.
    pub name: String,
    /// The network card or virtual device behind it.
    pub device: DeviceSpec,
    /// Receive and transmit queues, one pair per poll core.
    pub queues: u16,
    /// The longest packet, without Ethernet header; the device's own value if not given.
    pub mtu: Option<u16>,
    /// What the queue of a frame is chosen by.
    pub rss: Rss,
    /// Descriptors per receive queue.
    pub rx_descriptors: u16,
    /// Descriptors per transmit queue.
    pub tx_descriptors: u16,
    /// Take in frames for any address. A tap or a wire needs it.
    pub promiscuous: bool,
}

/// What the card hashes to choose a queue. The key is symmetric: both directions come to the same queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rss {
    /// The pair of IP addresses. Every card can, and fragments and the first packet stay together.
    #[default]
    IpPair,
    /// Also the SCTP ports, where the card can. Fragments have none and come by another queue than the rest.
    SctpPorts,
}

/// A network card or a virtual device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceSpec {
    /// `0000:3b:00.0`
    Pci(PciAddress),
    /// `net_af_packet:iface=veth0`: a driver and its arguments.
    Virtual {
        /// The driver: `net_pcap`, `net_af_packet`, `net_af_xdp`, `net_memif`, `net_ring`, `net_null`, ...
        driver: String,
        /// `key=value`, separated by commas, as DPDK's guide to the driver has them.
        arguments: String,
    },
}

/// Domain, bus, device and function of a PCI device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PciAddress {
    /// Domain, mostly 0.
    pub domain: u16,
    /// Bus.
    pub bus: u8,
    /// Device, 0 to 31.
    pub device: u8,
    /// Function, 0 to 7.
    pub function: u8,
}

impl PortSpec {
    /// A port with one queue and the usual rings, promiscuous.
    pub fn new(name: &str, device: &str) -> Result<Self, Error> {
        let device = device.parse().map_err(|problem| Error::new(name, problem))?;
        let spec = Self {
            name: name.to_owned(),
            device,
            queues: 1,
            mtu: None,
            rss: Rss::default(),
            rx_descriptors: 1_024,
            tx_descriptors: 1_024,
            promiscuous: true,
        };
        spec.check()?;
        Ok(spec)
    }

    /// Whether the parts make sense together.
    pub fn check(&self) -> Result<(), Error> {
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
        if self.name.is_empty() || self.name.len() > NAME_OCTETS_MAX || !self.name.bytes().all(plain) {
            return Err(Error::bad_value(&self.name, "a port's name is 1 to 32 letters, digits, - and _"));
        }
        if self.queues == 0 || self.queues > QUEUES_MAX {
            return Err(Error::bad_value(
                &self.name,
                format!("{} queues; 1 to {QUEUES_MAX} are possible", self.queues),
            ));
        }
        Ok(())
    }
}

impl DeviceSpec {
    /// All values of an argument, in order; none for a PCI device.
    pub(crate) fn arguments<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.argument_text().split(',').filter_map(|argument| argument.split_once('='));
        pairs.filter_map(move |(name, value)| (name == key).then_some(value))
    }

    /// The arguments of a virtual device, empty for a PCI device.
    pub(crate) fn argument_text(&self) -> &str {
        match self {
            Self::Pci(_) => "",
            Self::Virtual { arguments, .. } => arguments,
        }
    }

    /// The driver of a virtual device, empty for a PCI device.
    pub(crate) fn driver(&self) -> &str {
        match self {
            Self::Pci(_) => "",
            Self::Virtual { driver, .. } => driver,
        }
    }
}

impl FromStr for DeviceSpec {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Pci(address));
        }
        let (driver, arguments) = text.split_once(':').unwrap_or((text, ""));
        let plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_';
        if !driver.starts_with("net_") || !driver.bytes().all(plain) {
            return Err(Problem::BadDevice(
                "a device is a PCI address such as 0000:3b:00.0 or a driver with arguments such as net_af_packet:iface=eth1",
            ));
        }
        let pairs = |arguments: &str| arguments.split(',').all(|argument| argument.split_once('=').is_some());
        if !arguments.is_empty() && !pairs(arguments) {
            return Err(Problem::BadDevice("a driver's arguments are key=value, separated by commas"));
        }
        Ok(Self::Virtual { driver: driver.to_owned(), arguments: arguments.to_owned() })
    }
}

impl fmt::Display for DeviceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pci(address) => address.fmt(f),
            Self::Virtual { driver, arguments } if arguments.is_empty() => f.write_str(driver),
            Self::Virtual { driver, arguments } => write!(f, "{driver}:{arguments}"),
        }
    }
}

impl FromStr for PciAddress {
    type Err = Problem;

    /// `0000:3b:00.0`, or `3b:00.0` in domain 0.
    fn from_str(text: &str) -> Result<Self, Problem> {
        parse_pci(text).ok_or(Problem::BadDevice("a PCI address is domain:bus:device.function, as in 0000:3b:00.0"))
    }
}

fn parse_pci(text: &str) -> Option<PciAddress> {
    let (rest, function) = text.rsplit_once('.')?;
    let (rest, device) = rest.rsplit_once(':')?;
    let (domain, bus) = rest.rsplit_once(':').unwrap_or(("0", rest));
    let number = |digits: &str, max: u16| {
        let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|&value| plain && value <= max)
    };
    Some(PciAddress {
        domain: number(domain, u16::MAX)?,
        bus: number(bus, 0xff)? as u8,
        device: number(device, 0x1f)? as u8,
        function: number(function, 7)? as u8,
    })
}

impl fmt::Display for PciAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:02x}:{:02x}.{:x}", self.domain, self.bus, self.device, self.function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(text: &str) -> Result<DeviceSpec, Problem> {
        text.parse()
    }

    #[test]
    fn devices_are_pci_addresses_or_drivers_with_arguments() {
        let pci = PciAddress { domain: 0, bus: 0x3b, device: 0, function: 1 };
        assert_eq!(device("0000:3b:00.1"), Ok(DeviceSpec::Pci(pci)));
        assert_eq!(device("3b:00.1"), Ok(DeviceSpec::Pci(pci)));
        for text in ["net_pcap:rx_pcap=in.pcap,tx_pcap=out.pcap", "net_null"] {
            assert_eq!(device(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn whatever_else_is_refused() {
        for text in ["", "eth0", "0000:3b:20.0", "0000:3b:00.8", "3b:+0.0", "net_pcap:file", "NET_PCAP:a=b", "net x"] {
            assert!(matches!(device(text), Err(Problem::BadDevice(_))), "{text}");
        }
    }

    #[test]
    fn an_argument_given_several_times_has_all_its_values_in_order() {
        let spec = device("net_pcap:rx_pcap=a,tx_pcap=b,rx_pcap=c").unwrap();
        assert!(spec.arguments("rx_pcap").eq(["a", "c"]));
    }

    #[test]
    fn names_and_queues_out_of_bounds_are_refused_by_name() {
        let error = PortSpec::new("two words", "net_null").unwrap_err();
        assert!(error.to_string().starts_with("two words: "));
        let spec = PortSpec { queues: 65, ..PortSpec::new("a", "net_null").unwrap() };
        assert_eq!(spec.check().unwrap_err().to_string(), "a: 65 queues; 1 to 64 are possible");
    }
}
