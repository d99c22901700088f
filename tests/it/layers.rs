//! The sources import in one direction: each layer uses only those below it, and no files import each other in a circle.
//!
//! Read from the syntax of `src/`: `use` declarations and paths, followed through re-exports to the file that defines
//! the name. Doc links and what is compiled only for tests or for rustdoc do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{Attribute, File, Item, ItemMod, ItemUse, Macro, UseTree, VisRestricted, visit::Visit};

/// From the lowest to the highest. `client` and `mock` are what a caller begins with.
const LAYERS: [&str; 7] = ["text", "generated", "model", "validation", "error", "client", "mock"];

/// The edge back: the code that the build generates names the hand-written types of the document, and the inner type of
/// its client.
const GENERATED_MAY_NAME: [&str; 3] = ["client::attempt", "model::code", "model::id"];

type Module = Vec<String>;

/// One file of `src/`, or the crate root.
#[derive(Default)]
struct Source {
    /// The modules that the file declares, inline ones included.
    children: BTreeSet<String>,
    /// What `use` declarations outside of inline modules bring in: the name, and its path.
    imports: BTreeMap<String, Vec<String>>,
    /// How many inline modules the visit is in.
    depth: usize,
    /// Every path in the file, those of `use` declarations included.
    paths: Vec<Vec<String>>,
    /// Files that are compiled for tests only.
    test_modules: Vec<String>,
}

/// Whether an item is compiled for tests or rustdoc only.
fn is_excluded(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let argument = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Ident>().ok()).flatten();
        argument.is_some_and(|ident| ident == "test" || ident == "doc")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl<'a> Visit<'a> for Source {
    fn visit_item(&mut self, item: &'a Item) {
        if !is_excluded(attributes(item)) {
            syn::visit::visit_item(self, item);
        } else if let Item::Mod(module) = item {
            self.test_modules.push(module.ident.to_string());
        }
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        self.children.insert(module.ident.to_string());
        self.depth += 1;
        syn::visit::visit_item_mod(self, module);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.add_use(Vec::new(), &item.tree);
    }

    /// `pub(crate)` and the like use nothing.
    fn visit_vis_restricted(&mut self, _: &'a VisRestricted) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    /// What a macro is given need not be Rust; a path in it that begins with `crate` is one all the same.
    fn visit_macro(&mut self, macro_: &'a Macro) {
        let text = macro_.tokens.to_string().replace(' ', "");
        for path in text.split("crate::").skip(1) {
            let end = path.find(|c: char| c != ':' && c != '_' && !c.is_alphanumeric()).unwrap_or(path.len());
            self.paths.push(["crate"].into_iter().chain(path[..end].split("::")).map(str::to_owned).collect());
        }
        syn::visit::visit_macro(self, macro_);
    }
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let file: File = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut source = Self::default();
        source.visit_file(&file);
        source
    }

    fn add_use(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        let name = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                return self.add_use(prefix, &path.tree);
            }
            UseTree::Group(group) => return group.items.iter().for_each(|tree| self.add_use(prefix.clone(), tree)),
            UseTree::Name(name) if name.ident == "self" => prefix.last().expect("a path before self").clone(),
            UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                name.ident.to_string()
            }
            UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                rename.rename.to_string()
            }
            UseTree::Glob(_) => "*".to_owned(),
        };
        self.paths.push(prefix.clone());
        if self.depth == 0 {
            self.imports.insert(name, prefix);
        }
    }
}

struct Sources(BTreeMap<Module, Source>);

impl Sources {
    fn read() -> Self {
        let mut sources = BTreeMap::from([(Vec::new(), Source::read(Path::new("src/lib.rs")))]);
        add_folder(Path::new("src"), &[], &mut sources);
        let tests: Vec<Module> = sources
            .iter()
            .flat_map(|(module, source)| source.test_modules.iter().map(|name| child(module, name)))
            .collect();
        for module in tests {
            sources.remove(&module);
        }
        Self(sources)
    }

