//! Rebuilds the crate when a file of the covenant is added, changed or removed: the data are embedded.

fn main() {
    println!("cargo::rerun-if-changed=model");
    println!("cargo::rerun-if-changed=houses");
}
