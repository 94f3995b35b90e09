//! A pickle reader that can only build what a PyTorch state dict is made of.
//!
//! Must never call anything: a `GLOBAL` that is not in the short list below is refused by name. Values live in an
//! arena, so that no hostile nesting can overflow a stack.

mod allowed;
mod machine;

use std::collections::HashMap;
use std::rc::Rc;

use super::Problem;

pub(crate) use allowed::ALONE;
pub(crate) use machine::read;

/// An index into [`Pickle::lists`].
pub(crate) type ListId = usize;

/// A value of a pickle.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    None,
    Int(i64),
    Float,
    Text(Rc<str>),
    /// A tuple or list: its items are in the arena.
    List(ListId),
    /// A dictionary: keys and values in turn are in the arena.
    Dict(ListId),
    /// A name of a class or function, which is never called.
    Global(Rc<str>),
    /// What is read for a persistent id: a storage's type and key, and its number of elements.
    Storage {
        class: Rc<str>,
        key: Rc<str>,
        elements: i64,
    },
    /// A tensor that looks into a storage.
    Tensor(Rc<View>),
    /// Something that no tensor depends on.
    Opaque,
}

/// A tensor that looks into a storage.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) class: Rc<str>,
    pub(crate) key: Rc<str>,
    pub(crate) elements: i64,
    pub(crate) offset: i64,
    pub(crate) shape: Vec<i64>,
    pub(crate) strides: Vec<i64>,
}

/// A pickle that was read.
#[derive(Debug)]
pub(crate) struct Pickle {
    pub(crate) root: Value,
    pub(crate) lists: Vec<Vec<Value>>,
    /// Every storage that is named, with its type.
    pub(crate) storages: HashMap<Rc<str>, Rc<str>>,
    /// Where in the bytes it ended.
    pub(crate) end: usize,
}

impl Pickle {
    /// The items of a tuple or list.
    pub(crate) fn items(&self, value: &Value) -> Option<&[Value]> {
        match value {
            Value::List(id) => self.lists.get(*id).map(Vec::as_slice),
            _ => None,
        }
    }

