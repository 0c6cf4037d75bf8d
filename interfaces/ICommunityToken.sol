// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The community's unit of account: money and mandates in one slot per wallet
/// @notice ERC-20 with 6 decimals, EIP-2612 permit, ERC-3009 authorisations, mandates (monthly limit, named collectors, expiry).
/// Amounts are in base units [cmt]; months are civil months since 1970-01 [month].
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

    /// @notice For registered collectors: collect every item within its wallet's mandate; never reverts for one item.
    /// @param items `amount << 160 | wallet` each [cmt, address]; 0 is skipped
    /// @return results `code << 96 | amount` each [Code, cmt]; the sum of the amounts is credited to the caller alone
    function collect(uint256[] calldata items) external returns (uint256[] memory results);

    /// @notice For registered collectors: take `amount` from a payer who asked for it: within his mandate, otherwise from his allowance to the caller.
    function pull(address payer, uint256 amount) external;

    /// @notice For registered collectors: pay many from the caller's own balance, one Transfer each.
    /// @param items `amount << 160 | wallet` each; a zero wallet or one of the suite's own contracts is not paid
    /// @return undelivered bit i is set where item i was not paid (at most 256 items)
    function disburse(uint256[] calldata items) external returns (uint256 undelivered);

    function setMandate(Mandate calldata mandate) external;
    function setMandateBySignature(address wallet, Mandate calldata mandate, uint256 nonce, uint256 deadline, bytes calldata signature) external;
    function revokeMandate() external;
    function mandateOf(address wallet) external view returns (Mandate memory mandate, uint256 spent, uint256 spentMonth);
    /// @notice The bit of a registered and effective collector, 0 for anybody else.
    function collectorBit(address collector) external view returns (uint16);

    function receiveWithAuthorization(
        address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes calldata signature
    ) external;

    /// @notice For PartyRegistry: stop (or allow again) transfers out of a wallet whose recovery is pending; dues are still collected.
    function setRecoveryHold(address wallet, bool hold) external;
    /// @notice For PartyRegistry: move balance and, if the new wallet has none, the mandate; the old account is marked replaced for ever.
    function replaceWallet(address oldWallet, address newWallet) external;
}
