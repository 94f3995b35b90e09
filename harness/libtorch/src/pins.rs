//! The wheels that libtorch is unpacked from, pinned by hash.
//!
//! They are those that torch 2.11.0's own metadata names (`Requires-Dist`, and through `cuda-toolkit` 13.0.2), without what
//! only Python needs. Must not name a host: pip knows where wheels are.

/// What `build-version` says of the pinned wheel.
pub const WHEEL_VERSION: &str = "2.11.0+cu130";

/// The Python that the pinned torch wheel is for. Only its headers and C++ libraries are used, so any Python can fetch it.
pub const PYTHON_VERSION: &str = "3.11";

/// The platforms that the pinned wheels are for.
pub const PLATFORMS: [&str; 8] = [
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_25_x86_64",
    "manylinux_2_18_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
    "manylinux_2_12_x86_64",
    "manylinux2010_x86_64",
];

/// Which part of libtorch a wheel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Every machine.
    Base,
    /// Machines with an NVIDIA GPU.
    Cuda,
}
use Part::{Base, Cuda};

/// One wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// For which machines. The torch wheel is [`Part::Base`] and read again for [`Part::Cuda`].
    pub part: Part,
    /// Its name in the registry of Python packages.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Bytes of what is taken out of it for its part.
    pub unpacked: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// Bytes of what the torch wheel gives for [`Part::Cuda`].
pub const TORCH_CUDA_UNPACKED: u64 = 514_335_261;

/// The wheels, small ones first so that what is wrong with the network shows early.
#[must_use]
pub fn wheels() -> Vec<Pin> {
    vec![
        pin(
            Base,
            "nvidia-cuda-runtime",
            "13.0.96",
            2_243_632,
            704_288,
            "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
        ),
        pin(
            Base,
            "nvidia-cuda-cupti",
            "13.0.85",
            10_715_597,
            4_152_208,
            "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
        ),
        pin(
            Base,
            "torch",
            "2.11.0",
            530_604_548,
            492_059_600,
            "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
        ),
        pin(
            Cuda,
            "nvidia-cufile",
            "1.15.1.6",
            1_223_672,
            3_214_120,
            "08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44",
        ),
        pin(
            Cuda,
            "nvidia-nvjitlink",
            "13.0.88",
            40_713_933,
            98_806_736,
            "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b",
        ),
        pin(
            Cuda,
            "nvidia-curand",
            "10.4.0.35",
            59_544_258,
            132_698_328,
            "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
        ),
        pin(
            Cuda,
            "nvidia-nvshmem-cu13",
            "3.4.5",
            60_412_546,
            45_753_096,
            "290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80",
        ),
        pin(
            Cuda,
            "nvidia-cuda-nvrtc",
            "13.0.88",
            90_215_200,
            227_912_592,
            "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
        ),
        pin(
            Cuda,
            "nvidia-cusparse",
            "12.6.3.3",
            145_942_937,
            162_565_256,
            "2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b",
        ),
        pin(
            Cuda,
            "nvidia-cusparselt-cu13",
            "0.8.0",
            169_884_119,
            233_613_145,
            "25e30a8a7323935d4ad0340b95a0b69926eee755767e8e0b1cf8dd85b197d3fd",
        ),
        pin(
            Cuda,
            "nvidia-nccl-cu13",
            "2.28.9",
            196_493_177,
            217_995_896,
            "e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42",
        ),
        pin(
            Cuda,
            "nvidia-cusolver",
            "12.0.4.66",
            200_941_980,
            245_109_712,
            "0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112",
        ),
        pin(
            Cuda,
            "nvidia-cufft",
            "12.0.0.61",
            214_085_489,
            287_534_056,
            "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3",
        ),
        pin(
            Cuda,
            "nvidia-cudnn-cu13",
            "9.19.0.56",
            366_066_321,
            493_410_224,
            "d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf",
        ),
        pin(
            Cuda,
            "nvidia-cublas",
            "13.1.0.3",
            423_133_236,
            596_511_080,
            "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171",
        ),
    ]
}

fn pin(part: Part, name: &str, version: &str, bytes: u64, unpacked: u64, sha256: &str) -> Pin {
    Pin { part, name: name.to_owned(), version: version.to_owned(), bytes, unpacked, sha256: sha256.to_owned() }
}

impl Pin {
    /// `pypi:torch==2.11.0`, as the store names packages.
    #[must_use]
    pub fn package(&self) -> String {
        format!("pypi:{}=={}", self.name, self.version)
    }

    /// Whether this is the torch wheel itself.
    #[must_use]
    pub fn is_torch(&self) -> bool {
        self.name == "torch"
    }

    /// What its file name starts with: wheels write `-` as `_`.
    #[must_use]
    pub fn file_start(&self) -> String {
        format!("{}-{}-", self.name.replace('-', "_"), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VERSION;

    #[test]
    fn the_pins_are_whole() {
        let wheels = wheels();
        assert!(wheels.iter().all(|pin| pin.sha256.len() == 64 && pin.bytes > 0 && pin.unpacked > 0));
        assert!(wheels.iter().any(|pin| pin.is_torch() && pin.version == VERSION));
        assert!(WHEEL_VERSION.starts_with(VERSION));
        // The promise: nothing of CUDA beyond two small libraries where there is no driver.
        let base: Vec<_> = wheels.iter().filter(|pin| pin.part == Base && !pin.is_torch()).collect();
        assert_eq!(base.len(), 2);
        assert!(base.iter().map(|pin| pin.bytes).sum::<u64>() < 15_000_000);
    }
}
