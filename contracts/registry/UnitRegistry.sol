// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC4907} from "../../interfaces/IERC4907.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {OwnersRoll} from "../lib/OwnersRoll.sol";
import {UnitQueue} from "../lib/UnitQueue.sol";

/// @title Units: owner and user by party; the user follows the lease contracts alone
/// @notice Invariants (tests/contracts/UnitRegistry):
/// 1. No day of a unit belongs to two leases on record. (test_occupy.py, test_changeOccupancy.py)
/// 2. The owner of a leased unit changes only through its lease. (test_setOwner.py)
/// 3. Σ holdings of all parties = the roll, at every past moment. (test_roll.py)
contract UnitRegistry is IUnitRegistry, Sponsored {
    using OwnersRoll for OwnersRoll.Roll;
    using UnitQueue for Occupancy;
    using UnitQueue for uint120;

    /// @dev One slot: an occupation reads and writes this word alone.
    struct Unit {
        uint32 owner; // party
        uint120 use; // the lease that runs or comes first, packed by UnitQueue
        Kind kind;
        uint24 building;
        uint40 area; // [0.01 m²]
        uint24 share; // [ppm]
        bool followed; // another lease waits in _following
    }

    struct LeaseContract {
        uint8 number;
        uint40 effectiveAt; // [unix]
    }

    string public constant VERSION = "1";
    string public constant name = "Commonhold Units";
    string public constant symbol = "UNIT";
    uint40 public constant LEASE_CONTRACT_DELAY = 2 days; // [s]
    uint256 public constant MAX_URI = 200; // [bytes]
    uint24 public constant WHOLE = 1_000_000; // [ppm]

    IPartyRegistry public immutable parties;
    int32 public immutable utcOffset; // [seconds east of UTC]
    /// @notice Until then lease contracts are registered at once. [unix]
    uint40 public immutable bootstrapUntil;

    uint32 public unitCount;
    uint8 public leaseContractCount;
    string public baseURI;
    mapping(uint256 unit => Unit) private _units;
    mapping(uint256 unit => uint120 use) private _following;
    mapping(uint256 unit => address wallet) private _announced; // owner's wallet in the last Transfer event
    mapping(address leaseContract => LeaseContract) public leaseContractOf;
    OwnersRoll.Roll private _roll;

    constructor(address authority, address forwarder, address parties_, int32 utcOffset_) Sponsored(authority, forwarder) {
        parties = IPartyRegistry(parties_);
        utcOffset = utcOffset_;
        bootstrapUntil = uint40(block.timestamp) + 1 days;
    }

    // ------------------------------------------------------------------------------------------ register

    /// @inheritdoc IUnitRegistry
    function register(uint32 owner, uint24 building, Kind kind, uint40 area, uint24 share) external restricted returns (uint32 unit) {
        if (kind == Kind.NONE) revert UnitKindMissing();
        if (building == 0) revert UnitValueInvalid("building", 0, type(uint24).max);
        _checkSize(area, share);
        _checkParty(owner);
        unit = ++unitCount;
        Unit storage record = _units[unit];
        record.kind = kind;
        record.building = building;
        record.area = area;
        record.share = share;
        emit UnitRegistered(unit, owner, building, kind, area, share);
        _setOwner(unit, owner);
    }

    function _checkSize(uint40 area, uint24 share) private pure {
        if (area == 0) revert UnitValueInvalid("area", 0, type(uint40).max);
        if (share > WHOLE) revert UnitValueInvalid("share", share, WHOLE);
    }

    function _checkParty(uint32 party) private view {
        if (parties.kindOf(party) == IPartyRegistry.Kind.NONE) revert UnitPartyUnknown(party);
    }

    /// @dev Every change of owner passes here: record, roll and events.
    function _setOwner(uint32 unit, uint32 newOwner) private {
        Unit storage record = _units[unit];
        uint32 oldOwner = record.owner;
        record.owner = newOwner;
        _roll.move(oldOwner, newOwner, record.area);
        emit UnitOwnerChanged(unit, oldOwner, newOwner);
        _announceOwner(unit, newOwner);
    }

    // ------------------------------------------------------------------------------------------ for lease contracts

    /// @inheritdoc IUnitRegistry
    function occupy(uint32 unit, uint32 lease, uint32 landlord, uint32 user, uint32 fromDay, uint32 untilDay) external {
        uint8 number = _callerNumber();
        Unit memory record = _units[unit];
        if (record.owner != landlord || landlord == 0) revert UnitNotOwner(unit, record.owner, landlord);
        if (fromDay >= untilDay || untilDay > type(uint24).max) revert UnitDaysInvalid(fromDay, untilDay);
        Occupancy memory first =
            Occupancy({lease: lease, user: user, fromDay: uint24(fromDay), untilDay: uint24(untilDay), leaseContract: number});
        Occupancy memory second;
        if (record.use != 0) (first, second) = UnitQueue.place(unit, record.use.unpack(), _followingOf(unit, record), first, today());
        _store(unit, record, first, second);
        emit UnitOccupied(unit, lease, user, fromDay, untilDay, msg.sender);
        _announceUser(unit, first, second);
    }

    /// @inheritdoc IUnitRegistry
    function changeOccupancy(uint32 unit, uint32 lease, uint32 user, uint32 untilDay) external {
        if (untilDay > type(uint24).max) revert UnitDaysInvalid(0, untilDay);
        Occupancy memory wanted =
            Occupancy({lease: lease, user: user, fromDay: 0, untilDay: uint24(untilDay), leaseContract: _callerNumber()});
        Unit memory record = _units[unit];
        (Occupancy memory first, Occupancy memory second, bool known) =
            UnitQueue.change(unit, record.use.unpack(), _followingOf(unit, record), wanted);
        if (!known) {
            if (untilDay <= today()) return; // over, and its place is already taken
            revert UnitLeaseUnknown(unit, lease);
        }
        _store(unit, record, first, second);
        emit UnitOccupancyChanged(unit, lease, user, untilDay, msg.sender);
        _announceUser(unit, first, second);
    }

    /// @inheritdoc IUnitRegistry
    function transferByLease(uint32 unit, uint32 lease, uint32 newOwner) external {
        Occupancy memory wanted = Occupancy({lease: lease, user: 0, fromDay: 0, untilDay: 0, leaseContract: _callerNumber()});
        Unit memory record = _units[unit];
        if (!record.use.unpack().isOf(wanted) && !_followingOf(unit, record).isOf(wanted)) revert UnitLeaseUnknown(unit, lease);
        _checkParty(newOwner);
        if (newOwner != record.owner) _setOwner(unit, newOwner);
    }

    function _callerNumber() private view returns (uint8) {
        LeaseContract memory caller = leaseContractOf[msg.sender];
        if (caller.number == 0 || block.timestamp < caller.effectiveAt) revert UnitCallerNotLeaseContract(msg.sender);
        return caller.number;
    }

    function _usesOf(uint256 unit) private view returns (Occupancy memory current, Occupancy memory following) {
        Unit memory record = _units[unit];
        return (record.use.unpack(), _followingOf(unit, record));
    }

    function _followingOf(uint256 unit, Unit memory record) private view returns (Occupancy memory following) {
        if (record.followed) following = _following[unit].unpack();
    }

    /// @dev One read and one write of the unit's slot; the second slot only for a lease that follows.
    function _store(uint256 unit, Unit memory record, Occupancy memory first, Occupancy memory second) private {
        bool followed = second.lease != 0;
        if (followed || record.followed) _following[unit] = second.pack();
        if (followed != record.followed) _units[unit].followed = followed;
        _units[unit].use = first.pack();
    }

    // ------------------------------------------------------------------------------------------ for UnitTransfers

    /// @inheritdoc IUnitRegistry
    function setOwner(uint32 unit, uint32 newOwner) external restricted {
        _known(unit);
        _checkParty(newOwner);
        (uint32 lease, uint256 untilDay) = leasedUntil(unit);
        if (lease != 0) revert UnitLeased(unit, lease, untilDay);
        _setOwner(unit, newOwner);
    }

    /// @inheritdoc IUnitRegistry
    function correct(uint32 unit, uint40 area, uint24 share) external restricted {
        Unit storage record = _known(unit);
        _checkSize(area, share);
        _roll.resize(record.owner, record.area, area);
        (record.area, record.share) = (area, share);
        emit UnitCorrected(unit, area, share);
    }

    function _known(uint32 unit) private view returns (Unit storage record) {
        record = _units[unit];
        if (record.owner == 0) revert UnitUnknown(unit);
    }

    // ------------------------------------------------------------------------------------------ announce

    /// @inheritdoc IUnitRegistry
    function announce(uint32[] calldata units) external {
        for (uint256 i; i < units.length; ++i) {
            _announceOwner(units[i], _known(units[i]).owner);
            (Occupancy memory first, Occupancy memory second) = _usesOf(units[i]);
            _announceUser(units[i], first, second);
        }
    }

    function _announceOwner(uint32 unit, uint32 owner) private {
        address before = _announced[unit];
        address wallet = parties.walletOf(owner);
        if (before == wallet) return;
        _announced[unit] = wallet;
        emit Transfer(before, wallet, unit);
    }

    function _announceUser(uint32 unit, Occupancy memory first, Occupancy memory second) private {
        (uint32 user, uint256 untilDay) = _userOn(today(), first, second);
        emit UpdateUser(unit, parties.walletOf(user), uint64(_endOf(untilDay)));
    }

    // ------------------------------------------------------------------------------------------ set up

    /// @inheritdoc IUnitRegistry
    function registerLeaseContract(address leaseContract) external restricted {
        if (leaseContract.code.length == 0 || leaseContractOf[leaseContract].number != 0 || leaseContractCount == type(uint8).max) {
            revert UnitLeaseContractInvalid(leaseContract);
        }
        uint40 effectiveAt = uint40(block.timestamp) + (block.timestamp < bootstrapUntil ? 0 : LEASE_CONTRACT_DELAY);
        leaseContractOf[leaseContract] = LeaseContract({number: ++leaseContractCount, effectiveAt: effectiveAt});
        emit LeaseContractRegistered(leaseContract, leaseContractCount, effectiveAt);
    }

    /// @inheritdoc IUnitRegistry
    function setBaseURI(string calldata uri) external restricted {
        if (bytes(uri).length > MAX_URI) revert UnitValueInvalid("uri", bytes(uri).length, MAX_URI);
        baseURI = uri;
        emit BaseURISet(uri);
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IUnitRegistry
    function ownerPartyOf(uint32 unit) external view returns (uint32) {
        return _units[unit].owner;
    }

    /// @inheritdoc IUnitRegistry
    function userPartyOf(uint32 unit) external view returns (uint32 party) {
        (party,) = _useToday(unit);
    }

    function _useToday(uint256 unit) private view returns (uint32 user, uint256 untilDay) {
        (Occupancy memory first, Occupancy memory second) = _usesOf(unit);
        return _userOn(today(), first, second);
    }

    function _userOn(uint256 day, Occupancy memory first, Occupancy memory second) private pure returns (uint32 user, uint256 untilDay) {
        if (first.covers(day)) return (first.user, first.untilDay);
        if (second.covers(day)) return (second.user, second.untilDay);
    }

    /// @inheritdoc IUnitRegistry
    function detailsOf(uint32 unit) external view returns (Kind kind, uint24 building, uint40 area, uint24 share) {
        Unit storage record = _units[unit];
        return (record.kind, record.building, record.area, record.share);
    }

    /// @inheritdoc IUnitRegistry
    function occupancyOf(uint32 unit) external view returns (Occupancy memory current, Occupancy memory following) {
        return _usesOf(unit);
    }

    /// @inheritdoc IUnitRegistry
    function holdingAt(uint32 party, uint48 time) external view returns (uint256 units, uint256 area) {
        return _roll.holdingAt(party, time);
    }

    /// @inheritdoc IUnitRegistry
    function rollAt(uint48 time) external view returns (uint256 units, uint256 area, uint256 owners) {
        return _roll.totalsAt(time);
    }

    /// @inheritdoc IUnitRegistry
    function leasedUntil(uint32 unit) public view returns (uint32 lease, uint256 untilDay) {
        (Occupancy memory current, Occupancy memory following) = _usesOf(unit);
        if (following.lease != 0 && following.untilDay > today()) return (following.lease, following.untilDay);
        if (current.lease != 0 && current.untilDay > today()) return (current.lease, current.untilDay);
    }

    /// @inheritdoc IUnitRegistry
    function today() public view returns (uint32) {
        return uint32(Calendar.dayOf(block.timestamp, utcOffset));
    }

    // ------------------------------------------------------------------------------------------ ERC-721 and ERC-4907

    /// @inheritdoc IERC721
    function ownerOf(uint256 tokenId) public view returns (address wallet) {
        uint32 owner = _units[tokenId].owner;
        if (owner == 0) revert UnitUnknown(tokenId);
        wallet = parties.walletOf(owner);
        if (wallet == address(0)) revert UnitOwnerHasNoWallet(tokenId, owner);
    }

    /// @notice Units of the party whose current wallet this is; 0 for any other wallet. Reverts for the zero address, as ERC-721 asks.
    function balanceOf(address wallet) external view returns (uint256) {
        if (wallet == address(0)) revert UnitPartyUnknown(0);
        uint32 party = parties.partyOf(wallet);
        return party != 0 && parties.walletOf(party) == wallet ? _roll.unitsOf(party) : 0;
    }

    /// @inheritdoc IERC4907
    function userOf(uint256 tokenId) public view returns (address) {
        (uint32 user,) = _useToday(tokenId);
        return parties.walletOf(user);
    }

    /// @inheritdoc IERC4907
    function userExpires(uint256 tokenId) public view returns (uint256) {
        (, uint256 untilDay) = _useToday(tokenId);
        return _endOf(untilDay);
    }

    /// @dev The moment at which a day begins in the community's calendar; 0 for no day. [day] → [unix]
    function _endOf(uint256 untilDay) private view returns (uint256) {
        return untilDay == 0 ? 0 : uint256(int256(untilDay * 86400) - utcOffset);
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 tokenId) external view returns (string memory) {
        if (_units[tokenId].owner == 0) revert UnitUnknown(tokenId);
        return bytes(baseURI).length == 0 ? "" : string.concat(baseURI, Strings.toString(tokenId));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC721).interfaceId
            || interfaceId == type(IERC721Metadata).interfaceId || interfaceId == type(IERC4907).interfaceId;
    }

    // Nobody is approved and nothing moves by an ERC-721 call: units move through UnitTransfers or by the sale inside their lease.
    function getApproved(uint256) external pure returns (address) {}

    function isApprovedForAll(address, address) external pure returns (bool) {}

    function approve(address, uint256 tokenId) external pure {
        revert UnitMovesByTransferOnly(tokenId);
    }

    function setApprovalForAll(address, bool) external pure {
        revert UnitMovesByTransferOnly(0);
    }

    function transferFrom(address, address, uint256 tokenId) external pure {
        revert UnitMovesByTransferOnly(tokenId);
    }

    function safeTransferFrom(address, address, uint256 tokenId) external pure {
        revert UnitMovesByTransferOnly(tokenId);
    }

    function safeTransferFrom(address, address, uint256 tokenId, bytes calldata) external pure {
        revert UnitMovesByTransferOnly(tokenId);
    }

    function setUser(uint256 tokenId, address, uint64) external pure {
        revert UnitUserFollowsLease(tokenId);
    }
}
