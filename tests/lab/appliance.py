"""The appliance's image as a machine of its own, in software emulation.

    host                                      emulated server
    ┌───────────────────┐  UDP, a frame each  ┌──────────────────────────────────┐
    │ capture ─▶ outside ├─────────────────────┤ 0000:00:04.0 ┐                   │
    │            inside  ├─────────────────────┤ 0000:00:05.0 ┘ wire, vfio, IOMMU │
    │ sluice (TLS), ssh ─┼─────────────────────┤ management                       │
    └───────────────────┘                     └──────────────────────────────────┘

    appliance.py --image FOLDER --sluice PROGRAM --work FOLDER --key FILE --cert FILE --record FILE

Nothing is waited for by time: each step waits until the machine says on its serial line, or over the management port,
that it is there, and fails after a deadline.
"""

import argparse
import collections
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

BOOT_S = 600
OUTSIDE, INSIDE = "0000:00:04.0", "0000:00:05.0"
INSIDE_ADDRESSES = ("10.2.0.1", "10.2.1.1")


class Failed(Exception):
    """A step did not show what it should."""


def run(*command, **kwargs):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **kwargs)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))[:200]}: exit code {done.returncode}: {done.stderr[-800:]}{done.stdout[-400:]}")
    return done.stdout


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Line:
    """One end of a cable: a datagram is a frame."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.peer = free_port(socket.SOCK_DGRAM)

    def netdev(self, name):
        ours = self.socket.getsockname()[1]
        ends = f"local.type=inet,local.host=127.0.0.1,local.port={self.peer},remote.type=inet,remote.host=127.0.0.1,remote.port={ours}"
        return f"dgram,id={name},{ends}"

    def send(self, frame):
        self.socket.sendto(frame, ("127.0.0.1", self.peer))


class Server:
    """The emulated machine, until it is put off."""

    def __init__(self, disk, work, uefi=False, lines=None, drives=(), more=()):
        self.work, self.ssh_port, self.api_port = work, free_port(), free_port()
        self.text, self.news, self.started = "", threading.Condition(), time.monotonic()
        command = ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m", "2560"]
        command += ["-display", "none", "-serial", "stdio", "-monitor", "none", "-nodefaults"]
        command += ["-device", "i6300esb", "-action", "watchdog=reset"]
        command += ["-drive", f"file={disk},format=raw,if=none,id=disk", "-device", "virtio-blk-pci,drive=disk,addr=2,bootindex=1", *more]
        forward = f"hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22,hostfwd=tcp:127.0.0.1:{self.api_port}-:8443"
        command += ["-netdev", f"user,id=management,{forward}", "-device", "virtio-net-pci,netdev=management,addr=3"]
        if lines:
            command += ["-device", "intel-iommu,intremap=on,caching-mode=on"]
            for place, name in ((4, "outside"), (5, "inside")):
                command += ["-netdev", lines[name].netdev(name), "-device", f"e1000e,netdev={name},addr={place}"]
        for name, file in drives:
            command += ["-drive", f"file={file},format=raw,if=none,id={name},readonly=on", "-device", f"virtio-blk-pci,drive={name},serial={name}"]
        if uefi:
            variables = work / "uefi-variables.fd"
            shutil.copy("/usr/share/OVMF/OVMF_VARS_4M.fd", variables)
            command += ["-drive", "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"]
            command += ["-drive", f"if=pflash,format=raw,file={variables}"]
        self.log = open(work / "serial.log", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def listen(self):
        while octets := os.read(self.process.stdout.fileno(), 65536):
            self.log.write(octets)
            self.log.flush()
            with self.news:
                self.text += octets.decode("utf-8", "replace")
                self.news.notify_all()
        with self.news:
            self.text += "\n[the machine is off]\n"
            self.news.notify_all()

    def wait_for(self, pattern, deadline_s=BOOT_S):
        """What was said on the serial line up to and with the pattern; it is not looked at again."""
        end = time.monotonic() + deadline_s
        with self.news:
            while not (found := re.search(pattern, self.text)):
                if "[the machine is off]" in self.text or not self.news.wait(end - time.monotonic()):
                    raise Failed(f"the machine never said {pattern!r}; its last words: {self.text[-1500:]}")
            said, self.text = self.text[: found.end()], self.text[found.end() :]
            return said

    def say(self, text):
        """Types at the serial line."""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def ssh(self, command, deadline_s=300, check=True, data=None):
        options = ["-i", self.work / "key", "-p", self.ssh_port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        options += ["-o", "LogLevel=ERROR", "-o", "ConnectTimeout=60", "-o", "IdentitiesOnly=yes"]
        done = subprocess.run(
            ["ssh", *map(str, options), "admin@127.0.0.1", command], capture_output=True, text=True, timeout=deadline_s, input=data
        )
        if check and done.returncode:
            raise Failed(f"in the machine: {command[:200]}: exit code {done.returncode}: {done.stdout[-600:]}{done.stderr[-600:]}")
        return done.stdout.strip()

    def restart(self):
        self.ssh("sudo systemctl reboot", check=False)


class Lab:
    def __init__(self, options):
        self.image, self.sluice, self.work = Path(options.image), options.sluice, Path(options.work)
        self.key, self.cert, self.record_file = options.key, options.cert, Path(options.record)
        self.record, self.failed = {}, False
        self.top = Path(__file__).parents[2]

    def main(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.work / "key")
        self.record["sizes"] = {name: (self.image / name).stat().st_size for name in ("sluice.img.zst", "slot.squashfs", "sluice.raucb")}
        disk = self.make_disk("bios")
        lines = {"outside": Line(), "inside": Line()}
        self.step("bundles: one good, one broken", self.make_bundles)
        with Server(disk, self.work, lines=lines, drives=[("bundles", self.work / "bundles.img")]) as server:
            self.step("starts by BIOS, set up by a file of answers", lambda: self.first_start(server))
            self.step("what it looks like inside", lambda: self.look_inside(server))
            self.step("ports, and the plan of the machine in force", lambda: self.configure(server))
            self.step("a capture through the wire, read over the management port", lambda: self.replay(server, lines))
            self.step("an update", lambda: self.update(server))
            self.step("a broken update, taken back by itself", lambda: self.broken_update(server))
        with Server(self.make_disk("uefi"), self.work, uefi=True) as server:
            self.step("starts by UEFI", lambda: self.first_start(server))
        self.record_file.write_text(json.dumps(self.record, indent=1) + "\n")
        return 1 if self.failed else 0

    def step(self, name, work):
        if self.failed:
            return
        begun = time.monotonic()
        try:
            figures = work() or {}
        except (Failed, subprocess.TimeoutExpired) as error:
            self.failed = True
            print(f"FAIL {name}: {error}", flush=True)
            return
        figures["took_s"] = round(time.monotonic() - begun, 1)
        self.record[name] = figures
        print(f"ok   {name}: {', '.join(f'{key} {value}' for key, value in figures.items())}", flush=True)

    # ---- What is prepared

    def make_disk(self, name):
        disk = self.work / f"{name}.img"
        run("cp", "--sparse=always", self.image / "sluice.img", disk)
        os.truncate(disk, 4 << 30)
        answers = self.work / "answers"
        key = (self.work / "key.pub").read_text().strip()
        answers.write_text(f"hostname = fw1\ninterface = enp0s3\naddress = dhcp\nssh_key = {key}\n")
        table = json.loads(run("sfdisk", "--json", self.image / "sluice.img"))["partitiontable"]["partitions"]
        run("mcopy", "-i", f"{disk}@@{table[1]['start'] * 512}", answers, "::sluice/answers")
        return disk

    def make_bundles(self):
        root, bundles = self.work / "root", self.work / "bundles"
        bundles.mkdir()
        run("unsquashfs", "-q", "-n", "-d", root, self.image / "slot.squashfs")
        release = root / "usr/lib/os-release"
        text = release.read_text()
        self.make_bundle(root, bundles / "good.raucb", release, text, "good")
        # It starts, and what it is for does not.
        shutil.copy(root / "usr/bin/false", root / "usr/bin/sluiced")
        self.make_bundle(root, bundles / "broken.raucb", release, text, "broken")
        (bundles / "damaged.raucb").write_bytes(damaged((bundles / "good.raucb").read_bytes()))
        run("mksquashfs", bundles, self.work / "bundles.img", "-noappend", "-quiet", "-no-progress", "-noI", "-noD", "-noF", "-noX")
        shutil.rmtree(root)
        shutil.rmtree(bundles)

    def make_bundle(self, root, bundle, release, text, version):
        release.write_text(re.sub(r"IMAGE_VERSION=.*", f"IMAGE_VERSION={version}", text))
        content = self.work / "content"
        content.mkdir()
        run("mksquashfs", root, content / "rootfs.img", "-noappend", "-quiet", "-no-progress", "-comp", "gzip", "-Xcompression-level", "1", "-b", "256K", "-no-xattrs")
        manifest = f"[update]\ncompatible=sluice-appliance\nversion={version}\n[bundle]\nformat=verity\n[image.rootfs]\nfilename=rootfs.img\n"
        (content / "manifest.raucm").write_text(manifest)
        run("rauc", "bundle", f"--cert={self.cert}", f"--key={self.key}", content, bundle)
        shutil.rmtree(content)

    # ---- What is shown

    def first_start(self, server):
        server.wait_for("sluice: system .* is well")
        figures = {"seconds from power to health": round(time.monotonic() - server.started, 1)}
        figures["firmware"] = server.ssh("[ -d /sys/firmware/efi ] && echo UEFI || echo BIOS")
        figures["slot"] = slot(server)
        expect(figures["slot"], "A")
        expect(server.ssh("hostname"), "fw1")
        return figures

    def look_inside(self, server):
        expect(server.ssh("systemctl --failed --no-legend --plain | awk '{print $1}'"), "")
        refused = server.ssh("sudo touch /usr/x /etc/x 2>&1", check=False)
        if refused.count("Read-only file system") != 2:
            raise Failed(f"the root can be written: {refused}")
        exposure = {}
        for unit in ("sluiced", "sluice-hw", "sluice-dataplane"):
            said = server.ssh(f"systemd-analyze security --no-pager {unit}.service 2>/dev/null | tail -n 1", check=False)
            found = re.search(r"([0-9.]+) (OK|MEDIUM|EXPOSED|UNSAFE)", said)
            exposure[unit] = float(found[1]) if found else said
        filters = server.ssh("sudo nft list ruleset | grep -c 'policy drop'")
        synced = server.ssh("systemctl is-active chrony nftables ssh sluiced").split()
        expect(synced, ["active"] * 4)
        used = server.ssh("free -m | awk '/^Mem/ {print $3}'")
        return {"exposure": exposure, "chains that drop": filters, "memory in use, MiB": used}

    def configure(self, server):
        configuration = f"""
