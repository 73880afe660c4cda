//! The listener: accepts connections until told to stop, then lets what is running finish.
//!
//! A client that sends its headers slowly, keeps a connection idle or opens too many is cut off. Sockets are
//! closed with 1001; what has not ended within the grace is dropped, for proof was on disk before any answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const HEADERS_WITHIN: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(15);
const STREAMS: u32 = 100;

/// The order to stop, and the sockets that must hear it. Cloned freely; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    order: CancellationToken,
    pub(super) sockets: TaskTracker,
}

impl Shutdown {
    /// An order that has not been given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the order.
    pub fn begin(&self) {
        self.order.cancel();
    }

    /// Waits until the order is given.
    pub async fn begun(&self) {
        self.order.cancelled().await;
    }
}

/// Serves `router` on `listener`, at most so many `connections` at once, until `shutdown` begins and what was
/// running has finished.
pub async fn serve(listener: TcpListener, router: Router, connections: usize, shutdown: Shutdown) {
    let places = Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS)));
    let running = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.begun() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely: wait for one instead of spinning.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        // Without a place the stream is dropped, which closes it.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let connection = connect(stream, router.clone(), shutdown.clone());
        running.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    running.close();
    shutdown.sockets.close();
    let finished = async {
        running.wait().await;
        shutdown.sockets.wait().await;
    };
    if timeout(GRACE, finished).await.is_err() {
        tracing::warn!("connections were dropped at the end of the grace");
    }
}

async fn connect(stream: TcpStream, router: Router, shutdown: Shutdown) {
    // Small frames must not wait for one another; without it they are only later.
    let _ = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    let mut http2 = builder.http2();
    http2.timer(TokioTimer::new()).max_concurrent_streams(STREAMS).keep_alive_interval(HEADERS_WITHIN);
    let service = TowerToHyperService::new(router);
    let mut connection =
        std::pin::pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // A connection that breaks is the client's affair; nothing of it is logged.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = shutdown.begun() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
