//! Accounts, roles, sessions and tokens, against the real program.

mod common;

use common::secure::{Browser, PASSWORD, Rig, authority};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use sluice_api::Permission;
use sluice_api::accounts::{AccountPut, BUILT_IN, RolePut, SecondFactor, Session, TokenPut};
use sluice_api::audit::AuditQuery;
use sluice_api::client::{Client, ClientError, Credential};
use sluice_api::events::EventQuery;
use sluice_api::permission::Demand;
use sluice_api::problem::Kind;
use sluice_api::time::Timestamp;
use std::time::{Duration, Instant};

fn kind_of<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Kind {
    match result.unwrap_err() {
        ClientError::Problem(problem) => problem.known_kind().unwrap(),
        other => panic!("{other}"),
    }
}

/// The last rows of the audit log, newest first: who, what, to what, outcome.
fn log(client: &Client, count: u32) -> Vec<[String; 4]> {
    let page = client.audit(AuditQuery { limit: Some(count), ..AuditQuery::default() }).unwrap();
    page.rows.into_iter().map(|row| [row.who, row.what, row.subject, row.outcome]).collect()
}

#[test]
fn somebody_signs_in_works_and_signs_out() {
    let rig = Rig::start();
    rig.account("j.doe", "viewer");
    let answer = rig.sign_in("j.doe", PASSWORD, None);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-sluice=session_") && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict")
    );
    let browser = Browser::of(&rig, &answer);
    let session: Session = serde_json::from_str(&browser.get("/api/v1/session").body).unwrap();
    assert_eq!((session.who.as_str(), session.role.as_deref()), ("j.doe", Some("viewer")));
    assert_eq!(session.permissions.len(), BUILT_IN[0].permissions.len());
    assert!(session.until.unwrap() > Timestamp::now());
    assert_eq!(browser.get("/api/v1/status").status, 200);
    assert_eq!(browser.get("/api/v1/audit").problem(), "permission-missing");
    assert_eq!(browser.change("DELETE", "/api/v1/session", "").status, 204);
    assert_eq!(browser.get("/api/v1/status").problem(), "unauthenticated");
    let rows = log(&rig.appliance.client(), 2);
    assert_eq!(rows[0], ["j.doe", "session.end", "", "done"]);
    assert_eq!(rows[1], ["j.doe", "session.begin", "", "done"]);
}

#[test]
fn every_operation_refuses_every_role_without_its_permission_and_everybody_unknown() {
    let rig = Rig::start();
    let document: serde_json::Value = serde_json::from_str(include_str!("../../api/openapi.json")).unwrap();
    let tokens: Vec<_> = BUILT_IN.iter().map(|role| (role, rig.token(role.name, role.name))).collect();
    let mut refused = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let demand = Demand::parse(operation["x-permission"].as_str().unwrap()).unwrap();
            let method = method.to_uppercase();
            let path = path.replace("{id}", "1").replace("{version}", "1").replace("{from}", "1").replace("{to}", "2");
            let path = path.replace(['{', '}'], "");
            if demand != Demand::Open {
                let answer = rig.ask(&method, &path, &[], "{}");
                assert_eq!(answer.problem(), "unauthenticated", "{method} {path}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
            let Demand::Permission(permission) = demand else { continue };
            for (role, token) in tokens.iter().filter(|(role, _)| !role.permissions.contains(&permission)) {
                let answer = rig.ask(&method, &path, &[("Authorization", &format!("Bearer {token}"))], "{}");
                assert_eq!(answer.problem(), "permission-missing", "{} {method} {path}", role.name);
                refused += 1;
            }
        }
    }
    assert!(refused > 25, "{refused}");
}

#[test]
fn who_is_refused_learns_nothing_and_five_wrong_passwords_lock_the_account() {
    let rig = Rig::start();
    rig.account("j.doe", "viewer");
    let client = rig.appliance.client();
    let unknown = rig.sign_in("nobody", PASSWORD, None);
    assert_eq!((unknown.status, unknown.problem().as_str()), (401, "sign-in-refused"));
    for _ in 0..5 {
        assert_eq!(rig.sign_in("j.doe", "not-the-password", None).body, unknown.body);
    }
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).body, unknown.body, "it is locked, and nobody is told");
    let account = client.accounts().unwrap().accounts.remove(0);
    let minutes = (account.locked_until.unwrap().as_ns() - Timestamp::now().as_ns()) / 60_000_000_000;
    assert_eq!(minutes, 14);
    let rows = log(&client, 7);
    assert_eq!(rows[0], ["j.doe", "session.begin", "", "refused: wrong password, locked for 15 minutes"]);
    assert_eq!(rows[1], ["j.doe", "session.begin", "", "refused: wrong password"]);
    assert_eq!(rows[5], ["daemon", "session.begin", "", "refused: no such account, or locked or disabled, 1 times"]);
    client.put_account("j.doe", &AccountPut { unlock: true, ..AccountPut::default() }).unwrap();
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).status, 204);
    for name in ["j.doe", "nobody"] {
        let put = AccountPut { disabled: Some(true), ..AccountPut::default() };
        assert_eq!(client.put_account(name, &put).is_ok(), name == "j.doe");
    }
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).body, unknown.body);
}

