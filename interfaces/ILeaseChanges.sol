// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "./ILeaseAgreement.sol";

/// @title What the parties of a lease agree after signing it
/// @notice A change is proposed by its hash, accepted by every party whom it binds, and applied to LeaseAgreement in the transaction that
/// completes it. This contract moves no money: a break fee is pulled by LeaseAgreement, and fees for a renewal are paid between the parties.
/// Money [cmt], days [day], months [month], moments [unix].
///
/// Who must accept (bits of a mask: 0 landlord, 1–4 tenants by account index, 5 newcomer, 6 the office MANAGER):
/// | kind                    | acceptors                          | fields of the change that are not zero                            |
/// |-------------------------|------------------------------------|-------------------------------------------------------------------|
/// | RENT, RENEWAL           | landlord, all tenants              | day, amount                                                       |
/// | HOLDOVER                | landlord, all tenants              | day, amount = rent now × holdoverRate, free if none was agreed    |
/// | TENANT                  | landlord, all tenants, newcomer    | index of who leaves, party = newcomer                             |
/// | SALE                    | landlord, newcomer                 | party = new landlord                                              |
/// | END                     | landlord, all tenants              | day; if somebody pays for it: index, party and amount             |
/// | END by notice, tenants  | all tenants                        | day, index and party of who pays, amount = break fee              |
/// | END by notice, landlord | landlord                           | day, index = LANDLORD, party = landlord, amount = break fee       |
/// | WAIVE_RENT, WAIVE_FEES  | landlord, the office MANAGER       | index, party = that tenant, amount                                |
/// Every field that is not named must be zero, so that nobody signs what does not count. A holdover that follows another costs the same.
interface ILeaseChanges {
    /// @notice What all acceptors agree to.
    /// @param change told to LeaseAgreement as it stands here
    /// @param notice END alone: by the break clause, by one side's notice
    /// @param reasonHash hash of the reason or of the amendment's text; a waiver may not leave it empty
    /// @param version what versionOf(lease, kind) answers: after any other change in between nobody's acceptance counts any more
    /// @param deadline last second for the last acceptance [unix]
    struct Proposal {
        ILeaseAgreement.Change change;
        bool notice;
        bytes32 reasonHash;
        uint64 version;
        uint64 deadline;
    }

    /// @notice How far a proposal is.
    /// @param lease it is about
    /// @param kind of the change
    /// @param proposer party, 0 = the office MANAGER
    /// @param required mask of who must accept; 0 = no such proposal is open
    /// @param accepted mask of who has
    /// @param version it was made for
    /// @param deadline last second for the last acceptance [unix]
    struct Progress {
        uint32 lease;
        ILeaseAgreement.ChangeKind kind;
        uint32 proposer;
        uint8 required;
        uint8 accepted;
        uint64 version;
        uint64 deadline;
    }

    /// @notice A party proposes a change to all whom it would bind. `required` has one bit for each of them.
    event ProposalMade(bytes32 indexed id, uint256 indexed lease, uint256 indexed proposer, uint256 required, Proposal proposal);
    /// @param party 0 = the office MANAGER
    event ProposalAccepted(bytes32 indexed id, uint256 indexed party);
    /// @notice The proposer gives it up.
    event ProposalWithdrawn(bytes32 indexed id, uint256 indexed party);
    /// @notice All have accepted: the change is in force.
    event ProposalApplied(bytes32 indexed id, uint256 indexed lease, ILeaseAgreement.ChangeKind indexed kind, bytes32 reasonHash);
    /// @notice Tells a tenant that the unit was sold; the lease goes on and the deposit duty follows.
    event SaleNotified(uint256 indexed lease, uint256 indexed tenant, uint256 landlord, uint256 newLandlord);
    /// @notice What was waived, as it counts in the public total of the month. [cmt]
    event Waived(
        uint256 indexed lease, uint256 indexed tenant, uint256 indexed month, uint256 principal, uint256 lateFees, bytes32 reasonHash
    );
    /// @notice Signed acceptances of lower nonces no longer count.
    event AcceptanceNonceRaised(uint256 indexed party, uint256 nonce);
    /// @param arrears principal older than the grace and DEFAULT_AGE_DAYS [cmt]
    /// @param cureDay last day on which paying undoes the notice [day]
    event DefaultNoticeGiven(uint256 indexed lease, uint256 indexed by, uint256 arrears, uint256 cureDay);
    /// @param endDay the lease's end: in DEFAULT_LEAVE_DAYS, or its own if that is earlier [day]
    event LeaseDefaulted(uint256 indexed lease, uint256 indexed by, uint256 arrears, uint256 endDay);

    /// @notice There is no such proposal.
    error ProposalUnknown(bytes32 id);
    /// @notice This proposal was made already; change its salt.
    error ProposalExists(bytes32 id);
    /// @notice The proposer has another open proposal of this kind: withdraw it first.
    error ProposalOpen(uint256 lease, ILeaseAgreement.ChangeKind kind, bytes32 id);
    /// @notice The proposal was open until its deadline. [unix]
    error ProposalExpired(uint256 deadline, uint256 time);
    /// @notice The lease has changed since the proposal was made; propose again.
    error ProposalStale(uint256 lease, uint256 version, uint256 current);
    /// @param field name of the member @param value as given @param bound what it must be, or the nearest lawful value
    error ProposalInvalid(bytes32 field, uint256 value, uint256 bound);
    /// @notice The lease is not in the state that this change needs.
    error ProposalStateWrong(uint256 lease, ILeaseAgreement.State state);
    /// @notice Only a party of the lease can do this.
    error ProposalNotParty(uint256 lease, address caller);
    /// @notice Only who made the proposal can withdraw it.
    error ProposalNotProposer(bytes32 id, address caller);
    /// @notice This party has accepted already.
    error ProposalAcceptedAlready(bytes32 id, uint256 party);
    /// @notice The signature is not that of the party's current wallet, or its nonce is old.
    error ProposalSignatureInvalid(uint256 party, address wallet);
    /// @notice The party's wallet is being replaced; wait until that has ended.
    error ProposalPartyInRecovery(uint256 party);
    /// @notice No change is proposed until then. [unix]
    error ProposalsPaused(uint256 until);
    /// @notice Maker and checker may not be one: the caller speaks for the landlord, or is the AccessManager itself.
    error ProposalCheckerIsMaker(address caller);
    /// @notice A default needs a whole month's rent unpaid, long enough past its grace. [cmt]
    error DefaultArrearsTooSmall(uint256 lease, uint256 arrears, uint256 rent);
    /// @notice A notice of default has to be served first.
    error DefaultNoticeMissing(uint256 lease);
    /// @notice The tenant can still cure the default until `cureDay`. [day]
    error DefaultCuring(uint256 lease, uint256 cureDay, uint256 today);

