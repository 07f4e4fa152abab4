"""The installer's medium in an emulated server: asked at the console, and by a file with an encrypted data partition.

    installer.py --image FOLDER --work FOLDER --record FILE

Takes what `scripts/image --iso` made. As in appliance.py nothing is waited for by time.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from appliance import Failed, Lab, Server, expect, run, slot

PASSPHRASE = "correct horse 7"


class InstallerLab(Lab):
    def __init__(self, options):
        self.image, self.work, self.record_file = Path(options.image), Path(options.work), Path(options.record)
        self.record, self.failed = {}, False

    def main(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.work / "key")
        self.record["sizes"] = {"sluice.iso": (self.image / "sluice.iso").stat().st_size}
        self.by_hand()
        self.by_file()
        self.record_file.write_text(json.dumps(self.record, indent=1) + "\n")
        return 1 if self.failed else 0

    def by_hand(self):
        disk = self.disk("asked", "label: dos\nsize=1GiB, type=83\nsize=64MiB, type=82\n")
        answers = {"answers": self.answers("no")}
        stick = self.stick("asked-stick", answers)
        # What is on the disk would be started first: the medium is chosen, as one does by iLO, and for this start alone.
        with self.server(disk, stick, "-action", "reboot=shutdown", boot_medium=True) as server:
            self.step("asked: nothing is written where the name is not typed again", lambda: self.refuse(server, disk))
            self.step("asked: writes to the disk", lambda: self.install(server, disk))
        with self.server(disk, None) as server:
            self.step("asked: the machine starts from its disk", lambda: self.starts(server, "BIOS"))

    def by_file(self):
        disk, answers = self.disk("ordered"), self.answers("yes")
        files = {"answers": answers, "passphrase": PASSPHRASE + "\n", "install": "disk = only\nthen = restart\n"}
        stick = self.stick("ordered-stick", files)
        with self.server(disk, stick, uefi=True) as server:
            self.step("ordered: writes to the only disk, asks nothing", lambda: server.wait_for("Sluice is installed on /dev/vda") and None)
            self.step("ordered: the machine starts from its disk", lambda: self.starts(server, "UEFI"))
            self.step("ordered: the data partition is encrypted", lambda: self.is_encrypted(server, disk))
            self.step("ordered: starts again with the stick", lambda: self.start_again(server))
            self.step("ordered: put off", lambda: self.put_off(server))
        with self.server(disk, None, uefi=True) as server:
            self.step("ordered: starts without the stick, with the passphrase typed", lambda: self.type_passphrase(server))
        stick = self.stick("again-stick", files | {"install": "disk = only\nerase = yes\n"})
        with self.server(disk, stick, uefi=True, boot_medium=True) as server:
            self.step("ordered: the file does not overwrite the appliance", lambda: self.no_second_time(server))

    # ---- What is prepared

    def disk(self, name, table=None):
        disk = self.work / f"{name}.img"
        with open(disk, "wb") as file:
            file.truncate(5 << 30)
        if table:
            run("sfdisk", "--quiet", disk, input=table)
        return disk

    def answers(self, encrypt):
        key = (self.work / "key.pub").read_text().strip()
        return f"hostname = fw1\ninterface = en*\naddress = dhcp\nencrypt = {encrypt}\nssh_key = {key}\n"

    def stick(self, name, files):
        stick = self.work / f"{name}.img"
        with open(stick, "wb") as file:
            file.truncate(4 << 20)
        run("mkfs.vfat", "-n", "SLUICE", stick)
        for file, text in files.items():
            (self.work / "file").write_text(text)
            run("mcopy", "-i", stick, self.work / "file", f"::{file}")
        return stick

    def server(self, disk, stick, *more, uefi=False, boot_medium=False):
        medium = ["-drive", f"file={self.image / 'sluice.iso'},format=raw,if=none,id=medium,readonly=on,media=cdrom"]
        medium += ["-device", f"ide-cd,drive=medium,bootindex={0 if boot_medium else 2}"]
        return Server(disk, self.work, uefi=uefi, drives=[("stick", stick)] if stick else (), more=[*medium, *more])

    # ---- What is shown

    def refuse(self, server, disk):
        before = run("sfdisk", "--dump", disk)
        self.choose(server)
        server.say("vdb\n")
        server.wait_for("Nothing was changed")
        expect(run("sfdisk", "--dump", disk), before)

    def install(self, server, disk):
        self.choose(server)
        server.say("vda\n")
        said = server.wait_for(r"Sluice is installed on /dev/vda[\s\S]*?press Enter to restart")
        starts = [p["start"] * 512 for p in json.loads(run("sfdisk", "--json", disk))["partitiontable"]["partitions"]]
        expect(len(starts), 4)
        compare(disk, self.image / "sluice.img", starts[0], starts[1] - starts[0])
        compare(disk, self.image / "slot.squashfs", starts[2], (self.image / "slot.squashfs").stat().st_size, 0)
        server.say("\n")
        server.wait_for("the machine is off")
        return {"copied": re.findall(r"copied, ([^\r\n]*)", said)[-1]}

    def choose(self, server):
        server.wait_for("Installer of Sluice. Press Enter")
        server.say("\n")
        server.wait_for("1  /dev/vda +5G .*not empty")
        server.wait_for("Number of the disk")
        server.say("1\n")
        server.wait_for("All of it will be lost. Type vda to go on")

    def starts(self, server, firmware):
        server.wait_for("Starting system A")
        server.wait_for("sluice: system .* is well")
        expect(slot(server), "A")
        expect(server.ssh("[ -d /sys/firmware/efi ] && echo UEFI || echo BIOS"), firmware)
        expect(server.ssh("sudo sfdisk --verify /dev/vda 2>&1 | grep -c 'No errors detected'"), "1")

    def is_encrypted(self, server, disk):
        expect(server.ssh("findmnt -no SOURCE /var"), "/dev/mapper/sluice-data")
        header = server.ssh("sudo cryptsetup luksDump /dev/disk/by-partlabel/sluice-data")
        cipher = re.search("cipher: (\\S+)", header)[1]
        server.ssh("echo an-open-secret-of-the-lab | sudo tee /var/lib/sluice-image/lab >/dev/null; sync")
        found = subprocess.run(["grep", "-aqF", "an-open-secret-of-the-lab", disk], check=False).returncode
        expect((found, re.search("Version:\\s+(\\d)", header)[1]), (1, "2"))
        return {"cipher": cipher}

    def put_off(self, server):
        server.ssh("sudo systemctl poweroff", check=False)
        server.wait_for("the machine is off")

    def type_passphrase(self, server):
        for passphrase in ("wrong", PASSPHRASE):
            server.wait_for("Passphrase of the data partition:")
            server.say(passphrase + "\n")
        server.wait_for("sluice: system .* is well")
        expect(server.ssh("sudo cat /var/lib/sluice-image/lab"), "an-open-secret-of-the-lab")
        self.put_off(server)

    def no_second_time(self, server):
        server.wait_for("holds an appliance already")
        server.wait_for("Installer of Sluice. Press Enter")


def compare(disk, file, start, length, file_start=None):
    """Fails where `length` octets of the disk at `start` are not those of the file."""
    file_start = start if file_start is None else file_start
    run("cmp", f"--ignore-initial={start}:{file_start}", f"--bytes={length}", disk, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("image", "work", "record"):
        parser.add_argument(f"--{name}", required=True)
    try:
        sys.exit(InstallerLab(parser.parse_args()).main())
    except Failed as error:
        sys.exit(f"installer.py: {error}")
