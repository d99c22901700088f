//! Starts a gateway on a free port of loopback, in a temporary folder and a process group of its own, and stops it.

use std::fs::{File, Permissions};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The pause between two looks at a process that starts or stops.
const POLL: Duration = Duration::from_millis(20);

/// How to start a gateway; `configurations` says what the placeholders are.
pub(super) struct Gateway {
    pub(super) name: &'static str,
    pub(super) program: &'static str,
    /// Separated by spaces.
    pub(super) arguments: &'static str,
    /// Files of the system without which it cannot start.
    pub(super) needs: &'static [&'static str],
    /// Names and contents of the files in its folder.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// What stands for `{extra}` in the files.
    pub(super) extra: &'static str,
}

/// Dropping it stops the gateway.
pub(super) struct Running {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Gateway {
    /// What is not installed.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let needed = self.needs.iter().find(|file| !Path::new(file).exists()).copied();
        needed.or_else(|| find_program(self.program).is_none().then_some(self.program))
    }

    /// Returns once the gateway accepts connections.
    pub(super) fn start(&self, origin: u16) -> Running {
        let folder = tempfile::tempdir().unwrap();
        // Started by root, the gateways change to users of their own.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let port = ReservedPort::bind();
        let fill = |text: &str| {
            text.replace("{extra}", self.extra)
                .replace("{port}", &port.address.port().to_string())
                .replace("{origin}", &origin.to_string())
                .replace("{folder}", folder.path().to_str().unwrap())
        };
        for (name, content) in self.files {
            fs::write(folder.path().join(name), fill(content)).unwrap();
        }
        let log = folder.path().join("log");
        let output = File::create(&log).unwrap();
        let process = Command::new(find_program(self.program).unwrap())
            .args(self.arguments.split(' ').map(fill))
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0)
            .spawn()
            .unwrap();
        let mut running = Running { process, address: port.address, _folder: folder };
        let begin = Instant::now();
        while TcpStream::connect(running.address).is_err() {
            let ended = running.process.try_wait().unwrap();
            let goes_on = ended.is_none() && begin.elapsed() < Duration::from_secs(60);
            let output = || fs::read_to_string(&log).unwrap_or_default();
            assert!(goes_on, "{} does not start ({ended:?}):\n{}", self.name, output());
            thread::sleep(POLL);
        }
        running
    }
}

impl Running {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.process.id());
        // A group that has ended already is no failure.
        let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal("-TERM");
        let begin = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && begin.elapsed() < Duration::from_secs(5) {
            thread::sleep(POLL);
        }
        // Also for workers that outlive the main process.
        self.signal("-KILL");
        let _ = self.process.wait();
    }
}

/// A port that no other process gets, but that a server with `SO_REUSEADDR` can listen on.
struct ReservedPort {
    _socket: TcpSocket,
    address: SocketAddr,
}

impl ReservedPort {
    fn bind() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self { address: socket.local_addr().unwrap(), _socket: socket }
    }
}

/// Also where only root's `PATH` looks.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
