//! Buckets of a latency histogram as they lie in shared memory: HDR style, with 32 steps to every doubling.
//!
//! The writer adds one to one bucket; the control side reads the buckets into an `hdrhistogram::Histogram`.
//! Values are nanoseconds up to 2^40 (18 minutes); longer ones count in the last bucket.

/// Steps to a doubling, as a power of two: every bucket is within 1/32 (3 %) of its values.
const STEP_BITS: u32 = 5;
const VALUE_BITS_MAX: u32 = 40;

/// Number of buckets.
pub const BUCKETS: usize = ((VALUE_BITS_MAX - STEP_BITS + 1) << STEP_BITS) as usize;

/// The bucket of a value.
#[inline]
pub const fn bucket_of(nanoseconds: u64) -> usize {
    let steps = 1u64 << STEP_BITS;
    if nanoseconds < steps {
        return nanoseconds as usize;
    }
    let exponent = 63 - nanoseconds.leading_zeros();
    let doubling = (exponent - STEP_BITS) as usize + 1;
    let step = (nanoseconds >> (exponent - STEP_BITS)) - steps;
    let bucket = (doubling << STEP_BITS) + step as usize;
    if bucket < BUCKETS { bucket } else { BUCKETS - 1 }
}

/// The highest value that falls into a bucket.
pub const fn highest_in(bucket: usize) -> u64 {
    let steps = 1u64 << STEP_BITS;
    let (doubling, step) = (bucket as u64 >> STEP_BITS, bucket as u64 & (steps - 1));
    if doubling == 0 { step } else { ((steps + step + 1) << (doubling - 1)) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket_and_within_three_percent_of_its_end() {
        let mut value = 0u64;
        while value < 1 << 39 {
            let bucket = bucket_of(value);
            let high = highest_in(bucket);
            assert!(value <= high, "{value} above bucket {bucket}");
            assert!(bucket == 0 || highest_in(bucket - 1) < value, "{value} belongs lower than {bucket}");
            assert!(high - value <= value / 32, "{value}: bucket ends at {high}");
            value += 1 + value / 7;
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }
}
