//! A pickle reader that can only build what a PyTorch state dict is made of.
//!
//! Must never call anything: a `GLOBAL` that is not in the short list below is refused by name. Values live in an
//! arena, so that no hostile nesting can overflow a stack.

use std::collections::HashMap;
use std::rc::Rc;

use super::Problem;

/// More operations than any state dict has.
const MAX_OPERATIONS: usize = 4_000_000;

/// The most dimensions that PyTorch gives a tensor. Each tensor keeps its own shape, so that a pickle which recalls one long
/// shape again and again would take far more memory than it is long.
const MAX_DIMENSIONS: usize = 64;

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

/// Reads one pickle from the start of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Result<Pickle, Problem> {
    let mut machine = Machine {
        bytes,
        at: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        lists: Vec::new(),
        storages: HashMap::new(),
    };
    for _ in 0..MAX_OPERATIONS {
        if let Some(root) = machine.step()? {
            return Ok(Pickle { root, lists: machine.lists, storages: machine.storages, end: machine.at });
        }
    }
    Err("the pickle has more operations than any state dict".to_owned())
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
    lists: Vec<Vec<Value>>,
    storages: HashMap<Rc<str>, Rc<str>>,
}

impl<'a> Machine<'a> {
    /// One operation; the root once it stops.
    fn step(&mut self) -> Result<Option<Value>, Problem> {
        let at = self.at;
        let code = self.take(1)?[0];
        match code {
            0x80 => drop(self.take(1)?),                                  // PROTO
            0x95 => drop(self.take(8)?),                                  // FRAME
            b'.' => return self.pop().map(Some),                          // STOP
            b'N' => self.stack.push(Value::None),                         // NONE
            0x88 => self.stack.push(Value::Int(1)),                       // NEWTRUE
            0x89 => self.stack.push(Value::Int(0)),                       // NEWFALSE
            b'K' => self.push_int(1)?,                                    // BININT1
            b'M' => self.push_int(2)?,                                    // BININT2
            b'J' => self.push_int(4)?,                                    // BININT
            0x8a => self.long()?,                                         // LONG1
            b'G' => self.take(8).map(|_| self.stack.push(Value::Float))?, // BINFLOAT
            b'X' => self.text(4)?,                                        // BINUNICODE
            0x8c => self.text(1)?,                                        // SHORT_BINUNICODE
            b'(' => self.marks.push(self.stack.len()),                    // MARK
            b')' | b']' => self.new_list(Vec::new(), Value::List),        // EMPTY_TUPLE, EMPTY_LIST
            b'}' => self.new_list(Vec::new(), Value::Dict),               // EMPTY_DICT
            0x85 => self.tuple(1)?,                                       // TUPLE1
            0x86 => self.tuple(2)?,                                       // TUPLE2
            0x87 => self.tuple(3)?,                                       // TUPLE3
            b't' => {
                let items = self.since_mark()?; // TUPLE
                self.new_list(items, Value::List);
            }
            b'a' => {
                let item = self.pop()?; // APPEND
                self.extend(vec![item])?;
            }
            b'e' | b'u' => {
                let items = self.since_mark()?; // APPENDS, SETITEMS
                self.extend(items)?;
            }
            b's' => {
                let value = self.pop()?; // SETITEM
                let key = self.pop()?;
                self.extend(vec![key, value])?;
            }
            b'q' => self.remember(1)?, // BINPUT
            b'r' => self.remember(4)?, // LONG_BINPUT
            0x94 => {
                let next = u32::try_from(self.memo.len()).map_err(|_| "too many memo entries")?; // MEMOIZE
                self.memo.insert(next, self.top()?.clone());
            }
            b'h' => self.recall(1)?,      // BINGET
            b'j' => self.recall(4)?,      // LONG_BINGET
            b'c' => self.global()?,       // GLOBAL
            0x93 => self.stack_global()?, // STACK_GLOBAL
            b'R' => self.reduce()?,       // REDUCE
            b'b' => drop(self.pop()?),    // BUILD: attributes, which no tensor depends on
            b'Q' => self.persistent()?,   // BINPERSID
            other => {
                return Err(format!("the pickle uses operation 0x{other:02x} at byte {at}, which no state dict needs"));
            }
        }
        Ok(None)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Problem> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("the pickle ends in the middle, at byte {}", self.bytes.len()))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// A little-endian number of up to eight bytes.
    fn number(&mut self, bytes: usize) -> Result<u64, Problem> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn push_int(&mut self, bytes: usize) -> Result<(), Problem> {
        let number = self.number(bytes)?;
        // Only the four-byte form is signed.
        let number = if bytes == 4 { i64::from(number as u32 as i32) } else { number as i64 };
        self.stack.push(Value::Int(number));
        Ok(())
    }

