//! What meters come to in accounts: which of them count, how much is known of what is made of them,
//! and that the same is not made again.

use parkpulse::jobs::import::Kind;

use crate::accounts::is_reproduced;
use crate::book_ground::{Books, moment};
use crate::import::code;

const HEAD: &str = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to";

async fn registers(books: &Books, rows: &str) {
    let rows = rows.replace("{one}", code(1).as_str());
    let text = format!("{HEAD}\n{}\n", rows.replace("{two}", code(2).as_str()));
    books.town.takes(Kind::Meters, &text).await;
}

/// The meter above counts what is drawn, not what is fed back: it has none of the other's figure.
#[tokio::test]
async fn a_meter_below_one_that_counts_something_else_counts() {
    let books = Books::open().await;
    let row = "PV-01,{one},,kwh_fed_register,1000000,1,5000,900,,E-01,2026-01-01,";
    registers(&books, row).await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    let fed = [("2026-01-01", 0.0), ("2026-02-01", 1000.0)];
    books.reads_of("PV-01", "kwh_fed_register", &fed).await;
    books.pass("2026-02-05").await;
    let one = code(1).to_string();
    let value = async |kind| books.value("2026-01", 1, &one, kind).await;
    assert_eq!(value("electricity_kwh").await, "4000.0000");
    assert_eq!(value("electricity_fed_kwh").await, "1000.0000");
    // (4000 - 1000) kWh x 0.3000 kgce.
    assert_eq!(value("tce_equal").await, "0.9000");
}

/// Water makes no coal: what is missing of it is not missing there.
#[tokio::test]
async fn what_is_known_of_coal_is_what_is_known_of_what_it_is_made_of() {
    let books = Books::open().await;
    let row = "W-01,{one},,water_m3_register,1000000,1,5000,900,,,2026-01-01,";
    registers(&books, row).await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    let water = [("2026-01-01", 0.0), ("2026-01-16", 1000.0)];
    books.reads_of("W-01", "water_m3_register", &water).await;
    books.pass("2026-02-05").await;
    let accounts = books.accounts("2026-01", 1).await;
    let account = &accounts[code(1).as_str()].account;
    let known = |kind| account.find(kind).unwrap().known_share.as_deref();
    assert_eq!(known("water_m3"), Some("0.4839"));
    assert_eq!(known("electricity_kwh"), Some("1.0000"));
    assert_eq!(known("tce_equal"), Some("1.0000"));
}

/// Ingredients that make no difference are noted: the period is not made again at every pass.
#[tokio::test]
async fn what_comes_to_the_same_is_not_made_again() {
    let books = Books::open().await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    books.pass("2026-02-05").await;
    let closed = async || {
        let period = "2026-01".parse().unwrap();
        let closes = books
            .town
            .registry
            .list_account_closes(period)
            .await
            .unwrap();
        (closes.len(), closes[0].inputs.clone())
    };
    let (revisions, inputs) = closed().await;
    assert_eq!(revisions, 1);
    books.states(&[("2025-12", "output_value", "12.5")]).await;
    books.pass("2026-02-05T02:00:00+08:00").await;
    let (revisions, then) = closed().await;
    assert_eq!(revisions, 1, "nothing of January differs");
    assert_ne!(then, inputs);
}

/// A month without a figure is not known, in what is made of carriers as in the carriers; and of a
/// park that is known which its enterprises know.
#[tokio::test]
async fn what_is_known_of_a_year_is_what_its_months_know_by_their_days() {
    let books = Books::open().await;
    let row = "E-03,{two},,kwh_register,1000000,1,5000,900,,,2026-07-01,";
    registers(&books, row).await;
    books
        .reads(&[
            ("2026-01-01", 0.0),
            ("2027-01-01", 36_500.0),
            ("2027-01-02", 36_600.0),
        ])
        .await;
    // Registered when July begins, and known of July alone.
    let july = [("2026-07-01", 0.0), ("2026-08-01", 310.0)];
    books.reads_of("E-03", "kwh_register", &july).await;
    books.pass("2027-01-04").await;
    let accounts = books.accounts("2026", 1).await;
    let known = |key: &str, kind: &str| {
        let figure = accounts[key].account.find(kind).unwrap();
        figure.known_share.clone().unwrap_or_default()
    };
    let (one, two) = (code(1), code(2));
    for kind in ["electricity_kwh", "tce_equal", "tce_equivalent", "tco2"] {
        assert_eq!(known(one.as_str(), kind), "1.0000", "{kind}");
        // 31 of 365 days.
        assert_eq!(known(two.as_str(), kind), "0.0849", "{kind}");
    }
    for key in ["P1", "city"] {
        // The mean of both.
        assert_eq!(known(key, "tce_equal"), "0.5425", "{key}");
    }
    let land = accounts["P1"].account.find("land_mu").unwrap();
    assert_eq!(land.known_share, None);
}