#[test]
fn wrong_passwords_at_the_same_time_do_not_get_past_the_limit() {
    let rig = Rig::start();
    rig.account("j.doe", "viewer");
    std::thread::scope(|scope| {
        for n in 0..12 {
            let rig = &rig;
            scope.spawn(move || assert_eq!(rig.sign_in("j.doe", &format!("wrong-{n}"), None).status, 401));
        }
    });
    let wrong = log(&rig.appliance.client(), 20).into_iter().filter(|row| row[3].contains("wrong password")).count();
    assert_eq!(wrong, 5, "the others were not compared with anything");
}

#[test]
fn a_session_ends_by_itself() {
    let rig = Rig::with("session = { idle = \"15m\", lasts = \"1s\" }");
    rig.account("j.doe", "viewer");
    let browser = rig.browser("j.doe");
    let begun = Instant::now();
    while browser.get("/api/v1/session").status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it goes on");
    }
    assert!(begun.elapsed() > Duration::from_millis(900));
    assert_eq!(browser.get("/api/v1/session").problem(), "unauthenticated");
}

#[test]
fn a_change_without_the_header_of_the_console_is_refused() {
    let rig = Rig::start();
    rig.account("admin", "administrator");
    let browser = rig.browser("admin");
    let cookie = [("Cookie", browser.cookie.as_str())];
    let body = r#"{"role":"administrator"}"#;
    let answer = rig.ask("POST", "/api/v1/tokens/theirs", &cookie, body);
    assert_eq!((answer.status, answer.problem().as_str()), (403, "cross-site"));
    // A form of another site can send this, and nothing comes of it either.
    let plain = [("Cookie", browser.cookie.as_str()), ("Content-Type", "text/plain")];
    assert_eq!(rig.ask("POST", "/api/v1/tokens/theirs", &plain, "").problem(), "cross-site");
    assert!(rig.appliance.client().tokens().unwrap().tokens.is_empty());
    assert_eq!(browser.change("POST", "/api/v1/tokens/ours", body).status, 200);
}

#[test]
fn answers_tell_browsers_to_take_them_for_nothing_else() {
    let rig = Rig::start();
    for (method, path) in [("GET", "/api/v1/status"), ("GET", "/nothing"), ("POST", "/api/v1/session")] {
        let answer = rig.ask(method, path, &[], "");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
        assert_eq!(answer.header("server"), None);
    }
}

#[test]
fn a_second_factor_counts_from_its_first_code_and_each_code_is_good_once() {
    let rig = Rig::start();
    rig.account("j.doe", "viewer");
    let browser = rig.browser("j.doe");
    let path = "/api/v1/session/second-factor";
    let wrong = browser.change("POST", path, r#"{"password":"not-the-password"}"#);
    assert_eq!(wrong.problem(), "request-invalid");
    let proposed = browser.change("POST", path, &serde_json::json!({ "password": PASSWORD }).to_string());
    let factor: SecondFactor = serde_json::from_str(&proposed.body).unwrap();
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).status, 204, "it does not count yet");
    assert_eq!(browser.change("PUT", path, r#"{"code":"000000"}"#).status, 400);
    let authenticator =
        totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&factor.secret).unwrap()).build().unwrap();
    let now = || Timestamp::now().as_ns() / 1_000_000_000;
    let code = |at| authenticator.generate(at).to_string();
    let first = code(now());
    assert_eq!(browser.change("PUT", path, &serde_json::json!({ "code": first }).to_string()).status, 204);

    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).problem(), "code-needed");
    assert_eq!(rig.sign_in("j.doe", "not-the-password", None).problem(), "sign-in-refused");
    assert_eq!(rig.sign_in("j.doe", PASSWORD, Some(&first)).problem(), "sign-in-refused", "it was used");
    let next = code(now() + 30);
    assert_eq!(rig.sign_in("j.doe", PASSWORD, Some(&next)).status, 204);
    assert_eq!(rig.sign_in("j.doe", PASSWORD, Some(&next)).problem(), "sign-in-refused", "it was used");

    let client = rig.appliance.client();
    assert!(client.accounts().unwrap().accounts[0].second_factor);
    client.put_account("j.doe", &AccountPut { remove_second_factor: true, ..AccountPut::default() }).unwrap();
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).status, 204);
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    const NEW: &str = "another-marble-71-lantern";
    let rig = Rig::start();
    rig.account("j.doe", "viewer");
    let [one, other] = [(); 2].map(|()| rig.browser("j.doe"));
    let change = |current: &str, new: &str| {
        let body = serde_json::json!({ "current": current, "new": new });
        one.change("PUT", "/api/v1/session/password", &body.to_string())
    };
    assert_eq!(change(NEW, NEW).problem(), "request-invalid");
    assert_eq!(change(PASSWORD, "password1234").problem(), "password-weak");
    assert_eq!(change(PASSWORD, NEW).status, 204);
    assert_eq!((one.get("/api/v1/session").status, other.get("/api/v1/session").status), (200, 401));
    assert_eq!(rig.sign_in("j.doe", PASSWORD, None).status, 401);
    assert_eq!(rig.sign_in("j.doe", NEW, None).status, 204);
    // Whoever found an open session does not learn its password by trying.
    for _ in 0..5 {
        assert_eq!(change("guess", NEW).problem(), "request-invalid");
    }
    assert_eq!(one.get("/api/v1/session").status, 401);
}

