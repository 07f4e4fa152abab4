# A policy decides on every message of two MAP nodes, and the nodes say what became of each.
#
# Their packets are lost, repeated and late on both sides of the wire, as a seed says (tests/nodes). For each middle and
# each loss the messages go through twice: before there is a policy, and under one with a rule for every verdict. What
# must show: no association lost, each passed message delivered once and whole, no refused one delivered, each
# originator given the chosen answer, no dialogue left open, and no more chunks sent again than without a policy.
# Sourced by scripts/lab, which has the wire and the middles.
# shellcheck shell=bash

# Where the nodes are built; they link libusrsctp and have a workspace of their own.
NODES=$TARGET/nodes
SEED=${SEED:-1}

edit_all() {
  must "build the nodes" nodes_cargo build
  step "the check of the nodes notices each thing done wrong" nodes_cargo test
  local middle name
  for middle in "${MIDDLES[@]}"; do
    name="verdicts on $MESSAGES messages through $middle"
    case "$middle" in
    testpmd) continue ;;
    bridge) step "nodes through bridge, $MESSAGES messages" without_verdicts ;;
    *)
      step "$name" verdicts_through "$middle"
      show_nodes "$(log_of "$name")"
      ;;
    esac
    clean_up
  done
}

nodes_cargo() { # build|test
  cargo "$1" --locked --manifest-path "$TOP/tests/nodes/Cargo.toml" --target-dir "$NODES"
}

# What the rig itself does.
without_verdicts() {
  local folder=$LAB/nodes-bridge loss
  mkdir -p "$folder"
  lay_wire
  start_bridge
  for loss in "${LOSSES[@]}"; do
    run_nodes "$folder/plain-$loss" "$loss"
    check_nodes "$folder/plain-$loss" || fail "the nodes fail without anything between them"
  done
}

verdicts_through() { # MIDDLE
  local folder=$LAB/verdicts-$1 loss failed=0
  mkdir -p "$folder"
  lay_wire
  start_dataplane "$1" "$folder"
  for loss in "${LOSSES[@]}"; do
    run_nodes "$folder/plain-$loss" "$loss"
    check_nodes "$folder/plain-$loss" || fail "the nodes fail without a policy"
  done
  sluice "$folder/sluice.toml" policy push --yes "$TOP/tests/nodes/policy"
  for loss in "${LOSSES[@]}"; do
    run_nodes "$folder/edited-$loss" "$loss" --edited
    say "loss of $loss %:"
    check_nodes "$folder/edited-$loss" --edited --plain "$folder/plain-$loss".{a,b}.json || failed=1
  done
  counter_totals "$folder/sluice.toml" >"$folder/counters"
  grep -E '^(verdict|rx\.frames|tx\.|line\.|splice\.)' "$folder/counters" || true
  if [[ $MODE == splice ]] && ! grep -q '^splice\.removed [1-9]' "$folder/counters"; then fail "nothing was spliced"; fi
  return "$failed"
}

# Both nodes over the wire; the faults are half before it and half behind it.
run_nodes() { # PREFIX LOSS [--edited]
  local prefix=$1 loss=$2 b
  shift 2
  local common=(--messages "$MESSAGES" --seed "$SEED" --loss $((loss * 10))
    --mtu "$NODES_MTU")
  ((loss == 0)) || common+=(--duplicate 10 --delay 20 --delay-ms 10)
  ip netns exec "$B" "$NODES/debug/nodes" destination --local 10.90.0.2 --remote 10.90.0.1 "${common[@]}" \
    --log "$prefix.b.json" >"$prefix.b.out" 2>&1 &
  b=$!
  printf '%s\n' "$b" >>"$PIDS"
  wait_until 10 grep -q listening "$prefix.b.out" || fail "the destination did not come up: $(cat "$prefix.b.out")"
  ip netns exec "$A" timeout $((60 + MESSAGES / 500)) "$NODES/debug/nodes" originator --local 10.90.0.1 \
    --remote 10.90.0.2 "${common[@]}" --patience $((1500 + loss * 1000)) --log "$prefix.a.json" "$@" || true
  wait_until 25 process_gone "$b" || fail "the destination does not end: $(cat "$prefix.b.out")"
  tail -n 1 "$prefix.b.out"
}

check_nodes() { # PREFIX [OPTION...]
  local prefix=$1
  shift
  "$NODES/debug/nodes" check "$prefix.a.json" "$prefix.b.json" "$@"
}

# The figures of a run, for the person at the terminal.
show_nodes() { # LOG
  grep -E '^(loss of|originator: sent|destination: sent|[0-9]+ faults)' "$1" | sed 's/^/     /' || true
}
