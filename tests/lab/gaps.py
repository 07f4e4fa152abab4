"""What a steady stream of datagrams notices of an interruption: how many were lost, and how late the latest was.

gaps.py sink ADDRESS      counts until a datagram says how many were sent, and prints what it noticed
gaps.py source ADDRESS    sends one a millisecond until it is told to end by SIGTERM
"""

import json
import signal
import socket
import struct
import sys
import time

PORT = 9
EVERY_NS = 1_000_000
END = 0xFFFF_FFFF
# Number of the datagram, and when it was sent.
FORM = struct.Struct("!IQ")
SO_TIMESTAMPNS = 35
# After so long without a datagram the last one was lost.
PATIENCE_S = 10


def sink(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        receiver.settimeout(PATIENCE_S)
        receiver.bind((address, PORT))
        print("listening", flush=True)
        sent_ns, latest_ns = {}, 0
        while True:
            octets, ancillary, _, _ = receiver.recvmsg(FORM.size, 64)
            number, at_ns = FORM.unpack(octets)
            if number == END:
                # In its place is how many there were.
                return report(sent_ns, at_ns, latest_ns)
            # The kernel's time of arrival: this process may be late itself.
            seconds, nanoseconds = struct.unpack("@qq", ancillary[0][2])
            sent_ns[number] = at_ns
            latest_ns = max(latest_ns, seconds * 1_000_000_000 + nanoseconds - at_ns)


def report(sent_ns, count, latest_ns):
    numbers = sorted(sent_ns)
    holes = [(a, b) for a, b in zip(numbers, numbers[1:]) if b - a > 1]
    longest_ns = max((sent_ns[b] - sent_ns[a] for a, b in holes), default=0)
    print(json.dumps({
        "sent": count,
        "lost": count - len(numbers),
        "longest_hole_us": longest_ns // 1000,
        "latest_us": latest_ns // 1000,
    }))


def source(address):
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((address, PORT))
        number, due_ns = 0, time.monotonic_ns()
        while not ended:
            sender.send(FORM.pack(number, time.time_ns()))
            number += 1
            due_ns += EVERY_NS
            time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
        sender.send(FORM.pack(END, number))


{"sink": sink, "source": source}[sys.argv[1]](sys.argv[2])
