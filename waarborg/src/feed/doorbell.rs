//! The doorbell of the feed: says that there may be something new, in this process and in the others.
//!
//! It carries no event. Redis brings the ring to other processes; flushed, restarted or gone for good, nothing
//! is lost, because every reader also looks by itself once a second.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::{Notify, watch};

/// How long a reader waits for a ring before it looks by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// The channel on which processes ring each other.
const CHANNEL: &str = "vangnet:feed";

/// Rings for all readers.
#[derive(Debug, Clone)]
pub struct Doorbell {
    rung: watch::Sender<u64>,
    outward: Option<Arc<Notify>>,
}

/// Hears the doorbell.
#[derive(Debug)]
pub struct Listener(watch::Receiver<u64>);

impl Doorbell {
    /// A doorbell of this process alone.
    pub fn in_process() -> Self {
        Self { rung: watch::Sender::new(0), outward: None }
    }

    /// A doorbell that also rings at, and is rung by, the other processes on one Redis. Its two tasks live as
    /// long as a clone of the doorbell does, and reconnect for as long as it takes.
    pub fn shared(redis: redis::Client) -> Self {
        let outward = Arc::new(Notify::new());
        let doorbell = Self { rung: watch::Sender::new(0), outward: Some(Arc::clone(&outward)) };
        tokio::spawn(ring_outward(redis.clone(), Arc::downgrade(&outward)));
        tokio::spawn(ring_inward(redis, doorbell.rung.clone(), Arc::downgrade(&outward)));
        doorbell
    }

    /// Rings. Never waits.
    pub fn ring(&self) {
        self.rung.send_modify(|count| *count = count.wrapping_add(1));
        if let Some(outward) = &self.outward {
            outward.notify_one();
        }
    }

    pub(super) fn listen(&self) -> Listener {
        Listener(self.rung.subscribe())
    }
}

impl Listener {
    /// Waits for a ring, or for a second.
    pub(super) async fn wait(&mut self) {
        let ring = tokio::time::timeout(PATIENCE, self.0.changed()).await;
        if matches!(ring, Ok(Err(_))) {
            tokio::time::sleep(PATIENCE).await;
        }
    }
}

/// Publishes this process's rings, several at once as one.
async fn ring_outward(redis: redis::Client, rings: std::sync::Weak<Notify>) {
    loop {
        let mut connection = redis.get_multiplexed_async_connection().await.ok();
        loop {
            let Some(rung) = rings.upgrade() else { return };
            let waited = tokio::time::timeout(PATIENCE, rung.notified()).await;
            drop(rung);
            if waited.is_err() {
                if connection.is_none() {
                    break;
                }
                continue;
            }
            let Some(open) = connection.as_mut() else { break };
            let published: redis::RedisResult<()> =
                redis::cmd("PUBLISH").arg(CHANNEL).arg("").query_async(open).await;
            if published.is_err() {
                tracing::warn!("the doorbell cannot reach Redis; other processes hear by polling");
                connection = None;
                break;
            }
        }
        tokio::time::sleep(PATIENCE / 4).await;
    }
}

/// Hears the rings of other processes and passes them on within this one.
async fn ring_inward(redis: redis::Client, rung: watch::Sender<u64>, alive: std::sync::Weak<Notify>) {
    while alive.strong_count() > 0 {
        if let Ok(mut pubsub) = redis.get_async_pubsub().await
            && pubsub.subscribe(CHANNEL).await.is_ok()
        {
            rung.send_modify(|count| *count = count.wrapping_add(1));
            let mut rings = pubsub.on_message();
            while alive.strong_count() > 0 {
                match tokio::time::timeout(Duration::from_secs(30), rings.next()).await {
                    Ok(Some(_)) => rung.send_modify(|count| *count = count.wrapping_add(1)),
                    Ok(None) => break,
                    Err(_) => {}
                }
            }
        }
        tokio::time::sleep(PATIENCE).await;
    }
}
