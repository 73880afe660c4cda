//! What `serve` and `demo` have in common: a server put together, listening, and stopped in order.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use indicatif::ProgressBar;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::assembly::Assembly;
use crate::authn::Verifier;
use crate::authn::demo::{DemoIssuer, Persona};
use crate::authn::fetch::{Fetch, Remote};
use crate::config::Config;
use crate::demo::{self, Loaded};
use crate::error::Wording;
use crate::graphql::engine::{Engine, EngineSettings};
use crate::graphql::executor::Executor;
use crate::http::{Front, Probe, Settings, Shutdown, serve};
use crate::server::Server;

/// A server that listens and does not answer yet.
pub(super) struct Running {
    assembly: Assembly,
    listener: TcpListener,
    /// `http://` and the address at which it is reached.
    pub(super) base: String,
    /// What a demo has beside it.
    pub(super) demo: Option<RunningDemo>,
}

/// What a demo has that production has not.
pub(super) struct RunningDemo {
    /// Its identity provider.
    pub(super) issuer: Arc<DemoIssuer>,
    /// Everybody that a visitor can be.
    pub(super) personas: Vec<Persona>,
    /// What its load did.
    pub(super) loaded: Loaded,
}

impl Running {
    /// Puts a server together, loads the demo where the configuration asks for it, and listens.
    pub(super) async fn open(
        config: &Config,
        covenant: Option<&Path>,
        bar: &ProgressBar,
    ) -> anyhow::Result<Self> {
        let assembly = Assembly::open(config, covenant).await?;
        let address = config.http.address;
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("nobody can listen on {address}"))?;
        let base = base(listener.local_addr()?);
        let demo =
            if config.demo.issuer { Some(open_demo(config, &assembly, &base, bar).await?) } else { None };
        Ok(Self { assembly, listener, base, demo })
    }

    /// The parts of the server.
    pub(super) fn server(&self) -> &Server {
        &self.assembly.server
    }

    /// Answers until the process is told to stop, then lets what is running finish.
    pub(super) async fn serve(self, config: &Config) -> anyhow::Result<()> {
        let Self { assembly, listener, demo, .. } = self;
        let issuer = demo.map(|demo| demo.issuer);
        let shutdown = Shutdown::new();
        stop_on_signal(shutdown.clone())?;
        let front = Front {
            executor: executor(&assembly.server, config)?,
            verifier: Arc::new(verifier(&assembly.server, config, issuer.as_ref())?),
            clock: assembly.server.clock.clone(),
            settings: Settings::of(config),
            demo: issuer,
            ready: ready(&assembly.server),
            shutdown: shutdown.clone(),
        };
        serve(listener, front.router(), config.http.connections, shutdown).await;
        assembly.close().await;
        Ok(())
    }
}

/// Says in the log what happens: as JSON for a collector, or as text for a person.
pub(super) fn log(filter: &str, for_a_person: bool) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("--log cannot be read")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if for_a_person {
        lines.compact().init();
    } else {
        lines.json().init();
    }
    Ok(())
}

async fn open_demo(
    config: &Config,
    assembly: &Assembly,
    base: &str,
    bar: &ProgressBar,
) -> anyhow::Result<RunningDemo> {
    let server = &assembly.server;
    let personas = demo::personas(&server.convenant);
    let (mode, folder, clock) = (config.mode, &config.demo.folder, server.clock.clone());
    let issuer = DemoIssuer::open(mode, folder, base, personas.clone(), clock)?;
    let loaded = demo::load(server, &assembly.owner, &issuer.rules().issuer, bar).await?;
    Ok(RunningDemo { issuer: Arc::new(issuer), personas, loaded })
}

/// Who executes operations.
fn executor(server: &Server, config: &Config) -> anyhow::Result<Executor> {
    let wording = if config.http.developer_messages { Wording::ForDevelopers } else { Wording::ForUsers };
    let settings =
        EngineSettings { wording, introspection: config.http.introspection, cost: config.limits.cost };
    Ok(Executor::new(Engine::new(server.clone(), settings)?))
}

/// Who says who is calling: every issuer that the configuration trusts, and the demo's own.
fn verifier(server: &Server, config: &Config, demo: Option<&Arc<DemoIssuer>>) -> anyhow::Result<Verifier> {
    let mut verifier = Verifier::new(server.clock.clone());
    if !config.oidc.issuers.is_empty() {
        let remote = Arc::new(Remote::new()?);
        for issuer in &config.oidc.issuers {
            verifier = verifier.trusting(issuer.clone(), Arc::clone(&remote) as Arc<dyn Fetch>);
        }
    }
    Ok(match demo {
        Some(issuer) => verifier.trusting(issuer.rules(), Arc::clone(issuer) as Arc<dyn Fetch>),
        None => verifier,
    })
}

/// Ready is who can write a proof and decides by the covenant in force: without it nothing can be answered. It is tried once a second at most, whoever
/// asks how often.
fn ready(server: &Server) -> Probe {
    let (ledger, register, clock) = (server.ledger.clone(), server.register.clone(), server.clock.clone());
    let known = moka::future::Cache::builder().time_to_live(Duration::from_secs(1)).build();
    Arc::new(move || {
        let (ledger, known) = (ledger.clone(), known.clone());
        let (register, now) = (register.clone(), clock.now());
        let probed = async move { ledger.probe().await.is_ok() && register.confirm(now).await.is_ok() };
        Box::pin(async move { known.get_with((), probed).await })
    })
}

fn stop_on_signal(shutdown: Shutdown) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        shutdown.begin();
    });
    Ok(())
}

/// The URL of an address. Who listens everywhere is reached on this machine.
fn base(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://127.0.0.1:{}", address.port());
    }
    format!("http://{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_an_address_that_can_be_called() {
        assert_eq!(base("127.0.0.1:8080".parse().unwrap()), "http://127.0.0.1:8080");
        assert_eq!(base("0.0.0.0:8080".parse().unwrap()), "http://127.0.0.1:8080");
        assert_eq!(base("[::1]:8080".parse().unwrap()), "http://[::1]:8080");
    }
}
