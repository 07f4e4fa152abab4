//! What is used of `usrsctp.h` 0.9.5, as it is on Linux.

use std::ffi::{c_char, c_int, c_uint, c_void};

/// `struct sockaddr_conn`.
#[repr(C)]
pub struct Address {
    pub family: u16,
    pub port: u16,
    pub at: *mut c_void,
}

/// `struct sctp_sndinfo`.
#[repr(C)]
pub struct SendInfo {
    pub sid: u16,
    pub flags: u16,
    pub ppid: u32,
    pub context: u32,
    pub association: u32,
}

/// `struct sctp_rcvinfo`.
#[repr(C)]
#[derive(Default)]
pub struct ReceiveInfo {
    pub sid: u16,
    pub ssn: u16,
    pub flags: u16,
    pub ppid: u32,
    pub tsn: u32,
    pub cumulative_tsn: u32,
    pub context: u32,
    pub association: u32,
}

pub const AF_CONN: c_int = 123;
pub const SOCK_STREAM: c_int = 1;
pub const SOL_SOCKET: c_int = 1;
pub const SO_SNDBUF: c_int = 7;
pub const SO_RCVBUF: c_int = 8;
pub const IPPROTO_SCTP: c_int = 132;
pub const SHUT_WR: c_int = 1;
pub const MSG_NOTIFICATION: c_int = 0x2000;
pub const SNDINFO: c_uint = 1;
pub const SCTP_RTOINFO: c_int = 1;
pub const SCTP_ASSOCINFO: c_int = 2;
pub const SCTP_INITMSG: c_int = 3;
pub const SCTP_NODELAY: c_int = 4;
pub const SCTP_PEER_ADDR_PARAMS: c_int = 10;
pub const SCTP_MAXSEG: c_int = 14;
pub const SCTP_DELAYED_SACK: c_int = 15;
pub const SCTP_EVENT: c_int = 30;
pub const SCTP_RECVRCVINFO: c_int = 31;
pub const SPP_PMTUD_DISABLE: u32 = 16;
pub const ASSOC_CHANGE: u16 = 1;
pub const COMM_LOST: u16 = 2;
pub const RESTART: u16 = 3;

type Output = extern "C" fn(*mut c_void, *mut c_void, usize, u8, u8) -> c_int;
type Print = unsafe extern "C" fn(*const c_char, ...);
/// A callback that is never given.
type Callback = extern "C" fn();

unsafe extern "C" {
    pub fn usrsctp_init(port: u16, output: Output, print: Option<Print>);
    pub fn usrsctp_register_address(at: *mut c_void);
    pub fn usrsctp_conninput(at: *mut c_void, packet: *const c_void, len: usize, ecn: u8);
    pub fn usrsctp_socket(
        domain: c_int,
        kind: c_int,
        protocol: c_int,
        received: Option<Callback>,
        writable: Option<Callback>,
        threshold: u32,
        context: *mut c_void,
    ) -> *mut c_void;
    pub fn usrsctp_setsockopt(so: *mut c_void, level: c_int, name: c_int, value: *const c_void, len: u32) -> c_int;
    pub fn usrsctp_bind(so: *mut c_void, address: *mut Address, len: u32) -> c_int;
    pub fn usrsctp_listen(so: *mut c_void, backlog: c_int) -> c_int;
    pub fn usrsctp_accept(so: *mut c_void, address: *mut c_void, len: *mut u32) -> *mut c_void;
    pub fn usrsctp_connect(so: *mut c_void, address: *mut Address, len: u32) -> c_int;
    pub fn usrsctp_sendv(
        so: *mut c_void,
        data: *const c_void,
        len: usize,
        to: *mut c_void,
        addresses: c_int,
        info: *mut c_void,
        info_len: u32,
        info_type: c_uint,
        flags: c_int,
    ) -> isize;
    pub fn usrsctp_recvv(
        so: *mut c_void,
        data: *mut c_void,
        len: usize,
        from: *mut c_void,
        from_len: *mut u32,
        info: *mut c_void,
        info_len: *mut u32,
        info_type: *mut c_uint,
        flags: *mut c_int,
    ) -> isize;
    pub fn usrsctp_shutdown(so: *mut c_void, how: c_int) -> c_int;
    pub fn usrsctp_get_stat(statistics: *mut c_void);
}
