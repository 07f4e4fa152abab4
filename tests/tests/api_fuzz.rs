//! A fuzzer of APIs reads the description and asks everything in it, as it should be asked and as it should not: no answer is
//! the server's fault, none is another than the description says, and none comes to somebody who did not say who they are.

mod common;

use common::{Appliance, Process, capture, program, wait_for};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What it holds against each answer. Not that everything the description allows is accepted: whether a policy is one, no
/// description of JSON can say.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
    response_headers_conformance,negative_data_rejection,ignored_auth,use_after_free";

#[test]
fn nothing_that_is_asked_of_the_api_is_the_servers_fault_or_answered_otherwise_than_described() {
    let Some(fuzzer) = fuzzer() else {
        eprintln!("SKIPPED: no schemathesis; `scripts/setup --test` installs it. Nothing was tested");
        return;
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let device = format!("net_pcap:rx_pcap={}", capture("demo.pcap").display());
    let appliance = Appliance::new(
        &[0],
        &format!(
            "[[port]]\nname = \"p\"\ndevice = {device:?}\n\n[[tap]]\nname = \"t\"\nport = \"p\"\n\n[control]\n\
             tcp = {{ listen = \"127.0.0.1:{port}\", certificate = \"TLS/tls.pem\", key = \"TLS/tls.key\" }}\n"
        ),
    );
    let folder = appliance.path("");
    let configuration = std::fs::read_to_string(appliance.path("sluice.toml")).unwrap();
    let configuration = configuration.replace("TLS/", &format!("{}/", folder.to_str().unwrap().trim_end_matches('/')));
    std::fs::write(appliance.path("sluice.toml"), configuration).unwrap();
    make_certificate(&folder);
    let _dataplane = appliance.start_dataplane();
    let daemon = appliance.start_daemon();
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/policy/starter");
    let pushed = appliance.sluice(&["policy", "push", starter.to_str().unwrap()]);
    assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    wait_for("events", || appliance.api().status().unwrap().store.events > 100);
    let token = appliance.sluice(&["token", "make", "fuzzer", "--role", "administrator"]);
    let token = String::from_utf8(token.stdout).unwrap();
    let output = Command::new(fuzzer)
        .args(["run", &format!("https://127.0.0.1:{port}/api/v1/openapi.json"), "--tls-verify", "false"])
        .args(["--header", &format!("Authorization: Bearer {}", token.trim())])
        .args(["--checks", CHECKS, "--max-examples", &examples(), "--seed", "1", "--generation-deterministic"])
        // Streams do not end, and whoever revokes their own token is out.
        .args(["--exclude-path", "/api/v1/events/stream", "--exclude-path", "/api/v1/trace"])
        .args(["--exclude-operation-id", "tokenRevoke", "--request-timeout", "60", "--no-color"])
        .args(["--suppress-health-check", "all"])
        // It keeps what it found beside where it runs.
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // It did ask, and was let in.
    let asked =
        said.lines().find_map(|line| line.trim().strip_suffix(" passed")?.split(' ').next()?.parse::<u32>().ok());
    assert!(asked > Some(500) && !said.contains("Authentication failed"), "{said}");
    assert!(daemon_is_well(&daemon) && appliance.api().status().is_ok(), "{}", daemon.said());
}

/// How many requests for each operation; `scripts/soak api` asks for more.
fn examples() -> String {
    std::env::var("SLUICE_EXAMPLES").unwrap_or_else(|_| "10".to_owned())
}

fn daemon_is_well(daemon: &Process) -> bool {
    !daemon.said().contains("panicked")
}

fn fuzzer() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("tools/validators/bin/schemathesis");
    path.is_file().then_some(path)
}

fn make_certificate(folder: &Path) {
    let names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    let made = Command::new("openssl")
        .args(["req", "-x509", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=localhost", "-addext", names, "-keyout", "tls.key", "-out", "tls.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success() && program("sluiced").is_file());
}
