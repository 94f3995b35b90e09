//! One line of what a runner says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spec::event::Event;

fuzz_target!(|data: &[u8]| {
    if let Ok(event) = serde_json::from_slice::<Event>(data) {
        let text = serde_json::to_string(&event).expect("an event can be written");
        assert!(!text.contains('\n'), "an event is one line");
        assert_eq!(serde_json::from_str::<Event>(&text).expect("what was written can be read"), event);
    }
});
