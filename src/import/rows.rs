//! The rows of an imported file. All that is wrong is collected, each with the number of its line.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use landlord_core::card::text;
use landlord_core::plan::{Details, Engagement};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Invalid};

/// The columns, and whether a file must have them.
const COLUMNS: [(&str, bool); 10] = [
    ("tenant", true),
    ("company", true),
    ("subdomain", true),
    ("environments", true),
    ("email", false),
    ("organisation", false),
    ("cpu", false),
    ("memory", false),
    ("storage", false),
    ("kind", false),
];

/// A tenant as somebody has written it down.
#[derive(Debug)]
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// What is known of it.
    pub(super) details: Details,
    /// Where it stands.
    pub(super) environments: BTreeSet<Environment>,
}

impl Row {
    /// Something that is wrong with it, with its line.
    pub(super) fn says(&self, what: &str) -> String {
        format!("line {}: {}: {what}", self.line, self.details.tenant)
    }
}

/// Reads a file. Error: everything that is wrong in it.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, Vec<String>> {
    // Some programs write a mark before the first column's name.
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header = reader.headers().map_err(|error| vec![readable(&error)])?.clone();
    let mut wrong = headings(&header);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push(readable(&error));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cells = header.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty()).collect();
        let mut cells = Cells { line, cells, wrong: &mut wrong };
        rows.extend(cells.row());
    }
    if rows.is_empty() && wrong.is_empty() {
        wrong.push("there is no tenant in it".into());
    }
    twice(&rows, &mut wrong);
    if wrong.is_empty() { Ok(rows) } else { Err(wrong) }
}

fn readable(error: &csv::Error) -> String {
    let line = error.position().map_or(String::new(), |position| format!("line {}: ", position.line()));
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{line}it has {len} cells, and the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => format!("{line}it is not UTF-8"),
        _ => format!("{line}{error}"),
    }
}

fn headings(header: &csv::StringRecord) -> Vec<String> {
    let mut wrong = Vec::new();
    let known: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    for name in header {
        if !known.contains(&name) {
            let name = text::visible(name);
            wrong.push(format!("line 1: there is no column \"{name}\"; the columns are {}", known.join(", ")));
        } else if header.iter().filter(|other| *other == name).count() > 1 {
            wrong.push(format!("line 1: the column {name} stands twice"));
        }
    }
    for (name, _) in COLUMNS.iter().filter(|(name, required)| *required && header.iter().all(|one| one != *name)) {
        wrong.push(format!("line 1: the column {name} is missing"));
    }
    wrong.dedup();
    wrong
}

/// No tenant and no host label stands in two lines.
fn twice(rows: &[Row], wrong: &mut Vec<String>) {
    let (mut ids, mut labels) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        if let Some(first) = ids.insert(&row.details.tenant, row.line) {
            wrong.push(row.says(&format!("it stands in line {first} already")));
        } else if let Some(first) = labels.insert(&row.details.subdomain, row.line) {
            wrong.push(row.says(&format!("line {first} has the host label {} already", row.details.subdomain)));
        }
    }
}

/// The cells of a line that are not empty.
struct Cells<'a> {
    line: u64,
    cells: BTreeMap<&'a str, &'a str>,
    wrong: &'a mut Vec<String>,
}

