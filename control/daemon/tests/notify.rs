//! What happens is told to rsyslog over TLS, and to a web server of Python's that knows the secret.

mod common;

use common::Appliance;
use common::secure::authority;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use sluice_api::Permission;
use sluice_api::accounts::RolePut;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A receiver with its certificate; ended when dropped.
struct Receiver {
    dir: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Receiver {
    fn new(issuer: &CertifiedIssuer<'_, KeyPair>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
        std::fs::write(dir.path().join("c.pem"), certificate.pem()).unwrap();
        std::fs::write(dir.path().join("k.pem"), key.serialize_pem()).unwrap();
        std::fs::write(dir.path().join("a.pem"), issuer.pem()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { dir, port, child: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// rsyslog, which writes what it understood of each message.
    fn start_rsyslog(&mut self) {
        let file = |name: &str| self.path(name).display().to_string();
        let configuration = format!(
            "global(workDirectory=\"{}\" defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{}\" \
             defaultNetstreamDriverCertFile=\"{}\" defaultNetstreamDriverKeyFile=\"{}\")\n\
             module(load=\"imtcp\" StreamDriver.Name=\"gtls\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\")\n\
             input(type=\"imtcp\" port=\"{}\")\n\
             template(name=\"t\" type=\"string\" string=\"%syslogfacility%.%syslogseverity% %app-name% %msgid% %structured-data% |%msg%\\n\")\n\
             action(type=\"omfile\" file=\"{}\" template=\"t\")\n",
            self.dir.path().display(),
            file("a.pem"),
            file("c.pem"),
            file("k.pem"),
            self.port,
            file("out")
        );
        std::fs::write(self.path("rsyslog.conf"), configuration).unwrap();
        let mut command = Command::new("rsyslogd");
        command.arg("-n").arg("-f").arg(self.path("rsyslog.conf")).arg("-i").arg(self.path("pid"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().expect("rsyslog is installed by scripts/test"));
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }

    /// Waits for a line of rsyslog's file with this text.
    fn line(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let written = std::fs::read_to_string(self.path("out")).unwrap_or_default();
            if let Some(line) = written.lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "no {text:?} in {written:?}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop();
    }
}

fn appliance(root: &Path, receiver: &str) -> Appliance {
    let hwmon = root.join("sys/class/hwmon/hwmon0");
    std::fs::create_dir_all(&hwmon).unwrap();
    for (file, text) in [("name", "coretemp\n"), ("temp1_input", "50000\n"), ("temp1_max", "80000\n")] {
        std::fs::write(hwmon.join(file), text).unwrap();
    }
    Appliance::with(&format!("sensors = {{ every = \"20ms\", root = {root:?} }}\nnotify = [{{ {receiver} }}]"))
}

fn temperature(root: &Path, millidegrees: &str) {
    std::fs::write(root.join("sys/class/hwmon/hwmon0/temp1_input"), millidegrees).unwrap();
}

fn put_role(appliance: &Appliance, help: &str) {
    let put = RolePut { permissions: vec![Permission::StatusRead], help: help.into() };
    appliance.client().put_role("desk", &put).unwrap();
}

#[test]
fn rsyslog_is_told_over_tls_what_is_wrong_and_who_did_what_also_after_it_was_away() {
    let mut receiver = Receiver::new(&authority());
    receiver.start_rsyslog();
    let root = tempfile::tempdir().unwrap();
    let told = format!(
        "name = \"siem\", syslog = \"localhost:{}\", authority = {:?}, of = [\"machine\", \"audit\"]",
        receiver.port,
        receiver.path("a.pem")
    );
    let appliance = appliance(root.path(), &told);
    let daemon = appliance.start();
    temperature(root.path(), "91500\n");
    let line = receiver.line("temperature");
    assert!(line.starts_with("3.4 sluiced machine [sluice@32473 id=\""), "{line}");
    assert!(line.ends_with("] |raised temperature coretemp: temp1: 91.5 °C where 80.0 °C is the limit"), "{line}");
    put_role(&appliance, "first");
    let line = receiver.line("role.put");
    assert!(line.contains("what=\"role.put\" subject=\"desk: status.read\" outcome=\"done\" hash=\""), "{line}");
    assert!(line.starts_with("13.5 sluiced audit "), "{line}");

    receiver.stop();
    std::fs::remove_file(receiver.path("out")).unwrap();
    daemon.terminate();
    // Nobody listens, and somebody does something: the next daemon tells it.
    let mut daemon = appliance.start();
    appliance.client().remove_role("desk").unwrap();
    daemon.wait_for("notify siem: localhost:");
    receiver.start_rsyslog();
    receiver.line("what=\"role.remove\"");
    let written = std::fs::read_to_string(receiver.path("out")).unwrap();
    assert_eq!(written.matches("role.put").count(), 0, "what was told is not told again: {written}");
}

/// Answers 503 once, then 200; checks the signature and prints the body.
const WEB_SERVER: &str = r#"
import hashlib, hmac, http.server, ssl, sys
folder, secret, refused = sys.argv[1], b"the secret", []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        good = hmac.compare_digest(signed, self.headers["x-sluice-signature"]) and self.path == "/hook?a=b"
        status = 400 if not good else 200 if refused else 503
        refused.append(1)
        self.send_response(status)
        self.end_headers()
        print(status, body.decode(), flush=True)
    def log_message(self, *words):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/c.pem", folder + "/k.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[test]
fn a_webhook_is_signed_and_told_again_until_it_is_taken() {
    let mut receiver = Receiver::new(&authority());
    let secret = receiver.path("secret");
    std::fs::write(&secret, "the secret\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = Command::new("python3");
    command.args(["-c", WEB_SERVER]).arg(receiver.dir.path()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    receiver.child = Some(child);
    let port = said.next().unwrap();
    let root = tempfile::tempdir().unwrap();
    let told = format!(
        "name = \"hook\", webhook = \"https://localhost:{port}/hook?a=b\", authority = {:?}, secret_file = {secret:?}, \
         of = [\"audit\"]",
        receiver.path("a.pem"),
    );
    let appliance = appliance(root.path(), &told);
    let _daemon = appliance.start();
    put_role(&appliance, "a role");
    let bodies: Vec<String> = said.take(2).collect();
    assert!(bodies[0].starts_with("503 {\"of\":\"audit\",\"event\":{"), "{bodies:?}");
    assert_eq!(bodies[1].strip_prefix("200 "), bodies[0].strip_prefix("503 "));
    let body: serde_json::Value = serde_json::from_str(&bodies[1][4..]).unwrap();
    assert_eq!((body["event"]["who"].as_str().unwrap(), body["event"]["outcome"].as_str()), ("uid:0", Some("done")));
}

#[test]
fn receivers_that_cannot_be_stop_the_start_with_what_is_wrong() {
    let receiver = Receiver::new(&authority());
    let authority = receiver.path("a.pem");
    let open = receiver.path("open");
    std::fs::write(&open, "secret").unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let root = tempfile::tempdir().unwrap();
    for (told, why) in [
        (format!("name = \"a\", syslog = \"x\", authority = {:?}", root.path().join("none")), "notify a: authority "),
        (format!("name = \"a\", webhook = \"http://x/\", authority = {authority:?}"), "expected https://HOST/PATH"),
        (
            format!("name = \"a\", webhook = \"https://x/\", authority = {authority:?}, secret_file = {open:?}"),
            "everybody can read it",
        ),
        (
            format!(
                "name = \"a\", syslog = \"x\", authority = {authority:?} }}, {{ name = \"a\", syslog = \"y\", authority = {authority:?}"
            ),
            "notify a: two receivers have this name",
        ),
    ] {
        let output = appliance(root.path(), &told).command().output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(why), "{said}");
    }
}
