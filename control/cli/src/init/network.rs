//! A network as somebody tells it, checked piece by piece, and as network.toml has it.

use std::fmt;

/// Everything network.toml says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Who we are.
    pub home: Party,
    /// Whom we have agreements with.
    pub partners: Vec<Partner>,
}

/// What a network consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Party {
    /// What it is called.
    pub name: String,
    /// ISO 3166 alpha-2; empty where nobody said it.
    pub country: String,
    /// Values by [`Kind`].
    values: [Vec<String>; Kind::ALL.len()],
}

/// A network we have an agreement with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Partner {
    /// The network.
    pub party: Party,
    /// One of [`AGREEMENTS`].
    pub agreement: String,
    /// Of [`PERMITS`].
    pub permits: Vec<String>,
}

/// What an agreement is for.
pub const AGREEMENTS: [&str; 4] = ["p2p", "a2p", "hub", "blocked"];
/// What a partner may send besides.
pub const PERMITS: [&str; 5] = ["ota", "binary", "silent", "flash", "mt-without-sri"];

/// The kinds of values a network has several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mobile country and network codes.
    MccMnc,
    /// Beginnings of subscribers' numbers, or ranges.
    Numbers,
    /// Beginnings of global titles, or ranges.
    Gts,
    /// Point codes.
    PointCodes,
    /// Numbers of service centres.
    Smscs,
}

impl Kind {
    /// All of them, in the order in which they are asked and written.
    pub const ALL: [Self; 5] = [Self::MccMnc, Self::Numbers, Self::Gts, Self::PointCodes, Self::Smscs];

    /// Its key in network.toml.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MccMnc => "mcc_mnc",
            Self::Numbers => "numbers",
            Self::Gts => "gts",
            Self::PointCodes => "point_codes",
            Self::Smscs => "smscs",
        }
    }

    /// What it is, for a question and for a comment.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::MccMnc => "mobile country and network codes (beginnings of IMSIs)",
            Self::Numbers => "beginnings of subscribers' numbers, country code first, or ranges",
            Self::Gts => "beginnings of the global titles of nodes, or ranges",
            Self::PointCodes => "point codes of nodes",
            Self::Smscs => "numbers of service centres",
        }
    }

    /// What a value must be; refused with words for the person who typed it.
    fn check(self, value: &str) -> Result<(), String> {
        let digits = |v: &str| (1..=15).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_digit());
        let range =
            |v: &str| v.split_once('-').is_some_and(|(a, b)| digits(a) && digits(b) && a.len() == b.len() && a <= b);
        let (good, expected) = match self {
            Self::MccMnc => (digits(value) && matches!(value.len(), 5 | 6), "five or six digits, such as 00101"),
            Self::Numbers | Self::Gts => (
                digits(value) || range(value),
                "digits without +, such as 99970, or a range of two as long as each other, such as 9997000-9997099",
            ),
            Self::PointCodes => {
                (value.parse::<u32>().is_ok_and(|n| n < 1 << 24), "a number below 16777216, such as 6001")
            }
            Self::Smscs => (digits(value), "digits without +, such as 999700300001"),
        };
        if good { Ok(()) } else { Err(format!("`{value}` cannot be among the {}: expected {expected}", self.key())) }
    }
}

impl Party {
    /// Values of a kind from one text, with one of these between them.
    pub fn set(&mut self, kind: Kind, text: &str, separators: &[char]) -> Result<(), String> {
        let values: Vec<&str> = text.split(separators).map(str::trim).filter(|v| !v.is_empty()).collect();
        values.iter().try_for_each(|value| kind.check(value))?;
        self.values[kind as usize].extend(values.into_iter().map(str::to_owned));
        Ok(())
    }

    /// The values of a kind.
    pub fn get(&self, kind: Kind) -> &[String] {
        &self.values[kind as usize]
    }

