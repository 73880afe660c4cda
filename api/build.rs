//! Brings the GraphQL explorer into the server.
//!
//! The explorer is our own page (`explorer/`) around the prebuilt files of npm packages that are pinned by
//! `explorer/package-lock.json`. They are installed below `OUT_DIR`, so nothing is written in the source
//! tree, and again only when the lock file changes. Where npm is missing or fails, the server is built without
//! the explorer and a warning says so; after npm is installed, `touch api/explorer/package-lock.json` builds
//! it in.
//!
//! This writes `explorer_assets.rs` for `include!(concat!(env!("OUT_DIR"), "/explorer_assets.rs"))`:
//!
//! - `pub(crate) const BUILT: bool`: whether there is an explorer;
//! - `pub(crate) static ASSETS: &[(&str, &str, &[u8])]`: name, content type and content of each file, sorted
//!   by name. `index.html` is the page at `/graphiql`; every other file is at `/graphiql/<name>`.
//!
//! The page calls `graphql`, `graphql/ws` and `demo/personas` relative to its own address, and nothing else.
//! It works under this policy; of GraphiQL's own styles only the one that stops the page from scrolling
//! behind an open dialog is refused by it, and nothing scrolls there.
//!
//! ```text
//! default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:;
//! connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
//! ```

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What npm reads.
const LOCKED: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The files of our own.
const OWN: [&str; 4] = ["index.html", "explorer.css", "explorer.js", "vangnet.svg"];

/// The files that are taken from the packages, none of which is built by us.
const PREBUILT: [&str; 5] = [
    "graphiql/graphiql.min.css",
    "graphiql/graphiql.min.js",
    "graphql-ws/umd/graphql-ws.min.js",
    "react-dom/umd/react-dom.production.min.js",
    "react/umd/react.production.min.js",
];

/// The licences of the packages, which travel with their code.
const LICENCES: &str = "licenses.txt";

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    for input in LOCKED.iter().chain(&OWN) {
        println!("cargo::rerun-if-changed=explorer/{input}");
    }
    let out = out_dir()?;
    let assets = match collect(&out) {
        Ok(assets) => assets,
        Err(error) => {
            println!("cargo::warning=the server is built without the explorer: {error}");
            Vec::new()
        }
    };
    fs::write(out.join("explorer_assets.rs"), generate(&assets)?)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is how cargo tells a build script where to write")]
fn out_dir() -> Result<PathBuf> {
    env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| "cargo set no OUT_DIR".into())
}

/// The paths of all files of the explorer, sorted by name.
fn collect(out: &Path) -> Result<Vec<PathBuf>> {
    let prebuilt = prebuilt(out)?;
    let own = fs::canonicalize("explorer")?;
    let mut assets: Vec<PathBuf> = OWN.iter().map(|name| own.join(name)).collect();
    assets.extend(PREBUILT.iter().filter_map(|name| Some(prebuilt.join(Path::new(name).file_name()?))));
    assets.push(prebuilt.join(LICENCES));
    assets.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    Ok(assets)
}

/// The folder with the files from the packages, filled anew when another lock file asks for it.
fn prebuilt(out: &Path) -> Result<PathBuf> {
    let prebuilt = out.join("explorer");
    let stamp = prebuilt.join(".made-from");
    let wanted = format!("{}\n{}", PREBUILT.join("\n"), fs::read_to_string("explorer/package-lock.json")?);
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(prebuilt);
    }
    let packages = out.join("explorer-packages");
    make_empty(&packages)?;
    make_empty(&prebuilt)?;
    let modules = install(&packages)?;
    for name in PREBUILT {
        let target = prebuilt.join(Path::new(name).file_name().ok_or("a file without a name")?);
        fs::copy(modules.join(name), target).map_err(|error| format!("{name}: {error}"))?;
    }
    fs::write(prebuilt.join(LICENCES), licence_texts(&modules)?)?;
    // A hundred megabytes, of which two are needed.
    fs::remove_dir_all(&packages)?;
    fs::write(stamp, wanted)?;
    Ok(prebuilt)
}

/// Installs what the lock file says, and returns the folder with the packages.
fn install(packages: &Path) -> Result<PathBuf> {
    for name in LOCKED {
        fs::copy(Path::new("explorer").join(name), packages.join(name))?;
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(packages)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm does not start ({error})"))?;
    if !output.status.success() {
        return Err(format!("npm ci failed: {}", first_words(&output.stderr)).into());
    }
    Ok(packages.join("node_modules"))
}

/// The first sentences of a complaint of npm, on one line.
fn first_words(complaint: &[u8]) -> String {
    let complaint = String::from_utf8_lossy(complaint);
    let lines = complaint.lines().map(|line| line.trim_start_matches("npm error").trim());
    lines.filter(|line| !line.is_empty()).take(2).collect::<Vec<_>>().join("; ")
}

/// The licence of each package, one after another.
fn licence_texts(modules: &Path) -> Result<String> {
    let mut files = Vec::new();
    find_licences(modules, &mut files)?;
    files.sort();
    let mut texts =
        String::from("The explorer contains code of these packages, each under its own licence.\n");
    for file in files {
        let package = file.parent().and_then(|folder| folder.strip_prefix(modules).ok()).unwrap_or(&file);
        write!(texts, "\n\n=== {}\n\n{}", package.display(), fs::read_to_string(&file)?)?;
    }
    Ok(texts)
}

/// Looks one level deep in each package, and in the packages that it brings itself.
fn find_licences(modules: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for package in folders(modules)? {
        if package.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"@")) {
            find_licences(&package, found)?;
            continue;
        }
        let files = fs::read_dir(&package)?.filter_map(|entry| Some(entry.ok()?.path()));
        found.extend(files.filter(|file| is_licence(file)));
        let nested = package.join("node_modules");
        if nested.is_dir() {
            find_licences(&nested, found)?;
        }
    }
    Ok(())
}

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent)?.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(entries.filter(|path| path.is_dir()).collect())
}

fn is_licence(file: &Path) -> bool {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().to_ascii_lowercase());
    file.is_file() && matches!(stem.as_deref(), Some("license" | "licence" | "copying"))
}

/// The Rust file that embeds the assets; without any there is no explorer.
fn generate(assets: &[PathBuf]) -> Result<String> {
    let mut code = String::from("/// Whether the explorer is part of this server.\n");
    writeln!(code, "pub(crate) const BUILT: bool = {};", !assets.is_empty())?;
    writeln!(code, "/// Name, content type and content of each file of the explorer, sorted by name.")?;
    writeln!(code, "pub(crate) static ASSETS: &[(&str, &str, &[u8])] = &[")?;
    for asset in assets {
        let name = asset.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let path = asset.to_str().ok_or("the build folder is not named in UTF-8")?;
        writeln!(code, "    ({name:?}, {:?}, include_bytes!({path:?})),", content_type(&name))?;
    }
    writeln!(code, "];")?;
    Ok(code)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn make_empty(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}
