//! Files of parks and areas.

use crate::park::{Area, Park};

use super::cells::each;
use super::fault::Faults;
use super::kind::Kind;
use super::{Given, Rows};

pub(super) fn parks(bytes: &[u8], given: &Given<'_>) -> Result<Rows<Park>, Faults> {
    each(Kind::Parks, bytes, given.limits, |cells| {
        let (id, name, district) = (
            cells.needed("park"),
            cells.needed("name"),
            cells.needed("district"),
        );
        let kind = cells.maybe("kind");
        Ok(Park {
            id: id?,
            name: name?,
            district: district?,
            kind: kind?,
        })
    })
}

pub(super) fn areas(bytes: &[u8], given: &Given<'_>) -> Result<Rows<Area>, Faults> {
    each(Kind::Areas, bytes, given.limits, |cells| {
        let (id, park, name) = (
            cells.needed("area"),
            cells.needed("park"),
            cells.needed("name"),
        );
        Ok(Area {
            id: id?,
            park: park?,
            name: name?,
        })
    })
}
