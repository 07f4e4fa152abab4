//! From the configuration to what runtime and engine are told.

use crate::config::{self, Config};
use crate::poll::{RingFull, Until};
use crate::runtime::Options;
use crate::spliced::{Names, Splicing};
use sluice_engine::{
    Answering, Conditions, Fallback, LineSizes, MemorySizes, Mode, PartSizes, PieceSizes, PointCodes, RateSizes,
    Settings, SpliceSizes, StreamSizes, TableSizes, Wire,
};
use sluice_io::{Clock, WallClock};
use sluice_rules::Purpose;
use sluice_shm::journal;

/// How the dataplane runs.
pub(crate) fn options(config: &Config) -> Options {
    const MEGABYTE: u64 = 1 << 20;
    Options {
        counters: config.paths.counters(),
        journal: config.paths.journal(),
        journal_config: journal::Config {
            segment_octets: u32::try_from(config.journal.segment_megabytes * MEGABYTE).unwrap_or(u32::MAX),
            octets_max: config.journal.megabytes_max * MEGABYTE,
            when_full: match config.journal.when_full {
                config::WhenFull::DropOldest => journal::WhenFull::DropOldest,
                config::WhenFull::StopWriting => journal::WhenFull::StopWriting,
            },
        },
        commit_interval_ns: config.journal.commit_interval_ms * 1_000_000,
        engine: Settings {
            tables: tables(&config.tables),
            conditions: Conditions {
                undecodable: fallback(config.conditions.undecodable),
                no_policy: fallback(config.conditions.no_policy),
                mid_stream: fallback(config.conditions.mid_stream),
                ring_full: fallback(config.conditions.ring_full),
                ..Conditions::default()
            },
            purpose: Purpose::Live,
            line: Some(LineSizes {
                verdicts: config.tables.changes,
                octets: config.tables.changes_megabytes << 20,
                replies: config.tables.answers,
            }),
            screens: screened(config).map(|wire| wire.screen.settings()).collect(),
            ..Settings::default()
        },
        idle: config.cores.idle,
        ring_full: RingFull::Lose,
        until: Until::Stopped,
    }
}

fn tables(config: &config::Tables) -> TableSizes {
    let seconds = |s: u64| s.saturating_mul(1_000_000_000);
    // Room for octets: what a piece of that layer usually has.
    let pieces = |pieces, octets_each: usize, timeout_s| PieceSizes {
        pieces,
        octets: pieces.saturating_mul(octets_each),
        timeout_ns: seconds(timeout_s),
    };
    TableSizes {
        associations: config.associations,
        inits: config.inits,
        ip_fragments: pieces(config.ip_fragments, 1024, config.ip_fragment_timeout_s),
        sctp_fragments: pieces(config.sctp_fragments, 512, config.sctp_fragment_timeout_s),
        sccp_segments: pieces(config.sccp_segments, 256, config.sccp_segment_timeout_s),
        parts: PartSizes {
            parts: config.parts,
            octets: config.parts.saturating_mul(256),
            timeout_ns: seconds(config.part_timeout_s),
        },
        streams: StreamSizes {
            connections: config.smpp_connections,
            octets: config.smpp_connections.saturating_mul(2048),
            ..StreamSizes::default()
        },
        memory: MemorySizes {
            locations: config.locations,
            pairings: config.pairings,
            counters: RateSizes { counts: config.counters, distincts: config.distinct_counters },
            campaigns: config.campaigns,
        },
        dialogues: config.dialogues,
        dialogue_timeout_ns: seconds(config.dialogue_timeout_s),
        // Unknown to peers: they must not be able to aim at one bucket of a table.
        hash_key: WallClock::new().now_ns() ^ u64::from(std::process::id()).rotate_left(32),
    }
}

/// Where a poll core keeps the associations it splices.
pub(crate) fn splicing(config: &Config, core: usize) -> Splicing {
    let sizes = SpliceSizes { associations: config.tables.spliced_associations, ..SpliceSizes::default() };
    Splicing { sizes, file: Some(config.paths.spliced(core)), names: Names::new(sizes.associations) }
}

pub(super) const fn form_of(point_codes: config::PointCodes) -> PointCodes {
    match point_codes {
        config::PointCodes::Itu => PointCodes::Itu,
        config::PointCodes::Ansi => PointCodes::Ansi,
        config::PointCodes::China => PointCodes::China,
    }
}

/// The wires that have a screen, in the order of their numbers.
fn screened(config: &Config) -> impl Iterator<Item = &config::Wire> {
    config.wire.iter().filter(|wire| !wire.screen.is_off())
}

/// How what crosses a wire may be changed.
pub(super) fn changes(config: &Config, wire: &config::Wire) -> Wire {
    let answering = match wire.answers {
        config::Answers::Bounce => Answering::Bounce,
        config::Answers::Reflect => Answering::Reflect,
        config::Answers::Discard => Answering::Discard,
    };
    let mode = match wire.mode {
        config::Mode::InPlace => Mode::InPlace,
        config::Mode::Splice => Mode::Splice,
    };
    Wire {
        mode,
        inlet: 0,
        answering,
        mtu: wire.mtu,
        screen: screened(config).position(|screened| screened.name == wire.name),
        patience_ns: wire.hold_ms.saturating_mul(1_000_000),
        crowded: fallback(config.conditions.table_full),
        impatient: fallback(config.conditions.fragment_timeout),
        unchangeable: fallback(config.conditions.uneditable),
    }
}

const fn fallback(choice: config::PassOrDiscard) -> Fallback {
    match choice {
        config::PassOrDiscard::Pass => Fallback::Pass,
        config::PassOrDiscard::Discard => Fallback::Discard,
    }
}
