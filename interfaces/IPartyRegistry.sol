// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Who is who: parties by id, wallets looked up at the edge
/// @notice A party is a person, a company, a member of staff, a merchant or a device. It has at most one current wallet, which speaks for it and is paid,
/// and may have further linked wallets. Everything in the suite is kept by party, so that one recovery moves the whole life of a resident.
/// No personal data: an identity is a keyed commitment that nobody can compute without the community's secret.
/// Times are in seconds since 1970 [unix]. Signatures are EIP-712 in this contract's domain, from EOAs and ERC-1271 wallets.
interface IPartyRegistry {
    enum Kind {
        NONE, // no such party
        PERSON,
        COMPANY,
        STAFF,
        MERCHANT,
        DEVICE
    }

    /// @notice A party got the next id. `identity` is a keyed hash; names are never on the chain.
    event PartyRegistered(uint256 indexed party, Kind indexed kind, bytes32 indexed identity);
    /// @notice A wallet belongs to the party from now on.
    event WalletLinked(uint256 indexed party, address indexed wallet);
    /// @notice A wallet belongs to the party no more.
    event WalletUnlinked(uint256 indexed party, address indexed wallet);
    /// @notice The wallet that speaks for the party and is paid from now on.
    event CurrentWalletChanged(uint256 indexed party, address indexed oldWallet, address indexed newWallet);
    /// @notice A recovery took the wallet away from the party, for ever.
    event WalletReplaced(uint256 indexed party, address indexed oldWallet, address indexed newWallet);
    /// @notice Signed links of lower nonces no longer count.
    event LinkNonceRaised(address indexed wallet, uint256 nonce);
    /// @notice An officer has suspended a party or ended that, for a reason kept off the chain.
    event SuspensionSet(uint256 indexed party, bool suspended, bytes32 reasonHash);
    /// @notice The party lets its payments be written into its credit history, or no more.
    event CollectingConsentSet(uint256 indexed party, bool consent);
    /// @notice A recovery of the party is pending until `until`; 0 = no more. [unix]
    event RecoveryPendingSet(uint256 indexed party, uint256 until, bool byManager);

    /// @notice Register the party first; ids start at 1.
    error PartyUnknown(uint256 party);
    /// @notice A party is a person or a company.
    error PartyKindMissing();
    /// @notice Persons and companies are registered with an identity commitment, so that nobody sheds a history by registering twice.
    error PartyIdentityMissing(Kind kind);
    /// @notice This identity is registered already, under another id.
    error PartyIdentityTaken(bytes32 identity, uint256 party);
    /// @notice Only the party's current wallet may do this.
    error PartyNotCurrentWallet(uint256 party, address caller);
    /// @notice The wallet is not linked to any party.
    error PartyNotLinked(address wallet);
    /// @notice The wallet belongs to another party.
    error PartyWalletTaken(address wallet, uint256 party);
    /// @notice A wallet replaced by a recovery is never linked again; use a fresh one.
    error PartyWalletReplaced(address wallet);
    /// @notice The wallet does not belong to this party.
    error PartyWalletNotOfParty(address wallet, uint256 party);
    /// @notice The current wallet cannot be unlinked or replaced by itself; switch to another linked wallet first.
    error PartyWalletIsCurrent(address wallet, uint256 party);
    /// @notice This party has a wallet; its current wallet links further ones.
    error PartyHasWallet(uint256 party, address wallet);
    /// @notice This party has no wallet yet; an ATTESTOR links the first.
    error PartyHasNoWallet(uint256 party);
    /// @notice A party has at most `most` wallets.
    error PartyTooManyWallets(uint256 party, uint256 most);
    /// @notice The signature's deadline has passed. [unix]
    error PartySignatureExpired(uint256 deadline, uint256 time);
    /// @notice The signature is not this wallet's.
    error PartySignatureInvalid(address wallet);
    /// @notice Guardians are replacing the party's wallet; object through PartyRecovery, or wait until it ends.
    error PartyRecoveryRunning(uint256 party, uint256 until);

    // ---- register and link

    /// @notice Registers a party, with its first wallet or without one.
    /// @dev Reverts if the kind is NONE, if a person or company has no identity, if the identity or the wallet is taken, or if the wallet did not sign.
    /// @param identity keyed commitment of who it is, unique; may be 0 for staff, merchants and devices
    /// @param wallet the first wallet, or 0; it signs `JoinCommunity(bytes32 identity,address wallet,uint256 nonce,uint256 deadline)`
    /// @param deadline last second of the signature [unix]
    /// @return party the new id
    /// @custom:role MANAGER
    function register(Kind kind, bytes32 identity, address wallet, uint256 deadline, bytes calldata signature) external returns (uint32 party);

