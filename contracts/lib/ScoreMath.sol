// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditFormula} from "../../interfaces/ICreditFormula.sol";
import {CreditGrid} from "./CreditGrid.sol";

/// @title The credit formula: Beta reputation with forgetting, in integers
/// @notice After A. Jøsang and R. Ismail, "The Beta Reputation System" (2002): good and bad evidence, each older month weighing less, give the
/// mean of a Beta distribution, mapped to 300–850.
///   weight     w(0) = 10^6, w(a + 1) = ⌊w(a) × decay / 10^4⌋, for the 36 months a = 0…35
///   evidence   of a cell: min(count, cap of its lane) × points of its lane × w(age of its month), good in the lanes of punctual payments
///   score      300 + ⌊550 × (good + prior good) / (good + bad + both priors)⌋, a prior being its points × 10^6
/// @dev Pure; the twin is `commonhold/rules/score.py`. Points are hundredths of one piece of evidence. All sums stay below 2^64:
/// 36 months × 10 lanes × 15 counts × 10^4 points × 10^6 < 2^56.
library ScoreMath {
    uint256 internal constant DEPTH = 36; // months
    uint256 internal constant UNIT = 10 ** 6; // weight of the current month
    uint256 internal constant LEAST = 300;
    uint256 internal constant SPAN = 550;
    uint256 internal constant MAX_POINTS = 10_000; // of one piece of evidence
    uint256 internal constant MAX_LIMIT = 10 ** 12; // [cmt]

    /// @dev What a history adds up to.
    struct Totals {
        uint256 good; // [points × weight]
        uint256 bad; // [points × weight]
        uint256 records; // counted, up to the caps
        uint256 months; // with at least one of them
        uint256 verified; // months with a payment in time
    }

    /// @notice The parameters of formula version 1.
    function first() internal pure returns (ICreditFormula.Parameters memory p) {
        (p.decay, p.priorGood, p.priorBad) = (9_500, 100, 100);
        p.points = [uint16(100), 100, 300, 600, 50, 100, 100, 300, 1_500, 0];
        p.caps = [1, 2, 2, 2, 2, 2, 2, 2, 1, 15];
        p.floors = [560, 650, 720, 780];
        (p.minRecords, p.minMonths, p.fullMonths) = (6, 6, 24);
        p.limits = [uint64(0), 500 * 10 ** 6, 2_000 * 10 ** 6, 5_000 * 10 ** 6, 10_000 * 10 ** 6];
        p.cap = 10_000 * 10 ** 6;
    }

    /// @notice Reverts unless every parameter is within its bounds: a score must depend on what was paid, worse must weigh no less than
    /// bad, and bands and limits rise.
    function check(ICreditFormula.Parameters memory p) internal pure {
        _within("decay", p.decay, 8_000, 10_000);
        _within("priorGood", p.priorGood, 1, 1_000);
        _within("priorBad", p.priorBad, 1, 1_000);
        for (uint256 lane; lane < CreditGrid.NEUTRAL; ++lane) {
            _within("points", p.points[lane], 1, MAX_POINTS);
            _within("caps", p.caps[lane], 1, CreditGrid.FULL);
        }
        _within("points", p.points[CreditGrid.NEUTRAL], 0, 0);
        _within("caps", p.caps[CreditGrid.NEUTRAL], 1, CreditGrid.FULL);
        _within("caps", p.caps[CreditGrid.RENT_ON_TIME], 1, 1);
        _within("points", p.points[2], p.points[1], MAX_POINTS);
        _within("points", p.points[3], p.points[2], MAX_POINTS);
        _within("points", p.points[CreditGrid.DEFAULT], p.points[3], MAX_POINTS);
        uint256 floor = LEAST;
        for (uint256 i; i < 4; ++i) {
            _within("floors", p.floors[i], floor + 1, LEAST + SPAN);
            floor = p.floors[i];
        }
        _within("minRecords", p.minRecords, 3, 24);
        _within("minMonths", p.minMonths, 3, 24);
        _within("fullMonths", p.fullMonths, 1, DEPTH);
        _within("cap", p.cap, 0, MAX_LIMIT);
        uint256 before;
        for (uint256 i; i < 5; ++i) {
            _within("limits", p.limits[i], before, p.cap);
            before = p.limits[i];
        }
    }

    function _within(bytes32 field, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert ICreditFormula.FormulaOutOfBounds(field, value, least, most);
    }

    /// @notice The first half-year that a score as of `month` looks at, and how many. [month]
    function span(uint256 month) internal pure returns (uint256 half, uint256 count) {
        uint256 oldest = month < DEPTH ? 0 : month - DEPTH + 1;
        half = oldest / CreditGrid.MONTHS;
        count = month / CreditGrid.MONTHS - half + 1;
    }

    /// @notice Adds up the history of the 36 months up to `month`, newest first.
    /// @param words half-years from `half` on
    /// @param rows receives every cell that is not empty, if it has room for 360; else it stays empty
    /// @return t the sums
    /// @return used how many rows were filled
    function evaluate(
        ICreditFormula.Parameters memory p,
        uint256[] memory words,
        uint256 half,
        uint256 month,
        ICreditFormula.Contribution[] memory rows
    ) internal pure returns (Totals memory t, uint256 used) {
        uint256 weight = UNIT;
        for (uint256 age; age < DEPTH && age <= month; ++age) {
            uint256 at = month - age;
            uint256 cells = words[at / CreditGrid.MONTHS - half] >> CreditGrid.shiftOf(at, 0);
            (uint256 before, bool punctual) = (t.records, false);
            for (uint256 lane; lane < CreditGrid.LANES; ++lane) {
                uint256 count = CreditGrid.count(cells, 4 * lane);
                if (count == 0) continue;
                ICreditFormula.Contribution memory row =
                    ICreditFormula.Contribution(uint16(at), uint8(lane), uint8(count), 0, uint32(weight), 0, 0);
                _weigh(p, row, t);
                if (CreditGrid.isOnTime(lane)) punctual = true;
                if (rows.length != 0) rows[used++] = row;
            }
            if (t.records != before) ++t.months;
            if (punctual) ++t.verified;
            weight = (weight * p.decay) / 10_000;
        }
    }

    /// @dev What one cell contributes. A neutral outcome is shown, weighs nothing and is no record.
    function _weigh(ICreditFormula.Parameters memory p, ICreditFormula.Contribution memory row, Totals memory t) private pure {
        uint256 lane = row.lane;
        if (lane == CreditGrid.NEUTRAL) return;
        row.counted = row.count < p.caps[lane] ? row.count : p.caps[lane];
        uint64 evidence = uint64(uint256(row.counted) * p.points[lane] * row.weight);
        if (CreditGrid.isOnTime(lane)) row.good = evidence;
        else row.bad = evidence;
        t.good += row.good;
        t.bad += row.bad;
        t.records += row.counted;
    }

    /// @notice The posterior mean on 300–850, rounded down.
    function score(ICreditFormula.Parameters memory p, uint256 good, uint256 bad) internal pure returns (uint256) {
        uint256 above = good + p.priorGood * UNIT;
        return LEAST + (SPAN * above) / (above + bad + p.priorBad * UNIT);
    }

    function band(ICreditFormula.Parameters memory p, uint256 score_, bool sufficient) internal pure returns (ICreditFormula.Band) {
        if (!sufficient) return ICreditFormula.Band.INSUFFICIENT;
        uint256 b = 1;
        for (uint256 i; i < 4; ++i) if (score_ >= p.floors[i]) ++b;
        return ICreditFormula.Band(b);
    }

    /// @notice What may be lent in all: the band's limit, in proportion to the months with a punctual payment, capped; rounded down. [cmt]
    function limit(ICreditFormula.Parameters memory p, ICreditFormula.Band band_, uint256 verified) internal pure returns (uint256) {
        if (band_ == ICreditFormula.Band.INSUFFICIENT) return 0;
        if (verified > p.fullMonths) verified = p.fullMonths;
        uint256 total = (uint256(p.limits[uint256(band_) - 1]) * verified) / p.fullMonths;
        return total < p.cap ? total : p.cap;
    }
}
