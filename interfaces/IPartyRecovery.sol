// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title A lost wallet replaced: by guardians, or by manager and committee
/// @notice From the start of a recovery transfers out of the old wallet stop and dues are still collected; after a delay anybody completes it, and every
/// token, lease, deposit, debt and mandate follows the party. A thief holds the phone too, so an objection is weighed: it ends a recovery by the manager, and
/// one by guardians goes on if all of them or the committee stand by it. Every recovery ends at a time fixed in advance.
/// Times are in seconds since 1970 [unix]. Signatures are EIP-712 in this contract's domain, from EOAs and ERC-1271 wallets.
interface IPartyRecovery {
    /// @param newWallet will replace the current wallet
    /// @param readyAt first moment of completion [unix]
    /// @param expiresAt from then on the recovery is void [unix]
    /// @param approvals bit i: guardian i supports it
    /// @param byManager started by manager and committee, not by guardians
    /// @param vetoed a linked wallet objected
    /// @param overruled all guardians or the committee stood by it after that
    struct Recovery {
        address newWallet;
        uint40 readyAt;
        uint40 expiresAt;
        uint8 approvals;
        bool byManager;
        bool vetoed;
        bool overruled;
    }

    /// @param guardians parties; none and threshold 0 = removed
    /// @param effectiveAt when they take over from those before [unix]
    event GuardiansSet(uint256 indexed party, uint32[] guardians, uint8 threshold, uint256 effectiveAt);
    /// @notice A change of guardians that had not taken effect was dropped because the present guardians started a recovery.
    event GuardiansChangeDropped(uint256 indexed party);
    /// @notice The manager's recovery is complete; whoever held the old wallet may have named the guardians.
    event GuardiansRemoved(uint256 indexed party);
    /// @notice A guardian supports a new wallet for the party; so many do now.
    event RecoverySupported(uint256 indexed party, uint256 indexed guardian, address indexed newWallet, uint8 approvals);
    /// @notice The manager proposes a new wallet; the committee can confirm it until `validUntil`. [unix]
    event RecoveryProposed(uint256 indexed party, address indexed newWallet, address indexed proposer, uint256 validUntil);
    /// @notice The replacement can be completed from `readyAt` until `expiresAt`; the old wallet sends nothing meanwhile. [unix]
    event RecoveryStarted(
        uint256 indexed party, address indexed oldWallet, address indexed newWallet, bool byManager, uint256 readyAt, uint256 expiresAt
    );
    /// @notice The old wallet objects; all guardians or a second role can overrule it until `expiresAt`. [unix]
    event RecoveryVetoed(uint256 indexed party, address indexed by, uint256 expiresAt);
    /// @notice The objection is overruled. [unix]
    event RecoveryOverruled(uint256 indexed party, address indexed by, uint256 expiresAt);
    /// @notice The replacement was given up: the old wallet stays.
    event RecoveryCancelled(uint256 indexed party, address indexed by);
    /// @notice Nobody completed it in time: the old wallet stays.
    event RecoveryExpired(uint256 indexed party);
    /// @notice The party's wallet is replaced; balance, mandate and claims follow the party.
    event RecoveryCompleted(uint256 indexed party, address indexed oldWallet, address indexed newWallet);
    /// @notice Signed supports of lower nonces no longer count.
    event RecoveryNonceRaised(address indexed wallet, uint256 nonce);