    fn long(&mut self) -> Result<(), Problem> {
        let length = usize::from(self.take(1)?[0]);
        let bytes = self.take(length)?;
        let value = if length <= 8 {
            let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
            let start = if negative { -1i64 } else { 0 };
            Value::Int(bytes.iter().rev().fold(start, |number, byte| number << 8 | i64::from(*byte)))
        } else {
            // The magic number of the old format is ten bytes long.
            Value::Opaque
        };
        self.stack.push(value);
        Ok(())
    }

    fn text(&mut self, length_bytes: usize) -> Result<(), Problem> {
        let length = self.number(length_bytes)?;
        let bytes = self.take(usize::try_from(length).map_err(|_| "a text is too long")?)?;
        let text = std::str::from_utf8(bytes).map_err(|_| "a text of the pickle is not UTF-8")?;
        self.stack.push(Value::Text(text.into()));
        Ok(())
    }

    fn new_list(&mut self, items: Vec<Value>, kind: fn(ListId) -> Value) {
        self.lists.push(items);
        self.stack.push(kind(self.lists.len() - 1));
    }

    fn tuple(&mut self, count: usize) -> Result<(), Problem> {
        let from = self.stack.len().checked_sub(count).ok_or("the pickle's stack is empty")?;
        let items = self.stack.split_off(from);
        self.new_list(items, Value::List);
        Ok(())
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, Problem> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len()).ok_or("the pickle has no mark")?;
        Ok(self.stack.split_off(mark))
    }

    fn extend(&mut self, items: Vec<Value>) -> Result<(), Problem> {
        match self.top()? {
            Value::List(id) | Value::Dict(id) => {
                let id = *id;
                self.lists[id].extend(items);
                Ok(())
            }
            // Items of something that no tensor depends on.
            Value::Opaque => Ok(()),
            _ => Err("the pickle puts items into something that holds none".to_owned()),
        }
    }

    fn pop(&mut self) -> Result<Value, Problem> {
        self.stack.pop().ok_or_else(|| "the pickle's stack is empty".to_owned())
    }

    fn top(&self) -> Result<&Value, Problem> {
        self.stack.last().ok_or_else(|| "the pickle's stack is empty".to_owned())
    }

    fn remember(&mut self, bytes: usize) -> Result<(), Problem> {
        let key = self.number(bytes)? as u32;
        self.memo.insert(key, self.top()?.clone());
        Ok(())
    }

    fn recall(&mut self, bytes: usize) -> Result<(), Problem> {
        let key = self.number(bytes)? as u32;
        let value = self.memo.get(&key).ok_or_else(|| format!("the pickle recalls {key}, which it never stored"))?;
        self.stack.push(value.clone());
        Ok(())
    }

    fn line(&mut self) -> Result<&'a str, Problem> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or("the pickle ends in the middle of a name")?;
        let line = std::str::from_utf8(self.take(length)?).map_err(|_| "a name of the pickle is not UTF-8")?;
        self.take(1)?;
        Ok(line)
    }

    fn global(&mut self) -> Result<(), Problem> {
        let (module, name) = (self.line()?, self.line()?);
        self.allowed(&format!("{module}.{name}"))
    }

    fn stack_global(&mut self) -> Result<(), Problem> {
        match (self.pop()?, self.pop()?) {
            (Value::Text(name), Value::Text(module)) => self.allowed(&format!("{module}.{name}")),
            _ => Err("the pickle names a class by something that is no text".to_owned()),
        }
    }

    fn allowed(&mut self, name: &str) -> Result<(), Problem> {
        let known = matches!(
            name,
            "collections.OrderedDict"
                | "torch._utils._rebuild_tensor"
                | "torch._utils._rebuild_tensor_v2"
                | "torch._utils._rebuild_parameter"
        );
        let storage =
            name.strip_prefix("torch.").is_some_and(|class| class.ends_with("Storage") && !class.contains('.'));
        if !known && !storage {
            return Err(format!(
                "the pickle wants `{name}`, which is more than a state dict needs; it is refused, since a pickle can run any program"
            ));
        }
        self.stack.push(Value::Global(name.into()));
        Ok(())
    }

    fn reduce(&mut self) -> Result<(), Problem> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let (Value::Global(name), Value::List(id)) = (&function, &arguments) else {
            return Err("the pickle calls something that is no function".to_owned());
        };
        // Not cloned: a long list of arguments may be recalled for every call.
        let made = match (&**name, self.lists[*id].as_slice()) {
            ("collections.OrderedDict", _) => None,
            ("torch._utils._rebuild_parameter", [tensor @ Value::Tensor(_), ..]) => Some(tensor.clone()),
            (
                "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2",
                [Value::Storage { class, key, elements }, Value::Int(offset), shape, strides, ..],
            ) => Some(Value::Tensor(Rc::new(View {
                class: class.clone(),
                key: key.clone(),
                elements: *elements,
                offset: *offset,
                shape: self.integers(shape)?,
                strides: self.integers(strides)?,
            }))),
            (name, _) => return Err(format!("the pickle calls `{name}` with arguments that do not fit")),
        };
        match made {
            Some(value) => self.stack.push(value),
            None => self.new_list(Vec::new(), Value::Dict),
        }
        Ok(())
    }

    fn integers(&self, value: &Value) -> Result<Vec<i64>, Problem> {
        let Value::List(id) = value else { return Err("a tensor's shape is no tuple".to_owned()) };
        let items = &self.lists[*id];
        if items.len() > MAX_DIMENSIONS {
            return Err(format!(
                "a tensor has {} dimensions, more than the {MAX_DIMENSIONS} that PyTorch has",
                items.len()
            ));
        }
        items
            .iter()
            .map(|item| match item {
                Value::Int(number) => Ok(*number),
                _ => Err("a tensor's shape has something that is no number".to_owned()),
            })
            .collect()
    }

    fn persistent(&mut self) -> Result<(), Problem> {
        let id = self.pop()?;
        let Value::List(list) = id else { return Err("a storage is named by something that is no tuple".to_owned()) };
        // ('storage', class, key, place, elements[, view]); the old format's views into views are long gone.
        match self.lists[list].as_slice() {
            [Value::Text(kind), Value::Global(class), Value::Text(key), _, Value::Int(elements), rest @ ..]
                if &**kind == "storage" && rest.iter().all(|value| *value == Value::None) =>
            {
                let storage = Value::Storage { class: class.clone(), key: key.clone(), elements: *elements };
                self.storages.insert(key.clone(), class.clone());
                self.stack.push(storage);
                Ok(())
            }
            _ => Err("a storage is named in a way that is not read here".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_call_is_refused_by_name() {
        let problem = read(b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.").unwrap_err();
        assert!(problem.contains("`os.system`"), "{problem}");
        assert!(read(b"\x80\x04\x8c\x02os\x8c\x06system\x93.").unwrap_err().contains("`os.system`"));
        assert!(read(b"\x80\x02ctorch.x\nFloatStorage\n.").unwrap_err().contains("`torch.x.FloatStorage`"));
    }

    #[test]
    fn numbers_have_their_signs() {
        let pickle = read(b"\x80\x02(K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x01\xfe\x8a\x02\x00\x01t.").unwrap();
        let items = pickle.items(&pickle.root).unwrap();
        assert_eq!(items, [255, 65535, -1, -2, 256].map(Value::Int));
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
        assert!(read(&shapes).unwrap_err().contains("300000 dimensions"), "{:?}", read(&shapes).err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_known_operations_make_it_panic(codes in proptest::collection::vec(
            proptest::sample::select(b"(tN)]}\x85\x86\x87aeusq\x00h\x00K\x01Rb\x93Q.".to_vec()), 0..60)) {
            let _ = read(&codes);
        }
    }
}
