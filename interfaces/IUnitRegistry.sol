// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC4907} from "./IERC4907.sol";

/// @title Units: owner and user by party; the user follows the lease contracts alone
/// @notice An ERC-721 and ERC-4907 view: `ownerOf` and `userOf` answer the current wallets of the parties on record. A unit moves through UnitTransfers or
/// by the sale inside its lease; never by an ERC-721 call. A landlord cannot evict by a token call.
/// Days are civil day numbers in the community's calendar [day], areas are in 0.01 m², shares in parts per million of the community [ppm].
interface IUnitRegistry is IERC721Metadata, IERC4907 {
    enum Kind {
        NONE, // no such unit
        HOME,
        PARKING,
        SHOP
    }

    /// @notice A lease's use of a unit. All zero = none.
    /// @param lease id within its lease contract
    /// @param user party
    /// @param fromDay first day [day]
    /// @param untilDay first day after it [day]
    /// @param leaseContract number of the registered lease contract
    struct Occupancy {
        uint32 lease;
        uint32 user;
        uint24 fromDay;
        uint24 untilDay;
        uint8 leaseContract;
    }

    /// @notice A unit got the next id. [0.01 m², ppm]
    event UnitRegistered(uint256 indexed unit, uint256 indexed owner, uint256 indexed building, Kind kind, uint256 area, uint256 share);
    /// @notice The unit belongs to another party.
    event UnitOwnerChanged(uint256 indexed unit, uint256 indexed fromParty, uint256 indexed toParty);
    /// @notice A lease has the unit on these days, and who uses it. [day]
    event UnitOccupied(uint256 indexed unit, uint256 indexed lease, uint256 indexed user, uint256 fromDay, uint256 untilDay, address leaseContract);
    /// @notice `untilDay` on or before the first day: the use is over before it began.
    event UnitOccupancyChanged(uint256 indexed unit, uint256 indexed lease, uint256 indexed user, uint256 untilDay, address leaseContract);
    /// @notice The unit's area or share was corrected. [0.01 m², ppm]
    event UnitCorrected(uint256 indexed unit, uint256 area, uint256 share);
    /// @notice A lease contract can occupy units from `effectiveAt` on. [unix]
    event LeaseContractRegistered(address indexed leaseContract, uint256 number, uint256 effectiveAt);
    /// @notice Where the documents of all units are found.
    event BaseURISet(string uri);

    /// @notice No unit has this id.
    error UnitUnknown(uint256 unit);
    /// @notice A unit has a kind.
    error UnitKindMissing();
    /// @notice A number outside its bounds: which one by name, what was given, the most that fits.
    error UnitValueInvalid(bytes32 field, uint256 value, uint256 most);
    /// @notice No party has this id.
    error UnitPartyUnknown(uint256 party);
    /// @notice The unit belongs to another party.
    error UnitNotOwner(uint256 unit, uint256 owner, uint256 party);
    /// @notice The owner has no wallet, so the ERC-721 answer has no address.
    error UnitOwnerHasNoWallet(uint256 unit, uint256 owner);
    /// @notice Approvals and transferFrom do not exist here. The owner calls `transfer(unit, toParty)` of UnitTransfers and the buyer `acceptTransfer`;
    /// a leased unit moves by the sale inside its lease.
    error UnitMovesByTransferOnly(uint256 unit);
    /// @notice The user of a unit follows its lease; nobody sets it.
    error UnitUserFollowsLease(uint256 unit);
    /// @notice The unit is leased until `untilDay`: it changes hands through its lease. [day]
    error UnitLeased(uint256 unit, uint256 lease, uint256 untilDay);
    /// @notice Another lease has the unit on some of these days.
    error UnitTaken(uint256 unit, uint256 lease, uint256 fromDay, uint256 untilDay);
    /// @notice One lease may run and one may follow; a third must wait.
    error UnitQueueFull(uint256 unit, uint256 lease, uint256 following);
    /// @notice The last day lies before the first. [day]
    error UnitDaysInvalid(uint256 fromDay, uint256 untilDay);
    /// @notice The unit knows no such lease.
    error UnitLeaseUnknown(uint256 unit, uint256 lease);
    /// @notice Only a registered lease contract can do this.
    error UnitCallerNotLeaseContract(address caller);
    /// @notice This is no contract that could be registered, or it is registered already.
    error UnitLeaseContractInvalid(address leaseContract);

