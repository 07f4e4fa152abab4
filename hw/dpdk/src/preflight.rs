//! What can be checked before DPDK is asked, because its own messages do not say what to do.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use sluice_io::LinkType;
use sluice_io::capture::Reader;

use crate::{Error, PciAddress, PortSpec, Problem};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The network interface exists, in the network namespace of this thread.
pub(crate) fn interface(port: &str, interface: &str) -> Result<(), Error> {
    let name = CString::new(interface).unwrap_or_default();
    // SAFETY: a string that outlives the call.
    if unsafe { libc::if_nametoindex(name.as_ptr()) } != 0 {
        return Ok(());
    }
    Err(Error::missing(port, format!("there is no interface {interface}"), "ip link lists those there are"))
}

/// How many frames a capture file will give, and what the first begins with.
pub(crate) fn capture(port: &str, path: &str) -> Result<(u64, LinkType), Error> {
    let mut reader = Reader::open(path).map_err(|error| Error::new(port, Problem::Capture(error)))?;
    if is_compressed(path) {
        let advice = "gunzip it, or play it without DPDK";
        return Err(Error::missing(port, format!("{path} is compressed, which net_pcap cannot read"), advice));
    }
    let mut first = None;
    // net_pcap stops where the file is damaged, as this does.
    while let Ok(Some(record)) = reader.next() {
        first.get_or_insert(record.link_type);
    }
    Ok((reader.frames(), first.unwrap_or_default()))
}

fn is_compressed(path: &str) -> bool {
    let mut octets = [0; GZIP_MAGIC.len()];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut octets).is_ok() && octets == GZIP_MAGIC)
}

/// The folder of a file that is to be made exists.
pub(crate) fn folder_of(port: &str, path: &str) -> Result<(), Error> {
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_none_or(Path::is_dir) {
        return Ok(());
    }
    Err(Error::missing(port, format!("{path} cannot be made: its folder does not exist"), "make the folder first"))
}

/// The card exists and has a driver DPDK can work with.
pub(crate) fn pci(spec: &PortSpec, address: PciAddress) -> Result<(), Error> {
    pci_under(Path::new("/sys/bus/pci/devices"), spec, address)
}

fn pci_under(devices: &Path, spec: &PortSpec, address: PciAddress) -> Result<(), Error> {
    /// Drivers that give the device to the process, and those DPDK shares the device with.
    const USABLE: [&str; 6] = ["vfio-pci", "uio_pci_generic", "igb_uio", "mlx5_core", "mlx4_core", "mana"];
    let folder = devices.join(address.to_string());
    if !folder.is_dir() {
        let advice = "lspci -D lists those there are";
        return Err(Error::missing(&spec.name, format!("there is no PCI device {address}"), advice));
    }
    let bound = fs::read_link(folder.join("driver")).ok();
    let driver = bound.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("no driver");
    if USABLE.contains(&driver) {
        return Ok(());
    }
    let advice = format!("bind it first: dpdk-devbind.py -b vfio-pci {address}");
    Err(Error::missing(&spec.name, format!("{address} is bound to {driver}"), advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_is_missing_or_bound_to_the_kernel_is_told_with_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let spec = PortSpec::new("outside", "0000:3b:00.0").unwrap();
        let address: PciAddress = "0000:3b:00.0".parse().unwrap();
        let told = || pci_under(root.path(), &spec, address).unwrap_err().to_string();
        assert_eq!(told(), "outside: there is no PCI device 0000:3b:00.0; lspci -D lists those there are");

        let folder = root.path().join("0000:3b:00.0");
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink("../../bus/pci/drivers/ice", folder.join("driver")).unwrap();
        let advice = "bind it first: dpdk-devbind.py -b vfio-pci 0000:3b:00.0";
        assert_eq!(told(), format!("outside: 0000:3b:00.0 is bound to ice; {advice}"));

        fs::remove_file(folder.join("driver")).unwrap();
        std::os::unix::fs::symlink("../../bus/pci/drivers/vfio-pci", folder.join("driver")).unwrap();
        assert_eq!(pci_under(root.path(), &spec, address), Ok(()));
    }

    #[test]
    fn an_interface_that_is_missing_is_told_by_name() {
        assert_eq!(interface("tap", "lo"), Ok(()));
        let error = interface("tap", "nosuch0").unwrap_err().to_string();
        assert_eq!(error, "tap: there is no interface nosuch0; ip link lists those there are");
    }
}