#[test]
fn nobody_gives_more_rights_than_they_have() {
    let rig = Rig::start();
    let at_machine = rig.appliance.client();
    let own = RolePut { permissions: vec![Permission::AccountsRead, Permission::AccountsChange], help: "desk".into() };
    at_machine.put_role("desk", &own).unwrap();
    rig.account("root", "administrator");
    let desk = rig.client(&rig.authority, &rig.token("desk", "desk"));
    let put =
        |role: &str| AccountPut { role: Some(role.into()), password: Some(PASSWORD.into()), ..AccountPut::default() };
    assert_eq!(kind_of(desk.put_account("me", &put("administrator"))), Kind::PermissionMissing);
    assert_eq!(kind_of(desk.put_account("root", &put("desk"))), Kind::PermissionMissing, "that one has more");
    assert_eq!(kind_of(desk.remove_account("root")), Kind::PermissionMissing);
    assert_eq!(
        kind_of(desk.make_token("me", &TokenPut { role: "viewer".into(), ..TokenPut::default() })),
        Kind::PermissionMissing
    );
    let more = RolePut { permissions: vec![Permission::PoliciesPush], help: String::new() };
    assert_eq!(kind_of(desk.put_role("desk", &more)), Kind::PermissionMissing);
    desk.put_account("me", &put("desk")).unwrap();
    desk.remove_account("me").unwrap();
}

#[test]
fn roles_that_are_needed_or_built_in_stay() {
    let rig = Rig::start();
    let client = rig.appliance.client();
    let put = RolePut { permissions: vec![Permission::EventsRead], help: String::new() };
    assert_eq!(kind_of(client.put_role("viewer", &put)), Kind::RequestInvalid);
    assert_eq!(kind_of(client.remove_role("viewer")), Kind::RequestInvalid);
    client.put_role("desk", &put).unwrap();
    let token =
        client.make_token("t", &TokenPut { role: "desk".into(), ..TokenPut::default() }).unwrap().token.unwrap();
    assert_eq!(kind_of(client.remove_role("desk")), Kind::InUse);
    let of_token = rig.client(&rig.authority, &token);
    assert_eq!(of_token.session().unwrap().permissions, [Permission::EventsRead]);
    client.put_role("desk", &RolePut { permissions: vec![Permission::StatusRead], help: String::new() }).unwrap();
    assert_eq!(of_token.session().unwrap().permissions, [Permission::StatusRead], "from the next request on");
    client.revoke_token("t").unwrap();
    assert_eq!(kind_of(of_token.session()), Kind::Unauthenticated);
    client.remove_role("desk").unwrap();
    assert_eq!(
        kind_of(client.put_account("a", &AccountPut { role: Some("desk".into()), ..AccountPut::default() })),
        Kind::RequestInvalid
    );
}

#[test]
fn accounts_that_cannot_be_are_refused_and_nothing_is_half_made() {
    let rig = Rig::start();
    let client = rig.appliance.client();
    let put = |role: Option<&str>, password: Option<&str>| AccountPut {
        role: role.map(str::to_owned),
        password: password.map(str::to_owned),
        ..AccountPut::default()
    };
    for (name, what, kind) in [
        ("J", put(Some("viewer"), Some(PASSWORD)), Kind::RequestInvalid),
        ("../a", put(Some("viewer"), Some(PASSWORD)), Kind::RequestInvalid),
        ("a", put(None, Some(PASSWORD)), Kind::RequestInvalid),
        ("a", put(Some("viewer"), None), Kind::RequestInvalid),
        ("a", put(Some("emperor"), Some(PASSWORD)), Kind::RequestInvalid),
        ("a", put(Some("viewer"), Some("123456789012")), Kind::PasswordWeak),
    ] {
        assert_eq!(kind_of(client.put_account(name, &what)), kind, "{name}");
    }
    let past = TokenPut { role: "viewer".into(), until: Some(Timestamp::from_ns(1)), ..TokenPut::default() };
    assert_eq!(kind_of(client.make_token("t", &past)), Kind::RequestInvalid);
    assert_eq!(kind_of(client.remove_account("a")), Kind::NotFound);
    assert_eq!(kind_of(client.revoke_token("t")), Kind::NotFound);
    assert!(client.accounts().unwrap().accounts.is_empty() && client.tokens().unwrap().tokens.is_empty());
    assert!(log(&client, 10).iter().all(|row| row[1] == "daemon.start"));
}

