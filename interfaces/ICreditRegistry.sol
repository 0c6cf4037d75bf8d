// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IObligations} from "./IObligations.sol";

/// @title Who paid when: a grid of counts per party and month, with due process
/// @notice Only registered contracts report, one outcome per obligation, and nothing is kept about a party without its consent to collecting
/// (`PartyRegistry.collectingConsent`). The grid is public, as every storage of the chain is: consent governs what is collected and who may
/// use it for a decision, not who could see it.
///
/// Lanes of a month, each a count from 0 to 15:
///   0 RENT_ON_TIME   1 RENT_LATE_1 (1–29 days)   2 RENT_LATE_30 (30–59)   3 RENT_LATE_60 (60 and more)   4 FEES_ON_TIME   5 FEES_LATE
///   6 INSTALMENT_ON_TIME   7 INSTALMENT_LATE   8 DEFAULT   9 NEUTRAL (cured, waived, rescheduled)
/// Lanes of a provider (landlord, manager):
///   0 deposit settled without dispute   1 deposit disputed   2 ticket on time   3 ticket late   9 NEUTRAL
///
/// The month is that of the due day. On time is by the due day and its grace. A late outcome is negative only if a notice was served and its
/// cure period had run out before it was paid; otherwise it is NEUTRAL. A negative outcome of an obligation that is still open is entered by
/// `reportOverdue` and moved on, never entered twice. Days are civil days of the community [day], months are counted from 1970-01 [month].
interface ICreditRegistry {
    /// @notice How the entry of one obligation stands. `DISPUTED` whose last day has passed means removed.
    enum Standing {
        NONE, // nothing known: paid in time, or never looked at
        NOTICED, // a notice was served, nothing is entered
        ENTERED, // an outcome was entered
        DISPUTED, // out of its cell while it is reviewed
        UPHELD, // reviewed and back in its cell; not disputable again
        REMOVED // out of its cell for ever
    }

    enum NotCounted {
        SATURATED, // the lane holds 15 already
        ONE_A_MONTH // one rent in time per party and month counts, whatever the number of leases
    }

    /// @param obligation the reporter's number of it, below 2^192
    /// @param party who owed it
    /// @param dueDay when it fell due [day]
    /// @param day when it was discharged [day]
    /// @param waived by a waiver or an agreement, not by paying
    struct Discharge {
        uint256 obligation;
        uint32 party;
        uint32 dueDay;
        uint32 day;
        bool waived;
    }

    /// @param number of the reporter, from 1, never used twice
    /// @param kinds bit k: may report kind k of IObligations.Kind; bit 3: defaults; bit 4: providers
    /// @param effectiveAt from when its reports count [unix]
    /// @param retired its reports count no more
    struct Reporter {
        uint16 number;
        uint8 kinds;
        uint40 effectiveAt;
        bool retired;
    }

    /// @notice The one entry of an obligation.
    /// @param party who owes or owed it
    /// @param month of its due day [month]
    /// @param dueDay when it fell due [day]
    /// @param noticeDay day of the notice, 0 = none [day]
    /// @param lane where it is or would be counted; 15 = nowhere
    /// @param counted whether it is in its cell now
    /// @param closed discharged, or corrected: it moves no more by itself
    /// @param standing see Standing
    /// @param lastDay of the review while disputed [day]
    struct Outcome {
        uint32 party;
        uint16 month;
        uint32 dueDay;
        uint32 noticeDay;
        uint8 lane;
        bool counted;
        bool closed;
        Standing standing;
        uint32 lastDay;
    }

    /// @notice A contract may report outcomes of these kinds from `effectiveAt` on. [bits, unix]
    event ReporterRegistered(address indexed reporter, uint256 indexed number, uint256 kinds, uint256 effectiveAt);
    /// @notice A contract reports no more; its number is never given again.
    event ReporterRetired(address indexed reporter, uint256 indexed number);
    /// @notice Paid by `cureDay` at the latest, the delay leaves no negative entry.
    event DelinquencyNoticed(
        uint256 indexed key, uint256 indexed party, address indexed reporter, uint256 obligation, IObligations.Kind kind, uint256 dueDay, uint256 cureDay
    );
    /// @notice One count moved for one obligation: out of lane `from` and into lane `to` of the month; 15 = nowhere.
    /// @param lane where the outcome belongs now, counted or not
    event OutcomeMoved(
        uint256 indexed key, uint256 indexed party, uint256 indexed month, uint256 from, uint256 to, uint256 lane, Standing standing, bool closed
    );
    /// @notice A report changed no cell, and why. [month]
    event OutcomeNotCounted(uint256 indexed party, uint256 indexed month, uint256 lane, NotCounted reason);
    /// @notice A landlord's or manager's own record was counted up. [month]
    event ProviderCounted(uint256 indexed party, uint256 indexed month, uint256 lane);
    /// @notice A correction of a count that no single entry stands for.
    event CountCorrected(bool provider, uint256 indexed party, uint256 indexed month, uint256 from, uint256 to);

