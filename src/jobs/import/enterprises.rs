//! Files of enterprises.

use crate::park::Enterprise;

use super::Rows;
use super::cells::each;
use super::fault::Faults;
use super::given::Open;
use super::kind::Kind;

pub(super) fn enterprises(file: &mut Open<'_>) -> Result<Rows<Enterprise>, Faults> {
    each(Kind::Enterprises, file, |cells| {
        let (code, name) = (cells.needed("enterprise"), cells.needed("name"));
        let (park, area) = (cells.needed("park"), cells.maybe("area"));
        let (industry, scale) = (cells.needed("industry"), cells.needed("scale"));
        let established_on = cells.needed("established");
        let (group, capital_origin) = (cells.maybe("group"), cells.maybe("capital_origin"));
        Ok(Enterprise {
            code: code?,
            name: name?,
            park: park?,
            area: area?,
            industry: industry?,
            scale: scale?,
            established_on: established_on?,
            group: group?,
            capital_origin: capital_origin?,
        })
    })
}
