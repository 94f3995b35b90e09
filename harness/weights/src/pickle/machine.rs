//! The machine that runs a pickle's operations: of protocol 2 to 5 as Python 3 writes them, and what protocol 1 and Python 2
//! add to that.
//!
//! Must never call anything, and must take no more memory than the bytes are long, but for a constant factor.

use std::collections::HashMap;
use std::rc::Rc;

use super::allowed::{self, ALONE};
use super::{ListId, Pickle, Problem, Value, View};

/// More operations than any state dict has.
const MAX_OPERATIONS: usize = 4_000_000;

/// The most dimensions that PyTorch gives a tensor. Each tensor keeps its own shape, so that a pickle which recalls one long
/// shape again and again would take far more memory than it is long.
const MAX_DIMENSIONS: usize = 64;

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
        copied: 0,
    };
    for _ in 0..MAX_OPERATIONS {
        if let Some(root) = machine.step()? {
            return Ok(Pickle { root, lists: machine.lists, storages: machine.storages, end: machine.at });
        }
    }
    Err(Problem::unsupported("the pickle has more operations than any state dict", ALONE))
}

/// A pickle that contradicts itself: no program writes one.
fn broken(what: &str) -> Problem {
    Problem::damaged(what)
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
    lists: Vec<Vec<Value>>,
    storages: HashMap<Rc<str>, Rc<str>>,
    /// Items that calls have copied out of their arguments.
    copied: usize,
}

impl<'a> Machine<'a> {
    /// One operation; the root once it stops.
    fn step(&mut self) -> Result<Option<Value>, Problem> {
        let at = self.at;
        let code = self.take(1)?[0];
        match code {
            0x80 => self.protocol()?,                                     // PROTO
            0x95 => drop(self.take(8)?),                                  // FRAME
            b'.' => return self.pop().map(Some),                          // STOP
            b'N' => self.stack.push(Value::None),                         // NONE
            0x88 => self.stack.push(Value::Int(1)),                       // NEWTRUE
            0x89 => self.stack.push(Value::Int(0)),                       // NEWFALSE
            b'K' => self.push_int(1)?,                                    // BININT1
            b'M' => self.push_int(2)?,                                    // BININT2
            b'J' => self.push_int(4)?,                                    // BININT
            b'I' | b'L' => self.int_line()?,                              // INT, LONG
            0x8a => self.long(1)?,                                        // LONG1
            0x8b => self.long(4)?,                                        // LONG4
            b'G' => self.take(8).map(|_| self.stack.push(Value::Float))?, // BINFLOAT
            0x8c => self.text(1)?,                                        // SHORT_BINUNICODE
            b'X' => self.text(4)?,                                        // BINUNICODE
            0x8d => self.text(8)?,                                        // BINUNICODE8
            b'U' => self.python_2_text(1)?,                               // SHORT_BINSTRING
            b'T' => self.python_2_text(4)?,                               // BINSTRING
            b'C' => self.skip(1)?,                                        // SHORT_BINBYTES
            b'B' => self.skip(4)?,                                        // BINBYTES
            0x8e | 0x96 => self.skip(8)?,                                 // BINBYTES8, BYTEARRAY8
            b'(' => self.marks.push(self.stack.len()),                    // MARK
            b')' | b']' | 0x8f => self.new_list(Vec::new(), Value::List), // EMPTY_TUPLE, EMPTY_LIST, EMPTY_SET
            b'}' => self.new_list(Vec::new(), Value::Dict),               // EMPTY_DICT
            0x85 => self.tuple(1)?,                                       // TUPLE1
            0x86 => self.tuple(2)?,                                       // TUPLE2
            0x87 => self.tuple(3)?,                                       // TUPLE3
            b't' | 0x91 => {
                let items = self.since_mark()?; // TUPLE, FROZENSET
                self.new_list(items, Value::List);
            }
            b'a' => {
                let item = self.pop()?; // APPEND
                self.extend(vec![item])?;
            }
            b'e' | b'u' | 0x90 => {
                let items = self.since_mark()?; // APPENDS, SETITEMS, ADDITEMS
                self.extend(items)?;
            }
            b's' => {
                let value = self.pop()?; // SETITEM
                let key = self.pop()?;
                self.extend(vec![key, value])?;
            }
            b'0' => drop(self.pop()?),                    // POP
            b'1' => drop(self.since_mark()?),             // POP_MARK
            b'2' => self.stack.push(self.top()?.clone()), // DUP
            b'q' => self.remember(1)?,                    // BINPUT
            b'r' => self.remember(4)?,                    // LONG_BINPUT
            0x94 => {
                let next = u32::try_from(self.memo.len()).map_err(|_| broken("too many memo entries"))?; // MEMOIZE
                self.memo.insert(next, self.top()?.clone());
            }
            b'h' => self.recall(1)?,      // BINGET
            b'j' => self.recall(4)?,      // LONG_BINGET
            b'c' => self.global()?,       // GLOBAL
            0x93 => self.stack_global()?, // STACK_GLOBAL
            b'R' => self.reduce()?,       // REDUCE
            b'b' => drop(self.pop()?),    // BUILD: attributes, which no tensor depends on
            b'Q' => self.persistent()?,   // BINPERSID
            other => return Err(not_read(other, at)),
        }
        Ok(None)
    }

