//! Imports go in one direction: each layer uses only those below it, and no files form an import cycle.
//!
//! Read from the syntax: `use` declarations and paths, those in macros and attributes included, followed through
//! re-exports to the file that defines the name. Doc links and what is compiled only for tests or rustdoc do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, mem,
    path::{Path, PathBuf},
};

use syn::{Attribute, Item, ItemMod, ItemUse, Macro, MetaList, UseTree, VisRestricted, visit::Visit};

/// From the lowest to the highest. `client` and `mock` are what a caller begins with.
const LAYERS: [&str; 7] = ["text", "generated", "model", "validation", "error", "client", "mock"];

/// The exceptions: the generated code names the hand-written types of the document, and the inner type of its client.
const GENERATED_MAY_NAME: [&str; 3] = ["client::attempt", "model::code", "model::id"];

/// The root files of the workspace. The published library comes without the last one.
const ROOTS: [&str; 3] = ["src/lib.rs", "build.rs", "cli/src/main.rs"];

/// The path of a module from the crate root, which has the empty one.
type Module = Vec<String>;

#[derive(Default)]
struct Source {
    /// The module that has a file of its own and contains this one, or is this one.
    file: Module,
    /// What `use` declarations bring in: the name, and its path.
    imports: BTreeMap<String, Vec<String>>,
    /// Every path in the module, those of `use` declarations included.
    paths: Vec<Vec<String>>,
}

/// The modules of a crate, inline ones included.
struct Crate {
    folder: PathBuf,
    modules: BTreeMap<Module, Source>,
    /// The module that is being read, and the one whose file that is.
    module: Module,
    file: Module,
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

impl<'a> Visit<'a> for Crate {
    fn visit_item(&mut self, item: &'a Item) {
        if !is_excluded(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        self.module.push(item.ident.to_string());
        if item.content.is_some() {
            self.source();
            syn::visit::visit_item_mod(self, item);
        } else {
            let outer = mem::replace(&mut self.file, self.module.clone());
            let path = self.folder.join(self.module.iter().collect::<PathBuf>());
            let file = path.with_extension("rs");
            self.read_file(&if file.exists() { file } else { path.join("mod.rs") });
            self.file = outer;
        }
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.add_use(Vec::new(), &item.tree);
    }

    /// `pub(crate)` and the like use nothing.
    fn visit_vis_restricted(&mut self, _: &'a VisRestricted) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.source().paths.push(names);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, macro_: &'a Macro) {
        self.add_tokens(&macro_.tokens.to_string());
        syn::visit::visit_macro(self, macro_);
    }

    fn visit_meta_list(&mut self, list: &'a MetaList) {
        self.add_tokens(&list.tokens.to_string());
    }
}

impl Crate {
    fn read(root: &Path) -> Self {
        let folder = root.parent().unwrap().to_owned();
        let mut read = Self { folder, modules: BTreeMap::new(), module: Vec::new(), file: Vec::new() };
        read.read_file(root);
        read
    }

    fn read_file(&mut self, path: &Path) {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.source();
        self.visit_file(&file);
    }

    /// The module that is being read.
    fn source(&mut self) -> &mut Source {
        let source = self.modules.entry(self.module.clone()).or_default();
        source.file.clone_from(&self.file);
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
        let source = self.source();
        source.paths.push(prefix.clone());
        source.imports.insert(name, prefix);
    }

    /// Tokens need not be Rust; what looks like a path of this crate is one all the same. Of `crate::{a, b}` and
    /// `crate::*`, the part before the brace or the star is read.
    fn add_tokens(&mut self, tokens: &str) {
        let tokens = tokens.replace(" ::", "::").replace(":: ", "::");
        for word in tokens.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':')) {
            let is_path = ["crate::", "self::", "super::"].iter().any(|first| word.starts_with(first));
            if is_path {
                let names = word.trim_end_matches(':').split("::").map(str::to_owned).collect();
                self.source().paths.push(names);
            }
        }
    }

