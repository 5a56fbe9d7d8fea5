//! Takes values out of the layers in the types that rooms want, and collects what is wrong.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::layers::Leaf;
use super::quantity;
use super::{Entry, Fault, Layers, Refused};

/// A reader of all layers. A faulty value is noted and something harmless returned, so that one
/// run reports every fault; [`Reader::finish`] then refuses.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    faults: RefCell<Vec<Fault>>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self {
            layers,
            faults: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    /// `Ok` if no fault was noted and no key is there that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Refused> {
        let asked = self.asked.take();
        let dead = self.layers.iter().filter(|(key, _)| !asked.contains(*key));
        for (key, _) in dead {
            self.fault(key, "is read by no room: a fault of this build");
        }
        let faults = self.faults.into_inner();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Refused(faults))
        }
    }

    pub(super) fn fault(&self, key: &str, what: impl Into<String>) {
        let origin = self.layers.find(key).map(|entry| entry.origin.clone());
        self.faults.borrow_mut().push(Fault {
            origin: origin.unwrap_or(super::Origin::Default(1)),
            key: key.to_owned(),
            what: what.into(),
        });
    }

    fn leaf(&self, key: &str) -> Option<&'a Leaf> {
        self.asked.borrow_mut().insert(key.to_owned());
        let found = self.layers.find(key).map(|Entry { leaf, .. }| leaf);
        if found.is_none() {
            self.fault(key, "is missing from the compiled-in default");
        }
        found
    }

    pub(super) fn text(&self, key: &str) -> &'a str {
        match self.leaf(key) {
            Some(Leaf::Text(text)) => text,
            _ => "",
        }
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        match self.leaf(key) {
            Some(Leaf::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    /// A list, each text read as what it must be.
    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Vec<T> {
        let read = |text: String| {
            text.parse()
                .map_err(|cause: T::Err| self.fault(key, cause.to_string()))
                .ok()
        };
        self.texts(key).into_iter().filter_map(read).collect()
    }

    /// A path; `None` if the text is empty.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.text(key))
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    }

    /// A share in percent, 1 to 100.
    pub(super) fn percent(&self, key: &str) -> u32 {
        let percent: u32 = self.count(key);
        if percent > 100 {
            self.fault(key, "must be at most 100: it is a share in percent");
        }
        percent.min(100)
    }

    /// A whole number of at least 1.
    pub(super) fn count<T: TryFrom<i64> + From<u8>>(&self, key: &str) -> T {
        let number = match self.leaf(key) {
            Some(Leaf::Whole(number)) => *number,
            _ => 0,
        };
        let fitting = if number < 1 {
            None
        } else {
            T::try_from(number).ok()
        };
        fitting.unwrap_or_else(|| {
            self.fault(key, "must be a number from 1 to what the field can hold");
            T::from(1)
        })
    }

    pub(super) fn duration(&self, key: &str) -> Duration {
        quantity::duration(self.text(key)).unwrap_or_else(|| {
            self.fault(
                key,
                "must be a duration, as \"10 s\", \"10 minutes\", \"3 days\"",
            );
            Duration::ZERO
        })
    }

    /// A duration in whole milliseconds.
    pub(super) fn milliseconds(&self, key: &str) -> i64 {
        i64::try_from(self.duration(key).as_millis()).unwrap_or(i64::MAX)
    }

    pub(super) fn bytes(&self, key: &str) -> u64 {
        quantity::bytes(self.text(key)).unwrap_or_else(|| {
            self.fault(key, "must be a size, as \"64 KiB\", \"256 MiB\", \"2 GiB\"");
            0
        })
    }

    /// A size that must fit into memory.
    pub(super) fn bytes_in_memory(&self, key: &str) -> usize {
        usize::try_from(self.bytes(key)).unwrap_or_else(|_cause| {
            self.fault(key, "is larger than memory can be");
            0
        })
    }

    pub(super) fn address(&self, key: &str) -> SocketAddr {
        self.text(key).parse().unwrap_or_else(|_cause| {
            self.fault(key, "must be an address with a port, as \"127.0.0.1:8080\"");
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    /// An address that only this machine reaches; `why` ends the sentence that refuses others.
    pub(super) fn loopback(&self, key: &str, why: &str) -> SocketAddr {
        let address = self.address(key);
        if !address.ip().is_loopback() {
            self.fault(
                key,
                format!("must be a loopback address, as 127.0.0.1: {why}"),
            );
        }
        address
    }
}
