//! A walked day as bytes, for whoever keeps it: where the walk stands, and the sheet.
//!
//! Version 1. A day of 15-minute readings takes about 300 bytes. The codes of flags and the bits
//! of a line are on disk: new ones may be added, none may change its meaning.

use std::collections::BTreeMap;

use crate::calendar::Moment;
use crate::units::Exact;

use super::bytes::{Reader, RecordDamaged, Writer};
use super::sheet::{FlaggedSpan, Hour, HourLine};
use super::walk::{Good, Pending};
use super::{DayWalk, Flag, Share, Sheet, Shown, Walk};

const VERSION: u8 = 1;

const HOUR_MS: i64 = 3_600_000;

/// The flags' codes on disk.
const FLAG_CODES: [(u8, Flag); 10] = [
    (0, Flag::Glitch),
    (1, Flag::Jitter),
    (2, Flag::MultiplierChanged),
    (3, Flag::MultiplierUnknown),
    (4, Flag::Replaced),
    (5, Flag::ReplacedUnknown),
    (6, Flag::Reset),
    (7, Flag::Rollover),
    (8, Flag::Suspect),
    (9, Flag::Unconfirmed),
];

/// The bits of an hour's first byte.
const KNOWN_WHOLE: u8 = 1;
const KNOWN_PART: u8 = 2;
const UNKNOWN_PART: u8 = 4;
const STRETCHED: u8 = 8;
const CONFLICTS: u8 = 16;
const FLAGS: u8 = 32;

impl DayWalk {
    /// The walked day as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.byte(VERSION);
        write_walk(&mut writer, &self.end);
        write_moment(&mut writer, self.last_at);
        write_sheet(&mut writer, &self.sheet);
        writer.finish()
    }

    /// The walked day that `bytes` hold.
    ///
    /// # Errors
    /// Bytes that are no such record, or one of a later version.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, RecordDamaged> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != VERSION {
            return Err(RecordDamaged);
        }
        let end = read_walk(&mut reader)?;
        let last_at = read_moment(&mut reader)?;
        let sheet = read_sheet(&mut reader)?;
        reader.finish()?;
        Ok(Self {
            end,
            last_at,
            sheet,
        })
    }
}

fn write_walk(writer: &mut Writer, walk: &Walk) {
    write_optional(writer, walk.good.as_ref(), write_good);
    write_optional(writer, walk.candidate.as_ref(), write_shown);
    write_moment(writer, walk.dropped_until);
}

fn read_walk(reader: &mut Reader<'_>) -> Result<Walk, RecordDamaged> {
    Ok(Walk {
        good: read_optional(reader, read_good)?,
        candidate: read_optional(reader, read_shown)?,
        dropped_until: read_moment(reader)?,
    })
}

fn write_good(writer: &mut Writer, good: &Good) {
    write_shown(writer, &good.shown);
    writer.byte(good.left_over.into());
    write_optional(writer, good.pending.as_ref(), |writer, pending| {
        write_shown(writer, &pending.start);
        writer.exact(&pending.amount);
    });
}

fn read_good(reader: &mut Reader<'_>) -> Result<Good, RecordDamaged> {
    Ok(Good {
        shown: read_shown(reader)?,
        left_over: reader.byte()? != 0,
        pending: read_optional(reader, |reader| {
            Ok(Pending {
                start: read_shown(reader)?,
                amount: reader.exact()?,
            })
        })?,
    })
}

fn write_moment(writer: &mut Writer, moment: Option<Moment>) {
    write_optional(writer, moment.as_ref(), |writer, moment| {
        writer.moment(*moment);
    });
}

fn read_moment(reader: &mut Reader<'_>) -> Result<Option<Moment>, RecordDamaged> {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is not general enough over the reader's lifetime"
    )]
    read_optional(reader, |reader| reader.moment())
}

fn write_shown(writer: &mut Writer, shown: &Shown) {
    writer.moment(shown.at);
    writer.exact(&shown.register);
}

fn read_shown(reader: &mut Reader<'_>) -> Result<Shown, RecordDamaged> {
    Ok(Shown {
        at: reader.moment()?,
        register: reader.exact()?,
    })
}

fn write_sheet(writer: &mut Writer, sheet: &Sheet) {
    writer.len(sheet.hours.len());
    let mut before = 0;
    for (hour, line) in &sheet.hours {
        writer.signed(hour.0 - before);
        before = hour.0;
        write_line(writer, line);
    }
    writer.len(sheet.spanning.len());
    for span in &sheet.spanning {
        writer.moment(span.from);
        writer.moment(span.to);
        writer.byte(code_of(span.flag));
    }
    writer.len(sheet.held.len());
    for ((candidate, hour), times) in &sheet.held {
        writer.moment(*candidate);
        writer.signed(hour.0);
        writer.count(*times);
    }
    writer.len(sheet.judged.len());
    for (candidate, flag) in &sheet.judged {
        writer.moment(*candidate);
        writer.byte(code_of(*flag));
    }
}

