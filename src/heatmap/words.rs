//! The words of pictures, in Chinese as the park reads them (screens.md 12).

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::heatmap::classes::{Classes, Closed, Method, PARCELS_MIN};
use crate::heatmap::figure::printed;

/// Scale bar's companion.
pub(super) const NORTH: &str = "北";
/// Legend of parcels without a value.
pub(super) const NO_DATA: &str = "无数据";
/// Legend of parcels that do not count.
pub(super) const NOT_COUNTED: &str = "不统计";
/// Legend of cells that would tell single enterprises.
pub(super) const HIDDEN: &str = "不足 3 户";
/// Legend of other parks' parcels.
pub(super) const NEIGHBOUR: &str = "邻园仅轮廓";
/// Legend of parcels of whose readings more than a tenth are missing.
pub(super) const GAPS: &str = "缺数超 10%";
/// Legend of negative values.
pub(super) const NEGATIVE: &str = "小于 0";
/// Method of a map of grades.
pub(super) const GRADES: &str = "等级";
/// What the coordinates are.
pub(super) const COORDINATES: &str = "坐标：CGCS2000，无底图";

/// Instead of classes, where there are too few parcels.
pub(super) fn too_few() -> String {
    format!("样本少于 {PARCELS_MIN} 宗，不分级")
}

/// So many parcels.
pub(super) fn parcels(count: usize) -> String {
    format!("{} 宗", printed(Decimal::from(count)))
}

/// A method and how many classes it made.
pub(super) fn method(method: &Method, classes: usize) -> String {
    let name = match method {
        Method::Quantile(_) => "分位数",
        Method::Equal(_) => "等间距",
        Method::Jenks(_) => "自然断点",
        Method::Fixed(_) => "固定",
    };
    format!("{name} {classes} 级")
}

/// The range of a class; the outer ones say neither least nor most, so that no value leaks.
pub(super) fn range(classes: &Classes, class: usize) -> String {
    let inner = classes.inner();
    let below = class.checked_sub(1).and_then(|at| inner.get(at)).copied();
    let above = inner.get(class).copied();
    match (classes.closed(), below, above) {
        (_, None, None) => "全部".to_owned(),
        (Closed::Below, None, Some(above)) if classes.has_negative() => {
            format!("0 – 小于 {}", printed(above))
        }
        (Closed::Below, None, Some(above)) => format!("小于 {}", printed(above)),
        (Closed::Below, Some(below), Some(above)) => {
            format!("{} – 小于 {}", printed(below), printed(above))
        }
        (Closed::Below, Some(below), None) => format!("{} 及以上", printed(below)),
        (Closed::Above, None, Some(above)) if classes.has_negative() => {
            format!("0 – {}", printed(above))
        }
        (Closed::Above, None, Some(above)) => format!("{} 及以下", printed(above)),
        (Closed::Above, Some(below), Some(above)) => {
            format!("大于 {} – {}", printed(below), printed(above))
        }
        (Closed::Above, Some(below), None) => format!("大于 {}", printed(below)),
    }
}

/// `标签：text`, or that nobody said.
pub(super) fn labelled(label: &str, text: Option<&str>) -> String {
    text.map_or_else(
        || format!("{label}未给出"),
        |text| format!("{label}：{text}"),
    )
}

/// As-of time with its zone, to the minute.
pub(super) fn as_of(at: Option<Moment>) -> String {
    let text = at.map(|at| {
        let minute: String = at.to_string().chars().take(16).collect();
        format!("{} 北京时间 (UTC+8)", minute.replace('T', " "))
    });
    labelled("更新", text.as_deref())
}
