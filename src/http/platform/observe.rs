//! How each part of the platform is, from what it says of itself.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::calendar::{Day, Moment};
use crate::http::{Desk, Problem, off_thread};
use crate::park::Roster;
use crate::store::{Counts, Engine, Health, Space, StoreFault};

/// How grave a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    /// Nothing is to be done.
    Good,
    /// Somebody should look at it; no data is lost.
    Warn,
    /// Somebody must do something now.
    Bad,
}

/// One part.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) part: &'static str,
    pub(super) state: &'static str,
    pub(super) grade: Grade,
    /// When what the state speaks of happened, where that is an instant.
    pub(super) at: Option<Moment>,
    /// By name; counts, bytes, milliseconds or percent, as the name says.
    pub(super) figures: Vec<(&'static str, i64)>,
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) lines: Vec<Line>,
    /// Gateways with values in quarantine, the most first.
    pub(super) quarantine: Vec<(String, i64)>,
}

/// Gateways that are named.
const GATEWAYS_MAX: usize = 20;

/// A backup older than this is old.
const BACKUP_OLD_MS: i64 = 7 * 86_400_000;

/// Settings that say whither notifications go.
const WAYS: [&str; 2] = ["mail.to", "webhook.to"];

/// Looks at every part.
///
/// # Errors
/// A part could not be asked.
pub(super) async fn observe(desk: &Desk) -> Result<Seen, Problem> {
    let now = desk.clock.now();
    let roster = desk.registry.directory().current();
    let (engine, names) = (Arc::clone(&desk.engine), Clone::clone(&roster));
    let (today, aside) = off_thread(move || counted(&*engine, &names, now)).await?;
    let health = desk.engine.health();
    let waiting = desk.registry.count_deliveries().await;
    let waiting = waiting.map_err(Problem::internal)?;
    let of = |state: &str| waiting.get(state).copied().unwrap_or(0);
    let lines = vec![
        accepting(desk, &health, &today),
        store(desk, &health),
        log(desk, &health),
        quarantine(&aside),
        jobs(desk),
        backup(made_at(&desk.backup_note), now),
        deliveries(desk, [of("waiting"), of("sent"), of("dead")]),
    ];
    let mut aside = aside;
    aside.truncate(GATEWAYS_MAX);
    Ok(Seen {
        lines,
        quarantine: aside,
    })
}

