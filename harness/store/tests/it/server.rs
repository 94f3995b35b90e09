//! A small HTTP server on the loopback that misbehaves on demand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// As it should be, ranges included.
    Good,
    /// The whole, whatever range was asked for.
    NoRanges,
    /// The head and so many bytes, then the connection is cut.
    CutAfter(usize),
    /// The head and so many bytes, then silence for the given time.
    StallAfter(usize, Duration),
    /// In pieces with a pause between.
    Slowly(usize, Duration),
    /// A status and nothing else.
    Status(u16),
    /// Without a length, these bytes.
    Unannounced(Vec<u8>),
    /// Of another version: these bytes under another tag.
    Other(Vec<u8>),
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) range: Option<String>,
    pub(crate) if_range: Option<String>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Serves `body` at every path; the answers are used up in order, then all are good.
    pub(crate) fn start(body: Vec<u8>, answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let body = Arc::new(body);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (body, answers, log) = (Arc::clone(&body), Arc::clone(&answers), Arc::clone(&log));
                std::thread::spawn(move || {
                    let Ok(stream) = stream else { return };
                    let _ = serve(stream, &body, &answers, &log);
                });
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    body: &[u8],
    answers: &Mutex<std::vec::IntoIter<Answer>>,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut asked = Asked { range: None, if_range: None };
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "range" => asked.range = Some(value.to_owned()),
            "if-range" => asked.if_range = Some(value.to_owned()),
            _ => {}
        }
    }
    let start = asked.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    log.lock().unwrap().push(asked.clone());
    let answer = answers.lock().unwrap().next().unwrap_or(Answer::Good);
    let (body, tag) = match &answer {
        Answer::Other(body) => (body.as_slice(), "\"v2\""),
        _ => (body, "\"v1\""),
    };
    match &answer {
        Answer::Status(code) => {
            return write!(stream, "HTTP/1.1 {code} Said So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        Answer::Unannounced(bytes) => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            return stream.write_all(bytes);
        }
        _ => {}
    }
    let fresh = asked.if_range.as_deref().is_none_or(|asked| asked == tag);
    let start = start.filter(|start| fresh && *start < body.len() && !matches!(answer, Answer::NoRanges));
    let rest = &body[start.unwrap_or(0)..];
    match start {
        Some(start) => write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{}\r\n",
            body.len() - 1,
            body.len()
        )?,
        None => write!(stream, "HTTP/1.1 200 OK\r\n")?,
    }
    write!(stream, "ETag: {tag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", rest.len())?;
    match answer {
        Answer::CutAfter(count) => stream.write_all(&rest[..count.min(rest.len())]),
        Answer::StallAfter(count, time) => {
            stream.write_all(&rest[..count.min(rest.len())])?;
            std::thread::sleep(time);
            Ok(())
        }
        Answer::Slowly(piece, pause) => {
            for piece in rest.chunks(piece) {
                stream.write_all(piece)?;
                std::thread::sleep(pause);
            }
            Ok(())
        }
        _ => stream.write_all(rest),
    }
}
