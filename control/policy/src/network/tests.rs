//! What rules can name of a network.

use super::*;

const NETWORK: &str = r#"
[home]
name = "Demo Mobile"
country = "ZZ"
mcc_mnc = ["00101"]
numbers = ["99970"]
gts = ["9997000000-9997099999"]
point_codes = [6001, 6002]
smscs = ["999700300001"]

[[partner]]
name = "Foreign Mobile"
country = "XX"
agreement = "p2p"
gts = ["99981"]
smscs = ["999810300001"]
point_codes = ["4001-4003"]
permits = ["ota", "mt-without-sri"]

[[partner]]
name = "Closed"
country = "XY"
agreement = "blocked"
gts = ["99966"]
smscs = ["999660300001"]
point_codes = [4009]
"#;

fn network(policy: &str, csv: &str) -> Network {
    let files = [("policy.toml", policy), ("network.toml", NETWORK), ("operators/a.csv", csv)];
    let source = Source::from_files(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap();
    Network::open(&source).unwrap()
}

fn entries(network: &Network, list: &str) -> Vec<String> {
    network.lists().into_iter().find(|l| l.name == list).unwrap().entries.iter().map(str::to_owned).collect()
}

#[test]
fn lists_hold_what_the_file_says() {
    let network = network("network = \"network.toml\"", "");
    for (list, expected) in [
        ("home_numbers", &["99970"][..]),
        ("home_gts", &["99970"]),
        ("home_imsis", &["00101"]),
        ("home_smscs", &["999700300001"]),
        ("partner_gts", &["99981"]),
        ("partner_smscs", &["999810300001"]),
        ("blocked_gts_of_partners", &["99966"]),
        ("permits_ota_gts", &["99981"]),
        ("permits_mt_without_sri_gts", &["99981"]),
        ("permits_flash_gts", &[]),
    ] {
        assert_eq!(entries(&network, list), expected, "{list}");
    }
    assert_eq!(network.lists().len(), 7 + PERMITS.len());
    assert!(network.lists().iter().all(|l| (l.kind == ListKind::Exact) == l.name.ends_with("_smscs")));
}

#[test]
fn variables_hold_point_codes() {
    let numbers = |codes: &[i128]| Variable::Many(codes.iter().copied().map(Scalar::Number).collect());
    let variables = network("network = \"network.toml\"", "").variables();
    assert_eq!(variables[0], ("home_point_codes", numbers(&[6001, 6002])));
    assert_eq!(variables[1], ("outside_point_codes", numbers(&[4001, 4002, 4003, 4009])));
}

#[test]
fn a_policy_without_a_network_has_none_of_the_names() {
    let network = network("name = \"x\"", "");
    assert!(network.lists().is_empty() && network.variables().is_empty());
    assert!(network.describe(Space::E164, "44").is_some());
}

#[test]
fn a_row_named_like_a_partner_counts_as_the_partners() {
    let csv = "Operator,Kind,Start\nforeign mobile,GT,99982\nDEMO MOBILE,msisdn,99971\nAnother,gt,99983\n";
    let network = network("network = \"network.toml\"\noperators = [\"operators/*.csv\"]", csv);
    assert_eq!(entries(&network, "partner_gts"), ["99981", "99982"]);
    assert_eq!(entries(&network, "permits_ota_gts"), ["99981", "99982"]);
    assert_eq!(entries(&network, "home_numbers"), ["99970", "99971"]);
    let relation = |digits| network.describe(Space::E164, digits).unwrap().relation;
    assert_eq!((relation("99982"), relation("99971"), relation("99983")), ("p2p", "home", "unknown"));
}
