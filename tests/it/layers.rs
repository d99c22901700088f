//! Imports go in one direction: each layer uses only those below it.
//!
//! Read from the syntax: each path that begins with `crate`, in `use` declarations, types and expressions. Doc comments
//! and what is compiled only for tests or rustdoc do not count.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, Item, ItemUse, UseTree, visit::Visit};

/// From the lowest to the highest. `client` and `mock` are what a caller begins with.
const LAYERS: [&str; 7] = ["text", "generated", "model", "validation", "error", "client", "mock"];

/// The exceptions: the generated code names the hand-written types of the document, and the inner type of its client.
const GENERATED_MAY_NAME: [&str; 4] = ["AppId", "Attempt", "DestinationId", "TypeName"];

#[derive(Default)]
struct Paths(BTreeSet<Vec<String>>);

/// Whether an item is compiled for tests or rustdoc only.
fn is_excluded(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let argument = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Ident>().ok()).flatten();
        argument.is_some_and(|ident| ident == "test" || ident == "doc")
    })
}

impl Paths {
    fn of(file: &Path) -> Self {
        let mut paths = Self::default();
        let file = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
        paths.visit_file(&file);
        paths.0.retain(|path| path.len() > 1 && path[0] == "crate");
        paths
    }

    fn add_use(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                return self.add_use(prefix, &path.tree);
            }
            UseTree::Group(group) => return group.items.iter().for_each(|tree| self.add_use(prefix.clone(), tree)),
            UseTree::Name(name) => prefix.push(name.ident.to_string()),
            UseTree::Rename(rename) => prefix.push(rename.ident.to_string()),
            UseTree::Glob(_) => prefix.push("*".to_owned()),
        }
        self.0.insert(prefix);
    }
}

impl<'a> Visit<'a> for Paths {
    fn visit_item(&mut self, item: &'a Item) {
        let attributes = match item {
            Item::Fn(item) => &*item.attrs,
            Item::Impl(item) => &*item.attrs,
            Item::Mod(item) => &*item.attrs,
            Item::Use(item) => &*item.attrs,
            _ => &[],
        };
        if !is_excluded(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.add_use(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.0.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The layer of a file or of a path's first segment; the root is above all of them.
fn layer(name: &str) -> usize {
    LAYERS.iter().position(|layer| *layer == name).unwrap_or(LAYERS.len())
}

/// A name that is imported through the root would hide its layer, so lower layers name the layer.
#[test]
fn no_layer_imports_a_higher_one() {
    let files = sources(Path::new("src")).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let mut uses = BTreeSet::new();
    for path in files.filter(|path| !path.ends_with("tests.rs") && !path.ends_with("lib.rs")) {
        let place = path.strip_prefix("src").unwrap().with_extension("");
        let from = place.iter().next().unwrap().to_str().unwrap().to_owned();
        for used in Paths::of(&path).0 {
            // The crate's root is what users of the crate see, and so does the mock server.
            let is_wrong = layer(&used[1]) > layer(&from) && from != "mock";
            assert!(!is_wrong, "{} uses {}", path.display(), used.join("::"));
            uses.insert((layer(&from), layer(&used[1])));
        }
    }
    // Each layer but the lowest two uses one below it, so the sources were understood.
    for (number, name) in LAYERS.iter().enumerate().skip(2) {
        assert!(
            uses.iter().any(|(from, to)| *from == number && (*to < number || *name == "mock")),
            "{name} uses nothing"
        );
    }
}

#[test]
fn generated_code_names_only_hand_written_types_and_the_attempt() {
    let paths = Paths::of(&Path::new(env!("OUT_DIR")).join("client.rs"));
    let named: BTreeSet<_> = paths.0.iter().map(|path| path.last().unwrap().as_str()).collect();
    assert!(named.iter().all(|name| GENERATED_MAY_NAME.contains(name)), "{named:?}");
    assert!(named.contains("Attempt"), "{named:?}");
}
