//! All tables that scores need, and where they are read from.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;

use crate::error::LoadError;
use crate::normaliser::Normaliser;
use crate::paraphrases::{self, Paraphrases};
use crate::sentence::Sentence;
use crate::synonyms::Synonyms;
use crate::unpacking;

/// What METEOR 1.5 knows of English: abbreviations, function words, WordNet synsets and paraphrases.
///
/// Read it once and share it: it is never changed. The tables of the official package take about 65 MB.
#[derive(Debug)]
pub struct Tables {
    normaliser: Normaliser,
    function_words: HashSet<Box<str>>,
    synonyms: Synonyms,
    paraphrases: Paraphrases,
}

/// The small tables of English as texts, in the form of their entries in `meteor-1.5.jar`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// `nonbreaking/english.prefixes`: abbreviations that keep their full stop.
    pub prefixes: &'a str,
    /// `function/english.words`: words that count less, one a line.
    pub function_words: &'a str,
    /// `synonym/english.exceptions`: a base form, then a line of its irregular forms.
    pub exceptions: &'a str,
    /// `synonym/english.synsets`: a word, then a line of its synset numbers.
    pub synsets: &'a str,
}

impl Tables {
    /// Opens the two files of the official package: `meteor-1.5.jar` and `data/paraphrase-en.gz`.
    ///
    /// # Errors
    ///
    /// A file cannot be opened, is cut off or damaged, or is not the one of METEOR 1.5.
    pub fn open(jar: &Path, paraphrases: &Path) -> Result<Self, LoadError> {
        let open = |path: &Path| File::open(path).map_err(|source| LoadError::Open { path: path.to_owned(), source });
        let (jar_file, paraphrases_file) = (open(jar)?, open(paraphrases)?);
        Self::from_package(
            (&jar.display().to_string(), BufReader::new(jar_file)),
            (&paraphrases.display().to_string(), BufReader::with_capacity(1 << 18, paraphrases_file)),
        )
    }

    /// Reads the official package from open files or from memory: each a name for errors, and the data.
    ///
    /// # Errors
    ///
    /// The data are cut off or damaged, or not those of METEOR 1.5.
    pub fn from_package(
        (jar_name, jar): (&str, impl Read + Seek),
        (paraphrases_name, paraphrases): (&str, impl BufRead + Send),
    ) -> Result<Self, LoadError> {
        let mut jar = Jar::open(jar_name, jar)?;
        let texts = Texts {
            prefixes: &jar.text("nonbreaking/english.prefixes")?,
            function_words: &jar.text("function/english.words")?,
            exceptions: &jar.text("synonym/english.exceptions")?,
            synsets: &jar.text("synonym/english.synsets")?,
        };
        // Unpacking takes a third of the time.
        let tables = unpacking::beside(MultiGzDecoder::new(paraphrases), |text| {
            Self::from_texts(texts, (paraphrases_name, text))
        })?;
        if tables.paraphrases.is_empty() {
            return Err(LoadError::line(paraphrases_name, 0, "the table is empty"));
        }
        Ok(tables)
    }

    /// Makes tables of texts; the paraphrases, a name for errors and the data, are read unpacked: three lines a pair,
    /// of a probability, the phrase and what may stand for it.
    ///
    /// # Errors
    ///
    /// A line is missing or says something impossible, or the paraphrases cannot be read.
    pub fn from_texts(texts: Texts<'_>, paraphrases: (&str, impl BufRead)) -> Result<Self, LoadError> {
        Ok(Self {
            normaliser: Normaliser::new(texts.prefixes),
            function_words: texts.function_words.lines().map(Into::into).collect(),
            synonyms: Synonyms::read(texts.exceptions, texts.synsets)?,
            paraphrases: paraphrases::read(paraphrases.0, paraphrases.1)?,
        })
    }

    /// Tokenises a line as Meteor's option `-norm` does, in lower case, with spaces between the words.
    #[must_use]
    pub fn normalise(&self, line: &str) -> String {
        self.normaliser.normalise(line)
    }

    /// A line as the aligner sees it.
    pub(crate) fn sentence(&self, line: &str) -> Sentence {
        Sentence::new(&self.normalise(line), &self.function_words, &self.synonyms, &self.paraphrases)
    }

    /// The paraphrase table.
    pub(crate) fn paraphrases(&self) -> &Paraphrases {
        &self.paraphrases
    }
}

/// The jar, for its entries of text.
struct Jar<R> {
    name: String,
    archive: ZipArchive<R>,
}

impl<R: Read + Seek> Jar<R> {
    fn open(name: &str, data: R) -> Result<Self, LoadError> {
        let error = |source| LoadError::Archive { archive: name.to_owned(), entry: "META-INF/MANIFEST.MF", source };
        Ok(Self { name: name.to_owned(), archive: ZipArchive::new(data).map_err(error)? })
    }

    fn text(&mut self, entry: &'static str) -> Result<String, LoadError> {
        let error = |source| LoadError::Archive { archive: self.name.clone(), entry, source };
        let mut file = self.archive.by_name(entry).map_err(error)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|source| error(source.into()))?;
        Ok(text)
    }
}
