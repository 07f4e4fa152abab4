mod common;
use common::Appliance;
#[test]
fn rate() {
    let a = Appliance::new();
    let n = 300_000;
    let mut j = a.journal();
    for _ in 0..n / 1000 {
        j.write(1000);
    }
    let t = std::time::Instant::now();
    let _d = a.start();
    let c = a.client();
    loop {
        if c.status().unwrap().journal.lag == 0 {
            break;
        }
    }
    eprintln!(
        "ingest {} /s, store {} B/event",
        n as f64 / t.elapsed().as_secs_f64(),
        c.status().unwrap().store.bytes / n
    );
    let t = std::time::Instant::now();
    let got = a.follow(0, n as usize).len();
    eprintln!("follow {} /s", got as f64 / t.elapsed().as_secs_f64());
    let t = std::time::Instant::now();
    for _ in 0..100 {
        c.events(&sluice_api::events::EventQuery {
            number: Some("15550103".into()),
            limit: Some(100),
            order: Some(sluice_api::events::Order::Newest),
            ..Default::default()
        })
        .unwrap();
    }
    eprintln!("number query of 100 {:?}", t.elapsed() / 100);
    let t = std::time::Instant::now();
    c.events(&sluice_api::events::EventQuery {
        since: Some(sluice_api::Timestamp::from_ns(5_000_000_000)),
        limit: Some(100),
        ..Default::default()
    })
    .unwrap();
    eprintln!("since query of 100 {:?}", t.elapsed());
    let t = std::time::Instant::now();
    for _ in 0..1000 {
        c.status().unwrap();
    }
    eprintln!("status {:?}", t.elapsed() / 1000);
}
