//! A throw-away Redis on the loopback address, without files.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use super::{account::Account, free_port, process::Server};

/// A running Redis.
#[derive(Debug)]
pub(crate) struct Redis {
    binary: PathBuf,
    port: u16,
    _server: Server,
}

impl Redis {
    /// Starts the server.
    pub(crate) fn start(binary: &Path, folder: &Path, account: Option<&Account>) -> Result<Self> {
        let home = folder.join("redis");
        Account::make_folder(account, &home)?;
        let port = free_port()?;
        let mut command = Account::command(account, binary);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--daemonize", "no"]);
        command.args(["--save", "", "--appendonly", "no"]).arg("--dir").arg(home);
        let server = Server::start("redis", &mut command, folder, || answers(port))?;
        Ok(Self { binary: binary.to_owned(), port, _server: server })
    }

    /// The address of its first database.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// The program that was started.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }
}

fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0_u8; 7];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG\r\n")
    };
    ping().unwrap_or(false)
}
