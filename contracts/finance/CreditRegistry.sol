// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {ConsentBits} from "../lib/ConsentBits.sol";
import {CreditGrid as G} from "../lib/CreditGrid.sol";
import {Lists} from "../lib/Lists.sol";

/// @title Who paid when: a grid of counts per party and month, with due process
/// @notice Invariants (tests/stateful/test_credit.py; docs/invariants.md):
/// H1. The grid equals the list of all reported outcomes, entries and corrections, recomputed from the start.
/// H2. An obligation has at most one entry, in at most one cell; a negative one was noticed and not cured in CURE_DAYS.
/// H3. Nothing is written about a party that has not consented to collecting.
contract CreditRegistry is ICreditRegistry, Sponsored {
    using Lists for uint256[];

    /// @dev One slot; a struct, so that reading and writing it computes its place once.
    struct Word {
        uint256 cells; // six months, as CreditGrid has them
    }

    string public constant VERSION = "1";
    uint256 public constant CURE_DAYS = 14; // after the day of the notice
    uint256 public constant REPORTER_DELAY = 2 days; // [s]
    uint256 private constant DEFAULTS = 3; // bit of Reporter.kinds
    uint256 private constant PROVIDERS = 4; // bit of Reporter.kinds
    uint256 private constant RETIRED = 1 << 64; // of a reporter's word
    uint256 private constant DEFAULT_KEY = 1 << 255; // of a key: the entry of a default

    IPartyRegistry private immutable PARTIES;
    int32 private immutable UTC_OFFSET; // [s]
    /// @notice Until then a reporter is effective at once. [unix]
    uint256 public immutable bootstrapUntil;

    /// @inheritdoc ICreditRegistry
    uint16 public reporterCount;
    mapping(address reporter => uint256 word) private _reporters; // retired 1 | effectiveAt 40 | kinds 8 | number 16, number lowest
    mapping(uint256 key => Word) private _grid; // half-year << 32 | party
    mapping(uint256 key => Word) private _providers; // the same
    mapping(uint256 key => Outcome) private _outcomes; // reporter << 192 | obligation; one slot each

    constructor(address authority, address forwarder, address parties, int32 utcOffset) Sponsored(authority, forwarder) {
        PARTIES = IPartyRegistry(parties);
        UTC_OFFSET = utcOffset;
        bootstrapUntil = block.timestamp + 1 days;
    }

    // ================================================================ in time

    /// @inheritdoc ICreditRegistry
    function countOnTime(IObligations.Kind kind, uint256[] calldata items) external {
        if (_reporting(uint256(kind)) == 0) return;
        uint256 lane = G.onTimeLane(uint256(kind));
        uint256 most = kind == IObligations.Kind.RENT ? 1 : G.FULL;
        uint256 length = items.length;
        if (length == 1) return _countOne(items.at(0), lane, most);
        uint256[] memory consents = ConsentBits.many(PARTIES, items);
        uint256 bits;
        unchecked {
            for (uint256 i; i < length; ++i) {
                bits = i % 256 == 0 ? consents[i / 256] : bits >> 1;
                if (bits & 1 == 0) continue;
                uint256 item = items.at(i);
                uint256 month = item >> 32;
                uint256 shift = G.shiftOf(month, lane);
                Word storage at = _grid[G.keyOf(uint32(item), month)];
                uint256 word = at.cells;
                if (G.count(word, shift) < most) at.cells = word + (1 << shift);
                else _notCounted(item, lane, most);
            }
        }
    }

    /// @dev The usual payment asks without lists. Sharing the rest with the loop would cost every lease of a settlement a jump there and back.
    function _countOne(uint256 item, uint256 lane, uint256 most) private {
        if (!ConsentBits.one(PARTIES, item)) return;
        uint256 month = item >> 32;
        uint256 shift = G.shiftOf(month, lane);
        Word storage at = _grid[G.keyOf(uint32(item), month)];
        uint256 word = at.cells;
        unchecked {
            if (G.count(word, shift) < most) at.cells = word + (1 << shift);
            else _notCounted(item, lane, most);
        }
    }

    function _notCounted(uint256 item, uint256 lane, uint256 most) private {
        emit OutcomeNotCounted(uint32(item), item >> 32, lane, most == 1 ? NotCounted.ONE_A_MONTH : NotCounted.SATURATED);
    }

    // ================================================================ late

    /// @inheritdoc ICreditRegistry
    function reportLate(IObligations.Kind kind, Discharge[] calldata outcomes) external {
        uint256 number = _reporting(uint256(kind));
        if (number == 0) return;
        uint256 length = outcomes.length;
        uint256[] memory parties = new uint256[](length);
        for (uint256 i; i < length; ++i) parties[i] = outcomes[i].party;
        uint256[] memory consents = PARTIES.consentsOf(parties);
        for (uint256 i; i < length; ++i) {
            if ((consents[i / 256] >> (i % 256)) & 1 == 1) _discharge(_key(number, outcomes[i].obligation), uint256(kind), outcomes[i]);
        }
    }

    /// @dev The last word on an obligation: its final bucket if it was noticed and not cured in time, else neutral.
    function _discharge(uint256 key, uint256 kind, Discharge calldata d) private {
        Outcome memory o = outcomeOf(key);
        if (o.closed) return;
        if (o.standing == Standing.NONE) {
            o = _opened(d.party, d.dueDay);
            o.standing = Standing.ENTERED;
        } else if (o.standing == Standing.NOTICED) {
            o.standing = Standing.ENTERED;
        }
        bool negative = !d.waived && o.noticeDay != 0 && d.day > o.noticeDay + CURE_DAYS;
        uint256 lane = negative ? G.lateLane(kind, d.day > o.dueDay ? d.day - o.dueDay : 0) : G.NEUTRAL;
        o.closed = true;
        if (o.standing == Standing.DISPUTED && !negative) o.standing = Standing.ENTERED; // nothing is left to review
        _place(key, o, lane);
    }

    function _opened(uint256 party, uint256 dueDay) private pure returns (Outcome memory o) {
        o.party = uint32(party);
        o.month = uint16(Calendar.monthOf(dueDay));
        o.dueDay = uint32(dueDay);
        o.lane = uint8(G.NOWHERE);
    }

    /// @inheritdoc ICreditRegistry
    function reportDefault(uint256 obligation, uint32 party, uint32 day) external {
        uint256 number = _reporting(DEFAULTS);
        if (number == 0 || !PARTIES.collectingConsent(party)) return;
        uint256 key = DEFAULT_KEY | _key(number, obligation);
        if (_outcomes[key].standing != Standing.NONE) return;
        Outcome memory o = _opened(party, day);
        (o.standing, o.closed) = (Standing.ENTERED, true);
        _place(key, o, G.DEFAULT);
    }

    /// @inheritdoc ICreditRegistry
    function reportOverdue(address reporter, uint256 obligation) external {
        uint256 word = _reporters[reporter];
        if (word == 0) revert CreditReporterUnknown(reporter);
        if (obligation >> 192 != 0) revert CreditObligationInvalid(obligation);
        (IObligations.Kind kind, uint32 party, uint32 dueDay, uint32 lastDay, uint256 open) = IObligations(reporter).overdueOf(obligation);
        if (!_isActive(word, uint256(kind))) revert CreditReporterNotActive(reporter);
        uint256 key = _key(uint16(word), obligation);
        uint256 day = today();
        if (open == 0 || day <= lastDay) revert CreditNotOverdue(key, open, lastDay, day);
        if (!PARTIES.collectingConsent(party)) revert CreditNoConsent(party);
        Outcome memory o = outcomeOf(key);
        if (o.standing == Standing.NONE) {
            o = _opened(party, dueDay);
            (o.standing, o.noticeDay) = (Standing.NOTICED, uint32(day));
            _outcomes[key] = o;
            emit DelinquencyNoticed(key, party, reporter, obligation, kind, dueDay, day + CURE_DAYS);
            return;
        }
        if (day <= o.noticeDay + CURE_DAYS) revert CreditCuring(key, o.noticeDay + CURE_DAYS, day);
        uint256 lane = G.lateLane(uint256(kind), day - o.dueDay);
        if (o.closed || o.standing == Standing.REMOVED || lane == o.lane) revert CreditNothingNew(key);
        if (o.standing == Standing.NOTICED) o.standing = Standing.ENTERED;
        _place(key, o, lane);
    }

    // ================================================================ one entry per obligation

    /// @dev Writes an entry whose outcome belongs into `lane` now: out of the cell where it was, into the new one unless it is disputed or removed.
    function _place(uint256 key, Outcome memory o, uint256 lane) private {
        uint256 from = o.counted ? o.lane : G.NOWHERE;
        bool inside = o.standing == Standing.ENTERED || o.standing == Standing.UPHELD;
        o.lane = uint8(lane);
        uint256 to = inside ? _shift(o.party, o.month, from, lane) : _shift(o.party, o.month, from, G.NOWHERE);
        o.counted = to != G.NOWHERE;
        _outcomes[key] = o;
        if (from == to) (from, to) = (G.NOWHERE, G.NOWHERE); // the cells are as they were
        emit OutcomeMoved(key, o.party, o.month, from, to, lane, o.standing, o.closed);
    }

    /// @dev Moves one count of a month; answers where it went: NOWHERE if the lane is full.
    function _shift(uint256 party, uint256 month, uint256 from, uint256 to) private returns (uint256) {
        if (from == to) return to;
        Word storage at = _grid[G.keyOf(party, month)];
        uint256 word = at.cells;
        if (from != G.NOWHERE) word -= 1 << G.shiftOf(month, from);
        if (to != G.NOWHERE) {
            if (G.count(word, G.shiftOf(month, to)) == G.FULL) {
                emit OutcomeNotCounted(party, month, to, NotCounted.SATURATED);
                to = G.NOWHERE;
            } else {
                word += 1 << G.shiftOf(month, to);
            }
        }
        at.cells = word;
        return to;
    }

    // ================================================================ providers

    /// @inheritdoc ICreditRegistry
    function reportProvider(uint32 party, uint256 month, uint8 lane) external {
        if (_reporting(PROVIDERS) == 0 || !PARTIES.collectingConsent(party) || lane > 3) return;
        uint256 shift = G.shiftOf(month, lane);
        Word storage at = _providers[G.keyOf(party, month)];
        if (G.count(at.cells, shift) == G.FULL) return;
        at.cells += 1 << shift;
        emit ProviderCounted(party, month, lane);
    }

    // ================================================================ for CreditReview

    /// @inheritdoc ICreditRegistry
    function suspendOutcome(uint256 key, uint32 lastDay) external restricted {
        Outcome memory o = _known(key);
        if (o.standing != Standing.ENTERED || !o.counted || !G.isNegative(o.lane)) {
            revert CreditNotDisputable(key, o.standing, o.lane, o.counted);
        }
        (o.standing, o.lastDay) = (Standing.DISPUTED, lastDay);
        _place(key, o, o.lane);
    }

    /// @inheritdoc ICreditRegistry
    function resolveOutcome(uint256 key, bool upheld) external restricted {
        Outcome memory o = _outcomes[key];
        if (o.standing != Standing.DISPUTED) revert CreditNotDisputed(key, o.standing);
        if (today() > o.lastDay) revert CreditReviewOver(key, o.lastDay, today());
        o.standing = upheld ? Standing.UPHELD : Standing.REMOVED;
        _place(key, o, o.lane);
    }

    /// @inheritdoc ICreditRegistry
    function correctOutcome(uint256 key, uint8 to) external restricted {
        Outcome memory o = _known(key);
        if (to >= G.LANES || to == o.lane) revert CreditCorrectionInvalid(o.lane, to);
        uint256 word = _grid[G.keyOf(o.party, o.month)].cells;
        if (!o.counted || G.count(word, G.shiftOf(o.month, o.lane)) == 0) revert CreditCellEmpty(o.party, o.month, o.lane);
        _checkRoom(word, o.party, o.month, to);
        o.closed = true;
        _place(key, o, to);
    }

    /// @inheritdoc ICreditRegistry
    function correctCount(bool provider, uint32 party, uint256 month, uint8 from, uint8 to) external restricted {
        bool known = provider ? G.isProviderLane(from) && G.isProviderLane(to) : G.isOnTime(from) && (G.isOnTime(to) || to == G.NEUTRAL);
        if (!known || from == to) revert CreditCorrectionInvalid(from, to);
        Word storage at = provider ? _providers[G.keyOf(party, month)] : _grid[G.keyOf(party, month)];
        uint256 word = at.cells;
        if (G.count(word, G.shiftOf(month, from)) == 0) revert CreditCellEmpty(party, month, from);
        if (provider) {
            if (G.count(word, G.shiftOf(month, to)) == G.FULL) revert CreditCellFull(party, month, to);
        } else {
            _checkRoom(word, party, month, to);
        }
        at.cells = word - (1 << G.shiftOf(month, from)) + (1 << G.shiftOf(month, to));
        emit CountCorrected(provider, party, month, from, to);
    }

    /// @dev A correction is exact or refused.
    function _checkRoom(uint256 word, uint256 party, uint256 month, uint256 to) private pure {
        if (G.count(word, G.shiftOf(month, to)) >= (to == G.RENT_ON_TIME ? 1 : G.FULL)) revert CreditCellFull(party, month, to);
    }

    // ================================================================ reporters

    /// @inheritdoc ICreditRegistry
    function registerReporter(address reporter, uint8 kinds) external restricted {
        if (_reporters[reporter] != 0) revert CreditReporterKnown(reporter);
        if (reporter.code.length == 0) revert CreditReporterWithoutCode(reporter);
        if (kinds == 0 || kinds >= 1 << (PROVIDERS + 1)) revert CreditReporterKindsInvalid(kinds);
        uint256 effectiveAt = block.timestamp < bootstrapUntil ? block.timestamp : block.timestamp + REPORTER_DELAY;
        uint16 number = ++reporterCount;
        _reporters[reporter] = (effectiveAt << 24) | (uint256(kinds) << 16) | number;
        emit ReporterRegistered(reporter, number, kinds, effectiveAt);
    }

    /// @inheritdoc ICreditRegistry
    function retireReporter(address reporter) external restricted {
        uint256 word = _reporters[reporter];
        if (word == 0) revert CreditReporterUnknown(reporter);
        _reporters[reporter] = word | RETIRED;
        emit ReporterRetired(reporter, uint16(word));
    }

    /// @dev The caller's number; 0 if its report is to have no effect.
    function _reporting(uint256 bit) private view returns (uint256) {
        uint256 word = _reporters[msg.sender];
        if (word == 0) revert CreditNotReporter(msg.sender);
        return _isActive(word, bit) ? uint16(word) : 0;
    }

    function _isActive(uint256 word, uint256 bit) private view returns (bool) {
        return word & RETIRED == 0 && block.timestamp >= uint40(word >> 24) && (word >> (16 + bit)) & 1 == 1;
    }

    // ================================================================ look

    /// @inheritdoc ICreditRegistry
    function reporterOf(address reporter) external view returns (Reporter memory) {
        uint256 word = _reporters[reporter];
        return Reporter(uint16(word), uint8(word >> 16), uint40(word >> 24), word & RETIRED != 0);
    }

    /// @inheritdoc ICreditRegistry
    function keyOf(address reporter, uint256 obligation, bool isDefault) external view returns (uint256 key) {
        uint256 number = uint16(_reporters[reporter]);
        if (number == 0) return 0;
        return _key(number, obligation) | (isDefault ? DEFAULT_KEY : 0);
    }

    function _key(uint256 number, uint256 obligation) private pure returns (uint256) {
        return (number << 192) | uint192(obligation);
    }

    /// @inheritdoc ICreditRegistry
    function outcomeOf(uint256 key) public view returns (Outcome memory o) {
        o = _outcomes[key];
        if (o.standing == Standing.DISPUTED && today() > o.lastDay) o.standing = Standing.REMOVED; // silence
    }

    function _known(uint256 key) private view returns (Outcome memory o) {
        o = outcomeOf(key);
        if (o.standing == Standing.NONE) revert CreditOutcomeUnknown(key);
    }

    /// @inheritdoc ICreditRegistry
    function countOf(uint32 party, uint256 month, uint8 lane) external view returns (uint256) {
        return G.count(_grid[G.keyOf(party, month)].cells, G.shiftOf(month, lane));
    }

    /// @inheritdoc ICreditRegistry
    function providerCountOf(uint32 party, uint256 month, uint8 lane) external view returns (uint256) {
        return G.count(_providers[G.keyOf(party, month)].cells, G.shiftOf(month, lane));
    }

    /// @inheritdoc ICreditRegistry
    function historyOf(uint32 party, uint256 half, uint256 count) external view returns (uint256[] memory) {
        return _history(_grid, party, half, count);
    }

    /// @inheritdoc ICreditRegistry
    function providerHistoryOf(uint32 party, uint256 half, uint256 count) external view returns (uint256[] memory) {
        return _history(_providers, party, half, count);
    }

    function _history(mapping(uint256 => Word) storage grid, uint256 party, uint256 half, uint256 count)
        private
        view
        returns (uint256[] memory words)
    {
        words = new uint256[](count);
        for (uint256 i; i < count; ++i) words[i] = grid[((half + i) << 32) | party].cells;
    }

    /// @inheritdoc ICreditRegistry
    function today() public view returns (uint256) {
        return Calendar.dayOf(block.timestamp, UTC_OFFSET);
    }
}
