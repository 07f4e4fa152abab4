//! Counting allocations: a global allocator that counts what it is asked for and leaves the work to the system's.
//!
//! A binary or a test that wants the count says
//! `#[global_allocator] static ALLOCATOR: Counting = Counting;`. Without it the count stays 0, so [`is_counting`]
//! must be asked before a 0 means anything.

#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait; every call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The counting allocator.
pub struct Counting;

// SAFETY: every method hands its arguments on to the system's allocator unchanged, and counting touches only a
// thread-local number that needs no memory of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise about `layout` is the one `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `System` with this `layout`, as the caller promises of us.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above; `size` is the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn count() {
    let _ = COUNT.try_with(|c| c.set(c.get() + 1));
}

/// Allocations and reallocations this thread asked for while `work` ran, and what it came to.
pub fn during<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = COUNT.with(Cell::get);
    let result = work();
    (COUNT.with(Cell::get) - before, result)
}

/// Whether this binary allocates through [`Counting`].
pub fn is_counting() -> bool {
    during(|| std::hint::black_box(Box::new(0_u8))).0 > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    #[test]
    fn each_allocation_counts_once_and_none_counts_nothing() {
        assert!(is_counting());
        assert_eq!(during(|| (0..10).map(|n| *Box::new(n)).map(std::hint::black_box).sum::<i32>()).1, 45);
        assert_eq!(during(|| std::hint::black_box(1 + 1)).0, 0);
        assert_eq!(during(|| std::hint::black_box(Vec::<u8>::with_capacity(8))).0, 1);
    }
}