    /// Its country.
    pub fn set_country(&mut self, text: &str) -> Result<(), String> {
        if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(format!("`{text}` is no country: expected two letters of ISO 3166, such as ZZ"));
        }
        self.country = text.to_ascii_uppercase();
        Ok(())
    }

    /// Its name.
    pub fn set_name(&mut self, text: &str) -> Result<(), String> {
        let text = text.trim();
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err("a network has a name".to_owned());
        }
        self.name = text.to_owned();
        Ok(())
    }
}

impl Partner {
    /// From `NAME,KEY=VALUE,…`, as an option has it.
    pub fn parse(text: &str) -> Result<Self, String> {
        const SEPARATORS: [char; 2] = ['/', ' '];
        let mut parts = text.split(',');
        let mut partner = Self { agreement: "p2p".to_owned(), ..Self::default() };
        partner.party.set_name(parts.next().unwrap_or(""))?;
        for part in parts {
            let Some((key, value)) = part.split_once('=') else {
                return Err(format!("`{part}` cannot stand here: expected KEY=VALUE, such as gts=99981"));
            };
            match (key.trim(), Kind::ALL.into_iter().find(|kind| kind.key() == key.trim())) {
                (_, Some(kind)) => partner.party.set(kind, value, &SEPARATORS)?,
                ("country", _) => partner.party.set_country(value.trim())?,
                ("agreement", _) => partner.set_agreement(value.trim())?,
                ("permits", _) => value.split(SEPARATORS).try_for_each(|v| partner.permit(v.trim()))?,
                (key, _) => {
                    let keys: Vec<&str> = Kind::ALL.into_iter().map(Kind::key).collect();
                    return Err(format!(
                        "`{key}` means nothing here: expected country, agreement, permits, {}",
                        keys.join(", ")
                    ));
                }
            }
        }
        if partner.party.country.is_empty() && partner.needs_country() {
            return Err(format!(
                "`{}` has no country: expected country=ZZ; only a hub may be of none",
                partner.party.name
            ));
        }
        Ok(partner)
    }

    /// Whether it is a network of some country: a hub sends for many.
    pub fn needs_country(&self) -> bool {
        self.agreement != "hub"
    }

    /// What the agreement is for.
    pub fn set_agreement(&mut self, text: &str) -> Result<(), String> {
        self.agreement = one_of(&AGREEMENTS, text)?;
        Ok(())
    }

    fn permit(&mut self, text: &str) -> Result<(), String> {
        self.permits.push(one_of(&PERMITS, text)?);
        Ok(())
    }
}