#[test]
fn the_audit_log_is_exported_whole_and_its_chain_holds() {
    let rig = Rig::start();
    let client = rig.appliance.client();
    for n in 0..1_100 {
        client.put_role("desk", &RolePut { permissions: vec![Permission::StatusRead], help: n.to_string() }).unwrap();
    }
    let checked = client.check_audit().unwrap();
    assert_eq!((checked.rows, checked.broken), (1_101, None));
    let mut export = client.export_audit().unwrap();
    let mut text = Vec::new();
    while let Some(octets) = export.receive().unwrap() {
        text.extend_from_slice(&octets);
    }
    let mut chain = sluice_api::audit::Chain::default();
    for line in String::from_utf8(text).unwrap().lines() {
        assert!(chain.add(&serde_json::from_str(line).unwrap()));
    }
    assert_eq!(chain.checked().head, checked.head);
}

#[test]
fn a_program_comes_in_by_a_certificate_that_was_made_a_token() {
    let rig = Rig::start();
    let key = KeyPair::generate().unwrap();
    let certificate = |issuer: &CertifiedIssuer<'_, KeyPair>| {
        CertificateParams::new(vec!["noc.example".to_owned()]).unwrap().signed_by(&key, issuer).unwrap()
    };
    let ours = certificate(&rig.issuer);
    let ask = |shown: &rcgen::Certificate, method: &str, path: &str, headers: &[(&str, &str)]| {
        rig.ask_as(Some((shown, &key)), method, path, headers, "{}")
    };
    assert_eq!(ask(&ours, "GET", "/api/v1/status", &[]).unwrap().problem(), "unauthenticated", "it is no token yet");
    let put = TokenPut { role: "rule_author".into(), certificate: Some(ours.pem()), until: None };
    let client = rig.appliance.client();
    assert_eq!(client.make_token("noc", &put).unwrap().token, None);
    assert_eq!(kind_of(client.make_token("again", &put)), Kind::InUse);
    let answer = ask(&ours, "GET", "/api/v1/session", &[]).unwrap();
    assert_eq!(serde_json::from_str::<Session>(&answer.body).unwrap().who, "token:noc");
    // A browser shows its certificate whoever made it ask.
    assert_eq!(ask(&ours, "POST", "/api/v1/policies/rollback", &[]).unwrap().problem(), "cross-site");
    let own = [("X-Sluice-CSRF", "1")];
    assert_eq!(ask(&ours, "POST", "/api/v1/policies/rollback", &own).unwrap().problem(), "dataplane-unavailable");
    let credential = Credential::Certificate { chain: ours.pem().into(), key: key.serialize_pem().into() };
    let url = format!("https://localhost:{}", rig.port());
    let of_certificate = Client::tcp(&url, rig.authority.as_bytes(), &credential).unwrap();
    assert_eq!(kind_of(of_certificate.rollback_policy()), Kind::DataplaneUnavailable);
    // Signed by somebody else it does not even get to ask, whatever it says.
    assert!(ask(&certificate(&authority()), "GET", "/api/v1/session", &[]).is_none());
    client.revoke_token("noc").unwrap();
    assert_eq!(ask(&ours, "GET", "/api/v1/session", &[]).unwrap().problem(), "unauthenticated");
    let nonsense = TokenPut { certificate: Some("no certificate".into()), ..put };
    assert_eq!(kind_of(client.make_token("x", &nonsense)), Kind::RequestInvalid);
}

#[test]
fn whoever_follows_events_and_may_no_more_is_cut() {
    let rig = Rig::start();
    rig.appliance.journal().write(3);
    let at_machine = rig.appliance.client();
    let client = rig.client(&rig.authority, &rig.token("t", "viewer"));
    let query = EventQuery { after: Some(0), ..EventQuery::default() };
    let mut followed = client.follow(&query).unwrap();
    assert_eq!(followed.next().unwrap().unwrap().id, 1);
    at_machine.revoke_token("t").unwrap();
    let begun = Instant::now();
    assert_eq!(followed.map(Result::unwrap).map(|event| event.id).collect::<Vec<_>>(), [2, 3]);
    assert!(begun.elapsed() < Duration::from_secs(20));
}
