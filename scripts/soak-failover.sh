# The part `failover` of scripts/soak: real SCTP peers talk through a wire in a bypass while its dataplane is killed,
# stopped and handed over again and again. At the end a datagram a millisecond shows how long frames do not get through
# during a hand-over. Sourced by scripts/soak.
# shellcheck shell=bash

KILLS=20
MIDDLES=()
MODE=in_place
ROUND_MESSAGES=100000
HAND_OVERS=10
A=sluice-a-$$ B=sluice-b-$$ M=sluice-m-$$
FAILOVER=$WORK/failover
# What was done to dataplanes so far, and the newest of them.
DEATHS=0
DATAPLANE=
STARTED=0
SERVER=

failover() {
  parse_failover "$@"
  need_root_here "network namespaces"
  setup_test
  rm -rf "$FAILOVER"
  mkdir -p "$FAILOVER"
  trap clean_up_failover EXIT
  trap 'exit 130' INT TERM
  must "build the peer" cc -std=c17 -D_GNU_SOURCE -O2 -o "$FAILOVER/peer" "$TOP/tests/lab/peer.c" -lusrsctp -lpthread
  must "build the dataplane" cargo build --release -p sluice-dataplane --features sluice-dataplane/dpdk
  local middle
  for middle in "${MIDDLES[@]}"; do
    step "failover, $KILLS times over $middle, $MODE" fail_over_and_over "$middle"
    grep -E '^(in all|without|a hand-over)' "$(log_of "failover, $KILLS times over $middle, $MODE")" | sed 's/^/     /' || true
    clean_up_failover
  done
  summary
}

parse_failover() {
  while (($# > 0)); do
    case $1 in
    --kills) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage && KILLS=$2 && shift ;;
    --middle) [[ ${2:-} =~ ^(af_packet|af_xdp)$ ]] || usage && MIDDLES+=("$2") && shift ;;
    --mode) [[ ${2:-} =~ ^(in_place|splice)$ ]] || usage && MODE=$2 && shift ;;
    *) usage ;;
    esac
    shift
  done
  ((${#MIDDLES[@]} > 0)) || MIDDLES=(af_xdp af_packet)
}

# Rounds of one association each, until there were deaths enough. Every message must arrive once, in order, undamaged.
fail_over_and_over() { # MIDDLE
  local round=0 client code
  lay_wire
  write_failover_configuration "$1" >"$FAILOVER/sluice.toml"
  start_one
  DEATHS=0
  while ((DEATHS < KILLS)); do
    round=$((round + 1))
    start_peers "$FAILOVER/$round"
    client=$!
    while kill -0 "$client" 2>/dev/null && ((DEATHS < KILLS)); do
      sleep 0.$((RANDOM % 8 + 2))
      fail_once $((DEATHS % 3))
      DEATHS=$((DEATHS + 1))
    done
    code=0
    wait "$client" || code=$?
    say "round $round: $DEATHS failures so far, $(tail -n 1 "$FAILOVER/$round.client")"
    ((code == 0)) || fail "round $round: the association did not survive, or lost messages"
    wait "$SERVER" || true
  done
  say "in all $DEATHS failures over $round associations, none lost, no message lost, doubled or out of order"
  show_gaps
}

fail_once() { # KIND
  case $1 in
  0) kill_and_start ;;
  1) stop_and_go ;;
  2) take_over ;;
  esac
}

# What a steady stream notices of hand-overs, and of nothing at all.
show_gaps() {
  local time
  notice_gaps sleep 1
  say "without a hand-over: $(tail -n 1 "$FAILOVER/sink")"
  for ((time = 1; time <= HAND_OVERS; time++)); do
    notice_gaps take_over
    say "a hand-over: $(tail -n 1 "$FAILOVER/sink")"
  done
}

notice_gaps() { # COMMAND...
  local sink source
  ip netns exec "$B" python3 "$TOP/tests/lab/gaps.py" sink 10.90.0.2 >"$FAILOVER/sink" 2>&1 &
  sink=$!
  wait_until 10 grep -q listening "$FAILOVER/sink" || fail "the sink did not come up: $(cat "$FAILOVER/sink")"
  ip netns exec "$A" python3 "$TOP/tests/lab/gaps.py" source 10.90.0.2 &
  source=$!
  "$@"
  kill "$source"
  wait "$sink" || fail "the sink failed: $(cat "$FAILOVER/sink")"
}