fn one_of(words: &[&str], text: &str) -> Result<String, String> {
    let found = words.contains(&text).then(|| text.to_owned());
    found.ok_or_else(|| format!("`{text}` means nothing here: expected one of {}", words.join(", ")))
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Keys with their values, and comments in a column behind them; a key without a value is a comment itself.
type Lines = Vec<(String, String)>;

impl Party {
    fn lines(&self) -> Lines {
        let mut lines = vec![(format!("name = {}", quoted(&self.name)), "what it is called".to_owned())];
        let country = if self.country.is_empty() { ("# ", "ZZ") } else { ("", self.country.as_str()) };
        lines.push((format!("{}country = {}", country.0, quoted(country.1)), "ISO 3166 alpha-2".to_owned()));
        for kind in Kind::ALL {
            let values: Vec<String> = self.get(kind).iter().map(|value| kind.written(value)).collect();
            let mark = if values.is_empty() { "# " } else { "" };
            lines.push((format!("{mark}{} = [{}]", kind.key(), values.join(", ")), kind.meaning().to_owned()));
        }
        lines
    }
}

impl Kind {
    /// A value as TOML has it.
    fn written(self, value: &str) -> String {
        match (self, value.parse::<u32>()) {
            (Self::PointCodes, Ok(number)) => number.to_string(),
            _ => quoted(value),
        }
    }
}

fn agreement(agreement: &str, permits: &[String], mark: &str) -> Lines {
    let permits: Vec<String> = permits.iter().map(|p| quoted(p)).collect();
    vec![
        (format!("{mark}agreement = {}", quoted(agreement)), AGREEMENTS.join(", ")),
        (format!("{mark}permits = [{}]", permits.join(", ")), PERMITS.join(", ")),
    ]
}

fn write_lines(f: &mut fmt::Formatter<'_>, lines: &Lines) -> fmt::Result {
    // Longer ones stand out of the column.
    const COLUMN_MAX: usize = 40;
    let lens = lines.iter().map(|(line, _)| line.chars().count());
    let column = lens.filter(|len| *len <= COLUMN_MAX).max().unwrap_or(0);
    lines.iter().try_for_each(|(line, comment)| writeln!(f, "{line:<column$}  # {comment}"))
}

impl fmt::Display for Network {
    /// network.toml.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "# Who we and our partners are. The rules name no number of their own: what is put right here is right\n\
             # everywhere. A number stands for all that begin with it, and is written with its country code.\n\n[home]\n",
        )?;
        write_lines(f, &self.home.lines())?;
        if self.partners.is_empty() {
            f.write_str(
                "\n# One [[partner]] for each network we have an agreement with, with the same keys and these:\n",
            )?;
            return write_lines(f, &agreement("p2p", &[], "# "));
        }
        for partner in &self.partners {
            f.write_str("\n[[partner]]\n")?;
            write_lines(f, &[partner.party.lines(), agreement(&partner.agreement, &partner.permits, "")].concat())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_is_read_from_one_option() {
        let text = "Foreign \"Mobile\",gts=99981/99982,country=zz,agreement=hub,point_codes=6001 6002,permits=ota/flash,gts=99983";
        let partner = Partner::parse(text).unwrap();
        assert_eq!((partner.party.name.as_str(), partner.party.country.as_str()), ("Foreign \"Mobile\"", "ZZ"));
        assert_eq!(partner.party.get(Kind::Gts), ["99981", "99982", "99983"]);
        assert_eq!((partner.agreement.as_str(), partner.permits.len()), ("hub", 2));
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        for (text, expected) in [
            ("", "has a name"),
            ("X,gts", "expected KEY=VALUE"),
            ("X,gts=+99981", "digits without +"),
            ("X,gts=9998-99981", "as long as each other"),
            ("X,gts=99982-99981", "as long as each other"),
            ("X,mcc_mnc=001", "five or six digits"),
            ("X,point_codes=99999999", "below 16777216"),
            ("X,agreement=friends", "p2p, a2p, hub, blocked"),
            ("X,permits=all", "ota, binary"),
            ("X,country=Zedland", "two letters"),
            ("X,gt=1", "means nothing here"),
            ("X,gts=99981", "expected country=ZZ"),
        ] {
            let refusal = Partner::parse(text).unwrap_err();
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
    }

    #[test]
    fn network_toml_says_what_was_told_in_the_form_of_the_formatter() {
        let mut network = Network::default();
        network.home.set_name("Home \\ 'x'").unwrap();
        network.home.set(Kind::PointCodes, "6001, 0", &[',']).unwrap();
        network.home.set(Kind::MccMnc, "00101", &[',']).unwrap();
        for partners in [vec![], vec![Partner::parse("P,country=ZZ,gts=99981,permits=ota").unwrap()]] {
            network.partners = partners;
            let text = network.to_string();
            let table: toml::Table = text.parse().unwrap();
            assert_eq!(table["home"]["name"].as_str(), Some("Home \\ 'x'"));
            assert_eq!(table["home"]["point_codes"].as_array().map(Vec::len), Some(2));
            assert_eq!(
                table.get("partner").map(|p| p[0]["permits"][0].as_str()),
                network.partners.first().map(|_| Some("ota"))
            );
            assert_eq!(sluice_policy::format::toml("network.toml", &text), Ok(text));
        }
    }
}
