// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The community's unit of account: money and mandates in one slot per wallet
/// @notice ERC-20 with 6 decimals, EIP-2612 permit, ERC-3009 authorisations and mandates (monthly limit, named collectors, expiry).
/// No fees, no hooks, no rebasing, no pause; receiving never fails, except that the suite's own contracts take money through their pay functions only.
/// Amounts are in base units [cmt], 10^6 to one CMT; months are civil months since 1970-01 in the community's calendar [month]; times are seconds since 1970 [unix].
/// @dev Signed requests are EIP-712 in this contract's domain (name of the token, version "1"), from plain wallets and from contract wallets (ERC-1271, at most
/// 500,000 gas); `permit` takes plain wallets only. Sponsored calls (ERC-2771) work for every function of a resident and for no restricted one.
interface ICommunityToken is IERC20, IERC20Permit {
    /// @notice A standing permission to collect what falls due.
    /// @param limit most that may be collected in one civil month over all collectors [cmt, a multiple of 10^4]
    /// @param collectors bit set of the collectors it names [bits of collectorBit]
    /// @param expiryMonth last month in which it may be used [month]
    /// @param allowPartial whether less than the amount due may be taken
    struct Mandate {
        uint256 limit;
        uint16 collectors;
        uint16 expiryMonth;
        bool allowPartial;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A mandate was given or changed; what was collected this month still counts against the new limit.
    event MandateSet(
        address indexed wallet, uint256 limit, uint16 collectors, uint256 expiryMonth, bool allowPartial
    );
    /// @notice A mandate was withdrawn; nothing can be collected from this moment.
    event MandateRevoked(address indexed wallet);
    /// @notice Signed but unused mandates with a lower nonce are void.
    event MandateNonceRaised(address indexed wallet, uint256 nonce);
    /// @notice A contract may collect from mandates that name its bit, from `effectiveFrom` on. [unix]
    event CollectorRegistered(address indexed collector, uint16 bit, uint256 effectiveFrom);
    /// @notice A contract may no longer collect; its bit is never used again.
    event CollectorRetired(address indexed collector, uint16 bit);
    /// @notice A contract does or does not belong to the suite: it receives through its pay functions only, and may disburse.
    event SuiteMarked(address indexed account, bool suite);
    /// @notice A minter may create that much more. [cmt]
    event MinterSet(address indexed minter, uint256 allowance);
    /// @notice The committee has stopped a minter at once.
    event MinterStopped(address indexed minter);
    /// @notice Money entered: `citation` names the bank slip or reserve entry that covers it, each once. [cmt]
    event Minted(address indexed minter, address indexed to, uint256 amount, bytes32 indexed citation);
    /// @notice Money left: `citation` names the bank transfer or reserve exit. [cmt]
    event Burned(address indexed minter, uint256 amount, bytes32 indexed citation);
    /// @notice A transfer with the hash of a note that the two sides keep.
    event TransferMemo(address indexed from, address indexed to, uint256 amount, bytes32 memoHash);
    /// @notice A payment for a stated purpose. `purpose` is the hash of a word of the community's list.
    event PurposePaid(
        address indexed from, address indexed to, bytes32 indexed purpose, uint256 amount, bytes32 memoHash
    );
    /// @notice An ERC-3009 authorisation was used; its nonce never works again.
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
    /// @notice Its signer has withdrawn an ERC-3009 authorisation.
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);
    /// @notice An officer asks to freeze a wallet until a time. [unix]
    event FreezeProposed(address indexed wallet, address indexed officer, bytes32 reasonHash, uint256 until);
    /// @notice The committee agreed; the freeze ends by itself. [unix]
    event WalletFrozen(address indexed wallet, address indexed confirmer, bytes32 reasonHash, uint256 until);
    /// @notice A freeze has ended before its time.
    event FreezeLifted(address indexed wallet, address indexed by);
    /// @notice The recovery of this wallet began (`hold`) or ended without replacing it.
    event RecoveryHoldSet(address indexed wallet, bool hold);
    /// @notice A wallet was replaced for ever; `amount` moved with it. [cmt]
    event WalletReplaced(address indexed oldWallet, address indexed newWallet, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice A name has between 1 and `most` bytes.
    error TokenNameInvalid(uint256 length, uint256 most);
    /// @notice No time zone lies that far from UTC. [s]
    error TokenUtcOffsetInvalid(int32 utcOffset);
    /// @notice The zero address can hold nothing.
    error TokenAddressZero();
    /// @notice An amount of zero does nothing.
    error TokenAmountZero();
    /// @notice A reference is missing, or another mint has cited it.
    error TokenCitationInvalid(bytes32 citation);
    /// @notice Only a registered collector contract can collect.
    error TokenNotCollector(address caller);
    /// @notice Only a contract of the suite can call this.
    error TokenNotSuite(address caller);
    /// @notice This account may create no money.
    error TokenNotMinter(address caller);
    /// @notice A minter may create `have` more, not `need`. [cmt]
    error TokenMintAllowanceExceeded(address minter, uint256 have, uint256 need);
    /// @notice There would be more money than the cap allows. [cmt]
    error TokenSupplyCapExceeded(uint256 supply, uint256 cap);
    /// @notice At most `most` items fit one call; send several.
    error TokenBatchTooLarge(uint256 length, uint256 most);
    /// @notice The suite's contracts take money through their pay functions alone, which know what it is for.
    error TokenRecipientIsSuite(address recipient);
    /// @notice There is no contract at this address.
    error TokenHasNoCode(address account);
    /// @notice This contract has been a collector already; its number is never given again.
    error TokenCollectorKnown(address collector);
    /// @notice All `most` numbers of collectors are taken.
    error TokenCollectorsExhausted(uint256 most);
    /// @notice A wallet in use cannot become a contract of the suite, and one that collects or holds money stays one.
    error TokenSuiteInUse(address account);
    /// @notice A mandate's limit is a multiple of `multipleOf`, at most `most`. [cmt/month]
    error TokenMandateLimitInvalid(uint256 limit, uint256 multipleOf, uint256 most);
    /// @notice The mandate names collectors that are not registered.
    error TokenMandateCollectorsUnknown(uint16 collectors, uint16 registered);
    /// @notice A mandate's last month lies between `earliest` and `latest`. [month]
    error TokenMandateExpiryInvalid(uint256 expiryMonth, uint256 earliest, uint256 latest);
    /// @notice The signature carries another nonce than the wallet's next one; sign again.
    error TokenNonceInvalid(address wallet, uint256 nonce, uint256 current);
    /// @notice The signature's deadline has passed. [unix]
    error TokenSignatureExpired(uint256 deadline, uint256 time);
    /// @notice The signature is not this wallet's.
    error TokenSignatureInvalid(address signer);
    /// @notice The authorisation counts from `validAfter` on. [unix]
    error TokenAuthorizationNotYetValid(uint256 validAfter, uint256 time);
    /// @notice The authorisation counted until `validBefore`. [unix]
    error TokenAuthorizationExpired(uint256 validBefore, uint256 time);
    /// @notice The authorisation was used or withdrawn already.
    error TokenAuthorizationUsed(address authorizer, bytes32 nonce);
    /// @notice The authorisation pays another contract than the caller.
    error TokenAuthorizationForOther(address caller, address to);
    /// @notice The wallet is frozen until then; what it owes can still be paid. [unix]
    error TokenFrozen(address wallet, uint256 until);
    /// @notice A freeze ends between `earliest` and `latest`. [unix]
    error TokenFreezeTimeInvalid(uint256 until, uint256 earliest, uint256 latest);
    /// @notice No officer has proposed this freeze with these words.
    error TokenFreezeNotProposed(address wallet);
    /// @notice Another person than the one who proposed it confirms a freeze.
    error TokenFreezeSamePerson(address officer);
    /// @notice A contract of the suite cannot be frozen.
    error TokenFreezeOfSuite(address wallet);
    /// @notice The access manager itself cannot be one of two persons.
    error TokenCallerIsAuthority(address caller);
    /// @notice The wallet is being replaced: it sends nothing meanwhile.
    error TokenRecoveryPending(address wallet);
    /// @notice The wallet was replaced by `successor` for good.
    error TokenWalletReplaced(address wallet, address successor);
    /// @notice This wallet cannot be replaced by that one.
    error TokenReplacementInvalid(address oldWallet, address newWallet);

    // ------------------------------------------------------------------------------------------------ collecting

    /// @notice For registered collectors: collect every item within its wallet's mandate; never reverts for one item.
    /// @dev The first that applies is answered: NO_WALLET, NO_MANDATE, MANDATE_EXPIRED, LIMIT_EXCEEDED, NO_FUNDS. A mandate that allows part payments
    /// gives what its limit and balance leave, as PARTIAL, if that is more than nothing. Frozen wallets and wallets under recovery still pay here.
    /// Calls no other contract, so no item can burn the batch's gas. Items are worked off in order; the same wallet may stand in it several times.
    /// - Reverts with TokenNotCollector if the caller is not a registered collector whose delay has passed.
    /// @param items `amount << 160 | wallet` each [cmt, address]; 0 is skipped, an amount of 0 answers NOTHING_DUE
    /// @return results `code << 96 | amount` each [Code, cmt]; the sum of the amounts is credited to the caller alone
    function collect(
        uint256[] calldata items
    ) external returns (uint256[] memory results);

    /// @notice For the suite's contracts: take `amount` from a payer who asked for it. A registered collector takes it within the payer's mandate if that covers
    /// all of it; otherwise it comes out of the payer's allowance to the caller (an unlimited one stays).
    /// @dev A frozen payer can pay a collector (present or retired), because that takes dues; a payer under recovery cannot, because paying is his wallet's own act.
    /// - Reverts with TokenNotSuite, TokenFrozen, TokenRecoveryPending, TokenWalletReplaced.
    /// - Reverts with ERC20InsufficientAllowance(spender, have, need) or ERC20InsufficientBalance(payer, have, need).
    /// @param amount [cmt]
    function pull(
        address payer,
        uint256 amount
    ) external;

    /// @notice As pull, credited to another of the suite's contracts, which books it: a deposit goes straight to DepositEscrow.
    /// @param amount [cmt]
    function pullTo(
        address payer,
        address suite,
        uint256 amount
    ) external;

    /// @notice As pull and disburse in one: what a payer asked to pay goes straight to the payees, one Transfer each; what is not delivered or not
    /// meant for a payee is credited to the caller. Reverts as pull does, and with ERC20InsufficientBalance if the items pass the amount.
    /// @param amount taken from the payer in all [cmt]
    /// @param items `amount << 160 | wallet` each, as for disburse
    /// @return undelivered bit i is set where item i was not paid but credited to the caller
    function disburseFrom(
        address payer,
        uint256 amount,
        uint256[] calldata items
    ) external returns (uint256 undelivered);

    /// @notice For the suite's contracts: pay many from the caller's own balance, one Transfer each; never reverts for a payee.
    /// @dev What is due to a replaced wallet goes to its successor. Items of amount 0 count as delivered.
    /// - Reverts with TokenNotSuite, TokenBatchTooLarge, or ERC20InsufficientBalance if the caller holds less than what can be delivered.
    /// @param items `amount << 160 | wallet` each; a zero wallet or one of the suite's own contracts is not paid
    /// @return undelivered bit i is set where item i was not paid (at most 256 items)
    function disburse(
        uint256[] calldata items
    ) external returns (uint256 undelivered);

    // ------------------------------------------------------------------------------------------------ mandates

    /// @notice Give or change the caller's mandate; in force at once. What was collected this month counts against the new limit.
    /// - Reverts if the limit is 0, no multiple of 10^4 cmt or too large; if it names no collector or an unregistered one; if it has expired.
    /// - Reverts while the wallet's recovery is pending, and for a replaced wallet.
    function setMandate(
        Mandate calldata mandate
    ) external;

    /// @notice As setMandate, signed by the wallet: `SetMandate(address wallet,uint256 limit,uint16 collectors,uint16 expiryMonth,bool allowPartial,uint256 nonce,uint256 deadline)`.
    /// @param nonce must be mandateNonce(wallet)
    /// @param deadline last second in which the signature counts [unix]
    function setMandateBySignature(
        address wallet,
        Mandate calldata mandate,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Withdraw the caller's mandate, at once and for all collectors; possible at any time.
    function revokeMandate() external;

    /// @notice The mandate of a wallet and what was collected from it in `spentMonth`. [cmt, month]
    function mandateOf(
        address wallet
    ) external view returns (Mandate memory mandate, uint256 spent, uint256 spentMonth);

    /// @notice The nonce that the wallet's next signed mandate must carry.
    function mandateNonce(
        address wallet
    ) external view returns (uint256);

    /// @notice Void the caller's signed but unused mandate. Returns the new nonce.
    function raiseMandateNonce() external returns (uint256 nonce);

    /// @notice Void the caller's signed but unused permit. Returns the new nonce.
    function raisePermitNonce() external returns (uint256 nonce);

    /// @notice The civil month of now in the community's calendar, which mandates count by. [month]
    function currentMonth() external view returns (uint256);

    // ------------------------------------------------------------------------------------------------ collectors and the suite

    /// @notice The bit of a registered and effective collector, 0 for anybody else.
    function collectorBit(
        address collector
    ) external view returns (uint16);

    /// @notice The collector that has bit `1 << index`, the time from which it may collect [unix], and whether it was retired. Reverts beyond the last.
    function collectorAt(
        uint256 index
    ) external view returns (address collector, uint256 effectiveFrom, bool retired);

    /// @notice Let a contract collect from mandates that will name its bit: at once within a day of deployment, later after COLLECTOR_DELAY.
    /// A mandate given before never covers it. Marks it as one of the suite's contracts. At most 16 over the life of the token.
    /// @custom:role ADMIN
    function registerCollector(
        address collector
    ) external returns (uint16 bit);

    /// @notice Stop a collector at once and for ever. It can still disburse what it holds and be paid by allowance, so that its contracts can end.
    /// @custom:role ADMIN
    function retireCollector(
        address collector
    ) external;

    /// @notice Mark a contract as one of the suite's own, or take back a mark given by mistake (not while it holds money, never for a collector).
    /// @custom:role ADMIN
    function markSuite(
        address account,
        bool suite
    ) external;

    /// @notice What the token knows of a wallet: one of the suite's contracts; recovery pending; frozen until [unix, 0 = not frozen];
    /// the wallet that receives in its place (itself unless it was replaced).
    function statusOf(
        address wallet
    ) external view returns (bool suite, bool recoveryHold, uint256 frozenUntil, address receiver);

    // ------------------------------------------------------------------------------------------------ paying with a note

    /// @notice Transfer with the hash of a note.
    function transferWithMemo(
        address to,
        uint256 amount,
        bytes32 memoHash
    ) external returns (bool);

    /// @notice Pay for a purpose, with the hash of a note (0 = none).
    /// - Reverts with TokenCitationInvalid if the purpose is 0.
    function payFor(
        address to,
        uint256 amount,
        bytes32 purpose,
        bytes32 memoHash
    ) external returns (bool);

    // ------------------------------------------------------------------------------------------------ ERC-3009

    /// @notice Carry out a signed transfer; anybody may submit it.
    /// `TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)`
    /// @param validAfter the transfer counts after this second [unix]
    /// @param validBefore and before this one [unix]
    /// @param nonce any number not used before by `from`
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice As transferWithAuthorization, but only the recipient may submit it: `ReceiveWithAuthorization(…)`, same fields.
    /// The suite's contracts take signed payments this way, and collectors also from a frozen wallet.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice Void an unused authorisation: `CancelAuthorization(address authorizer,bytes32 nonce)`.
    function cancelAuthorization(
        address authorizer,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice Whether an authorisation was used or cancelled.
    function authorizationState(
        address authorizer,
        bytes32 nonce
    ) external view returns (bool);

    // ------------------------------------------------------------------------------------------------ supply

    /// @notice For minters: create money that `citation` covers (bank slip, reserve entry); each counts once.
    /// - Reverts with TokenNotMinter, TokenMintAllowanceExceeded, TokenSupplyCapExceeded, TokenCitationInvalid.
    function mint(
        address to,
        uint256 amount,
        bytes32 citation
    ) external;

    /// @notice For minters and the suite's contracts: destroy some of the caller's own balance; `citation` names where the money went.
    /// Stopping a minter does not stop this, so that money can always leave through the reserve.
    function burn(
        uint256 amount,
        bytes32 citation
    ) external;

    /// @notice How much a minter may still create [cmt]; `minter` is false for anybody else.
    function minterAllowance(
        address account
    ) external view returns (bool minter, uint256 allowance);

    /// @notice Whether a mint has used this citation.
    function citationUsed(
        bytes32 citation
    ) external view returns (bool);

    /// @notice Most that may ever exist at a time. [cmt]
    function supplyCap() external view returns (uint96);

    /// @notice Make an account a minter that may create `allowance` more [cmt].
    /// @custom:role ADMIN
    function setMinter(
        address minter,
        uint96 allowance
    ) external;

    /// @notice Stop a minter at once.
    /// @custom:role COMMITTEE
    function stopMinter(
        address minter
    ) external;

    // ------------------------------------------------------------------------------------------------ freezing

    /// @notice Ask to stop transfers out of a wallet until a time, at most 90 days from now, for a reason kept elsewhere.
    /// @custom:role OFFICER
    function proposeFreeze(
        address wallet,
        bytes32 reasonHash,
        uint256 until
    ) external;

    /// @notice Agree to a proposed freeze; the officer who proposed it cannot. The frozen party still receives, still pays dues, and can see why and until when.
    /// @custom:role COMMITTEE
    function confirmFreeze(
        address wallet,
        bytes32 reasonHash,
        uint256 until
    ) external;

    /// @notice End a freeze, or drop a proposal, before its time.
    /// @custom:role COMMITTEE
    function liftFreeze(
        address wallet
    ) external;

    // ------------------------------------------------------------------------------------------------ recovery

    /// @notice For PartyRegistry: stop (or allow again) transfers out of a wallet whose recovery is pending; dues are still collected.
    /// @custom:role REGISTRY
    function setRecoveryHold(
        address wallet,
        bool hold
    ) external;

    /// @notice For PartyRegistry: move balance, freeze and, if the new wallet has none, the mandate; the old account is marked replaced for ever.
    /// It then sends and signs nothing, and what it receives goes on to the newest wallet of its line (two Transfer events).
    /// @custom:role REGISTRY
    function replaceWallet(
        address oldWallet,
        address newWallet
    ) external;
}