kill_and_start() {
  kill -KILL "$DATAPLANE" || fail "it ended by itself: $(tail -n 5 "$FAILOVER/dataplane.$STARTED.log")"
  # Its cores and its journal are free when all of its threads have gone, not just the first.
  wait "$DATAPLANE" || true
  start_one
}

stop_and_go() {
  kill -STOP "$DATAPLANE"
  sleep 0.3
  kill -CONT "$DATAPLANE"
}

take_over() {
  local old=$DATAPLANE
  start_one --take-over
  wait "$old" || fail "the old dataplane ended with $?: $(tail -n 5 "$FAILOVER/dataplane.$STARTED.log")"
  grep -h 'taken over' "$FAILOVER/dataplane.$STARTED.log" | sed 's/^sluice-dataplane: //' || true
}

start_one() { # [OPTION]
  local ready='poll cores'
  STARTED=$((STARTED + 1))
  [[ -z ${1:-} ]] || ready='taken over'
  ip netns exec "$M" "$PROGRAMS/sluice-dataplane" --config "$FAILOVER/sluice.toml" "$@" \
    >"$FAILOVER/dataplane.$STARTED.log" 2>&1 </dev/null &
  DATAPLANE=$!
  wait_until 30 grep -q "$ready" "$FAILOVER/dataplane.$STARTED.log" || fail "it did not come up: $(tail -n 5 "$FAILOVER/dataplane.$STARTED.log")"
}

start_peers() { # PREFIX; the client's process is $! afterwards
  local common=(--messages "$ROUND_MESSAGES" --streams 16 --patience 60
    --question "$TOP/tests/lab/question.hex" --answer "$TOP/tests/lab/answer.hex")
  ip netns exec "$B" "$FAILOVER/peer" server --local 10.90.0.2 "${common[@]}" >"$1.server" 2>&1 &
  SERVER=$!
  wait_until 10 grep -q listening "$1.server" || fail "the server did not come up"
  ip netns exec "$A" "$FAILOVER/peer" client --local 10.90.0.1 --remote 10.90.0.2 "${common[@]}" >"$1.client" 2>&1 &
}

lay_wire() {
  local namespace
  for namespace in "$A" "$B" "$M"; do
    ip netns add "$namespace"
    ip netns exec "$namespace" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  done
  lay_cable "$A" va0 va1
  lay_cable "$B" vb0 vb1
  ip -n "$A" addr add 10.90.0.1/24 dev va0
  ip -n "$B" addr add 10.90.0.2/24 dev vb0
  ip -n "$M" link add wire type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  ip -n "$M" link set va1 master wire
  ip -n "$M" link set vb1 master wire
  ip -n "$M" link set wire up
}

lay_cable() { # NAMESPACE END MIDDLE
  local at
  ip link add "$2" netns "$1" type veth peer name "$3" netns "$M"
  for at in "$1 $2" "$M $3"; do
    read -r namespace end <<<"$at"
    ip netns exec "$namespace" ethtool -K "$end" tx off rx off gro off gso off tso off sg off >/dev/null
    ip -n "$namespace" link set "$end" txqueuelen 10000 up
  done
}

write_failover_configuration() { # MIDDLE
  local at
  mkdir -p "$FAILOVER/run" "$FAILOVER/state"
  printf '[paths]\nrun_dir = "%s"\nstate_dir = "%s"\n\n' "$FAILOVER/run" "$FAILOVER/state"
  printf '[cores]\npoll = [0]\nhousekeeping = 1\nwriter = 1\nidle = "yield"\nlock_dir = "%s"\n\n' "$FAILOVER"
  printf '[memory]\nhuge_pages = "off"\n'
  for at in outside:va1 inside:vb1; do
    printf '\n[[port]]\nname = "%s"\ndevice = "net_%s:iface=%s"\n' "${at%:*}" "$1" "${at#*:}"
  done
  printf '\n[[wire]]\nname = "lab"\noutside = "outside"\ninside = "inside"\non_failure = "bypass"\nbridge = "wire"\nmode = "%s"\n' "$MODE"
}

clean_up_failover() {
  local namespace pid
  for namespace in "$A" "$B" "$M"; do
    for pid in $(ip netns pids "$namespace" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns del "$namespace" 2>/dev/null || true
  done
}
