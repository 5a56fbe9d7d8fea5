//! What columns are called in Chinese: files of departments carry these headers, and a template
//! shows them. One column may have several names; the first is shown.

/// The column's name in a header, and its names in Chinese.
const NAMES: &[(&str, &[&str])] = &[
    ("area", &["片区", "区域"]),
    ("at", &["时间", "更换时间"]),
    ("capital_origin", &["资本来源"]),
    ("code", &["事项代码"]),
    ("counterparty", &["对方"]),
    ("declared_mu", &["证载亩数"]),
    ("district", &["区镇"]),
    ("document", &["文号"]),
    (
        "enterprise",
        &["统一社会信用代码", "社会信用代码", "信用代码"],
    ),
    ("established", &["成立日期"]),
    ("far", &["容积率"]),
    ("floor_m2", &["租用建筑面积"]),
    ("gateway", &["网关"]),
    ("group", &["关联组"]),
    ("indicator", &["指标"]),
    ("industry", &["行业代码", "行业"]),
    ("interval_s", &["间隔秒数"]),
    ("jitter", &["抖动"]),
    ("kind", &["类型", "种类"]),
    ("m2", &["面积"]),
    ("max_per_hour", &["每小时上限"]),
    ("meter", &["表号", "表"]),
    ("multiplier", &["倍率"]),
    ("name", &["名称", "企业名称"]),
    ("new_initial", &["新表起码"]),
    ("old_final", &["旧表止码"]),
    ("parcel", &["地块", "地块编号"]),
    ("parent", &["上级表"]),
    ("park", &["园区"]),
    ("period", &["期间", "所属期"]),
    ("place", &["位置"]),
    ("plot_ratio", &["容积率"]),
    ("reason", &["原因"]),
    ("register_size", &["表底上限"]),
    ("resolution", &["分辨率"]),
    ("scale", &["规模"]),
    ("source", &["来源", "部门"]),
    ("state", &["状态"]),
    ("unit", &["单位"]),
    ("update_s", &["更新秒数"]),
    ("valid_from", &["生效日期"]),
    ("valid_to", &["失效日期"]),
    ("value", &["数值", "金额"]),
];

/// The names of the column `name` in Chinese, the shown one first.
pub(super) fn chinese(name: &str) -> &'static [&'static str] {
    let found = NAMES.iter().find(|(column, _)| *column == name);
    found.map_or(&[], |(_, names)| names)
}