    fn protocol(&mut self) -> Result<(), Problem> {
        match self.take(1)?[0] {
            0..=5 => Ok(()),
            newer => Err(Problem::unsupported(
                format!("the pickle is of protocol {newer}, and those to 5 are read here"),
                "save the file again with `torch.save(…, pickle_protocol=2)`",
            )),
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Problem> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end
            .ok_or_else(|| Problem::damaged(format!("the pickle ends in the middle, at byte {}", self.bytes.len())))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// A little-endian number of up to eight bytes.
    fn number(&mut self, bytes: usize) -> Result<u64, Problem> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A length of so many bytes, and the bytes that it tells of.
    fn counted(&mut self, length_bytes: usize) -> Result<&'a [u8], Problem> {
        let length = self.number(length_bytes)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn push_int(&mut self, bytes: usize) -> Result<(), Problem> {
        let number = self.number(bytes)?;
        // Only the four-byte form is signed.
        let number = if bytes == 4 { i64::from(number as u32 as i32) } else { number as i64 };
        self.stack.push(Value::Int(number));
        Ok(())
    }

    /// A number in digits, as protocol 1 has what is longer than four bytes; `00` and `01` are its false and true.
    fn int_line(&mut self) -> Result<(), Problem> {
        let line = self.line()?;
        let number = line.strip_suffix('L').unwrap_or(line).parse();
        self.stack.push(number.map_or(Value::Opaque, Value::Int));
        Ok(())
    }

    fn long(&mut self, length_bytes: usize) -> Result<(), Problem> {
        let bytes = self.counted(length_bytes)?;
        let value = if bytes.len() <= 8 {
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
        let bytes = self.counted(length_bytes)?;
        let text = std::str::from_utf8(bytes).map_err(|_| broken("a text of the pickle is not UTF-8"))?;
        self.stack.push(Value::Text(text.into()));
        Ok(())
    }

    /// Python 2 has one type for texts and bytes.
    fn python_2_text(&mut self, length_bytes: usize) -> Result<(), Problem> {
        let bytes = self.counted(length_bytes)?;
        self.stack.push(std::str::from_utf8(bytes).map_or(Value::Opaque, |text| Value::Text(text.into())));
        Ok(())
    }

    fn skip(&mut self, length_bytes: usize) -> Result<(), Problem> {
        self.counted(length_bytes)?;
        self.stack.push(Value::Opaque);
        Ok(())
    }

    fn new_list(&mut self, items: Vec<Value>, kind: fn(ListId) -> Value) {
        self.lists.push(items);
        self.stack.push(kind(self.lists.len() - 1));
    }

    fn tuple(&mut self, count: usize) -> Result<(), Problem> {
        let from = self.stack.len().checked_sub(count).ok_or_else(|| broken("the pickle's stack is empty"))?;
        let items = self.stack.split_off(from);
        self.new_list(items, Value::List);
        Ok(())
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, Problem> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or_else(|| broken("the pickle has no mark"))?))
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
            _ => Err(broken("the pickle puts items into something that holds none")),
        }
    }

    fn pop(&mut self) -> Result<Value, Problem> {
        self.stack.pop().ok_or_else(|| broken("the pickle's stack is empty"))
    }

    fn top(&self) -> Result<&Value, Problem> {
        self.stack.last().ok_or_else(|| broken("the pickle's stack is empty"))
    }

    fn remember(&mut self, bytes: usize) -> Result<(), Problem> {
        let key = self.number(bytes)? as u32;
        self.memo.insert(key, self.top()?.clone());
        Ok(())
    }

    fn recall(&mut self, bytes: usize) -> Result<(), Problem> {
        let key = self.number(bytes)? as u32;
        let value = self.memo.get(&key);
        let value = value.ok_or_else(|| broken(&format!("the pickle recalls {key}, which it never stored")))?;
        self.stack.push(value.clone());
        Ok(())
    }

