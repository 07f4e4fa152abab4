//! vectorscan (libhs), as far as it is measured: patterns in, matches out, one call a text.
//!
//! The calls and constants are those of `hs_compile.h` and `hs_runtime.h` of version 5.4, written out by hand.

#![allow(unsafe_code, reason = "a binding to the C library libhs")]

use anyhow::{Context, ensure};
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{self, NonNull};

/// Each pattern is told once a text.
pub const SINGLE_MATCH: c_uint = 8;
/// Texts come in one piece.
const BLOCK: c_uint = 1;
const SUCCESS: c_int = 0;

/// Compiled patterns with the room a scan needs.
#[derive(Debug)]
pub struct Database {
    database: NonNull<c_void>,
    scratch: NonNull<c_void>,
}

#[repr(C)]
struct CompileError {
    message: *const c_char,
    expression: c_int,
}

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

#[link(name = "hs")]
unsafe extern "C" {
    fn hs_version() -> *const c_char;
    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut CompileError,
    ) -> c_int;
    fn hs_free_compile_error(error: *mut CompileError) -> c_int;
    fn hs_database_size(database: *const c_void, size: *mut usize) -> c_int;
    fn hs_free_database(database: *mut c_void) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_free_scratch(scratch: *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
}

/// Version of the library.
pub fn version() -> String {
    // SAFETY: the library returns a string of its own that is never freed.
    unsafe { CStr::from_ptr(hs_version()) }.to_string_lossy().into_owned()
}

impl Database {
    /// Compiles patterns, each with its flags; their ids are their places.
    ///
    /// # Errors
    /// The pattern the library does not take.
    pub fn compile<'p>(patterns: impl Iterator<Item = (&'p str, c_uint)>) -> anyhow::Result<Self> {
        let (texts, flags): (Vec<&str>, Vec<c_uint>) = patterns.unzip();
        let owned = texts.iter().map(|text| CString::new(*text)).collect::<Result<Vec<_>, _>>()?;
        let pointers: Vec<*const c_char> = owned.iter().map(|text| text.as_ptr()).collect();
        let ids: Vec<c_uint> = (0..).take(owned.len()).collect();
        let (mut database, mut error) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the three arrays have as many elements as is said and live until the call returns, strings end in
        // zero, and both results are valid places for a pointer. A null platform is the machine at hand.
        let code = unsafe {
            hs_compile_multi(
                pointers.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                c_uint::try_from(owned.len())?,
                BLOCK,
                ptr::null(),
                &raw mut database,
                &raw mut error,
            )
        };
        ensure!(code == SUCCESS, "libhs: {}", refusal(error, &texts));
        Self::with_scratch(NonNull::new(database).context("libhs: no database")?)
    }

    fn with_scratch(database: NonNull<c_void>) -> anyhow::Result<Self> {
        let mut scratch = ptr::null_mut();
        // SAFETY: `database` was just compiled, and a null scratch asks for a new one.
        let code = unsafe { hs_alloc_scratch(database.as_ptr(), &raw mut scratch) };
        ensure!(code == SUCCESS, "libhs: no scratch, code {code}");
        Ok(Self { database, scratch: NonNull::new(scratch).context("libhs: no scratch")? })
    }

    /// Octets of the compiled patterns.
    pub fn octets(&self) -> usize {
        let mut size = 0;
        // SAFETY: the database lives as long as `self`, and `size` is a valid place for the answer.
        let code = unsafe { hs_database_size(self.database.as_ptr(), &raw mut size) };
        if code == SUCCESS { size } else { 0 }
    }

    /// Tells of each match the pattern's place and where it ends.
    pub fn scan(&mut self, text: &[u8], found: &mut dyn FnMut(usize, usize)) {
        let mut found: &mut dyn FnMut(usize, usize) = found;
        // SAFETY: database and scratch belong together and live as long as `self`, which nobody else uses now; `text`
        // is as long as is said; the context is what `on_match` takes it for and outlives the call.
        let code = unsafe {
            hs_scan(
                self.database.as_ptr(),
                text.as_ptr().cast(),
                text.len() as c_uint,
                0,
                self.scratch.as_ptr(),
                on_match,
                (&raw mut found).cast(),
            )
        };
        assert_eq!(code, SUCCESS, "libhs: a scan failed");
    }
}

extern "C" fn on_match(id: c_uint, _from: c_ulonglong, to: c_ulonglong, _flags: c_uint, context: *mut c_void) -> c_int {
    // SAFETY: `scan` gives a pointer to this very type, valid and used by nobody else until it returns.
    let found = unsafe { &mut *context.cast::<&mut dyn FnMut(usize, usize)>() };
    found(id as usize, to as usize);
    0
}

fn refusal(error: *mut CompileError, texts: &[&str]) -> String {
    let Some(pointer) = NonNull::new(error) else { return "no reason given".to_owned() };
    // SAFETY: the library has filled in what it returns, with a string that ends in zero.
    let (message, place) = unsafe {
        let error = pointer.as_ref();
        (CStr::from_ptr(error.message).to_string_lossy().into_owned(), error.expression)
    };
    // SAFETY: what came from the library goes back to it once.
    unsafe { hs_free_compile_error(error) };
    let text = usize::try_from(place).ok().and_then(|place| texts.get(place)).copied().unwrap_or_default();
    format!("{message}: {text:?}")
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: both came from the library and are freed once.
        unsafe {
            hs_free_scratch(self.scratch.as_ptr());
            hs_free_database(self.database.as_ptr());
        }
    }
}
