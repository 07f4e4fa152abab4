"""Sends a capture over an interface, frame by frame at a pace: line.py CAPTURE INTERFACE FRAMES_A_SECOND."""

import socket
import struct
import sys
import time

PCAP_HEADER, FRAME_HEADER = 24, 16


def frames(capture):
    at = PCAP_HEADER
    while at < len(capture):
        (octets,) = struct.unpack_from("<I", capture, at + 8)
        at += FRAME_HEADER
        yield capture[at : at + octets]
        at += octets


def main(path, interface, frames_a_second):
    with open(path, "rb") as file:
        capture = file.read()
    line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    line.bind((interface, 0))
    due = time.monotonic()
    for frame in frames(capture):
        line.send(frame)
        due += 1 / frames_a_second
        time.sleep(max(0, due - time.monotonic()))


main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