/// The counts of today, and what lies aside by gateway, the most first.
fn counted(
    engine: &dyn Engine,
    roster: &Roster,
    now: Moment,
) -> Result<(Counts, Vec<(String, i64)>), StoreFault> {
    let mut today = Counts::default();
    engine.counts(Some(Day::of(now)), &mut |(_, _, counts)| {
        today.add(counts);
        ControlFlow::Continue(())
    })?;
    let mut aside = Vec::new();
    engine.totals(&mut |(gateway, counts)| {
        if counts.quarantined > 0 {
            let known = roster.gateway_numbered(*gateway);
            let name =
                known.map_or_else(|| format!("#{}", gateway.get()), |one| one.id.to_string());
            aside.push((name, counts.quarantined));
        }
        ControlFlow::Continue(())
    })?;
    aside.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok((today, aside))
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// 收数: whether readings are taken.
fn accepting(desk: &Desk, health: &Health, today: &Counts) -> Line {
    let (state, grade) = if health.space == Space::TakingStopped {
        ("no_room", Grade::Bad)
    } else if !desk.readiness.is_ready() {
        ("starting", Grade::Warn)
    } else if health.queue_limit > 0 && health.queue_messages >= health.queue_limit {
        ("full", Grade::Bad)
    } else {
        ("taking", Grade::Good)
    };
    Line {
        part: "accepting",
        state,
        grade,
        at: None,
        figures: vec![
            ("received_today", today.received),
            ("refused_today", today.refused),
            ("queue_messages", whole(health.queue_messages)),
            ("sync_p99_ms", p99_ms(health)),
        ],
    }
}

/// In how many milliseconds 99 of 100 commits were on disk: the end of their bucket.
fn p99_ms(health: &Health) -> i64 {
    let wanted = health.commits.saturating_sub(health.commits / 100);
    let (mut up_to, mut bound) = (0_u64, 1_i64);
    for count in health.commits_by_ms {
        up_to = up_to.saturating_add(count);
        if up_to >= wanted {
            break;
        }
        bound = bound.saturating_mul(2);
    }
    if health.commits == 0 { 0 } else { bound }
}

/// 存储: whether what was taken is kept and folded.
fn store(desk: &Desk, health: &Health) -> Line {
    let is_durable = desk.engine.capabilities().durable_ack;
    let (state, grade) = match health.space {
        Space::TakingStopped => ("no_room", Grade::Bad),
        Space::FoldingStopped => ("little_room", Grade::Warn),
        Space::Plenty if health.damaged > 0 => ("damaged", Grade::Bad),
        Space::Plenty if !is_durable => ("in_memory", Grade::Warn),
        Space::Plenty => ("even", Grade::Good),
    };
    Line {
        part: "store",
        state,
        grade,
        at: None,
        figures: vec![
            ("pending_values", whole(health.pending_values)),
            ("file_bytes", whole(health.file_bytes)),
            ("damaged_rows", whole(health.damaged)),
            ("commits", whole(health.commits)),
        ],
    }
}

/// 日志: the write-ahead log of readings.
fn log(desk: &Desk, health: &Health) -> Line {
    let is_long = health.wal_bytes > desk.installation.log_warn_bytes;
    Line {
        part: "log",
        state: if is_long { "long" } else { "even" },
        grade: if is_long { Grade::Warn } else { Grade::Good },
        at: None,
        figures: vec![
            ("batches", whole(health.log_batches)),
            ("batches_unfolded", whole(health.log_batches_unfolded)),
            ("wal_bytes", whole(health.wal_bytes)),
        ],
    }
}

/// 隔离: what was set aside and not taken in since.
fn quarantine(aside: &[(String, i64)]) -> Line {
    let values = aside.iter().map(|(_, values)| values).sum();
    Line {
        part: "quarantine",
        state: if aside.is_empty() { "empty" } else { "some" },
        grade: Grade::Good,
        at: None,
        figures: vec![
            ("values", values),
            ("gateways", i64::try_from(aside.len()).unwrap_or(i64::MAX)),
        ],
    }
}

/// 任务: whether ledger and books follow what came.
fn jobs(desk: &Desk) -> Line {
    let percent = desk.settling.percent();
    Line {
        part: "jobs",
        state: percent.map_or("settled", |_| "settling"),
        grade: percent.map_or(Grade::Good, |_| Grade::Warn),
        at: None,
        figures: vec![("percent", percent.map_or(100, i64::from))],
    }
}

/// 备份: when the last one was written whole.
fn backup(made_at: Option<Moment>, now: Moment) -> Line {
    let (state, grade) = match made_at {
        None => ("never", Grade::Warn),
        Some(at) if now.ms_since(at) > BACKUP_OLD_MS => ("old", Grade::Warn),
        Some(_) => ("recent", Grade::Good),
    };
    Line {
        part: "backup",
        state,
        grade,
        at: made_at,
        figures: Vec::new(),
    }
}

/// What `backup` wrote when it had come to its end; nothing where there was none.
fn made_at(note: &Path) -> Option<Moment> {
    let text = std::fs::read_to_string(note).ok()?;
    text.trim().parse().ok()
}

/// 投递: mail and webhook.
fn deliveries(desk: &Desk, [waiting, sent, dead]: [i64; 3]) -> Line {
    let mut settings = desk.installation.settings.iter();
    let is_on = settings.any(|one| WAYS.contains(&one.key.as_str()) && one.value != one.default);
    let (state, grade) = match (dead, is_on) {
        (1.., _) => ("given_up", Grade::Warn),
        (_, true) => ("even", Grade::Good),
        (_, false) => ("off", Grade::Good),
    };
    Line {
        part: "deliveries",
        state,
        grade,
        at: None,
        figures: vec![("waiting", waiting), ("sent", sent), ("dead", dead)],
    }
}
