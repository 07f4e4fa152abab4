//! What spammers write, and what is read; and their innocent twins, which stay themselves.

mod common;

use common::{Case, read_all};
use sluice_text::{Scratch, Wants, fold_sender, fold_word, read, squeeze_word};

/// Written, plain, squeezed.
const WORDS: &[(&str, &str, &str)] = &[
    ("раураl", "paypal", "paypal"),
    ("pаypal", "paypal", "paypal"),
    ("раураӏ", "paypal", "paypal"),
    ("ΡAYPAL", "paypal", "paypal"),
    ("ｐａｙｐａｌ", "paypal", "paypal"),
    ("𝐩𝐚𝐲𝐩𝐚𝐥", "paypal", "paypal"),
    ("𝓟𝓪𝔂𝓟𝓪𝓵", "paypal", "paypal"),
    ("𝕡𝕒𝕪𝕡𝕒𝕝", "paypal", "paypal"),
    ("ⓟⓐⓨⓟⓐⓛ", "paypal", "paypal"),
    ("🄿🄰🅈🄿🄰🄻", "paypal", "paypal"),
    ("🅿🅰🆈🅿🅰🅻", "paypal", "paypal"),
    ("ᴘᴀʏᴘᴀʟ", "paypal", "paypal"),
    ("p\u{200b}aypal", "paypal", "paypal"),
    ("pay\u{ad}pal", "paypal", "paypal"),
    ("p\u{200d}a\u{2060}y\u{feff}pal", "paypal", "paypal"),
    ("\u{202e}paypal\u{202c}", "paypal", "paypal"),
    ("p\u{fe0f}aypal", "paypal", "paypal"),
    ("p\u{e0061}aypal", "paypal", "paypal"),
    ("p̶a̶y̶p̶a̶l̶", "paypal", "paypal"),
    ("p̷̢͓ȧ̸͜y̵͔p̴a̶l", "paypal", "paypal"),
    ("pàýpâľ", "paypal", "paypal"),
    ("PAYPAL", "paypal", "paypal"),
    ("paypa1", "paypa1", "paypal"),
    ("p@yp@l", "p@yp@l", "paypal"),
    ("Pаy-Pаl", "pay-pal", "paypal"),
    ("ᏢᎪᎽᏢᎪᏞ", "paypal", "paypal"),
    ("ꓑꓮꓬꓑꓮꓡ", "paypal", "paypal"),
    ("V.I.A.G.R.A", "v.i.a.g.r.a", "viagra"),
    ("v1agra", "v1agra", "viagra"),
    ("V i a g r a", "v i a g r a", "viagra"),
    ("V-1-A-G-R-A", "v-1-a-g-r-a", "viagra"),
    ("v!agra", "v!agra", "viagra"),
    ("vıagra", "viagra", "viagra"),
    ("\\/iagra", "\\/iagra", "iagra"),
    ("c1ick here", "c1ick here", "clickhere"),
    ("FR33 M0N3Y", "fr33 m0n3y", "freemoney"),
    ("ca$h", "ca$h", "cash"),
    ("c a s h\u{a0}\u{a0}now", "c a s h now", "cashnow"),
    ("pa55w0rd", "pa55w0rd", "password"),
    ("7rans4ction", "7rans4ction", "transaction"),
    ("l0ttery w1nner", "l0ttery w1nner", "lotterywinner"),
    ("B4NK", "b4nk", "bank"),
    ("ВANK", "bank", "bank"),
    ("BΛNK", "bank", "bank"),
    ("bλnk", "bank", "bank"),
    ("CΛSH", "cash", "cash"),
    ("FRΞΞ", "free", "free"),
    ("frΣΣ", "free", "free"),
    ("ΛMΛZON", "amazon", "amazon"),
    ("PΛΨPΛL", "paypal", "paypal"),
    ("GΘΘGLE", "google", "google"),
    ("CΓEDIT", "credit", "credit"),
    ("LΦΛN", "loan", "loan"),
    ("ΩNLINE", "online", "online"),
    ("µpdate", "update", "update"),
    ("bаnк", "bank", "bank"),
    ("ｆｒｅｅ　ｇｉｆｔ", "free gift", "freegift"),
    ("ﬁnal ﬀer", "final ffer", "finalffer"),
    ("①②③④", "1234", "l2ea"),
    ("❶❷❸", "123", "l2e"),
    ("٤٥٦", "456", "as6"),
    ("пaроль", "пароль", "пароль"),
    ("Cбepбaнк", "сбербанк", "сбербанк"),
    ("кpедит", "кредит", "кредит"),
    ("πpοσφορά", "προσφορά", "προσφορά"),
    ("  two \t\r\n blanks  ", "two blanks", "twoblanks"),
    ("", "", ""),
    (" \u{200b} ", "", ""),
];