    /// @notice The caller is no wallet of a party.
    error RecoveryCallerNotLinked(address caller);
    /// @notice Only the party's current wallet may do this.
    error RecoveryNotCurrentWallet(uint256 party, address caller);
    /// @notice Guardians: at most 8, existing parties, in ascending order, not the party itself; threshold from 1 to their number.
    error RecoveryGuardiansInvalid(uint256 index, uint256 value);
    /// @notice The caller is not the current wallet of one of the party's guardians.
    error RecoveryNotGuardian(uint256 party, address caller);
    /// @notice This guardian has given his support already.
    error RecoveryAlreadySupported(uint256 party, uint256 guardian);
    /// @notice A replacement of this party's wallet is under way. [unix]
    error RecoveryRunning(uint256 party, uint256 expiresAt);
    /// @notice No replacement is under way.
    error RecoveryNone(uint256 party);
    /// @notice It can be completed from `readyAt` on. [unix]
    error RecoveryTooEarly(uint256 party, uint256 readyAt, uint256 time);
    /// @notice A linked wallet objected; all guardians or the committee must stand by the recovery.
    error RecoveryVetoStands(uint256 party);
    /// @notice After a recovery lapsed its guardians rest, so that the party can change them.
    error RecoveryGuardiansRest(uint256 party, uint256 until);
    /// @notice The old wallet has objected once already.
    error RecoveryVetoUsed(uint256 party);
    /// @notice Nothing to overrule: no veto stands against a recovery by guardians towards this wallet.
    error RecoveryNoVeto(uint256 party, address newWallet);
    /// @notice The manager proposed nothing, another wallet, or too long ago.
    error RecoveryProposalNone(uint256 party, address newWallet);
    /// @notice A party without a wallet gets its first one from an ATTESTOR.
    error RecoveryPartyHasNoWallet(uint256 party);
    /// @notice Choose a wallet that no other party uses or has used and that is not the current one.
    error RecoveryWalletUnfit(address newWallet);
    /// @notice The signature's deadline has passed. [unix]
    error RecoverySignatureExpired(uint256 deadline, uint256 time);
    /// @notice The signature is not this wallet's.
    error RecoverySignatureInvalid(address wallet);
    /// @notice Another account than the proposer must confirm.
    error RecoverySecondPersonMissing(address caller);
    /// @notice Maker and checker act in their own name, not through the AccessManager's `execute`.
    error RecoveryCallerIsAuthority(address caller);

    // ---- guardians

    /// @notice Names the parties that may together replace a lost wallet; takes effect after GUARDIAN_CHANGE_DELAY. An empty list removes them.
    /// Ends a recovery by the manager; reverts while one by guardians is pending.
    /// @param guardians parties, ascending, at most 8
    /// @param threshold how many of them start a recovery
    function setGuardians(uint32[] calldata guardians, uint8 threshold) external;

    /// @notice A guardian supports replacing the party's wallet. The call that reaches the threshold starts the recovery. Guardians may go on supporting a
    /// running one: all of them together overrule a veto.
    /// @param deadline,signature consent of the new wallet: it signs `ReplaceWallet(uint32 party,address newWallet,uint256 nonce,uint256 deadline)`; all
    /// guardians present the same consent; it is not read again once the recovery runs
    function supportRecovery(uint32 party, address newWallet, uint256 deadline, bytes calldata signature) external;

    // ---- manager and committee

    /// @notice The manager proposes a recovery with the consent of the new wallet; it starts when the committee confirms it.
    /// @custom:role MANAGER
    function proposeRecovery(uint32 party, address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice The committee starts the recovery that the manager proposed.
    /// @custom:role COMMITTEE
    function confirmRecovery(uint32 party, address newWallet) external;

    /// @notice The committee stands by a recovery of guardians against a veto.
    /// @custom:role COMMITTEE
    function overruleVeto(uint32 party, address newWallet) external;

    // ---- object, complete, clear

    /// @notice Any linked wallet objects: this ends a recovery by the manager and withdraws his proposal; one by guardians is vetoed, once.
    function cancelRecovery() external;

    /// @notice Open to all after the delay: the new wallet takes the place of the old one, which is unlinked for ever.
    function completeRecovery(uint32 party) external;

    /// @notice Open to all: clears a recovery that nobody completed in time, and frees the wallet.
    function expireRecovery(uint32 party) external;

    /// @notice Withdraws every unused consent of the calling wallet.
    function raiseRecoveryNonce() external returns (uint256 nonce);

    // ---- look

    /// @notice The recovery that runs now; all zero if none does.
    function recoveryOf(uint32 party) external view returns (Recovery memory);
    /// @notice What the manager proposed and until when the committee may confirm it. [unix]
    function proposalOf(uint32 party) external view returns (address newWallet, uint40 validUntil, address proposer);
    /// @notice The guardians in force now.
    function guardiansOf(uint32 party) external view returns (uint32[] memory guardians, uint8 threshold);
    /// @notice The guardians that will take over, and when; 0 if no change waits. [unix]
    function guardiansToCome(uint32 party) external view returns (uint32[] memory guardians, uint8 threshold, uint40 effectiveAt);
    /// @notice Until when the guardians rest after a recovery of theirs lapsed. [unix]
    function guardiansRestUntil(uint32 party) external view returns (uint40);
    /// @notice The nonce that the next consent of this wallet must carry.
    function recoveryNonce(address wallet) external view returns (uint256);
}
