//! The table, and P9.

use crate::Policies;
use crate::plan::{LOAD, Plan};
use crate::rig::Seen;
use sluice_bench::goals::Goal;
use sluice_bench::reload::port::{Phase, RING_FRAMES};
use sluice_bench::timing::{median, range};

/// Prints all.
pub fn print(plan: &Plan, policies: &Policies, seen: &Seen) {
    println!(
        "from arrival to the other port        frames     lost   p50 µs   p99 µs  p99.9 µs p99.99 µs    max µs   ns CPU a frame"
    );
    full_speed(plan, seen);
    let rows = [
        ("before", plan.before()),
        ("100 pushes a minute", plan.during()),
        ("words, expressions, list", plan.parts()),
        ("the largest", plan.largest()),
        ("after", plan.after()),
    ];
    rows.into_iter().for_each(|(name, phase)| latencies(name, &[phase], seen));
    println!(
        "at {:.0} % of the rate at full speed, {:.3} M frames/s; a ring holds {RING_FRAMES} frames; {} versions, {} records by {} of \
         them",
        LOAD * 100.0,
        1000.0 / seen.operator.interval_ns as f64,
        seen.operator.version,
        seen.decided.records,
        seen.decided.versions.len()
    );
    println!("a policy                           MB     compiled  verified  pushed and answered  taken up again, ms");
    policy(
        "words, expressions, list",
        &policies.usual,
        (Some(seen.verified_ms[0]), Some(seen.restarted_ms[0])),
        &seen.operator.pushed_ms,
    );
    for ((name, _, part), ms) in policies.parts.iter().zip(&seen.operator.parts_ms) {
        policy(name, part, (None, None), &[*ms]);
    }
    let largest = seen.operator.parts_ms.last().copied().unwrap_or(f64::NAN);
    policy("the largest", &policies.largest, (Some(seen.verified_ms[1]), Some(seen.restarted_ms[1])), &[largest]);
    changes(seen);
    lost(plan, seen);
    goals(plan, policies, seen).iter().for_each(|goal| println!("{goal}"));
}

fn full_speed(plan: &Plan, seen: &Seen) {
    let of = |with_pushes| (0..plan.pairs).map(|pair| plan.full_speed(pair, with_pushes)).collect::<Vec<_>>();
    latencies("full speed, no push", &of(false), seen);
    latencies("full speed, a push each 0.6 s", &of(true), seen);
}

/// Several phases as one.
fn latencies(name: &str, phases: &[usize], seen: &Seen) {
    let source: Vec<&Phase> = phases.iter().filter_map(|phase| seen.source.get(*phase)).collect();
    let mut sink = phases.iter().filter_map(|phase| seen.sink.get(*phase));
    let Some(mut all) = sink.next().map(|phase| phase.latency_ns.clone()) else { return };
    // All have the same bounds.
    sink.for_each(|phase| _ = all.add(&phase.latency_ns));
    let frames: u64 = source.iter().map(|phase| phase.frames).sum();
    let lost: u64 = source.iter().map(|phase| phase.lost).sum();
    let wall_s: f64 = source.iter().map(|phase| phase.wall.as_secs_f64()).sum();
    let cpu_s: f64 = source.iter().map(|phase| phase.cpu.as_secs_f64()).sum();
    let cpu_ns = cpu_s * 1e9 / frames.max(1) as f64;
    let us = |share| all.value_at_quantile(share) as f64 / 1000.0;
    println!(
        "{name:<32} {frames:>11} {lost:>8} {:>8.1} {:>8.1} {:>9.1} {:>9.1} {:>9.1} {cpu_ns:>16.1} {:>12.1} %",
        us(0.5),
        us(0.99),
        us(0.999),
        us(0.9999),
        all.max() as f64 / 1000.0,
        cpu_s * 100.0 / wall_s
    );
}

