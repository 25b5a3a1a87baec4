//! How large a tenant's task is. Only sizes that Fargate knows can be built.

use serde::{Deserialize, Serialize};

use crate::tenant::Invalid;

/// The size of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Size {
    cpu: u32,
    memory: u32,
    storage: u32,
}

#[derive(Serialize, Deserialize)]
struct Parts {
    cpu: u32,
    memory: u32,
    storage: u32,
}

impl TryFrom<Parts> for Size {
    type Error = Invalid;
    fn try_from(Parts { cpu, memory, storage }: Parts) -> Result<Self, Invalid> {
        Self::new(cpu, memory, storage)
    }
}

impl From<Size> for Parts {
    fn from(Size { cpu, memory, storage }: Size) -> Self {
        Self { cpu, memory, storage }
    }
}

/// What Fargate offers: CPU units, least and most memory in MiB, and the step between (Amazon ECS: task size).
const FARGATE: &[(u32, u32, u32, u32)] = &[
    (256, 512, 2_048, 512),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

impl Size {
    /// The playbook's own: 256 CPU units, 512 MiB, 20 GiB.
    pub const DEFAULT: Self = Self { cpu: 256, memory: 512, storage: 20 };

    /// CPU units (1,024 a core), memory in MiB, ephemeral storage in GiB (20 to 200).
    pub fn new(cpu: u32, memory: u32, storage: u32) -> Result<Self, Invalid> {
        if !(20..=200).contains(&storage) {
            return Err(Invalid::new(format!(
                "Storage of {storage} GiB is not to be had. Fargate gives 20 to 200 GiB."
            )));
        }
        if FARGATE.iter().all(|row| row.0 != cpu) {
            let known: Vec<String> = Self::cpus().map(|c| c.to_string()).collect();
            return Err(Invalid::new(format!("Fargate knows no cpu of {cpu} units. It knows {}.", known.join(", "))));
        }
        if !Self::memories(cpu).any(|m| m == memory) {
            let known: Vec<String> = Self::memories(cpu).map(|m| m.to_string()).collect();
            return Err(Invalid::new(format!(
                "Fargate knows no memory of {memory} MiB with {cpu} cpu units. It knows {} MiB.",
                known.join(", ")
            )));
        }
        Ok(Self { cpu, memory, storage })
    }

    /// CPU units.
    pub fn cpu(self) -> u32 {
        self.cpu
    }

    /// Memory in MiB.
    pub fn memory(self) -> u32 {
        self.memory
    }

    /// Ephemeral storage in GiB.
    pub fn storage(self) -> u32 {
        self.storage
    }

    /// What Fargate offers that comes nearest to CPU units and memory in MiB that it does not: at most so many pairs, the
    /// smallest first. How near is a matter of proportion.
    pub fn nearest(cpu: u32, memory: u32, most: usize) -> Vec<(u32, u32)> {
        let far = |one: u32, other: u32| (f64::from(one.max(1)) / f64::from(other.max(1))).ln().abs();
        let mut all: Vec<(u32, u32)> =
            Self::cpus().flat_map(|cpu| Self::memories(cpu).map(move |memory| (cpu, memory))).collect();
        all.sort_by(|one, other| {
            let distance = |&(c, m): &(u32, u32)| far(c, cpu) + far(m, memory);
            distance(one).total_cmp(&distance(other))
        });
        all.truncate(most);
        all.sort_unstable();
        all
    }

    /// The same with at least twice the memory, and with more CPU units only where these do not go with it; none where there is
    /// no such size.
    pub fn larger(self) -> Option<Self> {
        let enough =
            |cpu: u32| Self::memories(cpu).find(|memory| *memory >= self.memory * 2).map(|memory| (cpu, memory));
        let (cpu, memory) = Self::cpus().filter(|cpu| *cpu >= self.cpu).find_map(enough)?;
        Some(Self { cpu, memory, storage: self.storage })
    }

    /// The CPU units that Fargate offers.
    pub fn cpus() -> impl Iterator<Item = u32> {
        FARGATE.iter().map(|row| row.0)
    }

    /// The memory sizes, in MiB, that Fargate offers with these CPU units; none for units that it does not know.
    pub fn memories(cpu: u32) -> impl Iterator<Item = u32> {
        FARGATE.iter().filter(move |row| row.0 == cpu).flat_map(move |&(_, least, most, step)| {
            // 256 units skip 1,536 MiB: the table doubles there.
            (least..=most).step_by(step as usize).filter(move |&m| !(cpu == 256 && m == 1_536))
        })
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cpu · {} MiB · {} GiB", self.cpu, self.memory, self.storage)
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn knows_the_sizes_of_fargate_and_no_others() {
        assert_eq!(Size::memories(256).collect::<Vec<_>>(), [512, 1_024, 2_048]);
        assert!(Size::new(4_096, 30_720, 20).is_ok());
        for (cpu, memory) in [(256, 1_536), (256, 4_096), (300, 512), (8_192, 20_000), (0, 0)] {
            assert!(Size::new(cpu, memory, 20).is_err(), "{cpu}/{memory}");
        }
        assert!(Size::new(256, 512, 19).is_err());
    }

    #[test]
    fn the_nearest_sizes_are_offered() {
        assert_eq!(Size::nearest(256, 4_096, 3), [(256, 2_048), (512, 3_072), (512, 4_096)]);
        assert_eq!(Size::nearest(0, 0, 1), [(256, 512)]);
        assert_eq!(Size::nearest(u32::MAX, u32::MAX, 1), [(16_384, 122_880)]);
    }

    #[test]
    fn the_refusal_names_what_is_allowed() {
        let refusal = Size::new(256, 4_096, 20).map_err(|e| e.to_string());
        assert_eq!(
            refusal,
            Err("Fargate knows no memory of 4096 MiB with 256 cpu units. It knows 512, 1024, 2048 MiB.".to_owned())
        );
    }

    #[test]
    fn a_larger_size_has_twice_the_memory() {
        let larger =
            |cpu, memory| Size::new(cpu, memory, 20).ok().and_then(Size::larger).map(|size| (size.cpu, size.memory));
        assert_eq!(larger(256, 512), Some((256, 1_024)));
        assert_eq!(larger(256, 2_048), Some((512, 4_096)));
        assert_eq!(larger(16_384, 122_880), None);
    }

    #[test]
    fn an_impossible_size_cannot_be_read_back() {
        assert!(serde_json::from_str::<Size>(r#"{"cpu":1,"memory":1,"storage":1}"#).is_err());
    }
}
