use forestable::diag::render::*;
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let t = std::time::Instant::now();
    let (raw, sources, mut f) = forestable::source::load(root.as_ref()).unwrap();
    let t1 = t.elapsed();
    let (ev, g) = forestable::evidence::lower(&raw);
    let t2 = t.elapsed();
    f.extend(g);
    let r = resolve(&f, &sources);
    print!("{}", full(&r, Colour::Plain));
    print!("{}", short(&r));
    if std::env::args().len() > 2 {
        print!("{}", json(&r));
    }
    println!("{}", summary(&f, raw.studies.len(), "nothing written"));
    println!("{} studies {:?} {:?} {:?}", ev.studies.len(), t1, t2, t.elapsed());
}
