//! All instruments of a process, found by name at start and read together by `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Counter, Event, Exposition, Gauge, Histogram, Label};

/// One kind of instrument: by name its help and its series by label.
type Families<T> = BTreeMap<&'static str, (&'static str, BTreeMap<Option<Label>, Arc<T>>)>;

/// The instruments of one process. Cheap to share behind an `Arc`; tests make their own.
#[derive(Debug, Default)]
pub struct Vitals {
    counters: Mutex<Families<Counter>>,
    gauges: Mutex<Families<Gauge>>,
    histograms: Mutex<Families<Histogram>>,
}

impl Vitals {
    /// The counter `parkpulse_{name}_total`, made on first use. Names are snake case with the unit
    /// last, as `payload_bytes`. Fetch it once and keep it where the path is hot.
    pub fn counter(
        &self,
        name: &'static str,
        help: &'static str,
        label: Option<Label>,
    ) -> Arc<Counter> {
        series(&self.counters, name, help, label, Counter::default)
    }

    /// The gauge `parkpulse_{name}`, made on first use.
    pub fn gauge(
        &self,
        name: &'static str,
        help: &'static str,
        label: Option<Label>,
    ) -> Arc<Gauge> {
        series(&self.gauges, name, help, label, Gauge::default)
    }

    /// The histogram `parkpulse_{name}_seconds` with upper bounds in milliseconds, made on first
    /// use; later callers get the first one's bounds.
    pub fn histogram(
        &self,
        name: &'static str,
        help: &'static str,
        bounds_ms: &[u64],
    ) -> Arc<Histogram> {
        series(&self.histograms, name, help, None, || {
            Histogram::new(bounds_ms)
        })
    }

    /// Logs and counts what happened.
    pub fn record<E: Event>(&self, event: &E) {
        event.log();
        self.counter(E::NAME, E::HELP, event.label()).increment();
    }

    /// Everything in the text format of Prometheus, each family headed by its help.
    pub fn expose(&self, page: &mut Exposition) {
        for (name, help, of_name) in copied(&self.counters) {
            let name = format!("{name}_total");
            page.family(&name, help, "counter");
            for (label, counter) in of_name {
                page.sample(&name, label.as_slice(), counter.count());
            }
        }
        for (name, help, of_name) in copied(&self.gauges) {
            page.family(name, help, "gauge");
            for (label, gauge) in of_name {
                page.sample(name, label.as_slice(), gauge.level());
            }
        }
        for (name, help, of_name) in copied(&self.histograms) {
            for (_, histogram) in of_name {
                page.histogram(name, help, &histogram);
            }
        }
    }
}

fn series<T>(
    families: &Mutex<Families<T>>,
    name: &'static str,
    help: &'static str,
    label: Option<Label>,
    make: impl FnOnce() -> T,
) -> Arc<T> {
    let mut families = families.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, of_name) = families.entry(name).or_insert((help, BTreeMap::new()));
    Arc::clone(of_name.entry(label).or_insert_with(|| Arc::new(make())))
}

/// A family's name, help and series.
type Copied<T> = (&'static str, &'static str, Vec<(Option<Label>, Arc<T>)>);

/// The families as they are now, so that no lock is held while the page is written.
fn copied<T>(families: &Mutex<Families<T>>) -> Vec<Copied<T>> {
    let families = families.lock().unwrap_or_else(PoisonError::into_inner);
    let copy = |(name, (help, of_name)): (&&'static str, &(&'static str, BTreeMap<_, Arc<T>>))| {
        let of_name = of_name.iter().map(|(label, one)| (*label, Arc::clone(one)));
        (*name, *help, of_name.collect())
    };
    families.iter().map(copy).collect()
}