#[test]
fn words_in_disguise_read_as_what_they_look_like() {
    let mut scratch = Scratch::new();
    for &(written, plain, squeezed) in WORDS {
        let reading = read(written, Wants::ALL, &mut scratch);
        assert_eq!((reading.plain, reading.squeezed), (plain, squeezed), "{written:?}");
    }
}

#[test]
fn honest_texts_stay_themselves() {
    const TEXTS: &[&str] = &[
        "привет, как дела? завтра в школу не иду, у мамы день рождения.",
        "он там, а я тут. ёлка, йогурт, ъ. мой ноутбук сломался",
        "код: 1234. никому не сообщайте",
        "їжак і ґава — це друзі",
        "καλημέρα, τι κάνεις; θα έρθω στις 5. ο γιάννης είναι εδώ",
        "مرحبا كيف حالك؟ أراك غدا في المدرسة",
        "שלום מה שלומך",
        "你好,明天见!我们去吃饭吧",
        "こんにちは、今日は天気がいいです",
        "안녕하세요 내일 만나요",
        "สวัสดีครับ พรุ่งนี้เจอกัน",
        "नमस्ते आप कैसे हैं? कल मिलते हैं",
        "բարև ինչպես ես",
        "გამარჯობა როგორ ხარ",
    ];
    let mut scratch = Scratch::new();
    for text in TEXTS {
        let reading = read(text, Wants::ALL, &mut scratch);
        let expected = text.replace('—', "-").replace('、', ",");
        assert_eq!(reading.plain, expected);
        assert_eq!((reading.lookalikes, reading.hidden, reading.urls.count), (0, 0, 0), "{text}");
    }
}

#[test]
fn capitals_and_accents_of_honest_texts_are_not_look_alikes() {
    const TEXTS: &[(&str, &str)] = &[
        ("ПРИВЕТ, ЖДУ ТЕБЯ ДОМА. А ТЫ ГДЕ?", "привет, жду тебя дома. а ты где?"),
        ("Я купил iPhone и SMS-пакет в МТС", "я купил iphone и sms-пакет в мтс"),
        ("ΚΑΛΗΜΕΡΑ ΣΑΣ, Ο ΓΙΩΡΓΟΣ ΕΔΩ", "καλημερα σασ, ο γιωργοσ εδω"),
        ("Yarın görüşürüz, İstanbul'da hava çok sıcak", "yarin gorusuruz, istanbul'da hava cok sicak"),
        ("Chào bạn, hẹn gặp lại vào ngày mai nhé", "chao ban, hen gap lai vao ngay mai nhe"),
        ("Ça va très bien, à bientôt Noël!", "ca va tres bien, a bientot noel!"),
        ("Grüße aus München, schöne Straße", "grusse aus munchen, schone strasse"),
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("Mañana será otro día, ¿vale?", "manana sera otro dia, ¿vale?"),
        ("Как дела\u{306}? И\u{306}огурт", "как дела? йогурт"),
        ("VIPклиент", "vipклиент"),
        ("µ", "μ"),
        ("5µm, 3 µs and 20µg of it", "5μm, 3 μs and 20μg of it"),
        ("10 Ω, 10kΩ, 4.7 MΩ and a Δt of Σ5", "10 ω, 10kω, 4.7 mω and a δt of σ5"),
        ("Free delivery of your µSD card", "free delivery of your μsd card"),
        ("KAΛHMEPA, ΘA EPΘΩ ΣTIΣ 5. ΦIΛIA", "kaλhmepa, θa epθω σtiσ 5. φiλia"),
        ("ΠOΛΛA ΦIΛIA AΠO THN AΘHNA, www.example", "πoλλa φiλia aπo thn aθhna, www.example"),
        ("Family 👨‍👩‍👧 ❤️ 🇫🇷 1️⃣", "family 👨👩👧 ❤ fr 1"),
        ("می‌خواهم", "میخواهم"),
        ("“Smart” – ‘quotes’…", "\"smart\" - 'quotes'..."),
    ];
    let mut scratch = Scratch::new();
    for &(written, plain) in TEXTS {
        let reading = read(written, Wants::ALL, &mut scratch);
        assert_eq!(reading.plain, plain);
        assert_eq!((reading.lookalikes, reading.hidden), (0, 0), "{written}");
    }
}

