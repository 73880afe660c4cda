//! What waits to be sent on one socket: bounded in messages and in bytes.
//!
//! Nobody waits for a client that does not read: when the bound is reached the socket is closed, and its
//! client comes back with a cursor. A close goes before whatever still waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::protocol::Close;

/// How long one message may take to leave, once it is its turn.
const SENT_WITHIN: Duration = Duration::from_secs(10);
/// How long the close frame may take.
const CLOSED_WITHIN: Duration = Duration::from_secs(1);

/// The near end: what the session puts messages in.
#[derive(Debug)]
pub(super) struct Outbox {
    messages: mpsc::Sender<String>,
    waiting: Arc<AtomicUsize>,
    max_bytes: usize,
    close: Option<oneshot::Sender<Close>>,
}

/// The far end: what the writing task takes them from.
#[derive(Debug)]
pub(super) struct Mouth {
    messages: mpsc::Receiver<String>,
    waiting: Arc<AtomicUsize>,
    close: oneshot::Receiver<Close>,
}

/// The bound was reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

pub(super) fn outbox(max_messages: usize, max_bytes: usize) -> (Outbox, Mouth) {
    let (messages, received) = mpsc::channel(max_messages.max(1));
    let (close, closed) = oneshot::channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let mouth = Mouth { messages: received, waiting: Arc::clone(&waiting), close: closed };
    (Outbox { messages, waiting, max_bytes, close: Some(close) }, mouth)
}

impl Outbox {
    /// Puts a message in the queue, if there is room.
    pub(super) fn put(&self, message: String) -> Result<(), Full> {
        let length = message.len();
        let before = self.waiting.fetch_add(length, Ordering::Relaxed);
        // One message is always let through, or a large one could never leave.
        if before > 0 && before.saturating_add(length) > self.max_bytes {
            return Err(Full);
        }
        self.messages.try_send(message).map_err(|_| Full)
    }

    /// Closes the socket, before anything that still waits.
    pub(super) fn close(&mut self, reason: Close) {
        if let Some(close) = self.close.take() {
            // The writer may have ended already, which is closed too.
            let _ = close.send(reason);
        }
    }
}

impl Mouth {
    /// Sends what comes, until the session closes or is gone, or the client does not take it.
    pub(super) async fn speak(mut self, mut sink: SplitSink<WebSocket, Message>) {
        loop {
            let message = tokio::select! {
                biased;
                reason = &mut self.close => return finish(&mut sink, reason.ok()).await,
                message = self.messages.recv() => message,
            };
            let Some(message) = message else { return finish(&mut sink, None).await };
            let length = message.len();
            let sent = tokio::select! {
                biased;
                reason = &mut self.close => return finish(&mut sink, reason.ok()).await,
                sent = timeout(SENT_WITHIN, sink.send(Message::text(message))) => sent,
            };
            self.waiting.fetch_sub(length, Ordering::Relaxed);
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    }
}

async fn finish(sink: &mut SplitSink<WebSocket, Message>, reason: Option<Close>) {
    let frame = reason.map(|reason| {
        let (code, text) = reason.frame();
        CloseFrame { code, reason: text.into() }
    });
    // The client may be gone; then there is nobody to tell.
    let _ = timeout(CLOSED_WITHIN, async {
        sink.send(Message::Close(frame)).await?;
        sink.close().await
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_bounded_in_messages_and_bytes() {
        let (few, _mouth) = outbox(2, 1000);
        assert_eq!(few.put("a".into()), Ok(()));
        assert_eq!(few.put("b".into()), Ok(()));
        assert_eq!(few.put("c".into()), Err(Full));
        let (small, _mouth) = outbox(100, 10);
        assert_eq!(small.put("x".repeat(50)), Ok(()), "one message always fits");
        assert_eq!(small.put("y".into()), Err(Full));
        let (exact, _mouth) = outbox(100, 10);
        assert_eq!(exact.put("x".repeat(4)), Ok(()));
        assert_eq!(exact.put("x".repeat(6)), Ok(()));
        assert_eq!(exact.put("x".into()), Err(Full));
    }
}
