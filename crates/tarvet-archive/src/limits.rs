/// Bounds on what reading one tarball may cost. Hitting one is an [`crate::Oddity`], never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of tar after decompression.
    pub bytes: u64,
    /// Decompressed bytes per compressed byte, enforced once 64 MiB came out.
    pub ratio: u64,
    /// Members of the archive, directories and links included.
    pub members: u64,
    /// Bytes of pax records and GNU long names in front of one member.
    pub header_bytes: u64,
    /// Components of one path.
    pub path_depth: usize,
    /// Bytes of member contents kept in memory for comparison.
    pub kept_bytes: u64,
    /// Bytes of dictionary (xz, lzma) or window (zstd) a container may demand, rounded down to a power of two for zstd.
    pub dictionary_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 64 << 30,
            ratio: 2_000,
            members: 600_000,
            header_bytes: 1 << 20,
            path_depth: 256,
            kept_bytes: 32 << 20,
            // Four times the largest preset of xz.
            dictionary_bytes: 256 << 20,
        }
    }
}
