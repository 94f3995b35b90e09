//! Downloads over http and https: resumed, retried, hashed on the way, never longer than pinned.
//!
//! Must not choose what to fetch or from where.

mod attempt;
mod part;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::error::{Error, Mismatch};
use crate::expect::Expect;
use crate::hash::Measured;
use crate::progress::Progress;
use attempt::Failure;
use part::Part;

/// How patient a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Attempts in a row that bring less than a mebibyte each, before giving up; one without a connection counts twice.
    pub attempts: u32,
    /// To reach the server.
    pub connect: Duration,
    /// Between two pieces of the answer.
    pub read: Duration,
    /// Before the second attempt; doubled for each one after.
    pub first_wait: Duration,
    /// The longest wait between attempts.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            connect: Duration::from_secs(15),
            read: Duration::from_secs(30),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
        }
    }
}

/// Fetches addresses. The client (threads, system certificates) is made at the first use.
#[derive(Debug, Default)]
pub struct Fetcher {
    patience: Patience,
    client: OnceLock<Result<reqwest::blocking::Client, String>>,
}

impl Fetcher {
    /// A fetcher of that patience.
    #[must_use]
    pub fn new(patience: Patience) -> Self {
        Self { patience, client: OnceLock::new() }
    }

    /// Fetches `url` into the file `dest`. Unfinished bytes stay beside it in `dest.part` and are continued by the next
    /// call; bytes that are not the expected ones are moved to `dest.bad` and never used.
    ///
    /// # Errors
    /// No network, a refusing server, wrong or too many bytes, a full disk.
    pub fn download(
        &self,
        url: &str,
        dest: &Path,
        expect: &Expect<'_>,
        progress: &Progress,
    ) -> Result<Measured, Error> {
        let parsed =
            reqwest::Url::parse(url).map_err(|error| Error::Url { url: url.to_owned(), reason: error.to_string() })?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(Error::Url { url: url.to_owned(), reason: "only http and https are fetched".to_owned() });
        }
        let client = self.client(url)?;
        let name = dest.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bar = progress.bytes(&format!("fetching {name} from {}", parsed.host_str().unwrap_or("?")), expect.size);
        let mut part = Part::open(dest, expect.weak())?;
        let mut resumed = part.size() > 0;
        let (mut failures, mut tries) = (0, 0);
        loop {
            let before = part.size();
            let failure = match attempt::run(client, &parsed, &mut part, expect.size, &bar) {
                Ok(()) => {
                    let found = part.measured();
                    match expect.differs(&found) {
                        None => {
                            part.finish(dest)?;
                            bar.done();
                            return Ok(found);
                        }
                        // The kept beginning may have been of another version: one try from nothing decides.
                        Some(_) if resumed => {
                            resumed = false;
                            part.restart()?;
                            continue;
                        }
                        Some((what, expected, found)) => {
                            return Err(Error::Mismatch(Box::new(Mismatch {
                                file: name,
                                from: url.to_owned(),
                                what,
                                expected,
                                found,
                                moved_to: part.condemn(dest)?,
                                advice: "the server's file was replaced or damaged on the way: try another source \
                                         (a mirror folder or a file of your own), and do not change the lock before you know why"
                                    .to_owned(),
                            })));
                        }
                    }
                }
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Again(failure)) => failure,
            };
            tries += 1;
            failures =
                if part.size() >= before + (1 << 20) { 1 } else { failures + if failure.unreachable { 2 } else { 1 } };
            if failures >= self.patience.attempts {
                return Err(Error::Network { url: url.to_owned(), reason: failure.reason, attempts: tries });
            }
            resumed |= part.size() > 0;
            std::thread::sleep(failure.wait.unwrap_or_else(|| self.wait(failures)).min(self.patience.longest_wait));
        }
    }

    fn client(&self, url: &str) -> Result<&reqwest::blocking::Client, Error> {
        let made = self.client.get_or_init(|| {
            // Fails only where the process has chosen a provider already, which then serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
            reqwest::blocking::Client::builder()
                .user_agent(concat!("replications/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(self.patience.connect)
                .timeout(self.patience.read)
                .build()
                .map_err(|error| attempt::chain(&error))
        });
        made.as_ref().map_err(|reason| Error::NoClient { url: url.to_owned(), reason: reason.clone() })
    }

    /// Exponential back-off with jitter: between half and the whole of the doubled wait.
    fn wait(&self, failures: u32) -> Duration {
        use std::hash::{BuildHasher, Hasher};
        let random = std::hash::RandomState::new().build_hasher().finish();
        let whole = self.patience.first_wait.saturating_mul(1 << failures.saturating_sub(1).min(16));
        let half = whole / 2;
        half + half.mul_f64(random as f64 / u64::MAX as f64)
    }
}

/// `dest` with another ending behind its name.
fn beside(dest: &Path, ending: &str) -> PathBuf {
    let mut name = dest.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