fn policy(
    name: &str,
    policy: &sluice_bench::reload::policies::Policy,
    (verified, restarted): (Option<f64>, Option<f64>),
    pushed_ms: &[f64],
) {
    let shown = |ms: Option<f64>| ms.map_or("-".to_owned(), |ms| format!("{ms:.1}"));
    let (least, most) = range(pushed_ms);
    println!(
        "{name:<28} {:>8.1} {:>12.1} {:>9} {:>8.1} ({least:.1}-{most:.1}) {:>12}",
        policy.len_octets() as f64 / 1e6,
        policy.compiled_in.as_secs_f64() * 1000.0,
        shown(verified),
        median(pushed_ms),
        shown(restarted),
    );
}

fn changes(seen: &Seen) {
    let until_us: Vec<f64> = judged_by_us(seen);
    let (least, most) = range(&until_us);
    let (answered, answered_most) = (median(&seen.operator.changed_ms), range(&seen.operator.changed_ms).1);
    println!(
        "one entry of the list: until a message is judged by it {least:.0} {:.0} {most:.0} µs (least, median, most of {} of {}); until the \
         answer, which waits for the disk, {answered:.1} ms, at most {answered_most:.1}",
        median(&until_us),
        until_us.len(),
        seen.operator.changed_at_ns.len()
    );
    for (taken_ns, caches) in seen.taken_ns.iter().zip(["warm", "cold"]) {
        let (least, most) = range(taken_ns);
        println!(
            "a poll core takes a policy in {least:.0} {:.0} {most:.0} ns (least, median, most of {}), caches {caches}",
            median(taken_ns),
            taken_ns.len()
        );
    }
}

/// None may be: no bound of which one could be so many times off.
fn lost(plan: &Plan, seen: &Seen) {
    let of = |phases: &[usize]| phases.iter().filter_map(|phase| seen.source.get(*phase)).map(|phase| phase.lost).sum();
    let aside: u64 = of(&[plan.before(), plan.after()]);
    let lost: u64 = of(&[plan.during(), plan.parts(), plan.largest()]);
    let verdict = if lost == 0 { "met" } else { "MISSED" };
    println!(
        "P9  frames lost while policies came                   {lost:>9}   none               {verdict} ({aside} before and after)"
    );
}

fn judged_by_us(seen: &Seen) -> Vec<f64> {
    let until_ns = seen.decided.until_listed(&seen.operator.changed_at_ns);
    until_ns.into_iter().map(|ns| ns as f64 / 1000.0).collect()
}

fn goals(plan: &Plan, policies: &Policies, seen: &Seen) -> Vec<Goal> {
    let ms = |took: std::time::Duration| took.as_secs_f64() * 1000.0;
    let mut goals = vec![
        Goal::at_least("P9", "rate, 100 reloads in 60 s over none", 0.97, rate(plan, seen)),
        Goal::at_most("P9", "ns to take a policy, caches warm, median", 1000.0, median(&seen.taken_ns[0])),
        Goal::at_most("P9", "ns to take a policy, caches cold, median", 1000.0, median(&seen.taken_ns[1])),
        Goal::at_most("P9", "ms until judged by one entry, median", 1.0, median(&judged_by_us(seen)) / 1000.0),
        Goal::at_most("P9", "the same at most (issue: 10)", 10.0, range(&judged_by_us(seen)).1 / 1000.0),
    ];
    for ((name, bound, policy), pushed) in policies.parts.iter().zip(&seen.operator.parts_ms) {
        goals.push(Goal::at_most("P9", &format!("ms until in force, {name}"), *bound, ms(policy.compiled_in) + pushed));
    }
    goals.push(Goal::at_most("P9", "ms to take the policy up again", 200.0, seen.restarted_ms[0]));
    goals.push(Goal::at_most("P9", "ms to compile the largest (issue)", 5000.0, ms(policies.largest.compiled_in)));
    goals
}

/// Frames for each second that the poll thread had its core, with pushes over without, in the middle of the pairs.
fn rate(plan: &Plan, seen: &Seen) -> f64 {
    let rate = |phase: usize| {
        let phase = seen.source.get(phase)?;
        Some(phase.frames as f64 / phase.cpu.as_secs_f64())
    };
    let pair = |pair| Some(rate(plan.full_speed(pair, true))? / rate(plan.full_speed(pair, false))?);
    median(&(0..plan.pairs).filter_map(pair).collect::<Vec<_>>())
}
