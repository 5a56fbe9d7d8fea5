//! The gateways to be simulated, with what they need: their tokens and what their meters show.

use std::fmt;

use crate::demo::Course;

/// All gateways of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// One after the other.
    pub stations: Vec<Station>,
}

/// One gateway.
#[derive(Clone, PartialEq, Eq)]
pub struct Station {
    /// Its id and user name.
    pub gateway: String,
    /// Whose it is: the third level of its topics.
    pub enterprise: String,
    /// Its password.
    pub token: String,
    /// Its meters.
    pub meters: Vec<Instrument>,
}

/// One meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its id.
    pub meter: String,
    /// What it shows, by indicator.
    pub channels: Vec<(String, Course)>,
}

impl fmt::Debug for Station {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Station")
            .field("gateway", &self.gateway)
            .field("enterprise", &self.enterprise)
            .field("meters", &self.meters.len())
            .finish_non_exhaustive()
    }
}
