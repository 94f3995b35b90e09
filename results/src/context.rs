//! What every comparison looks things up in: the paper, the facts about its networks, the runs, the machines.
//!
//! Must not compare.

use std::collections::BTreeMap;

use spec::paper::Paper;
use spec::profile::HardwareProfile;

use crate::store::Run;

/// What follows from a network's definition alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaticFacts {
    /// Learned parameters.
    pub parameters: u64,
    /// Multiply-adds of one forward pass of one crop, with one region where the network looks into some.
    pub multiply_adds: u64,
    /// Those of them that each region takes.
    pub multiply_adds_a_region: u64,
    /// Layers with parameters on the longest path.
    pub layers: u64,
    /// Every layer's output shape, `[C, H, W]` or `[features]`, in order.
    pub shapes: Vec<(String, Vec<u32>)>,
}

/// What every comparison looks things up in.
pub(crate) struct Context<'a> {
    pub(crate) paper: &'a Paper,
    pub(crate) facts: &'a BTreeMap<String, StaticFacts>,
    pub(crate) runs: &'a [Run],
    pub(crate) profiles: &'a BTreeMap<String, HardwareProfile>,
}

impl<'a> Context<'a> {
    /// The finished runs of the paper, oldest first.
    pub(crate) fn finished(&self) -> Vec<&'a Run> {
        let mut runs: Vec<&Run> = self.runs.iter().filter(|run| run.header.paper == self.paper.id).collect();
        runs.retain(|run| run.is_finished());
        runs.sort_by_key(|run| (&run.header.time, &run.header.run));
        runs
    }

    /// Whether inputs are changed under that condition before the network sees them.
    pub(crate) fn alters(&self, protocol: &str) -> bool {
        self.paper.conditions.iter().any(|condition| condition.id == protocol && condition.alters)
    }
}