impl Cells<'_> {
    fn says(&mut self, column: &str, what: &str) {
        self.wrong.push(format!("line {}: {column}: {}", self.line, text::visible(what)));
    }

    fn optional<T: FromStr<Err = Invalid>>(&mut self, column: &str) -> Option<T> {
        match self.cells.get(column)?.parse() {
            Ok(value) => Some(value),
            Err(Invalid(why)) => {
                self.says(column, &why);
                None
            }
        }
    }

    fn required<T: FromStr<Err = Invalid>>(&mut self, column: &str) -> Option<T> {
        if !self.cells.contains_key(column) {
            self.says(column, "it is missing");
        }
        self.optional(column)
    }

    fn number(&mut self, column: &str) -> Option<u32> {
        let number = self.cells.get(column)?.parse().ok();
        if number.is_none() {
            self.says(column, "it must be a whole number");
        }
        number
    }

    /// What is left out is the smallest that goes with what is given.
    fn size(&mut self) -> Option<Size> {
        let (cpu, memory, storage) = (self.number("cpu"), self.number("memory"), self.number("storage"));
        let cpu = cpu.unwrap_or(Size::DEFAULT.cpu());
        let memory = memory.or_else(|| Size::memories(cpu).next()).unwrap_or(Size::DEFAULT.memory());
        let size = Size::new(cpu, memory, storage.unwrap_or(Size::DEFAULT.storage()));
        size.map_err(|Invalid(why)| self.says("cpu, memory, storage", &why)).ok()
    }

    fn environments(&mut self) -> BTreeSet<Environment> {
        let text = self.cells.get("environments").copied().unwrap_or_default();
        let words = text.split([' ', ',', ';', '/', '+']).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_lowercase).collect();
        if words.is_empty() {
            self.says("environments", "it is missing");
        }
        let mut environments = BTreeSet::new();
        for word in words {
            match word.parse() {
                Ok(environment) => drop(environments.insert(environment)),
                Err(Invalid(why)) => self.says("environments", &why),
            }
        }
        environments
    }

    fn row(&mut self) -> Option<Row> {
        let before = self.wrong.len();
        let (tenant, company, subdomain) =
            (self.required("tenant"), self.required("company"), self.required("subdomain"));
        let (email, organisation) = (self.optional("email"), self.optional("organisation"));
        let (size, engagement) = (self.size(), self.optional("kind").unwrap_or(Engagement::Client));
        let environments = self.environments();
        if self.wrong.len() > before {
            return None;
        }
        let details = Details {
            tenant: tenant?,
            company: company?,
            subdomain: subdomain?,
            email,
            organisation,
            size: size?,
            engagement,
        };
        Some(Row { line: self.line, details, environments })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let file = "\u{FEFF}tenant,company,subdomain,email,environments,cpu\n\
                    acme, Golden Crust ,golden,,dev sit,512\n\
                    123456789012,\"Søn, Inc.\",silver,o@silver.example,PROD,\n";
        let rows = read(file.as_bytes()).expect("right");
        assert_eq!(rows.len(), 2);
        let (acme, silver) = (&rows[0], &rows[1]);
        assert_eq!(
            (acme.line, acme.details.company.as_str(), acme.details.owner()),
            (2, "Golden Crust", "no address known")
        );
        assert_eq!((acme.details.size.cpu(), acme.details.size.memory()), (512, 1024));
        assert_eq!(acme.environments, [Environment::Dev, Environment::Sit].into());
        assert_eq!((silver.details.company.as_str(), silver.details.owner()), ("Søn, Inc.", "o@silver.example"));
        assert_eq!((silver.details.size, silver.environments.len()), (Size::DEFAULT, 1));
    }

    #[test]
    fn all_that_is_wrong_is_said_with_its_line() {
        let file = "tenant,company,subdomain,email,environments,cpu,kind\n\
                    Acme,Golden,golden,owner,dev,1,client\n\
                    ,,,,,,\n\
                    bolt,Bolt,bolt,,moon,,vip\n\
                    crumb,Crumb,crumb,,dev\n\
                    dough,Dough,dough,,dev,,\n\
                    dough,Dough,dough2,,dev,,\n\
                    egg,@everyone,dough,,dev,,\n\
                    fig,Fig,dough,,dev,x,\n\
                    gum,Gum,dough,,dev,,poc\n";
        let wrong = read(file.as_bytes()).expect_err("much is wrong");
        let starts = [
            "line 2: tenant: The tenant id contains the upper-case letter A",
            "line 2: email: The e-mail address has no @",
            "line 2: cpu, memory, storage: ",
            "line 3: tenant: it is missing",
            "line 3: company: it is missing",
            "line 3: subdomain: it is missing",
            "line 3: environments: it is missing",
            "line 4: kind: A tenant is a `client` or a `poc`.",
            "line 4: environments: There is no such environment",
            "line 5: it has 5 cells, and the header has 7",
            "line 8: company: The name contains a mention",
            "line 9: cpu: it must be a whole number",
            "line 7: dough: it stands in line 6 already",
            "line 10: gum: line 6 has the host label dough already",
        ];
        for (line, start) in wrong.iter().zip(starts) {
            assert!(line.starts_with(start), "{line:?} should start with {start:?}");
        }
        assert_eq!(wrong.len(), starts.len(), "{wrong:#?}");
    }

    #[test]
    fn a_file_that_is_none() {
        let says = |bytes: &[u8]| read(bytes).expect_err("wrong").join("\n");
        assert!(says(b"").starts_with("line 1: the column tenant is missing\nline 1: the column company is missing"));
        assert_eq!(says(b"tenant,company,subdomain,environments\n"), "there is no tenant in it");
        let heading = "tenant,company,subdomain,environments,e\u{202E}mail,tenant\n";
        let said = says(heading.as_bytes());
        assert!(
            said.contains("there is no column \"e\u{FFFD}mail\"") && said.contains("tenant stands twice"),
            "{said}"
        );
        assert_eq!(says(b"tenant,company,subdomain,environments\nacme,\xff,acme,dev\n"), "line 2: it is not UTF-8");
    }
}
