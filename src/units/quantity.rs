//! Land, energy, coal and money in exact decimals. A quantity is never negative by accident:
//! each type says what it refuses.

use std::fmt;

use rust_decimal::Decimal;

/// A number that cannot be this quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{number} cannot be a quantity in {unit}: it must not be negative")]
pub struct NotAQuantity {
    /// The number that was offered.
    pub number: Decimal,
    /// The unit it was offered as.
    pub unit: &'static str,
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// The unit as it is printed.
            pub const UNIT: &'static str = $unit;
            /// None of it.
            pub const ZERO: Self = Self(Decimal::ZERO);

            /// `number` of this unit.
            ///
            /// # Errors
            /// A negative number.
            pub fn new(number: Decimal) -> Result<Self, NotAQuantity> {
                if number.is_sign_negative() && !number.is_zero() {
                    return Err(NotAQuantity { number, unit: Self::UNIT });
                }
                Ok(Self(number))
            }

            /// The bare number, in this unit.
            #[must_use]
            pub const fn get(self) -> Decimal {
                self.0
            }

            /// The sum; `None` past the range of a decimal.
            #[must_use]
            pub fn plus(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, Self::UNIT)
            }
        }
    };
}

quantity!(
    /// Land in mu (亩, 2000/3 m²; an English loanword, not the Greek letter). domain.md 2.8.
    Mu, "亩"
);
quantity!(
    /// Electrical energy in kilowatt hours.
    Kwh, "kWh"
);
quantity!(
    /// Standard coal in kilograms of coal equivalent (29,307 kJ each). domain.md 3.1.
    Kgce, "kgce"
);
quantity!(
    /// Money in yuan.
    Yuan, "元"
);
quantity!(
    /// Electrical energy over land: a ratio of sums, never a mean of ratios.
    KwhPerMu, "kWh/亩"
);

impl Mu {
    /// Mu in a square metre, exact: 1 亩 = 2000/3 m² (domain.md 2.8).
    const PER_SQUARE_METRE: Decimal = Decimal::from_parts(15, 0, 0, false, 4);

    /// The mu of `square_metres`: x 0.0015, exact.
    ///
    /// # Errors
    /// A negative area, or one past the range of a decimal.
    pub fn from_square_metres(square_metres: Decimal) -> Result<Self, NotAQuantity> {
        let refused = NotAQuantity {
            number: square_metres,
            unit: "m²",
        };
        let mu = square_metres
            .checked_mul(Self::PER_SQUARE_METRE)
            .ok_or(refused)?;
        Self::new(mu).map_err(|_cause| refused)
    }
}

impl Kwh {
    /// Energy over land; `None` if there is no land, for then there is no intensity.
    #[must_use]
    pub fn per(self, land: Mu) -> Option<KwhPerMu> {
        self.0.checked_div(land.get()).map(KwhPerMu)
    }
}
