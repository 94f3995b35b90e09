//! libjpeg's error manager with one change: warnings are counted. Must not print, and must not lose the unwinding on errors.
//!
//! libjpeg goes on after damaged data and makes the pixels up, as Pillow does; a record should say that this happened.

use std::cell::Cell;
use std::ffi::c_int;
use std::panic::resume_unwind;
use std::ptr::null;

use mozjpeg_sys::{jpeg_common_struct, jpeg_error_mgr};

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

/// What unwinds when libjpeg gives up; its words are to be had from a second try with the wrapper's own manager.
struct GaveUp;

/// Runs `decode` with a manager that counts; returns how many warnings this thread's decoder gave.
pub(super) fn counting<T>(decode: impl FnOnce(jpeg_error_mgr) -> T) -> (T, u32) {
    COUNT.set(0);
    let done = decode(jpeg_error_mgr {
        error_exit: Some(leave),
        emit_message: Some(count),
        output_message: Some(ignore),
        format_message: None,
        reset_error_mgr: Some(ignore),
        msg_code: 0,
        msg_parm: Default::default(),
        trace_level: 0,
        num_warnings: 0,
        jpeg_message_table: null(),
        last_jpeg_message: 0,
        addon_message_table: null(),
        first_addon_message: 0,
        last_addon_message: 0,
    });
    (done, COUNT.get())
}

extern "C-unwind" fn leave(_: &mut jpeg_common_struct) {
    // Unlike `panic!`, this runs no panic hook, so nothing is printed.
    resume_unwind(Box::new(GaveUp));
}

extern "C-unwind" fn count(_: &mut jpeg_common_struct, level: c_int) {
    // Level -1 is a warning, 0 and up are traces.
    if level < 0 {
        COUNT.set(COUNT.get().saturating_add(1));
    }
}

extern "C-unwind" fn ignore(_: &mut jpeg_common_struct) {}