    /// Resolves a path to the module that has what it names; `None` for other crates and for names of `from` itself.
    fn resolve(&self, from: &Module, path: &[String]) -> Option<Module> {
        let (mut module, mut rest) = (from.clone(), path);
        match path.first()?.as_str() {
            "crate" => (module, rest) = (Vec::new(), &path[1..]),
            "self" | "super" => {}
            first if self.modules.contains_key(&child(from, first)) => {}
            first if self.modules[from].imports.contains_key(first) => {}
            _ => return None,
        }
        while let [name, behind @ ..] = rest {
            let inner = child(&module, name);
            if name == "super" {
                module.pop();
            } else if self.modules.contains_key(&inner) {
                module = inner;
            } else if let Some(import) = self.modules[&module].imports.get(name) {
                // An item that has the name of its crate.
                let is_foreign = import[0] == *name;
                return if is_foreign { None } else { self.resolve(&module, &[import, behind].concat()) };
            } else if name != "self" {
                break;
            }
            rest = behind;
        }
        Some(module)
    }

    /// Which file uses which.
    fn edges(&self) -> BTreeSet<(Module, Module)> {
        let mut edges = BTreeSet::new();
        for (module, source) in &self.modules {
            let used = source.paths.iter().filter_map(|path| self.resolve(module, path));
            edges.extend(used.map(|used| (source.file.clone(), self.modules[&used].file.clone())));
        }
        edges.retain(|(from, to)| from != to);
        edges
    }
}

fn child(module: &[String], name: &str) -> Module {
    [module, &[name.to_owned()]].concat()
}

/// Removes what is in no cycle: the edges to a file that uses nothing, until there is none.
fn retain_cycles(edges: &mut BTreeSet<(Module, Module)>) {
    loop {
        let users: BTreeSet<_> = edges.iter().map(|(from, _)| from.clone()).collect();
        let used: BTreeSet<_> = edges.iter().map(|(_, to)| to.clone()).collect();
        let before = edges.len();
        edges.retain(|(from, to)| users.contains(to) && used.contains(from));
        if edges.len() == before {
            break;
        }
    }
}

/// The root is above all layers: it and its prelude have names of each of them.
fn layer(module: &[String]) -> usize {
    let Some(folder) = module.first() else { return LAYERS.len() };
    let position = LAYERS.iter().position(|layer| layer == folder);
    position.unwrap_or_else(|| panic!("src/{folder} is in no layer"))
}

/// A name that is imported through the root counts where it is defined. The root itself, a glob of it, or its prelude is
/// no import from below: what is used of it cannot be seen.
#[test]
fn no_layer_imports_a_higher_one() {
    let edges = Crate::read(Path::new("src/lib.rs")).edges();
    let wrong: Vec<_> = edges.iter().filter(|(from, to)| layer(from) < layer(to)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // Each layer but the lowest two uses one below it, so the sources were understood.
    for (number, name) in LAYERS.iter().enumerate().skip(2) {
        assert!(edges.iter().any(|(from, to)| layer(from) == number && layer(to) < number), "{name} uses nothing");
    }
}

#[test]
fn generated_code_names_only_the_id_types_and_the_attempt() {
    let library = Crate::read(Path::new("src/lib.rs"));
    let generated = Crate::read(&Path::new(env!("OUT_DIR")).join("client.rs"));
    let paths = generated.modules.values().flat_map(|source| &source.paths).filter(|path| path[0] == "crate");
    let named: BTreeSet<_> = paths.map(|path| library.resolve(&Vec::new(), path).unwrap().join("::")).collect();
    assert_eq!(named.iter().map(String::as_str).collect::<Vec<_>>(), GENERATED_MAY_NAME);
}

#[test]
fn no_files_form_an_import_cycle() {
    for root in ROOTS.map(Path::new).into_iter().filter(|root| root.exists()) {
        let mut edges = Crate::read(root).edges();
        assert!(edges.len() > 10, "{} was not understood: {edges:?}", root.display());
        // Parent and child belong together.
        edges.retain(|(from, to)| !from.starts_with(to) && !to.starts_with(from));
        retain_cycles(&mut edges);
        assert!(edges.is_empty(), "{}: {edges:?}", root.display());
    }
}
