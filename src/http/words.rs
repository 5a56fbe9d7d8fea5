//! Titles of problems in the language that the client asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language the platform speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// 简体中文, the default.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The one of ours that Accept-Language weighs highest; Chinese if it names none.
    pub(super) fn asked_for(headers: &HeaderMap) -> Self {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|text| text.to_str().ok());
        let mut best = (0.0, Self::Chinese);
        for part in asked.unwrap_or_default().split(',') {
            let mut pieces = part.split(';').map(str::trim);
            let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
            let weight = pieces
                .find_map(|piece| piece.strip_prefix("q="))
                .map_or(1.0, |text| text.parse().unwrap_or(0.0));
            let language = match tag.split('-').next() {
                Some("zh") => Self::Chinese,
                Some("en") => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// Code, Chinese, English.
const TITLES: &[(&str, &str, &str)] = &[
    ("bad_encoding", "内容无法读取", "The content cannot be read"),
    ("duplicate_key", "字段重复", "A key stands twice"),
    ("bad_number", "数值无效", "Not a usable number"),
    ("bad_type", "类型不符", "A value of the wrong type"),
    ("missing_field", "缺少字段", "A field is missing"),
    ("unknown_field", "未知字段", "An unknown field"),
    ("too_large", "内容过大", "Too large"),
    ("too_deep", "嵌套过深", "Nested too deep"),
    ("too_many", "数量过多", "Too many"),
    ("foreign_topic", "超出本网关范围", "Outside the own prefix"),
    ("unknown_meter", "表未登记", "The meter is not registered"),
    ("unknown_indicator", "未知指标", "An unknown indicator"),
    (
        "wrong_unit",
        "指标与表不符",
        "The indicator does not fit the meter",
    ),
    (
        "time_out_of_range",
        "时间超出允许范围",
        "Outside the clock window",
    ),
    ("bad_time", "时间无效", "Not a time"),
    ("implausible", "数值超出物理范围", "Physically implausible"),
    ("quota_exceeded", "超出配额", "Over the quota"),
    ("not_found", "未找到", "Not found"),
    ("method_not_allowed", "不支持的方法", "Method not allowed"),
    ("bad_request", "请求无法读取", "The request cannot be read"),
    ("foreign_host", "主机名不符", "Not our host name"),
    ("unauthorized", "需要凭据", "A credential is needed"),
    ("too_slow", "请求超时", "The request came too slowly"),
    (
        "unsupported_media",
        "媒体类型不支持",
        "Unsupported media type",
    ),
    ("unavailable", "暂不可用", "Not available now"),
    ("internal", "内部错误", "Internal error"),
];

/// The title of the problem `code`.
pub(super) fn title(code: &str, language: Language) -> &'static str {
    let known = TITLES.iter().find(|(known, _, _)| *known == code);
    match (known, language) {
        (Some((_, chinese, _)), Language::Chinese) => chinese,
        (Some((_, _, english)), Language::English) => english,
        (None, Language::Chinese) => "出错",
        (None, Language::English) => "A problem",
    }
}