fn read_sheet(reader: &mut Reader<'_>) -> Result<Sheet, RecordDamaged> {
    let mut sheet = Sheet::default();
    let mut before = 0_i64;
    for _ in 0..reader.count()? {
        before = before.wrapping_add(reader.signed()?);
        sheet.hours.insert(Hour(before), read_line(reader)?);
    }
    for _ in 0..reader.count()? {
        sheet.spanning.push(FlaggedSpan {
            from: reader.moment()?,
            to: reader.moment()?,
            flag: read_flag(reader)?,
        });
    }
    for _ in 0..reader.count()? {
        let place = (reader.moment()?, Hour(reader.signed()?));
        sheet.held.insert(place, reader.count()?);
    }
    for _ in 0..reader.count()? {
        let candidate: Moment = reader.moment()?;
        sheet.judged.insert(candidate, read_flag(reader)?);
    }
    Ok(sheet)
}

fn write_line(writer: &mut Writer, line: &HourLine) {
    let Share {
        used,
        known_ms,
        unknown_ms,
        stretched,
    } = &line.share;
    let whole = *known_ms == HOUR_MS;
    let part = *known_ms != 0 && !whole;
    let bits = [
        (KNOWN_WHOLE, whole),
        (KNOWN_PART, part),
        (UNKNOWN_PART, *unknown_ms != 0),
        (STRETCHED, *stretched),
        (CONFLICTS, line.conflicts != 0),
        (FLAGS, !line.flags.is_empty()),
    ];
    writer.byte(
        bits.iter()
            .filter(|(_, set)| *set)
            .map(|(bit, _)| bit)
            .sum(),
    );
    writer.count(line.received);
    if part {
        writer.signed(*known_ms);
    }
    if whole || part {
        writer.exact(used);
    }
    if *unknown_ms != 0 {
        writer.signed(*unknown_ms);
    }
    if line.conflicts != 0 {
        writer.count(line.conflicts);
    }
    if !line.flags.is_empty() {
        writer.len(line.flags.len());
        for (flag, times) in &line.flags {
            writer.byte(code_of(*flag));
            writer.count(*times);
        }
    }
}

fn read_line(reader: &mut Reader<'_>) -> Result<HourLine, RecordDamaged> {
    let bits = reader.byte()?;
    let has = |bit: u8| bits & bit != 0;
    let received = reader.count()?;
    let known_ms = match (has(KNOWN_WHOLE), has(KNOWN_PART)) {
        (true, _) => HOUR_MS,
        (false, true) => reader.signed()?,
        (false, false) => 0,
    };
    let known = has(KNOWN_WHOLE) || has(KNOWN_PART);
    let used = if known {
        reader.exact()?
    } else {
        Exact::zero()
    };
    let unknown_ms = if has(UNKNOWN_PART) {
        reader.signed()?
    } else {
        0
    };
    let conflicts = if has(CONFLICTS) { reader.count()? } else { 0 };
    let mut flags = BTreeMap::new();
    let kinds = if has(FLAGS) { reader.count()? } else { 0 };
    for _ in 0..kinds {
        flags.insert(read_flag(reader)?, reader.count()?);
    }
    Ok(HourLine {
        share: Share {
            used,
            known_ms,
            unknown_ms,
            stretched: has(STRETCHED),
        },
        received,
        conflicts,
        flags,
    })
}

fn code_of(flag: Flag) -> u8 {
    let code = FLAG_CODES.iter().find(|(_, coded)| *coded == flag);
    code.map_or(u8::MAX, |(code, _)| *code)
}

fn read_flag(reader: &mut Reader<'_>) -> Result<Flag, RecordDamaged> {
    let code = reader.byte()?;
    let flag = FLAG_CODES.iter().find(|(known, _)| *known == code);
    flag.map(|(_, flag)| *flag).ok_or(RecordDamaged)
}

fn write_optional<T>(writer: &mut Writer, value: Option<&T>, write: impl FnOnce(&mut Writer, &T)) {
    writer.byte(value.is_some().into());
    if let Some(value) = value {
        write(writer, value);
    }
}

fn read_optional<T>(
    reader: &mut Reader<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, RecordDamaged>,
) -> Result<Option<T>, RecordDamaged> {
    match reader.byte()? {
        0 => Ok(None),
        1 => read(reader).map(Some),
        _ => Err(RecordDamaged),
    }
}