    // ---- register

    /// @notice Enters a unit into the roll.
    /// @param owner party
    /// @param building number of the building, from 1; names stay off chain
    /// @param area built-up area [0.01 m²]
    /// @param share of the common parts [ppm]
    /// @return unit the new id, from 1
    /// @custom:role MANAGER
    function register(uint32 owner, uint24 building, Kind kind, uint40 area, uint24 share) external returns (uint32 unit);

    // ---- for lease contracts

    /// @notice For registered lease contracts: a lease gives the unit to a user from a day (inclusive) to a day (exclusive).
    /// @dev Reverts if `landlord` does not own the unit, or if another lease has it on any of these days. One lease may run and one may follow.
    function occupy(uint32 unit, uint32 lease, uint32 landlord, uint32 user, uint32 fromDay, uint32 untilDay) external;
    /// @notice For the lease contract of `lease`: another user or last day; reverts if the following lease is in the way.
    /// @dev A lease that has made room for the next one after its end is no longer on record: a last day up to today changes nothing then.
    function changeOccupancy(uint32 unit, uint32 lease, uint32 user, uint32 untilDay) external;
    /// @notice For the lease contract of `lease`: the landlord sold; the lease goes on.
    function transferByLease(uint32 unit, uint32 lease, uint32 newOwner) external;

    // ---- for UnitTransfers

    /// @notice A unit changes hands. Refused while it is leased.
    /// @custom:role TRANSFERS
    function setOwner(uint32 unit, uint32 newOwner) external;

    /// @notice The roll had it wrong.
    /// @param area [0.01 m²]
    /// @param share [ppm]
    /// @custom:role TRANSFERS
    function correct(uint32 unit, uint40 area, uint24 share) external;

    // ---- announce

    /// @notice Open to all: emits Transfer and UpdateUser where a recovery or a switch of wallets changed what `ownerOf` and `userOf` answer.
    function announce(uint32[] calldata units) external;

    // ---- set up

    /// @notice On the day of deployment effective at once, later after LEASE_CONTRACT_DELAY. Never undone: running leases need their contract.
    /// @custom:role ADMIN
    function registerLeaseContract(address leaseContract) external;

    /// @notice Sets where the documents of all units are found.
    /// @custom:role ADMIN
    function setBaseURI(string calldata uri) external;

    // ---- look

    /// @notice The owner's party, 0 for an unknown unit.
    function ownerPartyOf(uint32 unit) external view returns (uint32);
    /// @notice The party that uses the unit today by lease, 0 if none.
    function userPartyOf(uint32 unit) external view returns (uint32);
    /// @notice What is known of a unit. [0.01 m², ppm]
    function detailsOf(uint32 unit) external view returns (Kind kind, uint24 building, uint40 area, uint24 share);
    /// @notice The lease on record (running, to come or just over) and the one that follows it.
    function occupancyOf(uint32 unit) external view returns (Occupancy memory current, Occupancy memory following);
    /// @notice The last lease on record that is not over, 0 if the unit is free. [day]
    function leasedUntil(uint32 unit) external view returns (uint32 lease, uint256 untilDay);
    /// @notice Units and area a party owned at a moment, for votes. [0.01 m²]
    /// @param time before the present second [unix]
    function holdingAt(uint32 party, uint48 time) external view returns (uint256 units, uint256 area);
    /// @notice Units, area and owners of the whole roll at a moment. [0.01 m²]
    function rollAt(uint48 time) external view returns (uint256 units, uint256 area, uint256 owners);
    /// @notice Units so far; they are numbered from 1.
    function unitCount() external view returns (uint32);
    /// @notice Number of a lease contract and from when it may occupy; 0, 0 if it is not registered. [unix]
    function leaseContractOf(address leaseContract) external view returns (uint8 number, uint40 effectiveAt);
    /// @notice The civil day in the community's time zone. [day]
    function today() external view returns (uint32);
}