    /// The file that defines what a path names, or nothing for a path into another crate.
    fn definition(&self, from: &Module, path: &[String]) -> Option<Module> {
        self.follow(from, path, 0)
    }

    fn follow(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        assert!(depth < 20, "{path:?} in {from:?} leads in a circle");
        let mut module = from.clone();
        let mut rest = path;
        match path[0].as_str() {
            "crate" => (module, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            first if self.0[from].children.contains(first) => {}
            // A name that is imported counts where it is imported.
            _ => return None,
        }
        while let [name, behind @ ..] = rest {
            let source = &self.0[&module];
            if name == "super" {
                module.pop();
            } else if self.0.contains_key(&child(&module, name)) {
                module.push(name.clone());
            } else if let Some(import) = source.imports.get(name).filter(|import| **import != *path) {
                let path = [import, behind].concat();
                return self.follow(&module, &path, depth + 1);
            } else {
                break;
            }
            rest = behind;
        }
        Some(module)
    }

    /// Which file uses which, without the crate root and without a file's use of itself.
    fn edges(&self) -> BTreeSet<(Module, Module)> {
        let mut edges = BTreeSet::new();
        for (from, source) in self.0.iter().filter(|(from, _)| !from.is_empty()) {
            let to = source.paths.iter().filter_map(|path| self.definition(from, path));
            edges.extend(to.filter(|to| to != from && !to.is_empty()).map(|to| (from.clone(), to)));
        }
        edges
    }
}

fn child(module: &[String], name: &str) -> Module {
    [module, &[name.to_owned()]].concat()
}

fn add_folder(folder: &Path, module: &[String], sources: &mut BTreeMap<Module, Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            let module = child(module, name);
            sources.insert(module.clone(), Source::read(&path.join("mod.rs")));
            add_folder(&path, &module, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !matches!(name, "lib" | "mod") {
            sources.insert(child(module, name), Source::read(&path));
        }
    }
}

fn layer(module: &[String]) -> usize {
    let position = LAYERS.iter().position(|layer| *layer == module[0]);
    position.unwrap_or_else(|| panic!("src/{} is in no layer", module[0]))
}

#[test]
fn no_layer_imports_a_higher_one() {
    let edges = Sources::read().edges();
    let wrong: Vec<_> = edges.iter().filter(|(from, to)| layer(from) < layer(to)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // Each layer but the lowest two uses one below it, so the sources were understood.
    for (number, name) in LAYERS.iter().enumerate().skip(2) {
        assert!(edges.iter().any(|(from, to)| layer(from) == number && layer(to) < number), "{name} uses nothing");
    }
}

#[test]
fn generated_code_names_only_the_id_types_and_the_attempt() {
    let sources = Sources::read();
    let generated = Source::read(&Path::new(env!("OUT_DIR")).join("client.rs"));
    let outside = generated.paths.iter().filter(|path| path[0] == "crate");
    let named: BTreeSet<_> = outside.map(|path| sources.definition(&Vec::new(), path).unwrap().join("::")).collect();
    assert_eq!(named.iter().map(String::as_str).collect::<Vec<_>>(), GENERATED_MAY_NAME);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut edges = Sources::read().edges();
    // Parent and child belong together.
    edges.retain(|(from, to)| !from.starts_with(to) && !to.starts_with(from));
    // What uses no other file cannot be in a circle; take it away until nothing changes.
    loop {
        let users: BTreeSet<_> = edges.iter().map(|(from, _)| from.clone()).collect();
        let before = edges.len();
        edges.retain(|(_, to)| users.contains(to));
        if edges.len() == before {
            break;
        }
    }
    // The same from the other side, so that only the circles are left.
    loop {
        let used: BTreeSet<_> = edges.iter().map(|(_, to)| to.clone()).collect();
        let before = edges.len();
        edges.retain(|(from, _)| used.contains(from));
        if edges.len() == before {
            break;
        }
    }
    assert!(edges.is_empty(), "{edges:?}");
}