    /// @notice The first wallet of a party that has none; the wallet signs as for `link`.
    /// @custom:role ATTESTOR
    function linkFirst(uint32 party, address wallet, uint256 deadline, bytes calldata signature) external;

    /// @notice The current wallet links another; both sign: the caller by calling, the other by
    /// `LinkWallet(uint32 party,address wallet,uint256 nonce,uint256 deadline)`.
    /// @dev Every act of the current wallet here ends a recovery by the manager, and reverts while one by guardians is pending.
    function link(uint32 party, address wallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Parts with a linked wallet: called by the party's current wallet, or by that wallet itself. Never the current one.
    function unlink(address wallet) external;

    /// @notice Makes another linked wallet the current one. Called by the current wallet.
    function switchWallet(address wallet) external;

    /// @notice Withdraws every unused signature of the calling wallet.
    function raiseLinkNonce() external returns (uint256 nonce);

    // ---- flags

    /// @notice Whether the party's payment history may be collected; set by its current wallet.
    function setCollectingConsent(bool consent) external;

    /// @notice Suspends a party or lifts that; the reason is a hash of a document.
    /// @custom:role OFFICER
    function setSuspended(uint32 party, bool suspended, bytes32 reasonHash) external;

    // ---- for PartyRecovery

    /// @notice A recovery is pending until a moment, or ends with 0: the token holds the current wallet back, or frees it.
    /// @param until [unix]
    /// @param byManager an act of the current wallet ends it
    /// @custom:role RECOVERY
    function setRecovery(uint32 party, uint40 until, bool byManager) external;

    /// @notice The new wallet becomes the current one; the old one is unlinked for ever and its tokens and mandate follow.
    /// @dev Reverts if the new wallet belongs to another party, is the current one or was ever replaced.
    /// @custom:role RECOVERY
    function replaceWallet(uint32 party, address newWallet) external;

    // ---- look

    /// @notice The current wallet of a party, zero if it has none or the id is unknown.
    function walletOf(uint32 party) external view returns (address);
    /// @notice The party of a linked wallet, 0 if none (a replaced wallet has none).
    function partyOf(address wallet) external view returns (uint32);
    /// @notice Current wallets in one call, as words (address in the low 160 bits, zero if none): for collecting.
    function walletsOf(uint256[] calldata parties) external view returns (uint256[] memory wallets);
    /// @notice As walletsOf, but zero also while a recovery of the party is pending: for paying out.
    function payeesOf(uint256[] calldata parties) external view returns (uint256[] memory wallets);

    /// @notice As payeesOf, for one party. Its selector is a low one, which every payment of a rent has some 500 gas from.
    function receiverOf(uint32 party) external view returns (address wallet);
    /// @notice Whether an officer has suspended the party.
    function isSuspended(uint32 party) external view returns (bool);
    /// @notice Whether the party's wallet is being replaced.
    function recoveryPending(uint32 party) external view returns (bool);
    /// @notice End of the recovery on record, 0 if none; it may have lapsed without being cleared. [unix]
    function recoveryUntil(uint32 party) external view returns (uint40);
    /// @notice Whether the party's payments may be written into its credit history.
    function collectingConsent(uint32 party) external view returns (bool);
    /// @notice The same in one call: bit i mod 256 of word i / 256 says whether party i has consented.
    /// @param parties ids in the low 32 bits; what stands above them is not looked at, so that a list of reports can be passed as it is
    function consentsOf(uint256[] calldata parties) external view returns (uint256[] memory bits);
    /// @notice NONE for an unknown id.
    function kindOf(uint32 party) external view returns (Kind);
    /// @notice Parties so far; they are numbered from 1.
    function partyCount() external view returns (uint32);
    /// @notice The party of an identity; 0 if there is none.
    function partyOfIdentity(bytes32 identity) external view returns (uint32);
    /// @notice How many wallets are linked to the party.
    function walletCount(uint32 party) external view returns (uint256);
    /// @notice The party that lost this wallet by a recovery, 0 if none.
    function replacedOf(address wallet) external view returns (uint32 party);
    /// @notice The nonce that the next signature of this wallet must carry.
    function linkNonce(address wallet) external view returns (uint256);
}
