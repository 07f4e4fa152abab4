use super::*;
use crate::image::{MappedImage, SealedImage};
use crate::{Cause, Error};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use sluice_abi::command::{Code, REPLY_OCTETS_MAX, Reply, Request};
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

const SOON: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_secs(30);

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("command.socket");
    (dir, path)
}

fn done(text: &str) -> Reply {
    Reply { code: Code::Done, version: 3, text: text.into() }
}

/// The next request, however many events without one come before it.
fn wait(server: &mut Server) -> Incoming {
    (0..100).find_map(|_| server.next(LATE).unwrap()).unwrap()
}

fn raw(path: &Path) -> OwnedFd {
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    connect(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
    socket
}

#[test]
fn a_pushed_image_arrives_sealed_and_whole_and_the_answer_comes_back() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let incoming = wait(&mut server);
            let Request::Push { version: 7, length } = incoming.request else { panic!("{incoming:?}") };
            let image = MappedImage::from_fd(incoming.descriptor.unwrap(), length).unwrap();
            assert_eq!(image.as_slice(), b"policy");
            assert_eq!(incoming.uid, fs::metadata(&path).unwrap().uid());
            assert!(server.reply(incoming.peer, &done("in force")));
        });
        let mut client = Client::connect(&path, LATE).unwrap();
        let image = SealedImage::new(b"policy", false).unwrap();
        let request = Request::Push { version: 7, length: image.length() };
        assert_eq!(client.ask(&request, Some(image.as_fd())), Ok(done("in force")));
    });
}

#[test]
fn the_longest_answer_arrives_whole() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    let text = "x".repeat(2 * REPLY_OCTETS_MAX);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let peer = wait(&mut server).peer;
            server.reply(peer, &done(&text))
        });
        let reply = Client::connect(&path, LATE).unwrap().ask(&Request::Status, None).unwrap();
        assert!(reply.text.len() > REPLY_OCTETS_MAX - 64 && text.starts_with(&reply.text));
    });
}

#[test]
fn descriptors_beyond_the_first_are_closed() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    let socket = raw(&path);
    // A pipe end that nobody else holds any more gives an end of file to its reader.
    let ends: Vec<_> = (0..3).map(|_| std::io::pipe().unwrap()).collect();
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut control = rustix::net::SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = ends.iter().map(|(_, writer)| writer.as_fd()).collect();
    assert!(control.push(rustix::net::SendAncillaryMessage::ScmRights(&descriptors)));
    let octets = Request::Status.encode();
    let packet = [std::io::IoSlice::new(&octets)];
    rustix::net::sendmsg(&socket, &packet, &mut control, rustix::net::SendFlags::empty()).unwrap();
    let incoming = wait(&mut server);
    let readers: Vec<_> = ends.into_iter().map(|(reader, _)| reader).collect();
    let ended = |mut reader: &std::io::PipeReader| {
        let mut polled = [rustix::event::PollFd::new(&reader, rustix::event::PollFlags::IN)];
        let none = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        rustix::event::poll(&mut polled, Some(&none)).unwrap() == 1
            && std::io::Read::read(&mut reader, &mut [0]).unwrap() == 0
    };
    assert_eq!(readers.iter().map(ended).collect::<Vec<_>>(), [false, true, true]);
    drop(incoming);
    assert!(ended(&readers[0]));
}

#[test]
fn nonsense_is_refused_with_a_reason_and_the_peer_is_let_go() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    let mut wrong_version = Request::Stop.encode();
    wrong_version[0] ^= 2;
    for octets in [&b"x"[..], &[0; 4096], &wrong_version] {
        let socket = raw(&path);
        packet::send(socket.as_fd(), octets, None).unwrap();
        assert!(server.next(LATE).unwrap().is_none() && server.next(LATE).unwrap().is_none());
        let mut answer = [0; 1024];
        let (length, _) = packet::receive(socket.as_fd(), &mut answer).unwrap();
        assert_eq!(Reply::decode(&answer[..length]).unwrap().code, Code::Refused);
        assert_eq!(packet::receive(socket.as_fd(), &mut answer).unwrap().0, 0, "end of the connection");
    }
    let socket = raw(&path);
    assert!(server.next(LATE).unwrap().is_none());
    drop(socket);
    assert!(server.next(LATE).unwrap().is_none(), "a peer that hangs up");
    assert!(server.next(SOON).unwrap().is_none());
}

#[test]
fn more_peers_than_there_is_room_for_do_not_keep_a_new_one_out() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    let silent: Vec<_> = (0..PEERS_MAX * 2)
        .map(|_| {
            let socket = raw(&path);
            assert!(server.next(LATE).unwrap().is_none());
            socket
        })
        .collect();
    let socket = raw(&path);
    packet::send(socket.as_fd(), &Request::Rollback.encode(), None).unwrap();
    assert_eq!(wait(&mut server).request, Request::Rollback);
    assert_eq!(packet::receive(silent[0].as_fd(), &mut [0; 8]).unwrap().0, 0, "the one silent for longest");
}

#[test]
fn a_peer_that_never_stops_asking_does_not_keep_others_from_being_heard() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    let (loud, quiet) = (raw(&path), raw(&path));
    for _ in 0..5 {
        packet::send(loud.as_fd(), &Request::Status.encode(), None).unwrap();
    }
    packet::send(quiet.as_fd(), &Request::Stop.encode(), None).unwrap();
    let heard: Vec<_> = (0..3).map(|_| wait(&mut server).request).collect();
    assert!(heard.contains(&Request::Stop), "{heard:?}");
}

#[test]
fn a_client_does_not_wait_for_ever() {
    let (_dir, path) = place();
    let error = |cause| CallError::Socket(Error { path: path.clone(), cause });
    assert!(Client::connect(&path, SOON).unwrap_err().to_string().contains("No such file"));
    let server = Server::bind(&path).unwrap();
    let mut client = Client::connect(&path, SOON).unwrap();
    let timed_out = Cause::from(rustix::io::Errno::TIMEDOUT);
    assert_eq!(client.ask(&Request::Status, None), Err(error(timed_out)));
    drop(server);
    let gone = client.ask(&Request::Status, None).unwrap_err();
    assert!(matches!(gone, CallError::Socket(_)), "{gone}");
}

#[test]
fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
    let (_dir, path) = place();
    let server = Server::bind(&path).unwrap();
    assert_eq!(Server::bind(&path).unwrap_err().cause, Cause::InUse);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
    drop(server);
    assert!(!path.exists(), "taken away in good order");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "left by a dead process");
    let mut server = Server::bind(&path).unwrap();
    let socket = raw(&path);
    packet::send(socket.as_fd(), &Request::Status.encode(), None).unwrap();
    assert_eq!(wait(&mut server).request, Request::Status);
}

#[test]
fn a_file_or_a_socket_of_another_kind_is_not_touched() {
    let (_dir, path) = place();
    fs::write(&path, b"precious").unwrap();
    assert_eq!(Server::bind(&path).unwrap_err().cause, Cause::NotASocket);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    fs::remove_file(&path).unwrap();
    let _stream = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_eq!(Server::bind(&path).unwrap_err().cause, Cause::InUse);
    assert!(Server::bind(&path.with_file_name("x".repeat(200))).is_err());
}

#[test]
fn waiting_ends_at_its_time_and_zero_does_not_wait() {
    let (_dir, path) = place();
    let mut server = Server::bind(&path).unwrap();
    assert!(server.next(Duration::ZERO).unwrap().is_none());
    assert!(server.next(SOON).unwrap().is_none());
}
