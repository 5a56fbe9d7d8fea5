//! Sign-ins that went out to an identity server and have not come back: bound to the browser, used
//! once, forgotten soon, bounded.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::calendar::Moment;

/// How long somebody may take over there.
const OPEN_FOR_MS: i64 = 10 * 60_000;

/// Sign-ins that are out; beyond, the one that went first is forgotten (contract.md C4).
const OPEN_MAX: usize = 2_000;

/// Of them from one network.
const OF_NETWORK_MAX: usize = 200;

/// What must come back.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// The value of the cookie of the browser that went.
    pub(super) browser: String,
    pub(super) nonce: String,
    /// The secret of PKCE (RFC 7636).
    pub(super) verifier: String,
    pub(super) network: String,
    pub(super) begun_at: Moment,
}

#[derive(Debug, Default)]
struct Kept {
    flows: BTreeMap<String, Flow>,
    order: VecDeque<String>,
}

/// Those that are out, by `state`.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<Kept>);

impl Flows {
    /// Lets one go; `false`: too many are out from this network.
    pub(super) fn begin(&self, state: String, flow: Flow) -> bool {
        let mut kept = self.kept();
        let now = flow.begun_at;
        kept.flows.retain(|_, one| is_open(one, now));
        let Kept { flows, order } = &mut *kept;
        order.retain(|state| flows.contains_key(state));
        let same = flows.values().filter(|one| one.network == flow.network);
        if same.count() >= OF_NETWORK_MAX {
            return false;
        }
        while order.len() >= OPEN_MAX {
            let Some(oldest) = order.pop_front() else {
                break;
            };
            flows.remove(&oldest);
        }
        order.push_back(state.clone());
        flows.insert(state, flow);
        true
    }

    /// The one that comes back with `state` in the browser that went; it is used now, whoever comes.
    pub(super) fn end(&self, state: &str, browser: &str, now: Moment) -> Option<Flow> {
        let flow = self.kept().flows.remove(state)?;
        (flow.browser == browser && is_open(&flow, now)).then_some(flow)
    }

    /// Whole between any two calls, whoever died.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(flow: &Flow, now: Moment) -> bool {
    now.ms_since(flow.begun_at).abs() < OPEN_FOR_MS
}