    /// The entries of a dictionary whose keys are texts.
    pub(crate) fn entries(&self, value: &Value) -> Option<impl Iterator<Item = (&str, &Value)>> {
        let Value::Dict(id) = value else { return None };
        let flat = self.lists.get(*id)?;
        Some(flat.chunks_exact(2).filter_map(|pair| match &pair[0] {
            Value::Text(key) => Some((&**key, &pair[1])),
            _ => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_call_is_refused_by_name() {
        let refused: [(&[u8], &str, &str); 6] = [
            (b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", "`os.system`", "model.state_dict()"),
            (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "`os.system`", "model.state_dict()"),
            (b"\x80\x02ctorch.x\nFloatStorage\n.", "`torch.x.FloatStorage`", "model.state_dict()"),
            (b"\x80\x02c__torch__.M\nNet\n.", "`__torch__.M.Net`", "torch.jit.load"),
            (b"\x80\x02ctorch._utils\n_rebuild_qtensor\n.", "_rebuild_qtensor`", "dequantize"),
            (b"\x80\x02cnumpy.core.multiarray\nscalar\n.", "`numpy.core.multiarray.scalar`", "torch.from_numpy"),
        ];
        for (bytes, name, advice) in refused {
            let problem = read(bytes).unwrap_err();
            assert!(matches!(problem, Problem::Unsupported { .. }), "{problem}");
            assert!(problem.to_string().contains(name) && problem.to_string().contains(advice), "{problem}");
        }
    }

    #[test]
    fn numbers_have_their_signs() {
        let pickle = read(b"\x80\x02(K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x01\xfe\x8a\x02\x00\x01t.").unwrap();
        let items = pickle.items(&pickle.root).unwrap();
        assert_eq!(items, [255, 65535, -1, -2, 256].map(Value::Int));
        let pickle = read(b"(I01\nI-7\nL99L\nL119547037146038801333356L\n\x8b\x02\0\0\0\x00\x01t.").unwrap();
        let items = pickle.items(&pickle.root).unwrap();
        assert_eq!(items, [Value::Int(1), Value::Int(-7), Value::Int(99), Value::Opaque, Value::Int(256)]);
    }

    /// What Python 3 writes beside a state dict in a checkpoint, by protocol 4: sets, bytes, long texts.
    #[test]
    fn what_is_beside_a_state_dict_is_passed_over() {
        let pickle = read(
            b"\x80\x04\x95\x00\0\0\0\0\0\0\0}\x94(\x8c\x01s\x8f(K\x01K\x02\x90\x8c\x01f(K\x01\x91\
              \x8c\x01bC\x02\xff\xfe\x8c\x01l\x8e\x01\0\0\0\0\0\0\0\xff\
              \x8d\x01\0\0\0\0\0\0\0tB\x01\0\0\0\xffu.",
        )
        .unwrap();
        let keys: Vec<_> = pickle.entries(&pickle.root).unwrap().map(|(key, _)| key).collect();
        assert_eq!(keys, ["s", "f", "b", "l", "t"]);
    }

    /// Python 2 has byte strings for texts, and gives a dictionary's entries to the call that makes it.
    #[test]
    fn a_dictionary_of_python_2_has_its_entries() {
        let dictionary =
            b"\x80\x02ccollections\nOrderedDict\nq\x01]q\x02(]q\x03(U\x01aK\x01e]q\x04(U\x01bK\x02ee\x85q\x05Rq\x06.";
        let pickle = read(dictionary).unwrap();
        let entries: Vec<_> = pickle.entries(&pickle.root).unwrap().collect();
        assert_eq!(entries, [("a", &Value::Int(1)), ("b", &Value::Int(2))]);
        // The same call again and again.
        let mut calls = dictionary[..dictionary.len() - 1].to_vec();
        calls.extend(b"h\x01h\x05R".repeat(20));
        assert!(read(&[&calls[..], b"."].concat()).is_ok());
        let mut pairs = b"\x80\x02ccollections\nOrderedDict\nq\x01]q\x02(".to_vec();
        pairs.extend(b"U\x01aK\x01\x86".repeat(10_000));
        pairs.extend(b"e\x85q\x05");
        pairs.extend(b"h\x01h\x05R".repeat(10_000));
        pairs.push(b'.');
        let problem = read(&pairs).unwrap_err();
        assert!(problem.to_string().contains("more entries than it is long"), "{problem}");
    }

    #[test]
    fn other_protocols_and_operations_are_told_from_damage() {
        for (bytes, said) in [
            (&b"\x80\x06N."[..], "of protocol 6"),
            (b"(dp0\nS'a'\n", "of protocol 0"),
            (b"\x80\x02ccollections\nOrderedDict\n)\x81.", "operation 0x81 at byte 28"),
        ] {
            let problem = read(bytes).unwrap_err();
            assert!(matches!(&problem, Problem::Unsupported { what, .. } if what.contains(said)), "{problem}");
        }
        for bytes in [&b"\x80\x02\xff."[..], b"\x80", b"\x80\x02X\x09\0\0\0ab", b".", b"\x80\x02h\x07."] {
            assert!(matches!(read(bytes), Err(Problem::Damaged(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_remembered_dictionary_keeps_what_is_put_in_later() {
        // d = {}; memo 0; d['a'] = 1; then d again from the memo.
        let pickle = read(b"\x80\x02}q\x00X\x01\x00\x00\x00aK\x01sh\x00\x86.").unwrap();
        let items = pickle.items(&pickle.root).unwrap();
        assert_eq!(pickle.entries(&items[1]).unwrap().collect::<Vec<_>>(), [("a", &Value::Int(1))]);
    }

    #[test]
    fn deep_nesting_does_not_overflow() {
        let mut bytes = b"\x80\x02)".to_vec();
        bytes.extend(std::iter::repeat_n(0x85, 1_000_000));
        bytes.push(b'.');
        assert!(read(&bytes).is_ok());
    }

    /// One list of 300,000 numbers, recalled for 300,000 calls: quickly read, or quickly refused.
    #[test]
    fn a_long_list_that_is_recalled_costs_its_own_length_once() {
        let mut long = b"\x80\x02(".to_vec();
        long.extend(b"K\x01".repeat(300_000));
        long.extend(b"tq\x00");
        let mut calls = long.clone();
        calls.extend(b"ccollections\nOrderedDict\nq\x01".iter().copied());
        calls.extend(b"h\x01h\x00R".repeat(300_000));
        calls.push(b'.');
        assert!(read(&calls).is_ok());

        let mut shapes = long;
        shapes.extend(b"ctorch._utils\n_rebuild_tensor\n(X\x07\x00\x00\x00storagectorch\nFloatStorage\n");
        shapes.extend(b"X\x01\x00\x00\x000NK\x01tQ");
        shapes.extend(b"K\x00h\x00h\x00tR.");
        let mark = shapes.windows(8).position(|part| part == b"X\x07\x00\x00\x00sto").unwrap() - 1;
        shapes.insert(mark, b'(');
        let problem = read(&shapes).unwrap_err();
        assert!(problem.to_string().contains("300000 dimensions"), "{problem}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_known_operations_make_it_panic(codes in proptest::collection::vec(
            proptest::sample::select(b"(tN)]}\x85\x86\x87aeusq\x00h\x00K\x01Rb\x93Q.012\x8f\x90\x91\x94U\x01CI\n".to_vec()), 0..60)) {
            let _ = read(&codes);
        }
    }
}
