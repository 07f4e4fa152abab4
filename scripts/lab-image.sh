# The appliance's image as a machine of its own, in software emulation: it starts by BIOS and UEFI, is set up by a file of
# answers, runs as planned, judges a capture that comes by its cards, takes an update, and takes a broken one back.
# The installer's medium is started in the same way. tests/lab/appliance.py and installer.py have the steps. Minutes, since
# nothing of it runs on the processor itself.
# Sourced by scripts/lab.
# shellcheck shell=bash

PACKAGES_EMULATOR=(qemu-system-x86 ovmf openssh-client)

image_all() {
  install_packages "${PACKAGES_IMAGE[@]}" "${PACKAGES_EMULATOR[@]}"
  [[ -n $BINARIES ]] || must "image" "$TOP/scripts/image" --iso
  python3 "$TOP/tests/lab/appliance.py" --image "$TARGET/image" --sluice "$PROGRAMS/sluice" --work "$LAB/appliance" \
    --key "$WORK/image-key.pem" --cert "$WORK/image-cert.pem" --record "$LAB/appliance.json" || fail "the serial line: $LAB/appliance/serial.log"
  python3 "$TOP/tests/lab/installer.py" --image "$TARGET/image" --work "$LAB/installer" --record "$LAB/installer.json" ||
    fail "the serial line: $LAB/installer/serial.log"
  say "figures: $LAB/appliance.json and installer.json"
}