    // ---- propose and accept

    /// @notice Opens a proposal in the caller's name, who thereby accepts it; applied at once if nobody else is needed (a notice).
    /// A party has at most one open proposal of each kind in a lease, so that nobody can keep another from proposing.
    /// @dev Reverts if: a field is not as the table says · the lease has changed since `version` · the deadline is past or more than
    /// PROPOSAL_DAYS away · the caller is none of the acceptors or its party is being recovered · new proposals are paused (but for END) ·
    /// the same proposal, or another of this kind by the caller, is open.
    /// @return id what the others accept: hashProposal
    function propose(Proposal calldata proposal) external returns (bytes32 id);
    /// @notice Accepts an open proposal; applies it if it was the last acceptance that was missing.
    function accept(Proposal calldata proposal) external;
    /// @notice As accept, for the party that signed hashAcceptance (EOA or ERC-1271), submitted by anybody.
    function acceptBySignature(Proposal calldata proposal, uint32 party, bytes calldata signature) external;
    /// @notice Applies a change that all its acceptors signed, without any proposal before; submitted by anybody.
    /// @param signatures one for each acceptor, in the order of the mask's bits
    /// @dev Not for waivers: the office MANAGER acts by its own transaction.
    function applySigned(Proposal calldata proposal, bytes[] calldata signatures) external;
    /// @notice Takes back a proposal that the caller's party made.
    function withdraw(bytes32 id) external;
    /// @notice Cancels every signature that the caller's party has given and that was not used yet.
    function raiseAcceptanceNonce() external returns (uint256 nonce);

    // ---- waivers: the office's part (the landlord's is propose or accept)

    /// @notice Opens a waiver that waits for the landlord.
    /// @custom:role MANAGER
    function proposeWaiver(Proposal calldata proposal) external returns (bytes32 id);
    /// @notice Approves a waiver that the landlord proposed; it is applied at once.
    /// @custom:role MANAGER
    function approveWaiver(Proposal calldata proposal) external;
    /// @notice Takes back a waiver that the office proposed.
    /// @custom:role MANAGER
    function withdrawWaiver(bytes32 id) external;

    // ---- default

    /// @notice By the landlord: tells the tenants that principal of at least one month's rent is unpaid DEFAULT_AGE_DAYS after its grace.
    /// Paying what was noticed down to less than a month's rent by the cure day undoes it. Prepaid cash counts as paid.
    function giveDefaultNotice(uint32 lease) external;
    /// @notice By the landlord, once the cure period is over and the noticed arrears still are a month's rent: the lease ends in
    /// DEFAULT_LEAVE_DAYS, or on its own end day if that is earlier.
    /// @dev The cure period is RECOVERY_DAYS longer while the wallet of a tenant is being recovered.
    function endForDefault(uint32 lease) external;
    /// @notice The same as `giveDefaultNotice`, by the property manager's office.
    /// @custom:role MANAGER
    function giveDefaultNoticeAsManager(uint32 lease) external;
    /// @notice The same as `endForDefault`, by the property manager's office.
    /// @custom:role MANAGER
    function endForDefaultAsManager(uint32 lease) external;

    // ---- look

    /// @notice The EIP-712 struct hash of a proposal: its id.
    function hashProposal(Proposal calldata proposal) external pure returns (bytes32 id);
    /// @notice What `party` signs to accept: the EIP-712 digest with its current nonce.
    function hashAcceptance(Proposal calldata proposal, uint32 party) external view returns (bytes32 digest);
    /// @notice The mask of who must accept; reverts with what is wrong with a proposal that could not be made now.
    function requiredOf(Proposal calldata proposal) external view returns (uint256 required);
    /// @notice Who has to accept a proposal and who has.
    function progressOf(bytes32 id) external view returns (Progress memory);
    /// @notice The open proposal of one kind by one party (0 = the office), 0 if none; it may have expired.
    function openOf(uint32 lease, ILeaseAgreement.ChangeKind kind, uint32 proposer) external view returns (bytes32 id);
    /// @notice Rises with every change of the lease; for waivers with every waiver too.
    function versionOf(uint32 lease, ILeaseAgreement.ChangeKind kind) external view returns (uint64);
    /// @notice The nonce that a party's next signed acceptance must carry.
    function acceptanceNonce(uint32 party) external view returns (uint256);
    /// @notice All that was waived in a month, for everybody to see. [cmt]
    function waivedIn(uint256 month) external view returns (uint128 principal, uint128 lateFees);
    /// @notice The standing default notice: principal that was noticed and is still unpaid, and the last day to cure. Zeros if none.
    function defaultNoticeOf(uint32 lease) external view returns (uint256 arrears, uint256 cureDay);
}