#[test]
fn counts_what_was_undone() {
    let mut scratch = Scratch::new();
    for (written, lookalikes, hidden) in [
        ("раураl", 5, 0),
        ("pаypal", 1, 0),
        ("p\u{200b}ay\u{200b}pal", 0, 2),
        ("ｐａｙ", 3, 0),
        ("Your BΛNK account is locked", 1, 0),
        ("ΛMΛZON: your parcel waits, pay now", 2, 0),
        ("win now\u{7}", 0, 1),
        ("plain text", 0, 0),
    ] {
        let reading = read(written, Wants::PLAIN, &mut scratch);
        assert_eq!((reading.lookalikes, reading.hidden), (lookalikes, hidden), "{written:?}");
    }
}

/// Hidden links: written, first host.
const HIDDEN_LINKS: &[(&str, &str)] = &[
    ("hxxp://bad[.]example/x", "bad.example"),
    ("hxxps://bad.example/x", "bad.example"),
    ("h**p://bad.example", "bad.example"),
    ("h t t p://bad.example", "bad.example"),
    ("http: //bad.example/x", "bad.example"),
    ("http:/ /bad.example/x", "bad.example"),
    ("https:\\\\bad.example", "bad.example"),
    ("go to bad[.]example now", "bad.example"),
    ("go to bad(.)example now", "bad.example"),
    ("go to bad{dot}example now", "bad.example"),
    ("go to bad (dot) example now", "bad.example"),
    ("go to bad [dot] example [dot] com now", "bad.example.com"),
    ("go to bad . example / x", "bad.example"),
    ("go to bad dot example", "bad.example"),
    ("visit bad dot com today", "bad.com"),
    ("visit bad .com today", "bad.com"),
    ("visit bad. com/win today", "bad.com"),
    ("https://bad。example", "bad.example"),
    ("https://bad．example", "bad.example"),
    ("https://b\u{200b}ad.example/x", "bad.example"),
    ("https://bаd.example/x", "bad.example"),
    ("ｈｔｔｐｓ：／／ｂａｄ．ｅｘａｍｐｌｅ／ｘ", "bad.example"),
    ("ⓑⓐⓓ.example/x", "bad.example"),
    ("bad.exаmple", "bad.example"),
    ("www[.]bad[.]example", "www.bad.example"),
    ("192[.]0[.]2[.]1/x", "192.0.2.1"),
    ("go to bad*dot*example now", "bad.example"),
    ("请点击 bad[.]example", "bad.example"),
];

#[test]
fn numbers_too_long_for_an_address_are_none() {
    for text in ["http://123456789.1.1.1/x", "1.2.3.99999999999999999999/x", "http://65536.0.0.0:80", "256.1.1.1/x"] {
        assert!(read_all([text]).iter().all(|case| !case.is_ip), "{text}");
    }
    assert!(read_all(["http://255.1.1.1/x", "0.0.0.255/x"]).iter().all(|case| case.is_ip));
}

#[test]
fn hidden_links_are_found() {
    for case in read_all(HIDDEN_LINKS.iter().map(|row| row.0)) {
        let Case { text, count, host, hidden, .. } = case;
        let expected = HIDDEN_LINKS.iter().find(|row| row.0 == text).unwrap().1;
        assert_eq!((count, host.as_str(), hidden), (1, expected, true), "{text:?}");
    }
}

/// Open links: written, how many, first host.
const LINKS: &[(&str, u16, &str)] = &[
    ("see https://bad.example/x?y=1", 1, "bad.example"),
    ("see HTTP://BAD.EXAMPLE:8080/x", 1, "bad.example"),
    ("see http://bad.example, thanks", 1, "bad.example"),
    ("www.bad.example", 1, "www.bad.example"),
    ("bit.ly/3aBcD is short", 1, "bit.ly"),
    ("t.me/joinchat", 1, "t.me"),
    ("is.gd/abc", 1, "is.gd"),
    ("my-bank.example is new", 1, "my-bank.example"),
    ("go to bad.example.Now", 1, "bad.example"),
    ("a.example b.example", 2, "a.example"),
    ("http://localhost/x", 1, "localhost"),
    ("пример.рф сайт", 1, "пример.рф"),
    ("请点击bad.example/x领取", 1, "bad.example"),
    ("(https://bad.example)", 1, "bad.example"),
    ("market://details?id=1", 1, "details"),
    ("https://bad.in", 1, "bad.in"),
];