    fn line(&mut self) -> Result<&'a str, Problem> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let length = length.ok_or_else(|| broken("the pickle ends in the middle of a name"))?;
        let line = std::str::from_utf8(self.take(length)?).map_err(|_| broken("a name of the pickle is not UTF-8"))?;
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
            _ => Err(broken("the pickle names a class by something that is no text")),
        }
    }

    fn allowed(&mut self, name: &str) -> Result<(), Problem> {
        allowed::check(name)?;
        self.stack.push(Value::Global(name.into()));
        Ok(())
    }

    fn reduce(&mut self) -> Result<(), Problem> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let (Value::Global(name), Value::List(id)) = (&function, &arguments) else {
            return Err(broken("the pickle calls something that is no function"));
        };
        // Not cloned: a long list of arguments may be recalled for every call.
        let made = match (&**name, self.lists[*id].as_slice()) {
            // Python 2 gives the entries to the call.
            ("collections.OrderedDict", [Value::List(pairs)]) => {
                let entries = self.entries(*pairs)?;
                self.new_list(entries, Value::Dict);
                return Ok(());
            }
            ("collections.OrderedDict", _) => None,
            (
                "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state",
                [tensor @ Value::Tensor(_), ..],
            ) => Some(tensor.clone()),
            (
                "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2",
                [Value::Storage { class, key, elements }, Value::Int(offset), shape, strides, rest @ ..],
            ) => {
                self.is_as_stored(rest)?;
                Some(Value::Tensor(Rc::new(View {
                    class: class.clone(),
                    key: key.clone(),
                    elements: *elements,
                    offset: *offset,
                    shape: self.integers(shape)?,
                    strides: self.integers(strides)?,
                })))
            }
            (name, _) => {
                let what = format!("the pickle calls `{name}` with arguments that are not read here");
                return Err(Problem::unsupported(what, ALONE));
            }
        };
        match made {
            Some(value) => self.stack.push(value),
            None => self.new_list(Vec::new(), Value::Dict),
        }
        Ok(())
    }

    /// Keys and values in turn out of a list of pairs. One list may be recalled for many calls: together they copy no more
    /// than the pickle is long.
    fn entries(&mut self, pairs: ListId) -> Result<Vec<Value>, Problem> {
        let mut entries = Vec::new();
        for pair in &self.lists[pairs] {
            let pair = match pair {
                Value::List(id) => self.lists[*id].as_slice(),
                _ => &[],
            };
            let [key, value] = pair else { return Err(broken("an entry of a dictionary is no pair")) };
            entries.extend([key.clone(), value.clone()]);
            self.copied += 1;
            if self.copied > self.bytes.len().min(MAX_OPERATIONS) {
                return Err(broken("the pickle makes more entries than it is long"));
            }
        }
        Ok(entries)
    }

    /// Refuses a tensor whose numbers are to be negated or conjugated once they are read (the last argument says so).
    fn is_as_stored(&self, rest: &[Value]) -> Result<(), Problem> {
        let [_, _, Value::Dict(marks), ..] = rest else { return Ok(()) };
        if self.lists[*marks].chunks(2).any(|mark| mark.get(1) != Some(&Value::Int(0))) {
            return Err(Problem::unsupported(
                "a tensor is to be negated or conjugated on reading, which is not done here",
                "save it as it is to be: `tensor.resolve_neg().resolve_conj()`",
            ));
        }
        Ok(())
    }

    fn integers(&self, value: &Value) -> Result<Vec<i64>, Problem> {
        let Value::List(id) = value else { return Err(broken("a tensor's shape is no tuple")) };
        let items = &self.lists[*id];
        if items.len() > MAX_DIMENSIONS {
            return Err(broken(&format!(
                "a tensor has {} dimensions, more than the {MAX_DIMENSIONS} that PyTorch has",
                items.len()
            )));
        }
        let number = |item: &Value| match item {
            Value::Int(number) => Ok(*number),
            _ => Err(broken("a tensor's shape has something that is no number")),
        };
        items.iter().map(number).collect()
    }

    fn persistent(&mut self) -> Result<(), Problem> {
        let id = self.pop()?;
        let items = match &id {
            Value::List(list) => self.lists[*list].as_slice(),
            _ => &[],
        };
        // ('storage', class, key, place, elements[, view]); the old format's views into views are long gone.
        match items {
            [Value::Text(kind), Value::Global(class), Value::Text(key), _, Value::Int(elements), rest @ ..]
                if &**kind == "storage" && rest.iter().all(|value| *value == Value::None) =>
            {
                let storage = Value::Storage { class: class.clone(), key: key.clone(), elements: *elements };
                self.storages.insert(key.clone(), class.clone());
                self.stack.push(storage);
                Ok(())
            }
            _ => Err(Problem::unsupported("a storage is named in a way that is not read here", ALONE)),
        }
    }
}

/// An operation that is not read here, at byte `at`.
fn not_read(code: u8, at: usize) -> Problem {
    let what = format!("the pickle uses operation 0x{code:02x} at byte {at}, which no state dict needs");
    match code {
        // FLOAT, PERSID, STRING, UNICODE, DICT, GET, LIST, PUT
        b'F' | b'P' | b'S' | b'V' | b'd' | b'g' | b'l' | b'p' => Problem::unsupported(
            format!(
                "the pickle is of protocol 0 (operation 0x{code:02x} at byte {at}), and those from 1 are read here"
            ),
            "save the file again with `torch.save(…, pickle_protocol=2)`",
        ),
        // INST, OBJ, NEWOBJ, EXT1, EXT2, EXT4, NEWOBJ_EX, NEXT_BUFFER, READONLY_BUFFER
        b'i' | b'o' | 0x81..=0x84 | 0x92 | 0x97 | 0x98 => Problem::unsupported(what, ALONE),
        _ => Problem::damaged(format!("the pickle has 0x{code:02x} at byte {at}, which is no operation")),
    }
}
