//! What is left of an operation for those who check it: the certificate as Discord hands it out, the log as `landlord audit`
//! exports it.

use std::process::Command;

use serde_json::Value;

use super::{Request, Shown, World, text};

impl World {
    /// What the program's `audit` says of the story's log.
    pub(crate) async fn audits(&self, verb: &'static str) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_landlord"));
        program.args(["audit", verb, "--config"]).arg(self.services.file()).env("LANDLORD_STORE__URL", &self.log.url);
        let output = tokio::task::spawn_blocking(move || program.output()).await.expect("it ran");
        let output = output.expect("the program can be run");
        assert!(output.status.success(), "audit {verb}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// What `landlord import` makes of a file of this text: its exit code, what it printed, what it complained of.
    pub(crate) async fn imports(&self, file: &str, dry_run: bool) -> (i32, String, String) {
        let kept = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(kept.path(), file).expect("the file can be written");
        let mut program = Command::new(env!("CARGO_BIN_EXE_landlord"));
        program.arg("import").arg(kept.path()).arg("--config").arg(self.services.file());
        program.args(dry_run.then_some("--dry-run")).envs(self.recipe.environment());
        let output = tokio::task::spawn_blocking(move || program.output()).await.expect("it ran");
        let output = output.expect("the program can be run");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
    }

    /// The hash of one event, as the exported log has it.
    pub(crate) async fn exported_hash(&self, operation: &str, seq: u64) -> String {
        let export = self.audits("export").await;
        let events = export.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON line"));
        let event = events.into_iter().find(|event| event["operation"] == operation && event["seq"] == seq);
        text(&event.unwrap_or_else(|| panic!("no event {seq} of {operation} in\n{export}"))["hash"])
    }

    /// The file of this name beside a message, downloaded from where Discord says it is.
    pub(crate) async fn file(&self, shown: &Shown, name: &str) -> Vec<u8> {
        let files = shown.message["attachments"].as_array().into_iter().flatten();
        let file = files.into_iter().find(|file| file["filename"] == name);
        let file = file.unwrap_or_else(|| panic!("no file {name} is beside\n{shown}"));
        self.download(&text(&file["url"])).await
    }

    /// A file, downloaded from where Discord says it is.
    pub(super) async fn download(&self, url: &str) -> Vec<u8> {
        let answer = self.web.get(url).send().await.expect("the file's server answers");
        assert_eq!(answer.status(), 200, "{url}");
        answer.bytes().await.expect("the file").to_vec()
    }
}

impl Request<'_> {
    /// The certificate that the thread was given.
    pub(crate) async fn certificate(&self) -> Value {
        let message = self.message_saying("This is the certificate").await;
        assert_eq!(message["attachments"][0]["filename"], format!("certificate-{}.json", self.id()));
        let url = text(&message["attachments"][0]["url"]);
        serde_json::from_slice(&self.world().download(&url).await).expect("the certificate is JSON")
    }

    /// Downloads the certificate and asserts what holds for each: it is about this plan, and the log's hash in it is that of
    /// the exported log, which is intact.
    pub(crate) async fn is_certified(&self) -> Value {
        let certificate = self.certificate().await;
        assert_eq!(certificate["digest"], self.operation().await["digest"], "{certificate}");
        let event = certificate["log"]["event"].as_u64().expect("the event's place");
        assert_eq!(certificate["log"]["hash"], self.world().exported_hash(self.id(), event).await);
        assert!(self.world().audits("verify").await.starts_with("intact"));
        certificate
    }
}