#[test]
fn open_links_are_found_and_not_called_hidden() {
    for case in read_all(LINKS.iter().map(|row| row.0)) {
        let (_, count, host) = LINKS.iter().find(|row| row.0 == case.text).unwrap();
        assert_eq!((case.count, case.host.as_str(), case.hidden), (*count, *host, false), "{:?}", case.text);
    }
}

#[test]
fn addresses_users_and_punycode_are_told() {
    for (text, host, is_ip, has_at, punycode) in [
        ("192.0.2.1/x", "192.0.2.1", true, false, false),
        ("http://192.0.2.1", "192.0.2.1", true, false, false),
        ("http://3221225985/x", "3221225985", true, false, false),
        ("http://0xc0000201/", "0xc0000201", true, false, false),
        ("http://[2001:db8::1]/x", "2001:db8::1", true, false, false),
        ("http://user@bad.example", "bad.example", false, true, false),
        ("http://bank.example:pw@bad.example/x", "bad.example", false, true, false),
        ("https://xn--pypal-4ve.example/x", "xn--pypal-4ve.example", false, false, true),
    ] {
        let case = read_all([text]).remove(0);
        let found = (case.host.as_str(), case.is_ip, case.has_at, case.punycode);
        assert_eq!(found, (host, is_ip, has_at, punycode), "{text}");
        assert_eq!((case.count, case.hidden), (1, false), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_link_is_none() {
    const TEXTS: &[&str] = &[
        "3.5 km",
        "e.g. this, i.e. that",
        "ok.See you",
        "ok.so i went home",
        "call me.in an hour",
        "12.05.2026",
        "v1.2.3",
        "1.2.3.4 is the version",
        "report.pdf and photo.jpg",
        "main.py readme.md setup.sh a.zip",
        "user@mail.example wrote",
        "john.doe@mail.example",
        "at 10.30 a.m. or 5 p.m.",
        "U.S. and U.K.",
        "Wait...what",
        "he/she and/or they",
        "ratio 1:2, time 12:30",
        "Mr.Smith met Dr.No",
        "£1.50/msg. 18+",
        "the polka dot dress",
        "Done. Information follows",
        "yes. no. maybe.",
        "http is a protocol",
        "i love hot mail. Com you see!",
        "drinks at seven. * Is that ok",
        "I SAID IT.(NOW READ IT BACKWARDS)",
        "Sorry. || mail? ||",
    ];
    for case in read_all(TEXTS.iter().copied()) {
        assert_eq!(case.count, 0, "{:?} gives {:?}", case.text, case.host);
    }
}

#[test]
fn words_of_lists_are_folded_as_texts_are() {
    let mut scratch = Scratch::new();
    for (word, text) in
        [("Пароль", "Ваш пaроль"), ("PayPal", "your раураl"), ("Ухо", "моё УХО болит"), ("éclair", "ECLAIR")]
    {
        assert!(read(text, Wants::PLAIN, &mut scratch).plain.contains(&fold_word(word)), "{word}");
    }
    for (word, text) in [("Viagra", "buy V.1.A.G.R.A"), ("free money", "FR33-M0N3Y"), ("P@yPal", "pay pal")] {
        assert!(read(text, Wants::ALL, &mut scratch).squeezed.contains(&squeeze_word(word)), "{word}");
    }
}

#[test]
fn names_of_senders_compare_as_brands() {
    let mut out = [0; 32];
    for (name, folded) in [
        ("B4NK", "bank"),
        ("ВANK", "bank"),
        ("ВАНК", "bahk"),
        ("Bank-Info", "bankinfo"),
        ("ΒΑΝΚ", "bank"),
        ("b\u{200b}ank", "bank"),
        ("МойБанк", "мойбанк"),
        ("+999 12345", "99912345"),
        ("", ""),
    ] {
        assert_eq!(fold_sender(name, &mut out), folded, "{name}");
    }
    assert_eq!(fold_sender("Банк", &mut [0; 3]), "б", "cut between characters");
}

#[test]
fn a_long_text_is_cut_and_marked() {
    let mut scratch = Scratch::new();
    for unit in ["ab ", "жы ", "カ", "\u{1F600}", "㌔"] {
        let text = unit.repeat(3_000);
        let reading = read(&text, Wants::ALL, &mut scratch);
        assert!(reading.is_cut && reading.plain.chars().count() >= 1_300, "{unit}: {}", reading.plain.len());
    }
    let reading = read(&"a".repeat(2_048), Wants::ALL, &mut scratch);
    assert_eq!((reading.is_cut, reading.plain.len(), reading.squeezed.len()), (false, 2_048, 2_048));
}
