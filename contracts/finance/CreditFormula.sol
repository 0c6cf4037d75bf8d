// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditConsent} from "../../interfaces/ICreditConsent.sol";
import {ICreditFormula} from "../../interfaces/ICreditFormula.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {ScoreMath} from "../lib/ScoreMath.sol";

/// @title What a history is worth: score, reasons, limit, and the one book of exposures
/// @notice Invariants (tests/contracts/CreditFormula):
/// 1. A version once in force never changes. (test_approveFormula.py)
/// 2. The contributions of `explain` add up to the evidence of the score. (test_explain.py)
/// 3. Exposure of a party = Σ of its lenders', and grows only within the limit. (test_exposure.py)
contract CreditFormula is ICreditFormula, Sponsored {
    struct Proposal {
        address officer;
        uint48 validUntil; // [unix]
    }

    string public constant VERSION = "1";
    uint256 public constant FORMULA_DELAY = 14 days; // from approval to effect [s]
    uint48 public constant PROPOSAL_VALIDITY = 30 days; // [s]
    uint256 public constant LENDER_DELAY = 2 days; // [s]

    IPartyRegistry private immutable PARTIES;
    ICreditRegistry private immutable CREDIT;
    ICreditConsent private immutable CONSENT;
    /// @notice Until then a lender is effective at once. [unix]
    uint256 public immutable bootstrapUntil;

    uint256 private _latest; // version, in force or scheduled
    mapping(uint256 version => Parameters) private _parameters;
    /// @inheritdoc ICreditFormula
    mapping(uint256 version => uint256 time) public effectiveAt;
    mapping(bytes32 id => Proposal) private _proposals;
    mapping(address lender => Lender) private _lenders;
    /// @inheritdoc ICreditFormula
    mapping(uint32 party => uint256 amount) public exposureOf;
    /// @inheritdoc ICreditFormula
    mapping(uint32 party => mapping(address lender => uint256 amount)) public exposureTo;

    constructor(address authority, address forwarder, address parties, address credit, address consent)
        Sponsored(authority, forwarder)
    {
        PARTIES = IPartyRegistry(parties);
        CREDIT = ICreditRegistry(credit);
        CONSENT = ICreditConsent(consent);
        bootstrapUntil = block.timestamp + 1 days;
        Parameters memory p = ScoreMath.first();
        ScoreMath.check(p);
        _schedule(p, hashParameters(p), block.timestamp);
    }

    // ================================================================ the formula

    /// @inheritdoc ICreditFormula
    function proposeFormula(Parameters calldata parameters) external restricted returns (bytes32 id) {
        ScoreMath.check(parameters);
        id = hashParameters(parameters);
        if (_proposals[id].validUntil >= block.timestamp) revert FormulaProposalKnown(id);
        uint48 validUntil = uint48(block.timestamp) + PROPOSAL_VALIDITY;
        _proposals[id] = Proposal(_msgSender(), validUntil);
        emit FormulaProposed(id, _msgSender(), parameters, validUntil);
    }

    /// @inheritdoc ICreditFormula
    function approveFormula(Parameters calldata parameters) external restricted returns (uint256 version) {
        bytes32 id = hashParameters(parameters);
        Proposal memory p = _proposals[id];
        if (p.validUntil == 0) revert FormulaProposalUnknown(id);
        if (block.timestamp > p.validUntil) revert FormulaProposalExpired(id, p.validUntil, block.timestamp);
        // the AccessManager's `execute` could lend one officer a second face
        if (_msgSender() == p.officer || _msgSender() == authority()) revert FormulaCheckerIsMaker(_msgSender());
        if (effectiveAt[_latest] > block.timestamp) revert FormulaScheduled(_latest, effectiveAt[_latest]);
        delete _proposals[id];
        version = _schedule(parameters, id, block.timestamp + FORMULA_DELAY);
    }

    function _schedule(Parameters memory parameters, bytes32 id, uint256 time) private returns (uint256 version) {
        version = ++_latest;
        _parameters[version] = parameters;
        effectiveAt[version] = time;
        emit FormulaApproved(version, id, _msgSender(), parameters, time);
    }

    /// @inheritdoc ICreditFormula
    function withdrawFormula() external restricted {
        uint256 version = _latest;
        if (effectiveAt[version] <= block.timestamp) revert FormulaNotScheduled();
        delete _parameters[version];
        delete effectiveAt[version];
        _latest = version - 1;
        emit FormulaWithdrawn(version);
    }

    // ================================================================ lenders

    /// @inheritdoc ICreditFormula
    function registerLender(address lender, uint32 party) external restricted {
        if (_lenders[lender].party != 0) revert LenderKnown(lender);
        if (lender.code.length == 0) revert LenderWithoutCode(lender);
        if (PARTIES.kindOf(party) == IPartyRegistry.Kind.NONE) revert LenderPartyUnknown(party);
        uint256 time = block.timestamp < bootstrapUntil ? block.timestamp : block.timestamp + LENDER_DELAY;
        _lenders[lender] = Lender(party, uint40(time), false);
        emit LenderRegistered(lender, party, time);
    }

    /// @inheritdoc ICreditFormula
    function retireLender(address lender) external restricted {
        Lender storage l = _lenders[lender];
        if (l.party == 0) revert LenderUnknown(lender);
        l.retired = true;
        emit LenderRetired(lender, l.party);
    }

    /// @inheritdoc ICreditFormula
    function takeExposure(uint32 party, uint256 amount, bytes32 decisionHash) external {
        Lender memory l = _lenders[msg.sender];
        if (l.party == 0) revert LenderUnknown(msg.sender);
        if (l.retired || block.timestamp < l.effectiveAt) revert LenderNotActive(msg.sender);
        if (amount == 0) revert ExposureZero();
        uint256 limit = limitOf(party).limit;
        if (amount > limit) revert ExposureAboveLimit(party, amount, limit);
        uint256 exposure = exposureOf[party] += amount;
        exposureTo[party][msg.sender] += amount;
        emit ExposureTaken(party, msg.sender, amount, exposure, decisionHash);
        CONSENT.recordLending(party, l.party, decisionHash);
    }

    /// @inheritdoc ICreditFormula
    function releaseExposure(uint32 party, uint256 amount) external {
        if (_lenders[msg.sender].party == 0) revert LenderUnknown(msg.sender);
        uint256 out = exposureTo[party][msg.sender];
        if (amount > out) revert ExposureTooSmall(party, msg.sender, amount, out);
        exposureTo[party][msg.sender] = out - amount;
        uint256 exposure = exposureOf[party] -= amount;
        emit ExposureReleased(party, msg.sender, amount, exposure);
    }

    // ================================================================ look

    /// @inheritdoc ICreditFormula
    function scoreOf(uint32 party) public view returns (Score memory s) {
        (s,) = _evaluate(party, formulaVersion(), _month(), false);
    }

    /// @inheritdoc ICreditFormula
    function explain(uint32 party) external view returns (Score memory, Contribution[] memory) {
        return _evaluate(party, formulaVersion(), _month(), true);
    }

    /// @inheritdoc ICreditFormula
    function explainAt(uint32 party, uint256 version, uint256 month) external view returns (Score memory, Contribution[] memory) {
        if (effectiveAt[version] == 0) revert FormulaVersionUnknown(version);
        uint256 now_ = _month();
        if (month > now_) revert FormulaOutOfBounds("month", month, 0, now_);
        return _evaluate(party, version, month, true);
    }

    /// @dev One computation for score and reasons: the score is what the reasons add up to.
    function _evaluate(uint32 party, uint256 version, uint256 month, bool reasons)
        private
        view
        returns (Score memory s, Contribution[] memory rows)
    {
        Parameters memory p = _parameters[version];
        (uint256 half, uint256 count) = ScoreMath.span(month);
        if (reasons) rows = new Contribution[](360);
        (ScoreMath.Totals memory t, uint256 used) = ScoreMath.evaluate(p, CREDIT.historyOf(party, half, count), half, month, rows);
        if (reasons) {
            assembly ("memory-safe") {
                mstore(rows, used) // shorter than it was made
            }
        }
        s.score = uint16(ScoreMath.score(p, t.good, t.bad));
        s.sufficient = t.records >= p.minRecords && t.months >= p.minMonths;
        s.band = ScoreMath.band(p, s.score, s.sufficient);
        (s.records, s.months, s.verified) = (uint16(t.records), uint8(t.months), uint8(t.verified));
        (s.good, s.bad) = (uint64(t.good), uint64(t.bad));
        (s.version, s.month) = (uint32(version), uint16(month));
    }

    function _month() private view returns (uint256) {
        return Calendar.monthOf(CREDIT.today());
    }

    /// @inheritdoc ICreditFormula
    function limitOf(uint32 party) public view returns (Limit memory l) {
        Score memory s = scoreOf(party);
        (l.band, l.verified, l.exposure) = (s.band, s.verified, exposureOf[party]);
        if (PARTIES.isSuspended(party)) return l;
        l.total = ScoreMath.limit(_parameters[s.version], s.band, s.verified);
        if (l.total > l.exposure) l.limit = l.total - l.exposure;
    }

    /// @inheritdoc ICreditFormula
    function parametersOf(uint256 version) external view returns (Parameters memory) {
        if (effectiveAt[version] == 0) revert FormulaVersionUnknown(version);
        return _parameters[version];
    }

    /// @inheritdoc ICreditFormula
    function hashParameters(Parameters memory parameters) public pure returns (bytes32 id) {
        return keccak256(abi.encode(parameters));
    }

    /// @inheritdoc ICreditFormula
    function formulaVersion() public view returns (uint256) {
        return effectiveAt[_latest] <= block.timestamp ? _latest : _latest - 1;
    }

    /// @inheritdoc ICreditFormula
    function lenderOf(address lender) external view returns (Lender memory) {
        return _lenders[lender];
    }
}
