//! One request and its answer, appended to the unfinished file.
//!
//! Must not wait or retry; it says whether another attempt makes sense.

use std::io::Read;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header;

use super::part::Part;
use crate::error::Error;
use crate::progress::Bar;

/// Why an attempt failed.
pub(super) enum Failure {
    /// Another attempt may do better.
    Again(Passing),
    /// It will not.
    Final(Error),
}

/// A failure that may pass.
pub(super) struct Passing {
    pub(super) reason: String,
    /// What the server asked for (`Retry-After`).
    pub(super) wait: Option<Duration>,
    /// Whether not even a connection was had, which seldom passes soon.
    pub(super) unreachable: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

fn again(reason: impl Into<String>) -> Failure {
    Failure::Again(Passing { reason: reason.into(), wait: None, unreachable: false })
}

/// Asks for the bytes that are missing and appends them. Ok: the server says that this was all.
pub(super) fn run(
    client: &Client,
    url: &reqwest::Url,
    part: &mut Part,
    pinned: Option<u64>,
    bar: &Bar,
) -> Result<(), Failure> {
    if pinned.is_some_and(|pinned| part.size() > pinned) {
        part.restart()?;
    }
    if pinned.is_some_and(|pinned| part.size() == pinned && pinned > 0) {
        return Ok(());
    }
    bar.set(part.size());
    let mut request = client.get(url.clone()).header(header::ACCEPT_ENCODING, "identity");
    if part.size() > 0 {
        request = request.header(header::RANGE, format!("bytes={}-", part.size()));
        if let Some(validator) = part.validator() {
            request = request.header(header::IF_RANGE, validator);
        }
    }
    let mut response = request.send().map_err(|error| {
        Failure::Again(Passing { reason: chain(&error), wait: None, unreachable: error.is_connect() })
    })?;
    let status = response.status();
    if status == StatusCode::PARTIAL_CONTENT && range_start(&response) == Some(part.size()) {
        // It goes on where we stopped.
    } else if status == StatusCode::OK {
        // A server without ranges, or another version: from the start.
        part.restart()?;
        bar.set(0);
    } else if status == StatusCode::RANGE_NOT_SATISFIABLE || status == StatusCode::PARTIAL_CONTENT {
        part.restart()?;
        return Err(again(format!("the server answered {status} to a request for the rest")));
    } else {
        return Err(refusal(url, &response));
    }
    part.set_validator(validator(&response))?;
    let whole = response.content_length().map(|rest| part.size().saturating_add(rest));
    let too_long = || Error::TooLong { url: url.to_string(), pinned: pinned.unwrap_or_default() };
    if let (Some(whole), Some(pinned)) = (whole, pinned)
        && whole > pinned
    {
        return Err(too_long().into());
    }
    let mut buffer = vec![0; crate::hash::BUFFER];
    loop {
        let count = match response.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(again(format!("the connection broke off: {}", chain(&error)))),
        };
        if pinned.is_some_and(|pinned| part.size() + count as u64 > pinned) {
            part.restart()?;
            return Err(too_long().into());
        }
        part.append(&buffer[..count])?;
        bar.advance(count as u64);
    }
    match whole {
        Some(whole) if part.size() < whole => Err(again(format!("the connection broke off at byte {}", part.size()))),
        _ => Ok(()),
    }
}

/// A strong entity tag, else the date: what `If-Range` may hold.
fn validator(response: &Response) -> Option<&str> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    text(header::ETAG).filter(|tag| !tag.starts_with("W/")).or_else(|| text(header::LAST_MODIFIED))
}

/// `Content-Range: bytes 100-199/200` starts at 100.
fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

fn refusal(url: &reqwest::Url, response: &Response) -> Failure {
    let status = response.status();
    let passing = status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY);
    if !passing {
        return Failure::Final(Error::Refused { url: url.to_string(), status: status.to_string() });
    }
    let seconds = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Failure::Again(Passing {
        reason: format!("the server answered {status}"),
        wait: seconds.map(Duration::from_secs),
        unreachable: false,
    })
}

/// An error with its causes, which is where reqwest says what happened; an address is left out, the caller names it.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let text = text.split(" for url (").next().unwrap_or_default().to_owned();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}
