//! Takes a `multipart/form-data` body apart (RFC 7578), as far as Discord uses it: `payload_json`, plain fields and files.

use axum::http::HeaderMap;

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'b> {
    /// Name of the field.
    pub(super) name: String,
    /// Whether the part carries a file name.
    pub(super) is_file: bool,
    /// Its bytes.
    pub(super) content: &'b [u8],
}

/// The media type of a request, lower-case and without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("content-type")?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The parts of a form, or what is wrong with it.
pub(super) fn parts<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<Vec<Part<'b>>, String> {
    let boundary = boundary(headers).ok_or("the content type names no boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    let opening = &delimiter.as_bytes()[2..];
    let mut rest = body.strip_prefix(opening).ok_or("the form does not begin with its boundary")?;
    let mut parts = Vec::new();
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let end = position(after, delimiter.as_bytes()).ok_or("a part of the form has no end")?;
        parts.push(part(&after[..end])?);
        rest = &after[end + delimiter.len()..];
    }
    if rest.starts_with(b"--") { Ok(parts) } else { Err("the form has no closing boundary".to_owned()) }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("content-type")?.to_str().ok()?;
    let (_, after) = value.split_once("boundary=")?;
    Some(after.split(';').next()?.trim().trim_matches('"').to_owned())
}

fn part(bytes: &[u8]) -> Result<Part<'_>, String> {
    let split = position(bytes, b"\r\n\r\n").ok_or("a part of the form has no headers")?;
    let headers = String::from_utf8_lossy(&bytes[..split]);
    let disposition = headers
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))
        .ok_or("a part of the form has no disposition")?;
    let name = parameter(disposition, "name").ok_or("a part of the form has no name")?;
    Ok(Part { name, is_file: disposition.contains("filename"), content: &bytes[split + 4..] })
}

fn parameter(disposition: &str, name: &str) -> Option<String> {
    let wanted = format!("{name}=");
    let value = disposition.split(';').map(str::trim).find_map(|piece| piece.strip_prefix(wanted.as_str()))?;
    let plain = value.trim_matches('"');
    Some(plain.replace("%5B", "[").replace("%5D", "]"))
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
