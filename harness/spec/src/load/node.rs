//! The same YAML read a second time for nothing but its places.
//!
//! Must not interpret values: the types do.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};

/// A place in a text: line and column from 1, length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) length: u64,
}

impl Place {
    /// The first character, for problems of the whole text.
    pub(crate) const START: Place = Place { line: 1, column: 1, length: 1 };
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Place { line: location.line().max(1), column: location.column().max(1), length: location.span().len().max(1) }
    }
}

/// A YAML node and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    place: Place,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar,
    Sequence(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

impl Node {
    /// One that stands for every node of a text whose places are not known.
    pub(crate) fn unplaced() -> Node {
        Node { place: Place::START, content: Content::Scalar }
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The value under a key; the mapping itself where the key is absent, so that a problem with something that is
    /// missing is shown where it should be.
    pub(crate) fn at(&self, key: &str) -> &Node {
        match &self.content {
            Content::Mapping(pairs) => pairs.iter().find(|(own, _)| own == key).map_or(self, |(_, node)| node),
            _ => self,
        }
    }

    /// An element of a sequence; the sequence itself where there is none.
    pub(crate) fn nth(&self, index: usize) -> &Node {
        match &self.content {
            Content::Sequence(nodes) => nodes.get(index).unwrap_or(self),
            _ => self,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Node { place: Place::from(spanned.referenced), content: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

macro_rules! scalars {
    ($($name:ident: $type:ty),*) => {
        $(fn $name<E>(self, _: $type) -> Result<Content, E> {
            Ok(Content::Scalar)
        })*
    };
}

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    scalars!(visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
             visit_str: &str, visit_bytes: &[u8]);

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Content, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = sequence.next_element()? {
            nodes.push(node);
        }
        Ok(Content::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Content, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = mapping.next_key::<String>()? {
            pairs.push((key, mapping.next_value()?));
        }
        Ok(Content::Mapping(pairs))
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, data: A) -> Result<Content, A::Error> {
        let (_, variant) = data.variant::<IgnoredAny>()?;
        serde::de::VariantAccess::newtype_variant::<IgnoredAny>(variant)?;
        Ok(Content::Scalar)
    }
}
