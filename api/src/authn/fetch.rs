//! How an issuer's documents are fetched: small, quick, from where was said and nowhere else.
//!
//! No redirect is followed, no proxy of the environment is used, and a large or slow answer is no answer.

use std::sync::Once;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_BYTES: usize = 256 * 1024;

/// A source of an issuer's discovery document and keys.
pub trait Fetch: Send + Sync + std::fmt::Debug + 'static {
    /// The document at `url`.
    fn get<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Bytes, FetchError>>;
}

/// Why a document could not be fetched. It names no address, for it goes to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The client cannot be made: the machine has no root certificates.
    #[error("no TLS client can be made")]
    NoClient,
    /// Nobody answers, or too slowly.
    #[error("the issuer does not answer")]
    Unreachable,
    /// An answer other than 200.
    #[error("the issuer answers with another status than 200")]
    Status,
    /// An answer over the limit.
    #[error("the issuer's answer is too large")]
    TooLarge,
    /// There is no such document.
    #[error("there is no such document")]
    NotFound,
}

/// Fetches over HTTP.
#[derive(Debug, Clone)]
pub struct Remote(Client);

impl Remote {
    /// A client with our limits.
    pub fn new() -> Result<Self, FetchError> {
        install_provider();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent("vangnet")
            .build();
        client.map(Self).map_err(|_| FetchError::NoClient)
    }

    async fn read(&self, url: &Url) -> Result<Bytes, FetchError> {
        let mut response = self.0.get(url.clone()).send().await.map_err(|_| FetchError::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| FetchError::Unreachable)? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Fetch for Remote {
    fn get<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(self.read(url))
    }
}

/// The TLS of this process is rustls with ring; it is told once.
fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that another part of the process has chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
