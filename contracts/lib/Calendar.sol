// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Civil calendar: days and months of the community's time zone
/// @notice Days are counted from 1970-01-01 [day], months from 1970-01 [month]. Pure; the twin is `commonhold/rules/calendar.py`.
/// @dev Years are counted from March so that the leap day ends the year (H. Hinnant, "chrono-compatible low-level date algorithms").
/// All arithmetic is exact for days up to 2^40 and unchecked because no term can leave 64 bits there.
library Calendar {
    /// @notice The civil day of a moment. [unix] and [seconds east of UTC] → [day]
    function dayOf(uint256 timestamp, int32 utcOffset) internal pure returns (uint256) {
        unchecked {
            return uint256(int256(timestamp) + utcOffset) / 86400;
        }
    }

    /// @notice Months since 1970-01 and day of the month (1–31) of a day.
    function civil(uint256 day) internal pure returns (uint256 month, uint256 dayOfMonth) {
        unchecked {
            uint256 z = day + 719468; // days since 0000-03-01
            uint256 era = z / 146097;
            uint256 dayOfEra = z - era * 146097;
            uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
            uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            uint256 marchMonth = (5 * dayOfYear + 2) / 153; // 0 = March
            dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
            month = (yearOfEra + era * 400) * 12 + marchMonth + 2 - 23640; // 23,640 = 1970 × 12
        }
    }

    /// @notice The month of a day.
    function monthOf(uint256 day) internal pure returns (uint256 month) {
        (month,) = civil(day);
    }

    /// @notice The day number of the first of a month. [month] → [day]
    function firstOf(uint256 month) internal pure returns (uint256) {
        unchecked {
            uint256 marchBased = month + 23638; // months since 0000-03
            uint256 year = marchBased / 12;
            uint256 era = year / 400;
            uint256 yearOfEra = year - era * 400;
            uint256 dayOfYear = (153 * (marchBased % 12) + 2) / 5;
            return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
        }
    }

    /// @notice The anchor day of a month, or its last day where the month is shorter. [1–31], [month] → [day]
    function boundary(uint256 anchor, uint256 month) internal pure returns (uint256) {
        unchecked {
            uint256 first = firstOf(month);
            if (anchor < 29) return first + anchor - 1;
            uint256 next = firstOf(month + 1);
            return first + anchor > next ? next - 1 : first + anchor - 1;
        }
    }

    /// @notice The last month whose boundary is not after `day`.
    function labelOf(uint256 anchor, uint256 day) internal pure returns (uint256) {
        unchecked {
            (uint256 month, uint256 dayOfMonth) = civil(day);
            if (dayOfMonth >= anchor) return month;
            // a clamped boundary is the month's last day
            return anchor > 28 && boundary(anchor, month) <= day ? month : month - 1;
        }
    }
}