[cores]
poll = [1]
lock_dir = "/run/sluice"
[memory]
frames = 8191
[[port]]
name = "outside"
device = "{OUTSIDE}"
[[port]]
name = "inside"
device = "{INSIDE}"
[[wire]]
name = "one"
outside = "outside"
inside = "inside"
[control]
tcp = {{ listen = "[::]:8443", certificate = "/etc/sluice/tls/certificate.pem", key = "/etc/sluice/tls/key.pem" }}
"""
        server.ssh("sudo tee /etc/sluice/sluice.toml >/dev/null", data=configuration)
        self.give_certificate(server)
        plan = server.ssh("sluice hw plan")
        (self.work / "plan.txt").write_text(plan + "\n")
        server.ssh("sudo sluice hw apply --yes", check=False)
        self.start_again(server)
        check = server.ssh("sudo sluice hw check", check=False)
        (self.work / "check.txt").write_text(check + "\n")
        line = server.ssh("cat /proc/cmdline")
        for word in ("nohz_full=1", "intel_iommu=on", "hugepages="):
            if word not in line:
                raise Failed(f"the kernel was started without {word}: {line}")
        expect(server.ssh(f"basename $(readlink /sys/bus/pci/devices/{OUTSIDE}/driver)"), "vfio-pci")
        (self.work / "token").touch(mode=0o600)
        (self.work / "token").write_text(server.ssh("sudo sluice token make lab --role administrator"))
        status = json.loads(server.ssh("sudo sluice status --json"))
        if status.get("dataplane") in (None, {}):
            raise Failed(f"the dataplane does not run: {status}")
        return {"check": check.splitlines()[-1] if check else "as planned"}

    def give_certificate(self, server):
        key, certificate = self.work / "tls-key.pem", self.work / "tls.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", key, "-out", certificate, "-subj", "/CN=fw1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE")  # fmt: skip
        server.ssh("sudo mkdir -p /etc/sluice/tls")
        for file, text in (("tls/key.pem", key.read_text()), ("tls/certificate.pem", certificate.read_text())):
            server.ssh(f"sudo tee /etc/sluice/{file} >/dev/null && sudo chgrp sluice /etc/sluice/{file} && sudo chmod 640 /etc/sluice/{file}", data=text)

    def over_tls(self, server, *arguments):
        url = f"https://127.0.0.1:{server.api_port}"
        return run(self.sluice, *arguments, "--url", url, "--ca", self.work / "tls.pem", "--token-file", self.work / "token")

    def replay(self, server, lines):
        policy, capture = self.top / "control/policy/starter", self.top / "tests/captures/demo.pcap"
        expected_folder = self.work / "expected"
        inside = [word for address in INSIDE_ADDRESSES for word in ("--inside", address)]
        run(self.sluice, "replay", capture, "--policy", policy, "--wire", *inside, "--out", expected_folder)
        self.over_tls(server, "policy", "push", policy, "-m", "lab")
        sent, received = play(read_capture(capture), lines)
        events = [json.loads(line) for line in (expected_folder / "events.jsonl").read_text().splitlines()]
        wait_until(lambda: self.stored(server) >= len(events), 300, "every record is in the store")
        seen = [json.loads(line) for line in self.over_tls(server, "events", "--last", "100000", "--json").splitlines()]
        difference = verdicts(events) - verdicts(seen), verdicts(seen) - verdicts(events)
        if any(difference):
            raise Failed(f"verdicts differ: only expected {difference[0]}, only seen {difference[1]}")
        counters = {c["name"]: c["total"] for c in json.loads(self.over_tls(server, "counters", "--json"))["counters"]}
        expect(counters["rx.frames"], sent)
        expect(received, counters["tx.frames"])
        refused = sum(count for verdict, count in verdicts(seen).items() if verdict[0] != "pass")
        return {"frames sent": sent, "frames received": received, "messages judged": len(seen), "not passed": refused, "changed": counters["line.frames_changed"]}

    def stored(self, server):
        return json.loads(self.over_tls(server, "status", "--json"))["store"].get("last") or 0

    def update(self, server):
        server.ssh("sudo mkdir -p /run/bundles && sudo mount -o ro /dev/disk/by-id/virtio-bundles /run/bundles")
        refused = server.ssh("sudo rauc install /run/bundles/damaged.raucb 2>&1", check=False)
        if not re.search("signature|verif|hash|corrupt", refused, re.I) or slot(server) != "A":
            raise Failed(f"a damaged bundle was not refused: {refused}")
        before = self.stored(server)
        begun = time.monotonic()
        server.ssh("sudo rauc install /run/bundles/good.raucb", deadline_s=900)
        took = round(time.monotonic() - begun, 1)
        self.start_again(server)
        expect(slot(server), "B")
        expect(server.ssh(". /etc/os-release; echo $IMAGE_VERSION"), "good")
        expect(self.stored(server), before)
        return {"slot": "B", "install_s": took, "records kept": before}

    def broken_update(self, server):
        server.ssh("sudo mkdir -p /run/bundles && sudo mount -o ro /dev/disk/by-id/virtio-bundles /run/bundles")
        before = self.stored(server)
        server.ssh("sudo rauc install /run/bundles/broken.raucb", deadline_s=900)
        server.restart()
        said = server.wait_for("sluice: going back to the system before")
        why = re.findall("sluice: system broken is not well: (.*)", said)
        server.wait_for("sluice: system good is well")
        expect(slot(server), "B")
        expect(self.stored(server), before)
        return {"why": why[-1].strip() if why else "?", "slot": "B", "records kept": before}

    def start_again(self, server):
        server.restart()
        server.wait_for("Starting system")
        server.wait_for("sluice: system .* is (not )?well")


def slot(server):
    return re.search(r"rauc.slot=(\w)", server.ssh("cat /proc/cmdline"))[1]


def expect(seen, expected):
    if seen != expected:
        raise Failed(f"{seen!r} where {expected!r} is expected")


def damaged(octets):
    """The same with one bit of its content changed."""
    copy = bytearray(octets)
    copy[len(copy) // 2] ^= 1
    return bytes(copy)


def verdicts(events):
    """How often each verdict was given, by which rule, to what."""
    key = lambda event: (event["verdict"]["action"], event["verdict"].get("rule"), event.get("map", {}).get("operation"), event["verdict"].get("applied"))
    return collections.Counter(map(key, events))


def read_capture(path):
    """Time and octets of each frame of a pcap of Ethernet, in host order."""
    octets = path.read_bytes()
    nano = octets[:4] == b"\x4d\x3c\xb2\xa1"
    offset = 24
    while offset < len(octets):
        seconds, fraction, length, _ = struct.unpack_from("<IIII", octets, offset)
        yield seconds + fraction / (1e9 if nano else 1e6), octets[offset + 16 : offset + 16 + length]
        offset += 16 + length


# Frames under way at once: more than the emulated cards take at a time would be lost in them.
WINDOW = 32


def play(frames, lines):
    """Sends each frame into its end, not before its time in the capture; gives how many were sent, and came out in all."""
    received, news = [0], threading.Condition()

    def take(line):
        while True:
            line.socket.recv(65536)
            with news:
                received[0] += 1
                news.notify_all()

    def wait_for(count):
        with news:
            if not news.wait_for(lambda: received[0] >= count, timeout=60):
                raise Failed(f"{received[0]} frames came out where {count} are expected")

    for line in lines.values():
        threading.Thread(target=take, args=(line,), daemon=True).start()
    begun, first, sent = time.monotonic(), None, 0
    for at, frame in frames:
        first = at if first is None else first
        # The pace of the capture is what is played.
        time.sleep(max(0.0, at - first - (time.monotonic() - begun)))
        wait_for(sent - WINDOW)
        is_inside = len(frame) > 34 and socket.inet_ntoa(frame[26:30]) in INSIDE_ADDRESSES
        lines["inside" if is_inside else "outside"].send(frame)
        sent += 1
    wait_for(sent)
    return sent, received[0]


def wait_until(holds, deadline_s, what):
    end = time.monotonic() + deadline_s
    while not holds():
        if time.monotonic() > end:
            raise Failed(f"not within {deadline_s} s: {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("image", "sluice", "work", "key", "cert", "record"):
        parser.add_argument(f"--{name}", required=True)
    sys.exit(Lab(parser.parse_args()).main())
