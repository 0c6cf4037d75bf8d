// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The only door for other tokens: allow-listed stablecoins become community money one to one, and back
/// @notice An asset counts only as far as this contract's own balance of it moved, and exactly so: a token that delivers less or more, lies, re-enters or fails
/// is refused by name. Each asset stands alone: what entered as one asset leaves as that asset only, so one broken coin cannot drain another.
/// Amounts of assets are in their own base units [asset], amounts of community money in its base units [cmt]; times [unix], spans [s].
/// What is assumed of an asset: `decimals` is fixed once listed, `transfer` and `transferFrom` move what they say or fail, a balance does not fall by itself.
/// Where the last does not hold (rebasing, seizure), everybody who leaves bears the loss in proportion and says how much of it he accepts.
/// @dev There is no rescue function: a stray transfer stays, so that nobody can take custody through the second door of a ledger with two addresses.
interface IReserve {
    /// @param listed whether it was ever allowed
    /// @param decimals of the asset, as it said when it was listed
    /// @param ceiling most community money that may stand against it [cmt]; 0 = no more entries
    /// @param netMinted community money that stands against it: entered less left [cmt]
    /// @param entryPausedUntil no entry before [unix]
    struct Asset {
        bool listed;
        uint8 decimals;
        uint96 ceiling;
        uint96 netMinted;
        uint48 entryPausedUntil;
    }

    /// @notice An outside token can be exchanged here, up to a ceiling. [cmt]
    event AssetListed(address indexed asset, uint8 decimals, uint256 ceiling);
    /// @notice At most so much of it is backed by the token from now on. [cmt]
    event CeilingSet(address indexed asset, uint256 ceiling);
    /// @notice No entry before `until`; leaving goes on. [unix]
    event EntryPaused(address indexed asset, address indexed by, uint256 until);
    /// @param paid what came in [asset]
    /// @param amount community money created [cmt]
    /// @param citation under which the token minted it
    event Entered(
        address indexed asset, address indexed holder, uint256 paid, uint256 amount, bytes32 indexed citation
    );
    /// @param amount community money destroyed [cmt]
    /// @param received what went out [asset]
    /// @param citation under which the token burned it
    event Exited(
        address indexed asset,
        address indexed holder,
        address to,
        uint256 amount,
        uint256 received,
        bytes32 indexed citation
    );

    /// @notice This token is not listed.
    error ReserveAssetUnknown(address asset);
    /// @notice This token is listed already.
    error ReserveAssetKnown(address asset);
    /// @notice There is no contract at this address.
    error ReserveAssetHasNoCode(address asset);
    /// @notice The community's own money cannot back itself.
    error ReserveAssetIsCommunityToken(address asset);
    /// @notice The token does not say how many decimals it has, or has more than `most`.
    error ReserveDecimalsUnreadable(address asset, uint256 most);
    /// @notice An amount of zero does nothing.
    error ReserveAmountZero();
    /// @notice The two decimals do not divide: use a multiple.
    error ReserveAmountInexact(uint256 amount, uint256 multipleOf);
    /// @notice Nothing of this token is taken in until then; giving out goes on. [unix]
    error ReserveEntryPaused(address asset, uint256 until);
    /// @notice A pause lasts at most `most`. [s]
    error ReservePauseTooLong(uint256 duration, uint256 most);
    /// @notice More of this token would be taken in than its ceiling allows. [cmt]
    error ReserveCeilingExceeded(address asset, uint256 netMinted, uint256 ceiling);
    /// @notice More than entered as this asset: leave as another one.
    error ReserveExitTooLarge(address asset, uint256 amount, uint256 netMinted);
    /// @notice Approve the exchange first: it may take `have` and needs `need`.
    error ReserveAllowanceTooLow(address asset, uint256 have, uint256 need);
    /// @notice The asset refused or failed.
    error ReserveTransferFailed(address asset);
    /// @notice The asset moved another amount than it was told.
    error ReserveDeltaWrong(address asset, uint256 moved, uint256 expected);
    /// @notice The asset lost value in this contract's hands, or charged a fee; the leaver did not accept so little.
    error ReserveTooLittle(address asset, uint256 received, uint256 least);

    // ---- enter and leave
    /// @notice Turn `paid` of an asset, which the caller has approved to this contract, into as much community money in the caller's wallet.
    /// - Reverts with ReserveAssetUnknown, ReserveEntryPaused, ReserveCeilingExceeded, ReserveAmountInexact (decimals above 6: only multiples),
    ///   ReserveAllowanceTooLow, ReserveTransferFailed, ReserveDeltaWrong.
    /// @return amount community money created [cmt]
    function enter(
        address asset,
        uint256 paid
    ) external returns (uint256 amount);

    /// @notice As enter, with a permit of the asset towards this contract. A permit that was used already or does nothing is no obstacle: the allowance decides.
    function enterWithPermit(
        address asset,
        uint256 paid,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 amount);

    /// @notice Turn community money of the caller, who has approved it to this contract, back into an asset. Never paused.
    /// - Reverts with ReserveAssetUnknown, ReserveExitTooLarge, ReserveAmountInexact (decimals below 6: only multiples), ReserveTransferFailed,
    ///   ReserveDeltaWrong (the asset took more from this contract than it was told), ReserveTooLittle.
    /// @param amount [cmt]
    /// @param to who receives the asset
    /// @param least smallest sum that must arrive; ask quoteExit [asset]
    /// @return received what arrived [asset]
    function exit(
        address asset,
        uint256 amount,
        address to,
        uint256 least
    ) external returns (uint256 received);

    /// @notice As exit, with an EIP-2612 permit of the community token towards this contract.
    function exitWithPermit(
        address asset,
        uint256 amount,
        address to,
        uint256 least,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 received);

    // ---- look
    /// @notice What leaving with `amount` would take out of this contract now. [cmt] → [asset]
    function quoteExit(
        address asset,
        uint256 amount
    ) external view returns (uint256);
    /// @notice What this contract holds of an asset, and what stands against it. A monitor alarms when `holds < owes`. [asset]
    function coverOf(
        address asset
    ) external view returns (uint256 holds, uint256 owes);
    /// @notice What is known of a token; zeros if it is not listed.
    function assetOf(
        address asset
    ) external view returns (Asset memory);
    /// @notice Tokens listed so far.
    function assetCount() external view returns (uint256);
    /// @notice Listed assets, from 0. Reverts beyond the last.
    function assetAt(
        uint256 index
    ) external view returns (address);

    // ---- roles
    /// @notice Allow an asset. Its decimals are read once.
    /// @custom:role ADMIN
    function listAsset(
        address asset,
        uint96 ceiling
    ) external;
    /// @notice Raise or lower the most that may stand against an asset; 0 closes the entry for good, leaving goes on. [cmt]
    /// @custom:role ADMIN
    function setCeiling(
        address asset,
        uint96 ceiling
    ) external;
    /// @notice Stop entries of an asset for at most 30 days; a fresh call prolongs it, 0 ends it. [s]
    /// @custom:role COMMITTEE
    function pauseEntry(
        address asset,
        uint48 duration
    ) external;
}