    /// @notice The caller is no reporter, not yet or no more.
    error CreditNotReporter(address caller);
    /// @notice This contract has been a reporter already.
    error CreditReporterKnown(address reporter);
    /// @notice This contract was never a reporter.
    error CreditReporterUnknown(address reporter);
    /// @notice Only contracts report.
    error CreditReporterWithoutCode(address reporter);
    /// @notice These bits name no kinds of outcomes.
    error CreditReporterKindsInvalid(uint256 kinds);
    /// @notice Its registration is not effective yet, or it is retired, or it may not report this kind.
    error CreditReporterNotActive(address reporter);
    /// @notice A reporter's own number of an obligation is below 2^192.
    error CreditObligationInvalid(uint256 obligation);
    /// @notice The party has not agreed to collecting.
    error CreditNoConsent(uint256 party);
    /// @notice Paid, or still in time.
    error CreditNotOverdue(uint256 key, uint256 open, uint256 lastOnTimeDay, uint256 today);
    /// @notice The cure of the obligation runs until `cureDay`. [day]
    error CreditCuring(uint256 key, uint256 cureDay, uint256 today);
    /// @notice The entry already says so, is closed, or was removed for ever.
    error CreditNothingNew(uint256 key);
    /// @notice No outcome has this key.
    error CreditOutcomeUnknown(uint256 key);
    /// @notice Only a negative outcome that counts, and was never disputed before, can be disputed.
    error CreditNotDisputable(uint256 key, Standing standing, uint256 lane, bool counted);
    /// @notice The outcome is not under dispute.
    error CreditNotDisputed(uint256 key, Standing standing);
    /// @notice The review had to end by `lastDay`: silence has removed the outcome. [day]
    error CreditReviewOver(uint256 key, uint256 lastDay, uint256 today);
    /// @notice Nothing is counted there that could be moved. [month]
    error CreditCellEmpty(uint256 party, uint256 month, uint256 lane);
    /// @notice The cell counts no higher than 15. [month]
    error CreditCellFull(uint256 party, uint256 month, uint256 lane);
    /// @notice A correction moves one count between two lanes and never makes a negative of a payment in time.
    error CreditCorrectionInvalid(uint256 from, uint256 to);

    // ---- for reporters

    /// @notice Outcomes discharged in time. Reverts for no item; without effect while the reporter is not effective or retired.
    /// @dev Reverts if the caller was never registered. Emits nothing for a counted outcome: the reporter's payment events say it.
    /// @param items `month of the due day << 32 | party`, in any order, repeats allowed
    function countOnTime(IObligations.Kind kind, uint256[] calldata items) external;

    /// @notice Outcomes discharged after their grace, or made neutral by a waiver. Reverts for no item; a repeat changes nothing.
    /// @dev Reverts if the caller was never registered. Notice, cure and an earlier entry of the obligation are found here.
    function reportLate(IObligations.Kind kind, Discharge[] calldata outcomes) external;

    /// @notice A default declared after notice and cure elsewhere on chain; counts in the month of its day, once per obligation.
    /// @param day of the declaration [day]
    function reportDefault(uint256 obligation, uint32 party, uint32 day) external;

    /// @notice An outcome in the record of a landlord or of the manager.
    function reportProvider(uint32 party, uint256 month, uint8 lane) external;

    // ---- open to all

    /// @notice First serves the notice of an overdue obligation; after its cure period enters the delinquency, later moves it to a worse lane.
    /// @dev Reverts if the reporter is not active, the party has not consented, it is not overdue, still curing, or nothing is new.
    function reportOverdue(address reporter, uint256 obligation) external;

    // ---- for CreditReview

    /// @notice Takes a disputed negative outcome out of its cell until its review.
    /// @param lastDay of the review [day]
    /// @custom:role REVIEW
    function suspendOutcome(uint256 key, uint32 lastDay) external;

    /// @notice The review's answer: back into the cell where it belongs now, or gone for ever.
    /// @custom:role REVIEW
    function resolveOutcome(uint256 key, bool upheld) external;

    /// @notice A correction: the counted outcome of an entry moves to another lane of its month, and moves no more by itself.
    /// @custom:role REVIEW
    function correctOutcome(uint256 key, uint8 to) external;

    /// @notice A correction of one count that has no entry of its own: one in time, or a provider's.
    /// @dev Reverts if it would make a negative entry: those need notice and cure.
    /// @custom:role REVIEW
    function correctCount(bool provider, uint32 party, uint256 month, uint8 from, uint8 to) external;

    // ---- reporters

    /// @notice Effective at once during the first day after deployment, later after REPORTER_DELAY.
    /// @custom:role ADMIN
    function registerReporter(address reporter, uint8 kinds) external;

    /// @notice From now on its reports are answered without effect; its number is never used again.
    /// @custom:role ADMIN
    function retireReporter(address reporter) external;

    // ---- look

    /// @notice What is known of a reporter; zeros if nothing.
    function reporterOf(address reporter) external view returns (Reporter memory);
    /// @notice Reporters so far; they are numbered from 1.
    function reporterCount() external view returns (uint16);
    /// @notice The key of an obligation's entry; a default has a key of its own. 0 if the reporter is unknown.
    function keyOf(address reporter, uint256 obligation, bool isDefault) external view returns (uint256 key);
    /// @notice A negative or pending outcome by its key; zeros if there is none.
    function outcomeOf(uint256 key) external view returns (Outcome memory);
    /// @notice One cell of the grid.
    function countOf(uint32 party, uint256 month, uint8 lane) external view returns (uint256);
    /// @notice One count of a landlord's or manager's own record. [month]
    function providerCountOf(uint32 party, uint256 month, uint8 lane) external view returns (uint256);
    /// @notice Words of half-years in a row: month m of the half-year m / 6, lane l, at bits 40 × (m mod 6) + 4 × l.
    /// @param half first half-year: month / 6
    function historyOf(uint32 party, uint256 half, uint256 count) external view returns (uint256[] memory words);
    /// @notice So many half-years of a landlord's or manager's record from `half` on, as stored.
    function providerHistoryOf(uint32 party, uint256 half, uint256 count) external view returns (uint256[] memory words);
    /// @notice The civil day now. [day]
    function today() external view returns (uint256);
}
