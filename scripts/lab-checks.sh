# What a lab run must show; each check says its figures and fails with the reason.
# Sourced by scripts/lab, which has link_counts and the folders.
# shellcheck shell=bash

# Both peers received every message once, in order and undamaged.
check_peers() { # FOLDER
  python3 - "$1" <<'PY'
import json, sys
folder = sys.argv[1]
bad = []
for role in ("client", "server"):
    lines = [line for line in open(f"{folder}/{role}.out") if line.startswith("{")]
    if not lines:
        bad.append(f"{role}: no result")
        continue
    result = json.loads(lines[-1])
    print(lines[-1].strip())
    if not result["good"]:
        bad.append(f"{role}: not all messages came once, in order and undamaged")
sys.exit("; ".join(bad) or 0)
PY
}

# What one end sent into the wire is what the other received, as the kernel counts it. The last frames of the
# shutdown may be on their way when the counters are read, so they get a second.
check_links() { # FOLDER
  wait_until 1 links_agree "$1" || true
  links_agree "$1"
}

links_agree() { # FOLDER
  link_counts >"$1/links.after.json"
  python3 - "$1" <<'PY'
import json, sys
folder = sys.argv[1]
def counts(name):
    links = json.load(open(f"{folder}/links.{name}.json"))
    return {link: links[link][0]["stats64"] for link in links}
before, after = counts("before"), counts("after")
def grown(link, way, what):
    return after[link][way][what] - before[link][way][what]
bad = []
for source, sink in (("va0", "vb0"), ("vb0", "va0")):
    sent, received = grown(source, "tx", "packets"), grown(sink, "rx", "packets")
    print(f"{source} sent {sent} frames, {sink} received {received}")
    if sent != received:
        bad.append(f"{sent - received} frames lost between {source} and {sink}")
    for way in ("rx", "tx"):
        if dropped := grown(source, way, "dropped"):
            bad.append(f"{source} dropped {dropped} frames ({way})")
copied, shown = grown("va0", "tx", "packets") + grown("va0", "rx", "packets"), grown("ta1", "rx", "packets")
print(f"the tap was shown {shown} frames of {copied}")
if copied != shown:
    bad.append(f"{copied - shown} frames did not reach the tap")
sys.exit("; ".join(bad) or 0)
PY
}

# The dataplane lost nothing, and the journal has each message once for the wire and once for the tap: questions come
# in by the wire's outside, answers by its inside, both by the tap's mirror.
check_dataplane() { # FOLDER CONFIGURATION MESSAGES
  wait_until 30 journal_settled "$2" || true
  counter_totals "$2" >"$1/counters.txt"
  sluice "$2" events --json --last $(($3 * 4 + 1000)) >"$1/events.jsonl"
  python3 - "$1" "$3" <<'PY'
import collections, json, sys
folder, messages = sys.argv[1], int(sys.argv[2])
counters = {name: int(total) for name, total in (line.split() for line in open(f"{folder}/counters.txt"))}
must_be_zero = ("tx.dropped", "rx.not_contiguous", "events.lost_ring_full", "events.lost_too_long", "journal.lost_disk")
bad = [f"{name} is {counters[name]}" for name in must_be_zero if counters[name]]
print(f"received {counters['rx.frames']} frames, sent {counters['tx.frames']}, {counters['journal.records']} records")
seen = collections.Counter()
for line in open(f"{folder}/events.jsonl"):
    event = json.loads(line)
    event = event.get("record", event)
    tcap, component = event.get("tcap", {}), event.get("map", {}).get("component")
    if component == "invoke":
        seen[event.get("port"), "question", tcap.get("otid")] += 1
    elif component:
        seen[event.get("port"), "answer", tcap.get("dtid")] += 1
if counters["rx.frames"] != 2 * counters["tx.frames"]:
    bad.append("not every frame was received twice, by the wire and by the tap, and sent once")
wanted = {("outside", "question"), ("inside", "answer"), ("mirror", "question"), ("mirror", "answer")}
for port, kind in sorted(wanted | {(port, kind) for port, kind, _ in seen}, key=str):
    times = [n for (p, k, _), n in seen.items() if (p, k) == (port, kind)]
    print(f"journal, port {port}: {len(times)} different {kind}s in {sum(times)} records")
    expected = messages if (port, kind) in wanted else 0
    if len(times) != expected or sum(times) != expected:
        bad.append(f"port {port} has {len(times)} {kind}s in {sum(times)} records, not {expected} once each")
sys.exit("; ".join(bad) or 0)
PY
}

# True when the journal has stopped growing and the daemon has read all of it.
journal_settled() { # CONFIGURATION
  local before after
  before=$(counter_totals "$1" && sluice "$1" status --json | grep -o '"store":.*')
  sleep 0.5
  after=$(counter_totals "$1" && sluice "$1" status --json | grep -o '"store":.*')
  [[ $before == "$after" ]]
}

# The figures of one run, for the person at the terminal.
show_figures() { # FOLDER
  python3 - "$1" <<'PY'
import json, sys
for role in ("client", "server"):
    try:
        lines = [line for line in open(f"{sys.argv[1]}/{role}.out") if line.startswith("{")]
    except OSError:
        lines = []
    if lines:
        r = json.loads(lines[-1])
        rate = 2 * r["received"] / r["seconds"] if r["seconds"] else 0
        print(f"     {role}: {r['received']} of {r['messages']} received, {r['lost']} lost, {r['duplicated']} duplicated, "
              f"{r['reordered']} reordered, {r['damaged']} damaged, {r['seconds']} s, {rate:,.0f} messages/s both ways")
PY
}

# What was counted on the way, from the log of a run.
show_checks() { # LOG
  grep -E '^(va0 sent|vb0 sent|the tap was|received |journal, port)' "$1" | sed 's/^/     /' || true
}
