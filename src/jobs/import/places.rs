//! Files of parks and areas.

use crate::park::{Area, Park};

use super::Rows;
use super::cells::each;
use super::fault::Faults;
use super::given::Open;
use super::kind::Kind;

pub(super) fn parks(file: &mut Open<'_>) -> Result<Rows<Park>, Faults> {
    each(Kind::Parks, file, |cells| {
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

pub(super) fn areas(file: &mut Open<'_>) -> Result<Rows<Area>, Faults> {
    each(Kind::Areas, file, |cells| {
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