const KWH: &str = "electricity_kwh";

/// What the meter above counts includes what the other enterprise draws below it: sold on, and
/// counted once.
#[tokio::test]
async fn what_is_sold_on_is_taken_away_from_whoever_sells_it() {
    let books = Books::open().await;
    let row = "E-05,{two},,kwh_register,1000000,1,5000,900,,E-01,2026-01-01,";
    registers(&books, row).await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    let drawn = [("2026-01-01", 0.0), ("2026-02-01", 1000.0)];
    books.reads_of("E-05", "kwh_register", &drawn).await;
    books.town.clock.set(moment("2026-02-02"));
    books.ledger.pass().await.unwrap();
    let open = books.book.provisional("2026-01".parse().unwrap()).await;
    let open = open.unwrap().unwrap();
    books.pass("2026-02-05").await;
    let closed = books.accounts("2026-01", 1).await;
    let (one, two) = (code(1).to_string(), code(2).to_string());
    let rows = [
        (&*one, "3000"),
        (&*two, "1000"),
        ("P1", "4000"),
        ("city", "4000"),
    ];
    for (key, used) in rows {
        let so_far = open.accounts.iter().find(|kept| kept.holder.key() == key);
        for kept in [&closed[key], so_far.unwrap()] {
            let figure = kept.account.find(KWH).unwrap();
            assert_eq!(figure.value, Some(format!("{used}.0000")), "{key}");
            is_reproduced(figure);
        }
    }
    // Whose readings they are is not told to the seller: the amount is.
    let inputs = &closed[&one].account.find(KWH).unwrap().inputs;
    let sold_on = inputs.iter().find(|input| input.minus).unwrap();
    assert_eq!(
        (sold_on.what.as_str(), &sold_on.taken_from),
        ("E-05", &None)
    );
    assert_eq!(sold_on.value.as_deref(), Some("1000.0000"));
}

/// The middle one of three meters counts nothing of the kind: the lowest is in the figure of the
/// highest all the same.
#[tokio::test]
async fn a_meter_without_the_register_hides_none_above_it() {
    let books = Books::open().await;
    let rows = "M-06,{one},,kw,,1,5000,900,,E-01,2026-01-01,\n\
                E-06,{one},,kwh_register,1000000,1,5000,900,,M-06,2026-01-01,";
    registers(&books, rows).await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    let below = [("2026-01-01", 0.0), ("2026-02-01", 500.0)];
    books.reads_of("E-06", "kwh_register", &below).await;
    books.pass("2026-02-05").await;
    let one = code(1).to_string();
    assert_eq!(books.value("2026-01", 1, &one, KWH).await, "4000.0000");
}

/// A meter counts as it stood when the month ended, whatever is registered of later months; and a
/// month is made again where somebody says that it stood otherwise then.
#[tokio::test]
async fn a_month_counts_meters_in_the_order_of_its_end() {
    let books = Books::open().await;
    let row = "E-07,{one},,kwh_register,1000000,1,5000,900,,E-01,2026-01-01,";
    registers(&books, row).await;
    let later = "E-07,{one},,kwh_register,1000000,1,5000,900,,,2026-02-01,";
    registers(&books, later).await;
    let months = [
        ("2026-01-01", 0.0),
        ("2026-02-01", 100.0),
        ("2026-03-01", 200.0),
    ];
    books.reads(&months).await;
    let below = [
        ("2026-01-01", 0.0),
        ("2026-02-01", 500.0),
        ("2026-03-01", 1000.0),
    ];
    books.reads_of("E-07", "kwh_register", &below).await;
    books.pass("2026-03-05").await;
    let one = code(1).to_string();
    assert_eq!(books.value("2026-01", 9, &one, KWH).await, "4000.0000");
    assert_eq!(books.value("2026-02", 9, &one, KWH).await, "4500.0000");
    registers(&books, &later.replace(",,2026-02", ",E-01,2026-02")).await;
    books.pass("2026-03-05T02:00:00+08:00").await;
    assert_eq!(books.value("2026-01", 9, &one, KWH).await, "4000.0000");
    assert_eq!(books.value("2026-02", 9, &one, KWH).await, "4000.0000");
    assert_eq!(books.revisions("2026-02").await, 2);
    assert_eq!(books.revisions("2026-01").await, 1);
}
