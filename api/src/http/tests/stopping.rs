//! The listener: it finishes what runs, takes nothing new, and cuts off who is slow or too many.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::*;

/// A request whose body has not been sent yet, so that it is running for as long as the test wants.
async fn begin(served: &Served) -> TcpStream {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let token = served.demo.token("sanne").unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 21\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    stream
}

#[tokio::test]
async fn what_runs_is_finished_and_nothing_new_is_taken() {
    let (served, serving) = World::new().serve().await;
    let mut running = begin(&served).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    // Until it is accepted it is not ours to close.
    sleep(Duration::from_millis(100)).await;
    served.shutdown.begin();
    sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(served.address).await.is_err(), "it still listens");
    assert!(!serving.is_finished());
    running.write_all(br#"{"query":"{ hello }"}"#).await.unwrap();
    let mut reply = String::new();
    running.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK") && reply.contains("dag"), "{reply}");
    let mut nothing = Vec::new();
    timeout(Duration::from_secs(5), idle.read_to_end(&mut nothing)).await.unwrap().unwrap();
    timeout(Duration::from_secs(5), serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn connections_are_bounded() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, world.front.router(), 1, world.shutdown.clone()));
    let live = b"GET /live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(live).await.unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 204");
    let mut second = TcpStream::connect(address).await.unwrap();
    let mut nothing = Vec::new();
    // Reset or closed: either way it says nothing.
    let _ = timeout(Duration::from_secs(5), second.read_to_end(&mut nothing)).await.unwrap();
    assert!(nothing.is_empty());
    drop(first);
    sleep(Duration::from_millis(100)).await;
    let mut third = TcpStream::connect(address).await.unwrap();
    third.write_all(live).await.unwrap();
    third.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 204");
}

#[tokio::test]
async fn headers_that_dribble_in_are_cut_off() {
    let (served, _serving) = World::new().serve().await;
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    slow.write_all(b"GET /live HTTP/1.1\r\nx: ").await.unwrap();
    let mut rest = Vec::new();
    timeout(Duration::from_secs(14), slow.read_to_end(&mut rest)).await.expect("still open").unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 2"));
}

#[tokio::test]
async fn a_request_without_end_is_answered_and_gone() {
    let (served, _serving) = World::with(|config| config.http.request_seconds = 1).serve().await;
    let mut stream = begin(&served).await;
    let mut reply = vec![0; 32];
    timeout(Duration::from_secs(5), stream.read_exact(&mut reply)).await.unwrap().unwrap();
    assert!(reply.starts_with(b"HTTP/1.1 500"), "{}", String::from_utf8_lossy(&reply));
}
