# The nodes over the kernel's SCTP with osmo-stp, a real signalling transfer point, between them, in user-mode Linux: a
# Linux kernel that runs as a process, so that neither this machine's kernel nor its modules matter.
#
#   user-mode Linux                        namespace m                      user-mode Linux
#   originator ── vec0 ── va1 (tap) ── wire with a policy ── (tap) vb1 ── vec1 ── osmo-stp ── destination
#
# The frames are edited as in lab-verdicts.sh and must show the same; answers are bounced first, then reflected, which
# the transfer point routes back.
# Sourced by scripts/lab.
# shellcheck shell=bash

PACKAGES_UML=(user-mode-linux mmdebstrap)
# What runs inside.
PACKAGES_INSIDE=iproute2,kmod,procps,osmo-stp,libusrsctp2
# Where files are executed from must not be mounted noexec, and speed wants memory.
UML_ROOT=${UML_ROOT:-$WORK/uml/root}

uml_all() {
  install_packages "${PACKAGES_UML[@]}"
  [[ -e $UML_ROOT/usr/bin/osmo-stp ]] || must "files of user-mode Linux (minutes, once)" make_root
  must "build the nodes" nodes_cargo build
  local how name
  for how in bounce reflect; do
    name="osmo-stp and the kernel's SCTP, $MESSAGES messages, $how"
    ANSWERS=$how step "$name" verdicts_in_uml "$how"
    show_nodes "$(log_of "$name")"
    clean_up
  done
}

make_root() {
  local version archive=$WORK/uml/root.tar
  version=$(basename /usr/lib/uml/modules/*)
  mkdir -p "$UML_ROOT"
  # The archive comes first: unpacking modules over a tree whose /lib is a link would replace the link.
  mmdebstrap --variant=minbase --include="$PACKAGES_INSIDE" bookworm "$archive"
  tar -C "$UML_ROOT" -xf "$archive" --exclude=./dev
  rm "$archive"
  mkdir -p "$UML_ROOT"/{dev,lab,lib/modules}
  cp -r "/usr/lib/uml/modules/$version" "$UML_ROOT/lib/modules/"
  chroot "$UML_ROOT" /sbin/depmod "$version"
}

verdicts_in_uml() { # bounce|reflect
  local folder=$LAB/uml-$1 inside=$UML_ROOT/lab loss failed=0
  mkdir -p "$folder"
  lay_taps
  start_dataplane af_packet "$folder"
  prepare_inside "$inside"
  start_process "$folder/linux.log" env TMPDIR=/dev/shm ip netns exec "$M" linux.uml mem=256M root=none \
    rootfstype=hostfs rootflags="$UML_ROOT" rw init=/sbin/init.uml con=null con0=fd:0,fd:1 \
    vec0:transport=tap,ifname=va1 vec1:transport=tap,ifname=vb1
  wait_until 60 test -e "$inside/ready" || fail "user-mode Linux did not come up: $(tail -n 20 "$folder/linux.log")"
  for loss in "${LOSSES[@]}"; do run_inside "$inside" "plain-$loss"; done
  sluice "$folder/sluice.toml" policy push --yes "$TOP/tests/nodes/policy"
  for loss in "${LOSSES[@]}"; do run_inside "$inside" "edited-$loss"; done
  for loss in "${LOSSES[@]}"; do
    say "loss of $loss %:"
    check_nodes "$inside/plain-$loss" || failed=1
    check_nodes "$inside/edited-$loss" --edited --plain "$inside/plain-$loss".{a,b}.json || failed=1
  done
  counter_totals "$folder/sluice.toml" | grep -E '^(verdict|rx\.frames|tx\.|line\.)' || true
  return "$failed"
}

lay_taps() {
  local tap
  ip netns add "$M"
  ip netns exec "$M" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  for tap in va1 vb1; do
    ip -n "$M" tuntap add dev "$tap" mode tap
    ip -n "$M" link set "$tap" txqueuelen 10000 up
  done
}

prepare_inside() { # FOLDER
  local loss
  rm -rf "$1"
  mkdir -p "$1"
  cp "$NODES/debug/nodes" "$TOP/tests/lab/stp.cfg" "$1"
  cp "$TOP/tests/lab/uml-init" "$UML_ROOT/sbin/init.uml"
  printf -- '--messages %s --seed %s\n' "$MESSAGES" "$SEED" >"$1/common"
  for loss in "${LOSSES[@]}"; do printf 'plain-%s %s --patience 10000\n' "$loss" "$loss"; done >"$1/runs"
  for loss in "${LOSSES[@]}"; do
    printf 'edited-%s %s --edited --patience %s\n' "$loss" "$loss" $((4000 + loss * 2000))
  done >>"$1/runs"
}

run_inside() { # FOLDER NAME
  : >"$1/$2.go"
  wait_until $((60 + MESSAGES / 50)) test -e "$1/$2.done" || fail "$2 does not end: $(cat "$1/$2".*.out)"
  cat "$1/$2".{a,b}.out
}
